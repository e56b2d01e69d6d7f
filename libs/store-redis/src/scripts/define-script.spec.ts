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
