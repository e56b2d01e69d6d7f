/** What nobody should send, sent: it is refused in words, changes nothing and stops nothing. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startTestPlane, type TestPlane } from './plane.ts'

let plane: TestPlane
let token: string

beforeAll(async () => {
  plane = await startTestPlane()
  const admin = plane.client()
  await admin.post('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: 'tester' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'kube-system', name: 'tester' }],
  })
  const accounts = '/api/v1/namespaces/kube-system/serviceaccounts'
  await admin.post(accounts, { metadata: { name: 'tester' } })
  token = (await admin.post(`${accounts}/tester/token`, {})).body.status.token
})
afterAll(() => plane[Symbol.asyncDispose]())
afterEach(async () => {
  // It still works, for everybody.
  expect((await plane.client().get('/api/v1/namespaces/default/configmaps/none')).status).toBe(404)
})

const configMaps = '/api/v1/namespaces/default/configmaps'

/** Sends these bytes under this type, and reads the answer. */
async function send(
  method: string,
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; warning: string; body: string }> {
  const sent = request(new URL(path, plane.server), {
    method,
    ca: plane.caPem,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
  })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response) text += chunk
  const warning = Buffer.from(String(response.headers['warning'] ?? ''), 'latin1').toString()
  return { status: response.statusCode ?? 0, warning, body: text }
}

test('a warning may be about any character', async () => {
  const named = (name: string) => JSON.stringify({ metadata: { name }, 'snow ☃ and\u0001': 1 })
  const { status, warning } = await send('POST', configMaps, named('snow'))
  expect([status, warning]).toEqual([201, '299 - "unknown field \\"snow ☃ and \\""'])
})

test('what every JavaScript object has is no part of an object of the API', async () => {
  const pod = {
    metadata: { name: 'own', labels: { constructor: 'x', toString: 'y' } },
    spec: {
      containers: [{ name: 'a', image: 'a', resources: { requests: { constructor: '0' } } }],
      resources: { requests: { constructor: '0', valueOf: '1' } },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'hasOwnProperty',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: {},
          matchLabelKeys: ['isPrototypeOf'],
        },
      ],
    },
  }
  const { status, body } = await send('POST', '/api/v1/namespaces/default/pods', JSON.stringify(pod))
  expect([status, JSON.parse(body).reason]).toEqual([422, 'Invalid'])
  const proto = '{"metadata":{"name":"proto"},"data":{"__proto__":"a","constructor":"b"}}'
  expect((await send('POST', configMaps, proto)).status).toBe(201)
  const { body: read } = await send('GET', `${configMaps}/proto`, '')
  expect(read).toContain('"data":{"__proto__":"a","constructor":"b"}')
})

test.each([
  ['YAML that never stops to begin', 'application/yaml', '['.repeat(100_000)],
  [
    'YAML that is one deep block',
    'application/yaml',
    Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  ],
  ['a bomb of aliases', 'application/yaml', bomb()],
  ['JSON that never stops to begin', 'application/json', '{"a":'.repeat(100_000)],
  ['a number of hundreds of digits', 'application/json', `{"metadata":{"name":"a","generation":${'9'.repeat(500)}}}`],
  ['bytes that are no text', 'application/json', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22]).toString('latin1')],
  ['protobuf that promises more than it has', 'application/vnd.kubernetes.protobuf', 'k8s\0\n\u007f'],
])('%s is refused', async (_, type, body) => {
  const { status, body: said } = await send('POST', configMaps, body, { 'content-type': type })
  expect([status, JSON.parse(said).reason]).toEqual([400, 'BadRequest'])
  // A body may hold secrets; the error shows how it begins at most.
  expect(said.length).toBeLessThan(1_000)
})

/** Nine lines that mean ten to the ninth values. */
function bomb(): string {
  const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]']
  for (let i = 1; i < 9; i++)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(',')}]`,
    )
  return lines.join('\n')
}

test('ten thousand operations are a patch, and one more is none', async () => {
  await send('POST', configMaps, '{"metadata":{"name":"patched"}}')
  const patch = (count: number) =>
    send('PATCH', `${configMaps}/patched`, JSON.stringify(Array(count).fill({ op: 'add', path: '/data', value: {} })), {
      'content-type': 'application/json-patch+json',
    })
  expect((await patch(10_000)).status).toBe(200)
  expect((await patch(10_001)).status).toBe(413)
})

test('a flood of headers ends its own connection', async () => {
  const flood = Object.fromEntries(Array.from({ length: 2_500 }, (_, i) => [`x-${i}`, 'x'.repeat(80)]))
  expect((await send('GET', configMaps, '', flood)).status).toBe(431)
})

test('a path of more than a line is told so', async () => {
  expect((await send('GET', `${configMaps}?labelSelector=${'a'.repeat(100_000)}`, '')).status).toBe(414)
})

test('a body that does not come keeps nobody waiting', async () => {
  const open = Array.from({ length: 300 }, () => {
    const sent = request(new URL(configMaps, plane.server), {
      method: 'POST',
      ca: plane.caPem,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': '100' },
    })
    sent.on('error', () => {})
    sent.write('{')
    return sent
  })
  const other = await plane.client().post(configMaps, { metadata: { name: 'meanwhile' } })
  expect(other.status).toBe(201)
  for (const sent of open) sent.destroy()
})
