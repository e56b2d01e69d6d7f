/** Requests whose bodies never come: they hold nothing that others need. */
import { connect as connectHttp2 } from 'node:http2'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

const maps = '/api/v1/namespaces/default/configmaps'
let plane: TestPlane
let admin: ApiClient
beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
})
afterAll(() => plane[Symbol.asyncDispose]())

async function tokenOf(name: string): Promise<string> {
  const accounts = '/api/v1/namespaces/default/serviceaccounts'
  await admin.post(accounts, { metadata: { name } })
  await admin.post('/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings', {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'default', name }],
  })
  return (await admin.post(`${accounts}/${name}/token`, {})).body.status.token
}

test('two accounts with 200 half-sent bodies each keep nobody from writing, on HTTP/1.1 and HTTP/2', async () => {
  const [one, two, modest] = [await tokenOf('one'), await tokenOf('two'), await tokenOf('modest')]
  const { hostname, port } = new URL(plane.server)
  const sockets: TLSSocket[] = []
  for (let i = 0; i < 200; i++) {
    const socket = connectTls({ host: hostname, port: Number(port), ca: plane.caPem })
    sockets.push(socket)
    socket.on('error', () => {})
    socket.write(
      `POST ${maps} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${one}\r\ncontent-length: 1000\r\n\r\n{"metadata":`,
    )
  }
  const session = connectHttp2(plane.server, { ca: plane.caPem })
  for (let i = 0; i < 200; i++) {
    const stream = session.request({ ':method': 'POST', ':path': maps, authorization: `Bearer ${two}` })
    stream.on('error', () => {})
    stream.write('{"metadata":')
  }
  await new Promise((resolve) => setTimeout(resolve, 300))
  const client = plane.client({ token: modest })
  const statuses = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => (await client.post(maps, { metadata: { name: `m${i}` } })).status),
  )
  expect(statuses).toEqual(Array(20).fill(201))
  for (const socket of sockets) socket.destroy()
  session.destroy()
})

test('who may not write is told so without sending a body', async () => {
  const { hostname, port } = new URL(plane.server)
  const socket = connectTls({ host: hostname, port: Number(port), ca: plane.caPem })
  socket.write(`POST ${maps} HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n{"metadata":`)
  const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))))
  expect(answer).toMatch(/^HTTP\/1.1 403 /)
  socket.destroy()

  const session = connectHttp2(plane.server, { ca: plane.caPem })
  const stream = session.request({ ':method': 'POST', ':path': maps })
  stream.write('{"metadata":')
  const status = await new Promise((resolve) => stream.once('response', (headers) => resolve(headers[':status'])))
  expect(status).toBe(403)
  stream.resume()
  // The server does not wait for the rest.
  await new Promise((resolve) => stream.once('close', resolve))
  session.destroy()
})
