/** Roles, bindings and reviews that were written to be expensive, sent by users who may send them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

const rbac = '/apis/rbac.authorization.k8s.io/v1'
const inShop = `${rbac}/namespaces/shop`
const authorization = '/apis/authorization.k8s.io/v1'
const apiGroup = 'rbac.authorization.k8s.io'

let plane: TestPlane
let admin: ApiClient
let tenant: ApiClient

const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))
const cross = (count: number) => ({
  verbs: many(count, (i) => `v${i}`),
  apiGroups: many(count, (i) => `g${i}`),
  resources: many(count, (i) => `r${i}`),
  resourceNames: many(count, (i) => `n${i}`),
})
const bindTo = (user: string, role: string, kind = 'ClusterRole') => ({
  roleRef: { apiGroup, kind, name: role },
  subjects: [{ kind: 'User', apiGroup, name: user }],
})

beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
  tenant = plane.clientAs('tenant')
  await admin.post('/api/v1/namespaces', { metadata: { name: 'shop' } })
  await admin.post(`${inShop}/rolebindings`, { metadata: { name: 'tenant' }, ...bindTo('tenant', 'admin') })
})
afterAll(() => plane[Symbol.asyncDispose]())

test('escalation: 100 verbs x 100 groups x 100 resources x 100 names are refused with a bounded text', async () => {
  const { status, body } = await tenant.post(`${inShop}/roles`, { metadata: { name: 'x' }, rules: [cross(100)] })
  expect(status).toBe(403)
  expect(body.message).toMatch(
    /^roles.rbac.authorization.k8s.io "x" is forbidden: user "tenant" \(groups=\["system:authenticated"\]\) is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\["g0"\]/,
  )
  expect(body.message).toMatch(/\n\(the rules grant too much to compare and show all of it\)$/)
  expect(body.message.length).toBeLessThan(500_000)
})

test('escalation: the same role made by an administrator cannot be bound by a tenant, nor be made an aggregated one', async () => {
  const made = await admin.post(`${rbac}/clusterroles`, {
    metadata: { name: 'wide' },
    rules: many(50, () => cross(100)),
  })
  expect(made.status).toBe(201)
  const { status } = await tenant.post(`${inShop}/rolebindings`, {
    metadata: { name: 'x' },
    ...bindTo('tenant', 'wide'),
  })
  expect(status).toBe(403)
  await admin.post(`${rbac}/clusterroles`, {
    metadata: { name: 'make-roles' },
    rules: [{ verbs: ['create'], apiGroups: [apiGroup], resources: ['clusterroles'] }, cross(100)],
  })
  await admin.post(`${rbac}/clusterrolebindings`, { metadata: { name: 'maker' }, ...bindTo('maker', 'make-roles') })
  const aggregated = await plane.clientAs('maker').post(`${rbac}/clusterroles`, {
    metadata: { name: 'sum' },
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
  })
  expect(aggregated.body.message).toContain('must have cluster-admin privileges to use the aggregationRule')
  const held = await plane
    .clientAs('maker')
    .post(`${rbac}/clusterroles`, { metadata: { name: 'y' }, rules: [cross(100)] })
  expect(held.status).toBe(201)
})

test('authorization: a user with 1,000 bindings to a wide role has a rules review that says it is incomplete', async () => {
  const wide = { metadata: { name: 'wide' }, rules: many(500, (i) => ({ ...cross(20), verbs: ['get', `v${i}`] })) }
  expect((await admin.post(`${inShop}/roles`, wide)).status).toBe(201)
  const bindings = many(1_000, (i) => ({ metadata: { name: `wide-${i}` }, ...bindTo('often', 'wide', 'Role') }))
  await Promise.all(bindings.map((binding) => admin.post(`${inShop}/rolebindings`, binding)))
  const { status, body } = await plane
    .clientAs('often')
    .post(`${authorization}/selfsubjectrulesreviews`, { spec: { namespace: 'shop' } })
  expect(status).toBe(201)
  expect(body.status).toMatchObject({
    incomplete: true,
    evaluationError: 'not all of the rules are shown: there are too many',
  })
  expect(JSON.stringify(body).length).toBeLessThan(8 << 20)
  expect((await plane.clientAs('often').get('/api/v1/namespaces/shop/secrets')).status).toBe(403)
})

test('authorization: a review of ten thousand groups and extra values is answered', async () => {
  const { status, body } = await admin.post(`${authorization}/subjectaccessreviews`, {
    spec: {
      user: 'x',
      groups: many(10_000, (i) => `group ${i}`),
      extra: Object.fromEntries(many(1_000, (i) => [`key-${i}`, many(10, (k) => `value ${k}`)])),
      resourceAttributes: { verb: 'get', resource: 'pods' },
    },
  })
  expect([status, body.status]).toEqual([201, { allowed: false }])
})

test('impersonation: as many groups as headers hold are checked one by one', async () => {
  const groups = many(300, (i) => `group ${i}`)
  const self = { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1' }
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  const { status, body } = await plane.clientAs('x', groups).post(path, self)
  expect([status, body.status.userInfo.groups.length]).toEqual([201, 301])
})
