import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { aborted, type ProgramContext, runMain } from './run-main.ts'
import { UserError } from './user-error.ts'

class FakeProcess extends EventEmitter {
  argv = ['node', 'main.ts', 'one']
  env = {}
  stdout = new PassThrough()
  stderr = new PassThrough()
  exits: (number | undefined)[] = []
  exit(code?: number) {
    this.exits.push(code)
  }
}

async function run(main: (context: ProgramContext) => Promise<number | undefined>, process = new FakeProcess()) {
  await runMain(process, 'ensign', main)
  return { exits: process.exits, stderr: String(process.stderr.read() ?? '') }
}

test('what main returns is the exit code', async () => {
  expect(await run(async ({ argv }) => argv.length)).toEqual({ exits: [1], stderr: '' })
  expect(await run(async () => undefined)).toEqual({ exits: [0], stderr: '' })
})

test('a UserError is one line with its hint', async () => {
  const main = async () => {
    throw new UserError('port 6443\nis in use', { hint: 'choose another with --port', exitCode: 3 })
  }
  expect(await run(main)).toEqual({
    exits: [3],
    stderr: 'ensign: port 6443 is in use; choose another with --port\n',
  })
})

test('anything else is a bug and keeps its stack', async () => {
  const { exits, stderr } = await run(async () => {
    throw new TypeError('oops')
  })
  expect(exits).toEqual([70])
  expect(stderr).toMatch(/^ensign: internal error: TypeError: oops\n +at /)
})

test('the first signal asks, the second insists', async () => {
  const process = new FakeProcess()
  const { exits } = await run(async ({ signal }) => {
    process.emit('SIGINT')
    await aborted(signal)
    process.emit('SIGTERM')
    return 0
  }, process)
  expect(exits).toEqual([143, 0])
})
