/** Ctrl-C while `ensign up` still waits for something that may never come. */
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { type RedisServer, redisMissing, startRedisServer } from '@ensign/store-redis/testing'
import { startProgram } from '@ensign/testing'
import { expect, test } from 'vitest'
import { planeFolder, programOf } from './harness.ts'

const missing = await redisMissing()

test('Ctrl-C ends a start that waits for a Redis which went away', async ({ skip }) => {
  if (missing !== undefined) skip(missing)
  await using redis = await startRedisServer()
  using folder = await planeFolder()
  const proxy = await cutAtFirstObject(redis)
  const { port } = proxy.address() as { port: number }
  await using program = startProgram(
    programOf('ensign'),
    ['up', ...folder.place, '--store-url', `redis://127.0.0.1:${port}`],
    { cwd: tmpdir() },
  )
  await program.printed('reading the object store failed')
  const end = await program.stop('SIGINT')
  proxy.close()
  expect(end).toMatchObject({ code: 0, signal: null })
  expect(end.stdout).toContain('Stopping')
  expect(end.stdout).not.toContain('Ready')
})

/** A Redis that answers until somebody asks for an object, and then no more. */
async function cutAtFirstObject(redis: RedisServer): Promise<Server> {
  const { hostname, port } = new URL(redis.url)
  const server = createServer((client) => {
    const behind = connect(Number(port), hostname)
    const cut = () => {
      client.destroy()
      behind.destroy()
    }
    client.on('data', (data) => {
      if (data.includes('{ensign:')) cut()
      else behind.write(data)
    })
    behind.on('data', (data) => client.write(data))
    for (const socket of [client, behind]) {
      socket.on('error', cut)
      socket.on('close', cut)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
