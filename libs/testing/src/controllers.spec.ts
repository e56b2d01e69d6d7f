// biome-ignore-all lint/suspicious/noExplicitAny: tests look into any object
/** The controllers against a real API server, all in this process. */
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

/** Waits until `look` finds something; the test's time limit ends a wait in vain. */
async function eventually<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** The object at a path, once it is there and, if asked, as wanted. */
const objectAt = (path: string, wanted: (object: Record<string, any>) => boolean = () => true) =>
  eventually(async () => {
    const { status, body } = await admin.get(path)
    return status === 200 && wanted(body) && body
  })

const goneFrom = (path: string) => eventually(async () => (await admin.get(path)).status === 404)

async function createNamespace(name: string): Promise<string> {
  const { status } = await admin.post('/api/v1/namespaces', { metadata: { name } })
  expect(status).toBe(201)
  return `/api/v1/namespaces/${name}`
}

describe('a new namespace', () => {
  test('gets its default ServiceAccount, and a new one when that is deleted', async () => {
    const path = `${await createNamespace('accounts')}/serviceaccounts/default`
    const first = await objectAt(path)
    expect(first['secrets']).toBeUndefined()
    await admin.delete(path)
    const second = await objectAt(path, ({ metadata }) => metadata.uid !== first['metadata'].uid)
    expect(second['metadata'].name).toBe('default')
  })

  test('gets the authority of the API server, as it must be, whatever happens to it', async () => {
    const path = `${await createNamespace('authority')}/configmaps/kube-root-ca.crt`
    const wanted = { 'ca.crt': plane.caPem }
    const first = await objectAt(path)
    expect(first['data']).toEqual(wanted)
    expect(first['metadata'].annotations['kubernetes.io/description']).toMatch(/^Contains a CA bundle/)

    await admin.patch(path, { data: { 'ca.crt': 'other', more: 'x' } })
    await objectAt(path, ({ data }) => data['ca.crt'] === plane.caPem && Object.keys(data).length === 1)
    const explained = { metadata: { annotations: { 'kubernetes.io/description': 'ours' } } }
    await admin.patch(path, explained)
    await admin.patch(path, { metadata: { annotations: { 'kubernetes.io/description': null } } })
    await objectAt(path, ({ metadata }) => metadata.annotations?.['kubernetes.io/description']?.startsWith('Contains'))
    await admin.delete(path)
    expect((await objectAt(path))['data']).toEqual(wanted)
  })
})

describe('a Secret that names a ServiceAccount', () => {
  const tokenSecret = (name: string, account: string) => ({
    metadata: { name, annotations: { 'kubernetes.io/service-account.name': account } },
    type: 'kubernetes.io/service-account-token',
  })
  const filled = ({ data }: Record<string, any>) => Boolean(data?.token)
  const text = (base64: string) => Buffer.from(base64, 'base64').toString()

  test('is filled with a token that the API believes until the Secret is gone', async () => {
    const namespace = await createNamespace('tokens')
    const account = (await admin.post(`${namespace}/serviceaccounts`, { metadata: { name: 'till' } })).body
    await admin.post(`${namespace}/secrets`, tokenSecret('till-token', 'till'))
    const { data, metadata } = await objectAt(`${namespace}/secrets/till-token`, filled)
    expect(text(data['ca.crt'])).toBe(plane.caPem)
    expect(text(data.namespace)).toBe('tokens')
    expect(metadata.annotations['kubernetes.io/service-account.uid']).toBe(account.metadata.uid)
    const claims = JSON.parse(Buffer.from(text(data.token).split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toEqual({
      iss: 'kubernetes/serviceaccount',
      sub: 'system:serviceaccount:tokens:till',
      'kubernetes.io/serviceaccount/namespace': 'tokens',
      'kubernetes.io/serviceaccount/secret.name': 'till-token',
      'kubernetes.io/serviceaccount/service-account.name': 'till',
      'kubernetes.io/serviceaccount/service-account.uid': account.metadata.uid,
    })
    const bearer = plane.client({ token: text(data.token) })
    expect((await bearer.get('/api')).status).toBe(200)
    await admin.delete(`${namespace}/secrets/till-token`)
    await eventually(async () => (await bearer.get('/api')).status === 401)
  })

  test('gets another token when its token is taken out, and keeps what else is in it', async () => {
    const namespace = await createNamespace('retoken')
    await admin.post(`${namespace}/serviceaccounts`, { metadata: { name: 'till' } })
    await admin.post(`${namespace}/secrets`, { ...tokenSecret('t', 'till'), data: { mine: 'bWluZQ==' } })
    await objectAt(`${namespace}/secrets/t`, filled)
    const { body } = await admin.patch(`${namespace}/secrets/t`, { data: { token: null } })
    const again = await objectAt(
      `${namespace}/secrets/t`,
      (secret) => filled(secret) && secret['metadata'].resourceVersion !== body.metadata.resourceVersion,
    )
    expect(again['data'].mine).toBe('bWluZQ==')
  })

  test('goes with its ServiceAccount, and at once when there is none', async () => {
    const namespace = await createNamespace('orphans')
    await admin.post(`${namespace}/serviceaccounts`, { metadata: { name: 'till' } })
    await admin.post(`${namespace}/secrets`, tokenSecret('t', 'till'))
    await admin.post(`${namespace}/secrets`, { metadata: { name: 'other' }, data: {} })
    await objectAt(`${namespace}/secrets/t`, filled)
    await admin.delete(`${namespace}/serviceaccounts/till`)
    await goneFrom(`${namespace}/secrets/t`)
    await admin.post(`${namespace}/secrets`, tokenSecret('nobody', 'missing'))
    await goneFrom(`${namespace}/secrets/nobody`)
    expect((await admin.get(`${namespace}/secrets/other`)).status).toBe(200)
  })

  test('is taken off the list of its ServiceAccount when it is deleted', async () => {
    const namespace = await createNamespace('references')
    const secrets = [{ name: 't' }, { name: 'kept' }]
    await admin.post(`${namespace}/serviceaccounts`, { metadata: { name: 'till' }, secrets })
    await admin.post(`${namespace}/secrets`, tokenSecret('t', 'till'))
    await objectAt(`${namespace}/secrets/t`, filled)
    await admin.delete(`${namespace}/secrets/t`)
    const account = await objectAt(`${namespace}/serviceaccounts/till`, ({ secrets }) => secrets.length === 1)
    expect(account['secrets']).toEqual([{ name: 'kept' }])
  })
})

describe('a namespace that is deleted', () => {
  test('goes with everything in it', async () => {
    const namespace = await createNamespace('full')
    await objectAt(`${namespace}/serviceaccounts/default`)
    await admin.post(`${namespace}/configmaps`, { metadata: { name: 'a' } })
    await admin.post(`${namespace}/secrets`, { metadata: { name: 'b' } })
    const { body } = await admin.delete(namespace)
    expect(body.status.phase).toBe('Terminating')
    await goneFrom(namespace)
    for (const resource of ['serviceaccounts', 'configmaps', 'secrets', 'pods', 'events']) {
      expect((await admin.get(`${namespace}/${resource}`)).body.items).toEqual([])
    }
  })

  test('tells what holds it up, and goes when nothing does any more', async () => {
    const namespace = await createNamespace('held')
    const held = { metadata: { name: 'a', finalizers: ['example.com/hold'] } }
    await admin.post(`${namespace}/configmaps`, held)
    await admin.delete(namespace)
    const { status } = await objectAt(namespace, ({ status }) => status.conditions?.length === 5)
    const facts = status.conditions.map(({ type, status, reason, message }: Record<string, string>) => [
      type,
      status,
      reason,
      message,
    ])
    expect(facts).toEqual([
      ['NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', 'All resources successfully discovered'],
      [
        'NamespaceDeletionGroupVersionParsingFailure',
        'False',
        'ParsedGroupVersions',
        'All legacy kube types successfully parsed',
      ],
      [
        'NamespaceDeletionContentFailure',
        'False',
        'ContentDeleted',
        'All content successfully deleted, may be waiting on finalization',
      ],
      [
        'NamespaceContentRemaining',
        'True',
        'SomeResourcesRemain',
        'Some resources are remaining: configmaps. has 1 resource instances',
      ],
      [
        'NamespaceFinalizersRemaining',
        'True',
        'SomeFinalizersRemain',
        'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
      ],
    ])
    await admin.patch(`${namespace}/configmaps/a`, { metadata: { finalizers: null } })
    await goneFrom(namespace)
  })

  test('is refused for the namespaces that a plane needs', async () => {
    expect((await admin.delete('/api/v1/namespaces/kube-system')).status).toBe(403)
  })
})
