/** Clients that ask for much and read nothing of it. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'
const objects = 30
const objectBytes = 900_000

let plane: TestPlane
let admin: ApiClient

beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
  const data = { text: 'x'.repeat(objectBytes) }
  for (let i = 0; i < objects; i++) await admin.post(configMaps, { metadata: { name: `big-${i}` }, data })
})
afterAll(() => plane[Symbol.asyncDispose]())

function session(): ClientHttp2Session {
  const { certificateFile, privateKeyFile } = plane.state.pki.clients.admin
  return connect(plane.server, {
    ca: plane.caPem,
    cert: readFileSync(certificateFile),
    key: readFileSync(privateKeyFile),
  })
}

/** Asks, hears the status, and reads no more than flow control forces upon it. */
async function unread(from: ClientHttp2Session, path: string): Promise<{ status: number; stream: ClientHttp2Stream }> {
  const stream = from.request({ ':path': path })
  stream.on('error', () => {})
  const [head] = (await once(stream, 'response')) as [{ ':status'?: number }]
  return { status: head[':status'] ?? 0, stream }
}

test('long lists that are not read are bounded for their user, over all of its connections', async () => {
  const sessions = [session(), session()] as const
  const statuses: number[] = []
  for (let i = 0; i < 6; i++) {
    const { status } = await unread(sessions[i % 2] as ClientHttp2Session, `${configMaps}?limit=${1_000 + i}`)
    statuses.push(status)
  }
  // Each has 27 MB: two are within 64 MiB.
  expect(statuses).toEqual([200, 200, 429, 429, 429, 429])
  // What is short is answered meanwhile.
  expect((await admin.get(`${configMaps}/none`)).status).toBe(404)
  for (const one of sessions) one.destroy()
  await expect.poll(async () => (await admin.get(configMaps)).status).toBe(200)
})
