// biome-ignore-all lint/suspicious/noExplicitAny: tests look into any object
/** What becomes of a pod after it was made, in a whole plane. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

let plane: TestPlane
let admin: ApiClient
const pods = '/api/v1/namespaces/pods/pods'

beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
  expect((await admin.post('/api/v1/namespaces', { metadata: { name: 'pods' } })).status).toBe(201)
})
afterAll(() => plane[Symbol.asyncDispose]())

/** Makes a pod with one container, or with what is given. */
async function pod(name: string, spec: object = {}): Promise<Record<string, any>> {
  const containers = [{ name: 'main', image: 'app:1' }]
  const { status, body } = await admin.post(pods, { metadata: { name }, spec: { containers, ...spec } })
  expect(status, body.message).toBe(201)
  return body
}

const binding = (name: string, node: string, metadata: object = {}) => ({
  metadata: { name, ...metadata },
  target: { kind: 'Node', name: node },
})
const eviction = (name: string, deleteOptions?: object) => ({
  apiVersion: 'policy/v1',
  kind: 'Eviction',
  metadata: { name },
  ...(deleteOptions && { deleteOptions }),
})
const phase = (name: string, to: string) => admin.patch(`${pods}/${name}/status`, { status: { phase: to } })

describe('a pod that is bound', () => {
  test('has its node and what the scheduler notes, at the same generation', async () => {
    await pod('bound')
    const annotations = { 'example.com/by': 'test' }
    const answer = await admin.post(`${pods}/bound/binding`, binding('bound', 'n', { annotations }))
    expect(answer).toMatchObject({ status: 201, body: { kind: 'Status', status: 'Success', code: 201 } })
    const { body } = await admin.get(`${pods}/bound`)
    expect(body.metadata).toMatchObject({ annotations, generation: 1 })
    expect(body.spec.nodeName).toBe('n')
    expect(body.status.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }])
  })

  test('keeps its node', async () => {
    const { status, body } = await admin.post(`${pods}/bound/binding`, binding('bound', 'm'))
    expect(status).toBe(409)
    expect(body.message).toBe(
      'Operation cannot be fulfilled on pods/binding "bound": pod bound is already assigned to node "n"',
    )
  })

  test('waits at its gates, and is the one that was meant', async () => {
    const { metadata } = await pod('gated', { schedulingGates: [{ name: 'example.com/g' }] })
    const refused = await admin.post(`${pods}/gated/binding`, binding('gated', 'n'))
    expect(refused.body.message).toContain('pod gated has non-empty .spec.schedulingGates')
    await admin.patch(`${pods}/gated`, { spec: { schedulingGates: null } })
    const other = await admin.post(`${pods}/gated/binding`, binding('gated', 'n', { uid: 'other' }))
    expect(other.status).toBe(409)
    const tried = await admin.post(`${pods}/gated/binding?dryRun=All`, binding('gated', 'n'))
    expect(tried.status).toBe(201)
    expect((await admin.get(`${pods}/gated`)).body.spec.nodeName).toBeUndefined()
    const meant = binding('gated', 'n', { uid: metadata.uid })
    expect((await admin.post('/api/v1/namespaces/pods/bindings', meant)).status).toBe(201)
  })
})

test('a pod bears the zone of its node, however it came to it', async () => {
  const labels = { 'topology.kubernetes.io/zone': 'z', other: 'x' }
  expect((await admin.post('/api/v1/nodes', { metadata: { name: 'zoned', labels } })).status).toBe(201)
  await pod('scheduled')
  await admin.post(`${pods}/scheduled/binding`, binding('scheduled', 'zoned'))
  await pod('made-there', { nodeName: 'zoned' })
  for (const name of ['scheduled', 'made-there']) {
    const { body } = await admin.get(`${pods}/${name}`)
    expect(body.metadata.labels).toEqual({ 'topology.kubernetes.io/zone': 'z' })
  }
})

describe('a pod that is evicted', () => {
  test('says why it goes, and has the time to', async () => {
    await pod('evicted', { nodeName: 'n', terminationGracePeriodSeconds: 7 })
    await phase('evicted', 'Running')
    expect((await admin.post(`${pods}/evicted/eviction`, eviction('evicted'))).status).toBe(201)
    const { body } = await admin.get(`${pods}/evicted`)
    expect(body.metadata.deletionGracePeriodSeconds).toBe(7)
    expect(body.status.conditions).toMatchObject([{ type: 'DisruptionTarget', reason: 'EvictionByEvictionAPI' }])
  })

  test('stays when only asked, or when another one was meant', async () => {
    const { metadata } = await pod('stays')
    const { uid, resourceVersion } = metadata
    expect((await admin.post(`${pods}/stays/eviction?dryRun=All`, eviction('stays'))).status).toBe(201)
    const tried = await admin.post(`${pods}/stays/eviction`, eviction('stays', { dryRun: ['All'] }))
    expect(tried.status).toBe(201)
    for (const preconditions of [{ uid: 'other' }, { resourceVersion: '1' }]) {
      const { status } = await admin.post(`${pods}/stays/eviction`, eviction('stays', { preconditions }))
      expect(status).toBe(409)
    }
    expect((await admin.get(`${pods}/stays`)).body.metadata.resourceVersion).toBe(resourceVersion)
    const meant = eviction('stays', { preconditions: { uid, resourceVersion } })
    expect((await admin.post(`${pods}/stays/eviction`, meant)).status).toBe(201)
    expect((await admin.get(`${pods}/stays`)).status).toBe(404)
  })
})

test('a pod without a node is seen to be marked before it goes', async () => {
  const { metadata } = await pod('seen')
  await admin.delete(`${pods}/seen`)
  const query = `watch=true&resourceVersion=${metadata.resourceVersion}&timeoutSeconds=1`
  const events: string[] = []
  for await (const { type, object } of admin.watch(`${pods}?${query}&fieldSelector=metadata.name%3Dseen`))
    events.push(`${type} ${object.metadata.deletionGracePeriodSeconds}`)
  expect(events).toEqual(['MODIFIED 0', 'DELETED 0'])
})

describe('what leads to a node', () => {
  const addresses = [{ type: 'InternalIP', address: '10.0.0.9' }]

  beforeAll(async () => {
    await admin.post('/api/v1/nodes', { metadata: { name: 'reached' } })
    await admin.patch('/api/v1/nodes/reached/status', { status: { addresses } })
    await pod('here', { nodeName: 'reached' })
    await pod('nowhere', { nodeName: 'missing' })
    await pod('unbound')
  })

  test.each<[string, number, string]>([
    ['unbound/log', 204, ''],
    ['unbound/log?tailLines=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['unbound/log?sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z', 422, 'at most one of `sinceTime` or `sinceSeconds`'],
    ['unbound/exec', 400, 'pod unbound does not have a host assigned'],
    ['unbound/attach?container=other', 400, 'container other is not valid for pod unbound'],
    ['unbound/portforward', 400, 'pod unbound does not have a host assigned'],
    ['unbound/proxy/some/path', 400, 'address not allowed'],
    ['ftp:unbound:1/proxy', 400, 'invalid pod request "ftp:unbound:1"'],
    ['nowhere/log', 404, 'nodes "missing" not found'],
    [
      'here/log?follow=true&tailLines=5',
      500,
      'Get "https://10.0.0.9:10250/containerLogs/pods/here/main?follow=true&tailLines=5": dial tcp 10.0.0.9:10250: connect: network is unreachable',
    ],
    ['here/exec?command=ls', 400, 'Upgrade request required'],
    ['none/exec', 404, 'pods "none" not found'],
  ])('%s is answered with %i', async (path, code, message) => {
    const { status, body } = await admin.get(`${pods}/${path}`)
    expect(status).toBe(code)
    if (message) expect(body.message).toContain(message)
  })

  test('is told of in discovery', async () => {
    const { body } = await admin.get('/api/v1')
    const told = body.resources.filter(({ name }: { name: string }) => /^(pods\/|bindings)/.test(name))
    expect(told.map(({ name, kind, verbs }: any) => `${name} ${kind} ${verbs}`)).toEqual([
      'bindings Binding create',
      'pods/attach PodAttachOptions create,get',
      'pods/binding Binding create',
      'pods/ephemeralcontainers Pod get,patch,update',
      'pods/eviction Eviction create',
      'pods/exec PodExecOptions create,get',
      'pods/log Pod get',
      'pods/portforward PodPortForwardOptions create,get',
      'pods/proxy PodProxyOptions create,delete,get,patch,update',
      'pods/resize Pod get,patch,update',
      'pods/status Pod get,patch,update',
    ])
  })
})
