import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { defineScript } from './define-script.ts'

const folder = mkdtempSync(join(tmpdir(), 'ensign-script-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function scriptFile(name: string, text: string): URL {
  writeFileSync(join(folder, name), text)
  return pathToFileURL(join(folder, name))
}

const header =
  '--[[\n  x.lua: returns.\n\n  KEYS[1] log   stream\n  ARGV[1] since\n  ARGV[2] limit  at most\n]]\nreturn 1'

test('a script whose header lists other names than its caller does not load', () => {
  const file = scriptFile('x.lua', header)
  const reply = () => 0
  expect(() => defineScript({ file, keys: ['log'], args: ['since', 'limit'], reply })).not.toThrow()
  expect(() => defineScript({ file, keys: ['log'], args: ['limit', 'since'], reply })).toThrow('header lists ARGV')
  expect(() => defineScript({ file, keys: ['log', 'state'], args: ['since', 'limit'], reply })).toThrow(
    'header lists KEYS',
  )
})

test('a script that the server does not know is sent as text, once', async () => {
  const script = defineScript({
    file: scriptFile('y.lua', header),
    keys: ['log'],
    args: ['since', 'limit'],
    reply: (reply) => reply,
  })
  const calls: unknown[][] = []
  const reply = await script.run(
    {
      async evalsha(...all) {
        calls.push(['evalsha', ...all.slice(1)])
        throw new Error('NOSCRIPT No matching script.')
      },
      async eval(...all) {
        calls.push(['eval', ...all.slice(1)])
        return 'done'
      },
    },
    { log: 'k' },
    { since: 1, limit: 2 },
  )
  expect(reply).toBe('done')
  expect(calls).toEqual([
    ['evalsha', 1, 'k', 1, 2],
    ['eval', 1, 'k', 1, 2],
  ])
})

test('rows follow the other arguments, each in the order of the header', async () => {
  const text = '--[[\n  z.lua: writes.\n\n  KEYS[1] log\n  ARGV[1] since\n  ARGV[2] key\n  ARGV[3] json\n]]\nreturn 1'
  const file = scriptFile('z.lua', text)
  const reply = (value: unknown) => value
  expect(() => defineScript({ file, keys: ['log'], args: ['since'], each: ['json', 'key'], reply })).toThrow(
    'header lists ARGV',
  )
  const script = defineScript({ file, keys: ['log'], args: ['since'], each: ['key', 'json'], reply })
  const runner = { evalsha: async (...all: unknown[]) => all.slice(1), eval: async () => undefined }
  const rows = [
    { json: '1', key: '/a' },
    { json: '2', key: '/b' },
  ]
  expect(await script.run(runner, { log: 'k' }, { since: 7 }, rows)).toEqual([1, 'k', 7, '/a', '1', '/b', '2'])
})
