import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeServiceFolder } from './service-folder.ts'

let base: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'ensign-service-'))
  mkdirSync(join(base, 'plane/pki'), { recursive: true })
  for (const name of ['ca.crt', 'ca.key', 'own.key']) writeFileSync(join(base, 'plane/pki', name), name)
})
afterEach(() => rmSync(base, { recursive: true }))

const folder = () => join(base, 'service')
const plane = () => join(base, 'plane')
const content = () => ({
  apiserver: '127.0.0.1:6444',
  'secure-port': 6444,
  'store-url': `sqlite:${plane()}/ensign.db`,
  'client-key': join(plane(), 'pki/own.key'),
  'key-files': [join(plane(), 'pki/ca.crt'), '/elsewhere/pki/ca.key'],
  'cache-file': join(plane(), 'cache.json'),
})
const write = () => writeServiceFolder({ name: 'own', folder: folder(), from: plane(), content: content() })
const modes = () =>
  Object.fromEntries(
    readdirSync(folder()).map((name) => [name, (statSync(join(folder(), name)).mode & 0o777).toString(8)]),
  )

test('service folder: has the files that the options name, and no other', () => {
  expect(write()).toBe(join(folder(), 'own.json'))
  expect(modes()).toEqual({ 'ca.crt': '600', 'own.json': '600', 'own.key': '600' })
  expect(readFileSync(join(folder(), 'own.key'), 'utf8')).toBe('own.key')
  expect(JSON.parse(readFileSync(join(folder(), 'own.json'), 'utf8'))).toEqual({
    ...content(),
    'client-key': join(folder(), 'own.key'),
    'key-files': [join(folder(), 'ca.crt'), '/elsewhere/pki/ca.key'],
    'cache-file': join(folder(), 'cache.json'),
  })
})

test.each([
  [0o750, '640'],
  [0o770, '640'],
  [0o700, '600'],
  // Everybody may look for files there, so its group is no sign of who is meant.
  [0o755, '600'],
  [0o751, '600'],
  // A group that can list names, but cannot open files.
  [0o740, '600'],
])('service folder: in a folder of mode %o files have mode %s', (mode, expected) => {
  mkdirSync(folder())
  chmodSync(folder(), mode)
  write()
  expect(new Set(Object.values(modes()))).toEqual(new Set([expected]))
})

test.skipIf(process.getuid?.() !== 0)('service folder: the group of the folder gets the files', () => {
  mkdirSync(folder())
  chownSync(folder(), 0, 12_345)
  chmodSync(folder(), 0o750)
  write()
  const { uid, gid } = statSync(join(folder(), 'own.key'))
  expect([uid, gid]).toEqual([0, 12_345])
})

test('service folder: a second time only what changed is written', () => {
  write()
  const before = statSync(join(folder(), 'ca.crt')).ino
  writeFileSync(join(plane(), 'pki/own.key'), 'renewed')
  chmodSync(join(folder(), 'own.json'), 0o644)
  write()
  expect(statSync(join(folder(), 'ca.crt')).ino).toBe(before)
  expect(readFileSync(join(folder(), 'own.key'), 'utf8')).toBe('renewed')
  expect(new Set(Object.values(modes()))).toEqual(new Set(['600']))
})

test('service folder: a file that is not there is named', () => {
  rmSync(join(plane(), 'pki/own.key'))
  expect(write).toThrow(`cannot read ${plane()}/pki/own.key: it does not exist`)
  expect(readdirSync(folder())).toEqual([])
})
