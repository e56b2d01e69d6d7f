/** A plane takes no longer for hostile requests than for plain ones of that size, whichever way they come. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type ClientHttp2Session, connect } from 'node:http2'
import { Agent, request } from 'node:https'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HostileInput, hostileInputs, type Part } from './hostile-inputs.ts'
import { startTestPlane, type TestPlane } from './plane.ts'
import { processorTime } from './processor-time.ts'
import { member } from './protobuf-bytes.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'
const pods = '/api/v1/namespaces/default/pods'

interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

interface Answer {
  readonly status: number
  readonly length: number
}

const body =
  (method: string, path: string, type: string) =>
  (bytes: Buffer): Sent => ({
    method,
    path,
    headers: { 'content-type': type },
    body: bytes,
  })
const patch = (type: string, path: string) => body('PATCH', path, type)
const query =
  (path: string, name: string) =>
  (bytes: Buffer): Sent => ({
    method: 'GET',
    path: `${path}?${name}=${encodeURIComponent(bytes.toString())}`,
    headers: {},
    body: Buffer.alloc(0),
  })

/** Dry runs where they would be stored, so that each is sent to the same plane. */
const requests: Readonly<Record<Part, (bytes: Buffer) => Sent>> = {
  JSON: body('POST', `${configMaps}?dryRun=All`, 'application/json'),
  'pod as JSON': body('POST', `${pods}?dryRun=All`, 'application/json'),
  YAML: body('POST', `${configMaps}?dryRun=All`, 'application/yaml'),
  protobuf: body('POST', `${configMaps}?dryRun=All`, 'application/vnd.kubernetes.protobuf'),
  'JSON patch': patch('application/json-patch+json', `${configMaps}/hostile?dryRun=All`),
  'merge patch': patch('application/merge-patch+json', `${configMaps}/hostile?dryRun=All`),
  'strategic merge patch': patch('application/strategic-merge-patch+json', `${configMaps}/hostile?dryRun=All`),
  'strategic merge patch of a pod': patch('application/strategic-merge-patch+json', `${pods}/hostile?dryRun=All`),
  apply: patch('application/apply-patch+yaml', `${configMaps}/hostile?dryRun=All&fieldManager=hostile`),
  'delete options': body('DELETE', `${configMaps}/none`, 'application/json'),
  'label selector': query(configMaps, 'labelSelector'),
  'field selector': query(configMaps, 'fieldSelector'),
  timeout: query(`${configMaps}/hostile`, 'timeout'),
  'field manager': (bytes) => ({
    ...body(
      'POST',
      `${configMaps}?fieldManager=${encodeURIComponent(bytes.toString())}`,
      'application/json',
    )(Buffer.from('{}')),
  }),
  'dry run': (bytes) => body('POST', `${configMaps}?dryRun=${bytes}`, 'application/json')(Buffer.from('{}')),
  Accept: (bytes) => ({
    method: 'GET',
    path: `${configMaps}/hostile`,
    headers: { accept: bytes.toString() },
    body: Buffer.alloc(0),
  }),
}

let plane: TestPlane
let agent: Agent
let session: ClientHttp2Session
let grpc: ClientHttp2Session

beforeAll(async () => {
  plane = await startTestPlane()
  const admin = plane.client()
  const finalizers = Array.from({ length: 20_000 }, (_, i) => `a.b/c${i}`)
  const env = Array.from({ length: 10_000 }, (_, i) => ({ name: `E${i}`, value: 'v' }))
  await admin.post(configMaps, { metadata: { name: 'hostile', finalizers }, data: { a: 'b' } })
  await admin.post(pods, { metadata: { name: 'hostile' }, spec: { containers: [{ name: 'a', image: 'a', env }] } })
  const { certificateFile, privateKeyFile } = plane.state.pki.clients.admin
  const credentials = { ca: plane.caPem, cert: readFileSync(certificateFile), key: readFileSync(privateKeyFile) }
  agent = new Agent({ ...credentials, keepAlive: true })
  session = connect(plane.server, credentials)
  grpc = connect(`https://127.0.0.1:${plane.place.ports.grpc}`, credentials)
})
afterAll(async () => {
  agent.destroy()
  session.destroy()
  grpc.destroy()
  await plane[Symbol.asyncDispose]()
})

async function overHttp1({ method, path, headers, body: bytes }: Sent): Promise<Answer> {
  const sent = request(new URL(path, plane.server), { method, agent, headers })
  sent.end(bytes)
  const [response] = await once(sent, 'response')
  let length = 0
  for await (const chunk of response) length += chunk.length
  return { status: response.statusCode, length }
}

async function overHttp2(to: ClientHttp2Session, { method, path, headers, body: bytes }: Sent): Promise<Answer> {
  const stream = to.request({ ':method': method, ':path': path, ...headers }, { endStream: false })
  stream.end(bytes)
  const [response] = await once(stream, 'response')
  let length = 0
  for await (const chunk of stream) length += chunk.length
  return { status: Number(response[':status']), length }
}

const target = (resource: string, name: string) =>
  member(1, Buffer.concat([member(2, 'v1'), member(3, resource), member(4, 'default'), member(5, name)]))

/** The parts that a gRPC call has too: the method and its message. */
const calls: Partial<Record<Part, (bytes: Buffer) => [method: string, message: Buffer]>> = {
  JSON: (bytes) => ['Create', Buffer.concat([target('configmaps', ''), member(2, bytes)])],
  'pod as JSON': (bytes) => ['Create', Buffer.concat([target('pods', ''), member(2, bytes)])],
  'JSON patch': patchCall('application/json-patch+json'),
  'merge patch': patchCall('application/merge-patch+json'),
  'strategic merge patch': patchCall('application/strategic-merge-patch+json'),
  apply: patchCall('application/apply-patch+yaml'),
  'delete options': (bytes) => ['Delete', Buffer.concat([target('configmaps', 'none'), member(2, bytes)])],
  'label selector': (bytes) => ['List', Buffer.concat([target('configmaps', ''), member(2, member(1, bytes))])],
  'field selector': (bytes) => ['List', Buffer.concat([target('configmaps', ''), member(2, member(2, bytes))])],
}

function patchCall(type: string) {
  return (bytes: Buffer): [string, Buffer] => [
    'Patch',
    Buffer.concat([target('configmaps', 'none'), member(2, type), member(3, bytes), member(4, 'hostile')]),
  ]
}

function overGrpc(part: Part, bytes: Buffer): Promise<Answer> {
  const [method, message] = (calls[part] as NonNullable<(typeof calls)[Part]>)(bytes)
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return overHttp2(grpc, {
    method: 'POST',
    path: `/ensign.objects.v1.ObjectsService/${method}`,
    headers: { 'content-type': 'application/grpc', te: 'trailers' },
    body: Buffer.concat([head, message]),
  })
}

/** Times what a plain request of the size takes. What is stored already is read with each. */
const ratioMax = 8
const bytesMin = 768 * 1024

let plainMsPerByte: number
beforeAll(async () => {
  const data = Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`key-${i}`, 'some text']))
  const bytes = Buffer.from(JSON.stringify({ metadata: { name: 'plain' }, data }))
  plainMsPerByte = (await processorTime(() => overHttp1(requests.JSON(bytes)))) / bytes.length
})

const transports: readonly (readonly [
  string,
  readonly HostileInput[],
  (part: Part, bytes: Buffer) => Promise<Answer>,
])[] = [
  ['HTTP/1.1', hostileInputs, (part, bytes) => overHttp1(requests[part](bytes))],
  ['HTTP/2', hostileInputs, (part, bytes) => overHttp2(session, requests[part](bytes))],
  ['gRPC', hostileInputs.filter(({ part }) => calls[part]), overGrpc],
]

describe.each(transports)('%s: a request takes processor time in proportion to its size', (_, inputs, send) => {
  test.each(inputs.map((input) => [input.part, input.name, input] as const))(
    '%s: %s',
    async (part, _name, { make }) => {
      const bytes = Buffer.from(make())
      const allowed = ratioMax * plainMsPerByte * Math.max(bytes.length, bytesMin)
      let answer: Answer | undefined
      const took = await processorTime(async () => {
        answer = await send(part, bytes)
      }, allowed)
      expect(took).toBeLessThan(allowed)
      expect(answer?.status).toBeLessThan(part === 'strategic merge patch of a pod' ? 501 : 500)
      expect(answer?.length).toBeLessThan(2 * bytes.length + (2 << 20))
    },
  )
})
