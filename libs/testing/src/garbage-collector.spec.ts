// biome-ignore-all lint/suspicious/noExplicitAny: tests look into any object
/** What becomes of dependents when their owners go, in a whole plane. */
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

type Reference = { apiVersion: string; kind: string; name: string; uid: string; blockOwnerDeletion?: boolean }

/** Waits until `look` finds something; the test's time limit ends a wait in vain. */
async function eventually<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const goneFrom = (path: string) => eventually(async () => (await admin.get(path)).status === 404)
const metadataAt = async (path: string) => (await admin.get(path)).body.metadata
const once = (path: string, wanted: (metadata: any) => boolean) =>
  eventually(async () => {
    const metadata = await metadataAt(path)
    return wanted(metadata) && metadata
  })

async function namespace(name: string): Promise<string> {
  expect((await admin.post('/api/v1/namespaces', { metadata: { name } })).status).toBe(201)
  return `/api/v1/namespaces/${name}/configmaps`
}

/** Makes a ConfigMap and tells how it is referred to. */
async function map(path: string, name: string, ownerReferences: Reference[] = [], finalizers: string[] = []) {
  const { status, body } = await admin.post(path, { metadata: { name, ownerReferences, finalizers } })
  expect(status).toBe(201)
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid: body.metadata.uid as string }
}

const blocking = (owner: Reference): Reference => ({ ...owner, blockOwnerDeletion: true })
const unhold = (path: string) => admin.patch(path, { metadata: { finalizers: null } })

/** Deletes, and waits until the collector has seen what is there: a map without an owner goes after what came before it. */
async function remove(path: string, name: string, propagationPolicy: string): Promise<void> {
  await settled(path, name)
  expect((await admin.delete(`${path}/${name}?propagationPolicy=${propagationPolicy}`)).status).toBe(200)
}

async function settled(path: string, about: string): Promise<void> {
  const uid = 'ffffffff-0000-4000-8000-000000000000'
  await map(path, `probe-${about}`, [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'nobody', uid }])
  await goneFrom(`${path}/probe-${about}`)
}

describe('an object whose owners are gone', () => {
  test('goes, and what depends on it goes too', async () => {
    const maps = await namespace('chain')
    const a = await map(maps, 'a')
    const b = await map(maps, 'b', [a])
    await map(maps, 'c', [b])
    await map(maps, 'free')
    await remove(maps, 'a', 'Background')
    await goneFrom(`${maps}/b`)
    await goneFrom(`${maps}/c`)
    expect((await admin.get(`${maps}/free`)).status).toBe(200)
  })

  test('stays while one of its owners is there, without the others', async () => {
    const maps = await namespace('two')
    const one = await map(maps, 'one')
    const two = await map(maps, 'two')
    await map(maps, 'child', [one, two])
    await remove(maps, 'one', 'Background')
    const { ownerReferences } = await once(`${maps}/child`, (m) => m.ownerReferences.length === 1)
    expect(ownerReferences).toEqual([two])
  })

  test('goes although another object has the name of its owner', async () => {
    const maps = await namespace('again')
    const owner = await map(maps, 'owner')
    await admin.delete(`${maps}/owner`)
    const other = await map(maps, 'owner')
    await map(maps, 'stale', [owner])
    await map(maps, 'fresh', [other])
    await goneFrom(`${maps}/stale`)
    expect((await admin.get(`${maps}/fresh`)).status).toBe(200)
  })

  test('stays when nobody serves the kind or the version of the owner', async () => {
    const maps = await namespace('unserved')
    const owner = await map(maps, 'owner')
    await map(maps, 'kind', [{ ...owner, kind: 'Nothing', apiVersion: 'example.com/v1' }])
    await map(maps, 'version', [{ ...owner, apiVersion: 'v7' }])
    await map(maps, 'child', [owner])
    await remove(maps, 'owner', 'Background')
    await goneFrom(`${maps}/child`)
    for (const name of ['kind', 'version']) expect((await admin.get(`${maps}/${name}`)).status).toBe(200)
  })

  test('goes when it calls the version of its owner /v1', async () => {
    const maps = await namespace('slash')
    const owner = await map(maps, 'owner')
    await map(maps, 'child', [{ ...owner, apiVersion: '/v1' }])
    await settled(maps, 'child')
    expect((await admin.get(`${maps}/child`)).status).toBe(200)
    await remove(maps, 'owner', 'Background')
    await goneFrom(`${maps}/child`)
  })

  test('goes with a note when its owner lives in another namespace, and stays with one that lives in none', async () => {
    const maps = await namespace('near')
    const owner = await map(await namespace('far'), 'owner')
    await map(maps, 'child', [owner])
    await goneFrom(`${maps}/child`)
    const events = '/api/v1/namespaces/near/events?fieldSelector=reason%3DOwnerRefInvalidNamespace'
    const event = await eventually(async () => (await admin.get(events)).body.items[0])
    expect(event).toMatchObject({
      type: 'Warning',
      message: `ownerRef [v1/ConfigMap, namespace: near, name: owner, uid: ${owner.uid}] does not exist in namespace "near"`,
      involvedObject: { kind: 'ConfigMap', name: 'child' },
      source: { component: 'garbage-collector-controller' },
    })
    const { uid } = await metadataAt('/api/v1/namespaces/near')
    const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles'
    await admin.post(roles, { metadata: { name: 'clustered', ownerReferences: [owner] }, rules: [] })
    const all = '/api/v1/namespaces/default/events?fieldSelector=reason%3DOwnerRefInvalidNamespace'
    expect(await eventually(async () => (await admin.get(all)).body.items[0])).toMatchObject({
      message: expect.stringMatching(/does not exist in namespace ""$/),
      involvedObject: { kind: 'ClusterRole', name: 'clustered' },
    })
    expect((await admin.get(`${roles}/clustered`)).status).toBe(200)
    await map(maps, 'owned', [{ apiVersion: 'v1', kind: 'Namespace', name: 'near', uid }])
    await settled(maps, 'owned')
    expect((await admin.get(`${maps}/owned`)).status).toBe(200)
  })
})

describe('an owner that is deleted in the foreground', () => {
  test('waits for those dependents that block it, and marks all', async () => {
    const maps = await namespace('front')
    const owner = await map(maps, 'owner')
    await map(maps, 'blocks', [blocking(owner)], ['example.com/hold'])
    await map(maps, 'follows', [blocking(owner)])
    await map(maps, 'bystander', [owner], ['example.com/hold'])
    await remove(maps, 'owner', 'Foreground')
    await goneFrom(`${maps}/follows`)
    for (const name of ['blocks', 'bystander']) await once(`${maps}/${name}`, (m) => m.deletionTimestamp)
    expect(await metadataAt(`${maps}/owner`)).toMatchObject({ finalizers: ['foregroundDeletion'] })
    await unhold(`${maps}/blocks`)
    await goneFrom(`${maps}/owner`)
    expect((await admin.get(`${maps}/bystander`)).status).toBe(200)
    await unhold(`${maps}/bystander`)
  })

  test('no longer waits for a dependent that stops to block it', async () => {
    const maps = await namespace('unblock')
    const owner = await map(maps, 'owner')
    await map(maps, 'child', [blocking(owner)], ['example.com/hold'])
    await remove(maps, 'owner', 'Foreground')
    await once(`${maps}/child`, (m) => m.deletionTimestamp)
    await admin.patch(`${maps}/child`, { metadata: { ownerReferences: [owner] } })
    await goneFrom(`${maps}/owner`)
    await unhold(`${maps}/child`)
  })

  test('goes from the leaves up', async () => {
    const maps = await namespace('leaves')
    const a = await map(maps, 'a')
    const b = await map(maps, 'b', [blocking(a)])
    await map(maps, 'c', [blocking(b)], ['example.com/hold'])
    await remove(maps, 'a', 'Foreground')
    await once(`${maps}/c`, (m) => m.deletionTimestamp)
    expect(await metadataAt(`${maps}/b`)).toMatchObject({ finalizers: ['foregroundDeletion'] })
    await unhold(`${maps}/c`)
    for (const name of ['c', 'b', 'a']) await goneFrom(`${maps}/${name}`)
  })

  test('does not wait for ever in a circle', async () => {
    const maps = await namespace('circle')
    const a = await map(maps, 'a')
    const b = await map(maps, 'b', [blocking(a)])
    await admin.patch(`${maps}/a`, { metadata: { ownerReferences: [blocking(b)] } })
    await remove(maps, 'a', 'Foreground')
    for (const name of ['a', 'b']) await goneFrom(`${maps}/${name}`)
  })
})

test('an owner that is deleted without its dependents frees them first', async () => {
  const maps = await namespace('orphans')
  const owner = await map(maps, 'owner')
  const second = await map(maps, 'second')
  await map(maps, 'child', [owner])
  await map(maps, 'shared', [owner, second])
  await remove(maps, 'owner', 'Orphan')
  await goneFrom(`${maps}/owner`)
  expect((await metadataAt(`${maps}/child`)).ownerReferences).toBeUndefined()
  expect((await metadataAt(`${maps}/shared`)).ownerReferences).toEqual([second])
})
