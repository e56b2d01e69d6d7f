/** Server-side apply through the whole plane: what the merge itself means is promised in apimachinery. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApiClient, ApiReply } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

let plane: TestPlane
let admin: ApiClient
const maps = '/api/v1/namespaces/default/configmaps'

beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
})
afterAll(async () => {
  await plane[Symbol.asyncDispose]()
})

const applyTo = (path: string, config: object, query = 'fieldManager=one', client = admin): Promise<ApiReply> =>
  client.patch(`${path}?${query}`, config, 'application/apply-patch+yaml')

const map = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})

describe('apply', () => {
  test('makes what is not there, and writes nothing when nothing changes', async () => {
    const made = await applyTo(`${maps}/new`, map('new', { a: '1' }))
    expect(made).toMatchObject({ status: 201, body: { data: { a: '1' } } })
    const again = await applyTo(`${maps}/new`, map('new', { a: '1' }))
    expect(again).toMatchObject({ status: 200, body: made.body })
  })

  test('of many at once makes one object that has it all', async () => {
    const managers = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    const one = (m: string) => applyTo(`${maps}/crowd`, map('crowd', { [m]: m }), `fieldManager=${m}`)
    const statuses = (await Promise.all(managers.map(one))).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([...managers.slice(1).map(() => 200), 201])
    const { body } = await admin.get(`${maps}/crowd`)
    expect(Object.keys(body.data)).toEqual(managers)
  })

  test('keeps a dry run to itself', async () => {
    expect(await applyTo(`${maps}/dry`, map('dry', {}), 'fieldManager=one&dryRun=All')).toMatchObject({ status: 201 })
    expect(await admin.get(`${maps}/dry`)).toMatchObject({ status: 404 })
  })

  test('needs a manager, and a kind that fits', async () => {
    expect(await applyTo(`${maps}/x`, map('x', {}), '')).toMatchObject({
      status: 422,
      body: {
        message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      },
    })
    expect(await applyTo(`${maps}/x`, { ...map('x', {}), kind: 'Secret' })).toMatchObject({
      status: 400,
      body: { message: 'invalid object type: /v1, Kind=Secret' },
    })
  })

  test('conflicts with who changed a field, until it is forced', async () => {
    await applyTo(`${maps}/shared`, map('shared', { a: '1' }))
    await admin.patch(`${maps}/shared?fieldManager=hand`, { data: { a: '2' } })
    const refused = await applyTo(`${maps}/shared`, map('shared', { a: '1' }))
    expect(refused).toMatchObject({
      status: 409,
      body: {
        message: 'Apply failed with 1 conflict: conflict with "hand" using v1: .data.a',
        details: { causes: [{ reason: 'FieldManagerConflict', field: '.data.a' }] },
      },
    })
    const forced = await applyTo(`${maps}/shared`, map('shared', { a: '1' }), 'fieldManager=one&force=true')
    expect(forced.body.metadata.managedFields.map(({ manager }: { manager: string }) => manager)).toEqual(['one'])
  })

  test('through a subresource changes only that, and makes nothing', async () => {
    const path = '/api/v1/namespaces/default/pods/p'
    const identity = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } }
    const status = { conditions: [{ type: 'Ready', status: 'True' }] }
    expect(await applyTo(`${path}/status`, { ...identity, status })).toMatchObject({ status: 404 })
    const spec = { containers: [{ name: 'main', image: 'a' }] }
    expect(await applyTo(path, { ...identity, spec })).toMatchObject({ status: 201 })
    const applied = await applyTo(`${path}/status`, { ...identity, status, spec: {} }, 'fieldManager=two')
    expect(applied).toMatchObject({ status: 200, body: { spec, status } })
    expect(applied.body.metadata.managedFields).toMatchObject([
      { manager: 'one', fieldsV1: { 'f:spec': {} } },
      { manager: 'two', subresource: 'status', fieldsV1: { 'f:status': { 'f:conditions': {} } } },
    ])
  })

  test('may make an object only for who may create it', async () => {
    await admin.post('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'patcher' } })
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'patch'] }]
    await admin.post(`${rbac}/roles`, { metadata: { name: 'patcher' }, rules })
    const subjects = [{ kind: 'ServiceAccount', name: 'patcher', namespace: 'default' }]
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'patcher' }
    await admin.post(`${rbac}/rolebindings`, { metadata: { name: 'patcher' }, roleRef, subjects })
    const issued = await admin.post('/api/v1/namespaces/default/serviceaccounts/patcher/token', { spec: {} })
    const patcher = plane.client({ token: issued.body.status.token })
    await applyTo(`${maps}/there`, map('there', {}))
    expect(await applyTo(`${maps}/there`, map('there', { a: '1' }), undefined, patcher)).toMatchObject({ status: 200 })
    expect(await applyTo(`${maps}/absent`, map('absent', {}), undefined, patcher)).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('cannot create resource "configmaps"') },
    })
  })
})

describe('the owner of a field', () => {
  test('is named by the client, or known by its program', async () => {
    const managers = ({ body }: ApiReply) => body.metadata.managedFields.map((e: { manager: string }) => e.manager)
    expect(managers(await admin.post(`${maps}?fieldManager=me`, map('mine', { a: '1' })))).toEqual(['me'])
    expect(await admin.post(`${maps}?fieldManager=${'m'.repeat(129)}`, map('long', {}))).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('fieldManager: Too long: may not be more than 128 bytes') },
    })
  })

  test('is forgotten for an empty list', async () => {
    await admin.post(maps, map('forgotten', { a: '1' }))
    const emptied = await admin.patch(`${maps}/forgotten`, { metadata: { managedFields: [] } })
    expect(emptied).toMatchObject({ status: 200, body: { data: { a: '1' } } })
    expect(emptied.body.metadata.managedFields).toBeUndefined()
  })
})

test('a refused patch of a Secret does not repeat what the Secret holds', async () => {
  const secrets = '/api/v1/namespaces/default/secrets'
  await admin.post(secrets, { metadata: { name: 's' }, data: { password: 'aHVudGVyMg==' } })
  const refused = await admin.patch(`${secrets}/s`, { immutable: 'yes' })
  expect(refused.status).toBe(422)
  expect(JSON.stringify(refused.body)).not.toContain('aHVudGVyMg')
})
