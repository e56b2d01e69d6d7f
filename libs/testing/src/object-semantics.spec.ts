/** What Kubernetes does with objects in corners that clients do reach, through the whole plane. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

let plane: TestPlane
let admin: ApiClient
beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
})
afterAll(() => plane[Symbol.asyncDispose]())

const apply = 'application/apply-patch+yaml'
const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles'
const role = (name: string, rules: unknown[]) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name },
  rules,
})

describe('ownership of an empty list', () => {
  const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] }

  test('who creates an object with one that is always written owns it: another one who applies it conflicts', async () => {
    const created = await admin.post(`${roles}?fieldManager=a`, role('empty', []))
    expect(created.body.rules).toBeNull()
    expect(created.body.metadata.managedFields).toMatchObject([{ manager: 'a', fieldsV1: { 'f:rules': {} } }])
    const refused = await admin.patch(`${roles}/empty?fieldManager=b`, role('empty', [rule]), apply)
    expect(refused).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('conflict with "a" using rbac.authorization.k8s.io/v1: .rules') },
    })
  })

  test('who leaves it out owns nothing', async () => {
    const { rules: _, ...without } = role('absent', [])
    const created = await admin.post(`${roles}?fieldManager=a`, without)
    expect(created.body.metadata.managedFields).toBeUndefined()
    const applied = await admin.patch(`${roles}/absent?fieldManager=b`, role('absent', [rule]), apply)
    expect(applied.status).toBe(200)
  })

  test('one deep inside is null in the answer and in the store', async () => {
    const created = await admin.post(roles, role('deep', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]))
    expect(created.status).toBe(201)
    const { status, body } = await admin.patch(`${roles}/deep`, { rules: [] })
    expect({ status, rules: body.rules }).toEqual({ status: 200, rules: null })
    expect((await admin.get(`${roles}/deep`)).body.rules).toBeNull()
  })
})

test('the generation of a webhook configuration counts changes, not a replacement without optional fields', async () => {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'
  const webhook = {
    name: 'a.example.test',
    clientConfig: { url: 'https://127.0.0.1:9/' },
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
  }
  const object = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'hooks' },
    webhooks: [webhook],
  }
  const { body: created } = await admin.post(path, object)
  const replace = (webhooks: unknown[]) =>
    admin.put(`${path}/hooks`, { ...object, metadata: { ...object.metadata, ...meta }, webhooks })
  let meta: object = { resourceVersion: created.metadata.resourceVersion }
  const same = await replace([webhook])
  expect(same.body.metadata).toMatchObject({ generation: 1, resourceVersion: created.metadata.resourceVersion })
  const changed = await replace([{ ...webhook, timeoutSeconds: 3 }])
  expect(changed.body.metadata.generation).toBe(2)
  meta = { resourceVersion: changed.body.metadata.resourceVersion }
  expect((await replace([{ ...webhook, timeoutSeconds: 3 }])).body.metadata.generation).toBe(2)
})

describe('a service', () => {
  const services = '/api/v1/namespaces/default/services'
  const make = async (name: string, spec: object) =>
    (await admin.post(services, { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec })).body

  test('that needs no node ports any more loses them, though its ports come, go and move', async () => {
    const ports = [80, 81, 82].map((port) => ({ name: `p${port}`, port }))
    const made = await make('moving', { type: 'NodePort', ports })
    const [first, second] = made.spec.ports
    const kept = [{ ...second }, { ...first, port: 8080 }, { name: 'new', port: 83 }]
    const { status, body } = await admin.put(`${services}/moving`, {
      ...made,
      spec: { ...made.spec, type: 'ClusterIP', ports: kept },
    })
    expect(status).toBe(200)
    expect(body.spec.ports.map((p: { nodePort?: number }) => p.nodePort)).toEqual([undefined, undefined, undefined])
  })

  test('that asks for a new node port with a type that has none gets to hear of it', async () => {
    const made = await make('asking', { type: 'NodePort', ports: [{ port: 80 }] })
    const asked = [{ ...made.spec.ports[0], nodePort: 30_999 }]
    const { status } = await admin.put(`${services}/asking`, {
      ...made,
      spec: { ...made.spec, type: 'ClusterIP', ports: asked },
    })
    expect(status).toBe(422)
  })

  test('of type ExternalName has no internalTrafficPolicy', async () => {
    const named = { type: 'ExternalName', externalName: 'example.test' }
    expect((await make('named', { ...named, internalTrafficPolicy: 'Cluster' })).spec).toEqual({
      ...named,
      sessionAffinity: 'None',
    })
    await make('renamed', { ports: [{ port: 80 }] })
    const { body } = await admin.patch(`${services}/renamed`, { spec: named })
    expect(body.spec.internalTrafficPolicy).toBeUndefined()
    const wrong = { ...named, internalTrafficPolicy: 'Nowhere' }
    expect((await admin.post(services, { kind: 'Service', metadata: { name: 'wrong' }, spec: wrong })).status).toBe(422)
  })
})

describe('a patch', () => {
  const maps = '/api/v1/namespaces/default/configmaps'
  beforeAll(async () => {
    await admin.post(maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: '1' } })
  })

  test('a merge patch of null is refused', async () => {
    for (const query of ['', '?fieldValidation=Ignore', '?fieldValidation=Strict']) {
      const { status, body } = await admin.patch(`${maps}/c${query}`, null)
      expect({ status, message: body.message }).toEqual({ status: 400, message: 'Invalid JSON Patch' })
    }
  })

  test('a JSON Patch whose path lacks the leading slash loses what stands before the first one', async () => {
    const add = (path: string) =>
      admin.patch(`${maps}/c`, [{ op: 'add', path, value: '2' }], 'application/json-patch+json')
    expect((await add('x/data/b')).body.data).toEqual({ a: '1', b: '2' })
    expect((await add('data')).status).toBe(422)
  })
})

test('namespaces are selected by metadata.name, not by name', async () => {
  const { body, status } = await admin.get('/api/v1/namespaces?fieldSelector=name%3Ddefault')
  expect({ status, message: body.message }).toEqual({
    status: 400,
    message: 'field label not supported: name',
  })
  expect((await admin.get('/api/v1/namespaces?fieldSelector=metadata.name%3Ddefault')).body.items).toHaveLength(1)
})

test('a pod of a runtime class that does not exist is refused', async () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'runs' },
    spec: { runtimeClassName: 'gvisor', containers: [{ name: 'a', image: 'a' }] },
  }
  const { status, body } = await admin.post('/api/v1/namespaces/default/pods', pod)
  expect({ status, message: body.message }).toEqual({
    status: 403,
    message: 'pods "runs" is forbidden: pod rejected: RuntimeClass "gvisor" not found',
  })
})
