/** Integers of 64 bits stay what was sent, whatever becomes of the object: numbers of JavaScript end at 2⁵³. */
import { servedKinds } from '@ensign/api'
import { type AnyResourceDefinition, decodeProtobuf, encodeProtobuf, unwrapUnknown } from '@ensign/apimachinery'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

const most = 9_223_372_036_854_775_807n
const least = -9_223_372_036_854_775_808n
const justBeyond = 9_007_199_254_740_993n
const pods = '/api/v1/namespaces/default/pods'
const podSchema = (servedKinds.find(({ kind }) => kind === 'Pod') as AnyResourceDefinition).schema

let plane: TestPlane
let admin: ApiClient
beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
  const { status, body } = await admin.post(pods, pod('a'))
  if (status !== 201) throw new Error(JSON.stringify(body))
})
afterAll(() => plane[Symbol.asyncDispose]())

const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    terminationGracePeriodSeconds: most,
    tolerations: [
      { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: least },
      { key: 'b', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: justBeyond },
    ],
    containers: [{ name: 'a', image: 'a' }],
  },
})

const text = async (path: string, accept = 'application/json') => (await admin.bytes(path, accept))?.toString() ?? ''
const isWhole = (answer: string) => {
  expect(answer).toMatch(/"?terminationGracePeriodSeconds"?: ?9223372036854775807\b/)
  expect(answer).toMatch(/"?tolerationSeconds"?: ?-9223372036854775808\b/)
  expect(answer).toMatch(/"?tolerationSeconds"?: ?9007199254740993\b/)
}

test('an int64 beyond 2^53 is given back exactly: JSON, YAML, lists, watches and protobuf', async () => {
  isWhole(await text(`${pods}/a`))
  isWhole(await text(pods))
  isWhole(await text(`${pods}/a`, 'application/yaml'))
  isWhole(await text(`${pods}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Da`))
  isWhole(await text(`${pods}?watch=1&resourceVersion=0&timeoutSeconds=1`))
  const message = await admin.bytes(`${pods}/a`, 'application/vnd.kubernetes.protobuf')
  const { raw } = unwrapUnknown(message as Buffer)
  expect(decodeProtobuf(podSchema, raw)).toMatchObject({
    spec: {
      terminationGracePeriodSeconds: most,
      tolerations: [{ tolerationSeconds: least }, { tolerationSeconds: justBeyond }, {}, {}],
    },
  })
  isWhole(JSON.stringify(decodeProtobuf(podSchema, encodeProtobuf(podSchema, decodeProtobuf(podSchema, raw)))))
})

describe('an object with one can be changed', () => {
  test.each(['application/merge-patch+json', 'application/strategic-merge-patch+json'])('by %s', async (type) => {
    const { status } = await admin.patch(`${pods}/a`, { metadata: { labels: { [type.slice(12, 17)]: 'x' } } }, type)
    expect(status).toBe(200)
    isWhole(await text(`${pods}/a`))
  })

  test('by JSON Patch, which compares it too', async () => {
    const patch = [
      { op: 'test', path: '/spec/terminationGracePeriodSeconds', value: most },
      { op: 'add', path: '/metadata/labels/json', value: 'x' },
    ]
    expect((await admin.patch(`${pods}/a`, patch, 'application/json-patch+json')).status).toBe(200)
    const off = [{ ...patch[0], value: most - 1n }]
    expect((await admin.patch(`${pods}/a`, off, 'application/json-patch+json')).status).toBe(422)
    isWhole(await text(`${pods}/a`))
  })

  test('by apply, again and again, and by a replacement of what was read', async () => {
    const apply = () => admin.patch(`${pods}/a?fieldManager=me&force=true`, pod('a'), 'application/apply-patch+yaml')
    expect((await apply()).status).toBe(200)
    const { body } = await apply()
    expect((await apply()).body.metadata.resourceVersion).toBe(body.metadata.resourceVersion)
    isWhole(await text(`${pods}/a`))
    const answer = await admin.patch(
      `${pods}/a`,
      { metadata: { annotations: { a: 'b' } } },
      'application/strategic-merge-patch+json',
    )
    expect(answer.status).toBe(200)
    isWhole(await text(`${pods}/a`))
  })
})

test('an integer beyond 64 bits, or with a fraction, is refused in the words of Go', async () => {
  for (const [value, shown] of [
    [most + 1n, '9223372036854775808'],
    [least - 1n, '-9223372036854775809'],
    [1.5, '1.5'],
  ] as const) {
    const { status, body } = await admin.post(pods, {
      ...pod('b'),
      spec: { ...pod('b').spec, terminationGracePeriodSeconds: value },
    })
    expect(status).toBe(400)
    expect(body.message).toContain(
      `json: cannot unmarshal number ${shown} into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64`,
    )
  }
})

test('metadata.generation of a kind that counts none stays as it was sent', async () => {
  const maps = '/api/v1/namespaces/default/configmaps'
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'g', generation: most } }
  expect((await admin.post(maps, map)).status).toBe(201)
  expect(await text(`${maps}/g`)).toContain('"generation":9223372036854775807')
  expect((await admin.patch(`${maps}/g`, { data: { a: '1' } })).status).toBe(200)
  expect(await text(`${maps}/g`)).toContain('"generation":9223372036854775807')
})

test('a pod on a node with the longest grace there is can be deleted', async () => {
  const bound = pod('d')
  await admin.post('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } })
  const made = await admin.post(pods, { ...bound, spec: { ...bound.spec, nodeName: 'n' } })
  expect(made.status).toBe(201)
  expect((await admin.delete(`${pods}/d`)).status).toBe(200)
  expect(await text(`${pods}/d`)).toContain('"deletionGracePeriodSeconds":9223372036854775807')
  expect((await admin.delete(`${pods}/d?gracePeriodSeconds=0`)).status).toBe(200)
  expect((await admin.get(`${pods}/d`)).status).toBe(404)
})
