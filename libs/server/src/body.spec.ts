import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { limits } from '@ensign/transport'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readBody } from './body.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const stream = () => new PassThrough() as unknown as PassThrough & IncomingMessage
/** What came of it, as a value: nobody may miss a rejection that comes early. */
const outcome = (body: Promise<Uint8Array>) =>
  body.then(
    (bytes) => Buffer.from(bytes).toString(),
    (error: { status: { code: number; message: string } }) => error.status.code,
  )

test('a body is what came until its end', async () => {
  const body = stream()
  const read = outcome(readBody(body, undefined))
  body.write('a')
  body.end('b')
  expect(await read).toBe('ab')
})

test('a body that does not end in time is refused with 408, however much of it trickles in', async () => {
  const body = stream()
  const read = outcome(readBody(body, undefined))
  for (let at = 0; at < limits.requestTimeoutMs; at += limits.requestTimeoutMs / 10) {
    body.write('a')
    await vi.advanceTimersByTimeAsync(limits.requestTimeoutMs / 10)
  }
  expect(await read).toBe(408)
})

test('a body that breaks off is refused, one that is too long too, and one for which there is no room', async () => {
  const broken = stream()
  const read = outcome(readBody(broken, undefined))
  broken.destroy()
  expect(await read).toBe(400)
  expect(await outcome(readBody(stream(), String(2 ** 30)))).toBe(413)
  let room = 5
  const mayTake = (bytes: number): boolean => {
    room -= bytes
    return room >= 0
  }
  const crowded = stream()
  const taken = outcome(readBody(crowded, undefined, mayTake))
  crowded.write('12345')
  crowded.write('6')
  expect(await taken).toBe(429)
})
