/** Watches over WebSocket, which is how Java's clients and browsers ask for them. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestPlane, type TestPlane } from './plane.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'
const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 }

let plane: TestPlane
let token: string
beforeAll(async () => {
  plane = await startTestPlane()
  const admin = plane.client()
  await admin.post('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'watcher' } })
  const issued = await admin.post('/api/v1/namespaces/default/serviceaccounts/watcher/token', { spec: {} })
  token = issued.body.status.token
  await admin.post('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: 'watcher' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: 'watcher' }],
  })
})
afterAll(async () => {
  await plane[Symbol.asyncDispose]()
})

interface Opened {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: IncomingMessage
  readonly socket: Socket
  /** The next frame from the server. */
  frame(): Promise<{ opcode: number; payload: Buffer }>
}

async function open(path: string, headers: Record<string, string>): Promise<Opened> {
  const handshake = {
    connection: 'keep-alive, Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  }
  const asked = request(new URL(path, plane.server), { ca: plane.caPem, headers: { ...handshake, ...headers } })
  asked.end()
  const [response, socket, head] = (await Promise.race([once(asked, 'upgrade'), once(asked, 'response')])) as [
    IncomingMessage,
    Socket | undefined,
    Buffer | undefined,
  ]
  const upgraded = socket ?? response.socket
  let received = head ?? Buffer.alloc(0)
  if (socket) {
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
    })
  }
  const bytes = async (length: number) => {
    while (received.length < length) await once(upgraded, 'data')
    const taken = received.subarray(0, length)
    received = received.subarray(length)
    return taken
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: response,
    socket: upgraded,
    async frame() {
      const [first = 0, second = 0] = await bytes(2)
      const length = second === 126 ? (await bytes(2)).readUInt16BE() : second
      return { opcode: first & 0x0f, payload: await bytes(length) }
    },
  }
}

/** RFC 6455 §5.2: what a client sends is masked. */
function masked(opcode: number, text: string): Buffer {
  const mask = Buffer.of(1, 2, 3, 4)
  const payload = Buffer.from(text).map((byte, at) => byte ^ (mask[at % 4] ?? 0))
  return Buffer.concat([Buffer.of(0x80 | opcode, 0x80 | payload.length), mask, payload])
}

const bearer = () => ({ authorization: `Bearer ${token}` })

test('each event is one message, until the watch has lasted as long as was asked', async () => {
  const { status, headers, frame } = await open(`${configMaps}?watch=true&timeoutSeconds=1`, bearer())
  expect(status).toBe(101)
  // RFC 6455 §1.3: the answer to this key.
  expect(headers['sec-websocket-accept']).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  const { opcode, payload } = await frame()
  expect(opcode).toBe(opcodes.text)
  expect(JSON.parse(payload.toString())).toMatchObject({
    type: 'ADDED',
    object: { kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt' } },
  })
  expect(await frame()).toEqual({ opcode: opcodes.close, payload: Buffer.of(3, 232) })
})

test('an event in protobuf is a binary message without a length of its own', async () => {
  const accept = 'application/vnd.kubernetes.protobuf;stream=watch'
  const { frame, socket } = await open(`${configMaps}?watch=true`, { ...bearer(), accept })
  const { opcode, payload } = await frame()
  socket.destroy()
  expect(opcode).toBe(opcodes.binary)
  // Field 1 of a WatchEvent, its type.
  expect(payload.subarray(0, 7).toString()).toBe('\n\u0005ADDED')
})

test('a ping is answered, and a goodbye too', async () => {
  const { frame, socket } = await open(`${configMaps}?watch=true`, bearer())
  await frame()
  socket.write(masked(opcodes.ping, 'there?'))
  expect(await frame()).toEqual({ opcode: opcodes.pong, payload: Buffer.from('there?') })
  socket.write(masked(opcodes.close, ''))
  expect((await frame()).opcode).toBe(opcodes.close)
  await once(socket, 'end')
})

test('a client that breaks the protocol loses its connection', async () => {
  const { frame, socket } = await open(`${configMaps}?watch=true`, bearer())
  await frame()
  socket.write(Buffer.of(0x81, 1, 65))
  await once(socket, 'close')
})

test('a token among the subprotocols is believed and not sent back', async () => {
  const offered = `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}, v1.example`
  const { status, headers, socket } = await open(`${configMaps}?watch=true`, { 'sec-websocket-protocol': offered })
  socket.destroy()
  expect([status, headers['sec-websocket-protocol']]).toEqual([101, 'v1.example'])
})

test('who may not watch is told so in plain HTTP', async () => {
  const { status, headers, body } = await open(`${configMaps}?watch=true`, {})
  expect([status, headers.connection]).toEqual([403, 'close'])
  expect(JSON.parse((await body.toArray()).join(''))).toMatchObject({ kind: 'Status', reason: 'Forbidden' })
})

test('a handshake of another version is told which one is spoken', async () => {
  const { status, headers } = await open(`${configMaps}?watch=true`, { ...bearer(), 'sec-websocket-version': '8' })
  expect([status, headers['sec-websocket-version']]).toEqual([400, '13'])
})

test('a list is a list, whatever the connection is asked to become', async () => {
  const { status, body } = await open(configMaps, bearer())
  expect(status).toBe(200)
  expect(JSON.parse((await body.toArray()).join(''))).toMatchObject({ kind: 'ConfigMapList' })
})
