/** Headers as users with many groups and long selectors send them, over both protocols. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { type ClientHttp2Session, connect } from 'node:http2'
import { request } from 'node:https'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestPlane, type TestPlane } from './plane.ts'

interface Reply {
  readonly status: number
  readonly text: string
}
type Headers = Readonly<Record<string, string | string[]>>

let plane: TestPlane
let session: ClientHttp2Session
let credentials: { ca: string; cert: Buffer; key: Buffer }

beforeAll(async () => {
  plane = await startTestPlane()
  const { certificateFile, privateKeyFile } = plane.state.pki.clients.admin
  credentials = { ca: plane.caPem, cert: readFileSync(certificateFile), key: readFileSync(privateKeyFile) }
  session = connect(plane.server, { ...credentials, maxSendHeaderBlockLength: 1 << 20 })
})
afterAll(async () => {
  session.destroy()
  await plane[Symbol.asyncDispose]()
})

const overHttp1 = async (method: string, path: string, headers: Headers, body?: string): Promise<Reply> => {
  const sent = request(new URL(path, plane.server), { method, headers, ...credentials })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode ?? 0, text }
}

const overHttp2 = async (method: string, path: string, headers: Headers, body?: string): Promise<Reply> => {
  const stream = session.request({ ':method': method, ':path': path, ...headers })
  stream.end(body)
  const [head] = (await once(stream, 'response')) as [{ ':status'?: number }]
  let text = ''
  for await (const chunk of stream) text += chunk
  return { status: head[':status'] ?? 0, text }
}

describe.each([
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
])('over %s', (_protocol, send) => {
  const reviews = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  const groupsOf = async (groups: string[]): Promise<string[]> => {
    const headers = { 'impersonate-user': 'jane', 'impersonate-group': groups, 'content-type': 'application/json' }
    const { status, text } = await send('POST', reviews, headers, '{}')
    expect(status).toBe(201)
    return JSON.parse(text).status.userInfo.groups
  }

  test('a user with 500 groups is impersonated with all of them', async () => {
    const groups = Array.from({ length: 500 }, (_, i) => `cn=group-${i},ou=some-department,dc=example`)
    expect(await groupsOf(groups)).toEqual([...groups, 'system:authenticated'])
  })

  test('a group with a comma and a blank in its name stays one', async () => {
    const groups = ['cn=admins, ou=people', 'plain']
    expect(await groupsOf(groups)).toEqual([...groups, 'system:authenticated'])
  })

  test('a selector of 70 kB is answered', async () => {
    const names = Array.from({ length: 3_500 }, (_, i) => `a-name-of-app-${10_000 + i}`)
    const path = `/api/v1/configmaps?labelSelector=${encodeURIComponent(`app in (${names})`).replaceAll('%2C', ',')}`
    expect(path.length).toBeGreaterThan(70_000)
    const { status, text } = await send('GET', path, {})
    expect([status, text.slice(0, 300)]).toEqual([200, expect.any(String)])
  })

  test('a URL beyond the bound is told so', async () => {
    expect((await send('GET', `/api/v1/configmaps?fieldSelector=${'a'.repeat(100_000)}`, {})).status).toBe(414)
  })

  test('a token of 64 kB is no token, and the connection goes on', async () => {
    const long = { authorization: `Bearer ${'a'.repeat(64 * 1024)}` }
    const anonymous = async () => (send === overHttp2 ? overHttp2Anonymous(long) : overHttp1Anonymous(long))
    expect((await anonymous()).status).toBe(401)
    expect((await send('GET', '/version', {})).status).toBe(200)
  })

  async function overHttp1Anonymous(headers: Headers): Promise<Reply> {
    const sent = request(new URL('/api', plane.server), { headers, ca: credentials.ca })
    sent.end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    response.resume()
    return { status: response.statusCode ?? 0, text: '' }
  }

  async function overHttp2Anonymous(headers: Headers): Promise<Reply> {
    const anonymous = connect(plane.server, { ca: credentials.ca, maxSendHeaderBlockLength: 1 << 20 })
    const statuses: number[] = []
    for (const more of [headers, {}]) {
      const stream = anonymous.request({ ':path': '/version', ...more })
      const [head] = (await once(stream, 'response')) as [{ ':status'?: number }]
      stream.resume()
      statuses.push(head[':status'] ?? 0)
    }
    anonymous.destroy()
    expect(statuses[1]).toBe(200)
    return { status: statuses[0] ?? 0, text: '' }
  }
})
