/** ClusterRoles that are the sum of others, through the whole plane. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles'
const manager = 'clusterrole-aggregation-controller'
const rule = (verb: string) => ({ verbs: [verb], apiGroups: [''], resources: ['pods'] })
const selecting = (label: string) => ({
  clusterRoleSelectors: [{ matchLabels: { [`example.test/${label}`]: 'true' } }],
})
const labelled = (label: string) => ({ labels: { [`example.test/${label}`]: 'true' } })

let plane: TestPlane
let admin: ApiClient

beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
})
afterAll(() => plane[Symbol.asyncDispose]())

const rulesOf = async (name: string) => (await admin.get(`${roles}/${name}`)).body.rules
/** Waits for the controller; gives up by the test's own time limit. */
async function untilRules(name: string, isSo: (rules: { verbs: string[] }[] | null) => boolean): Promise<void> {
  while (!isSo(await rulesOf(name))) await new Promise((resolve) => setTimeout(resolve, 10))
}

test('aggregation: the sum is applied by the controller, which owns the rules', async () => {
  await admin.post(roles, { metadata: { name: 'a-part', ...labelled('a') }, rules: [rule('get'), rule('list')] })
  await admin.post(roles, { metadata: { name: 'a' }, aggregationRule: selecting('a'), rules: [rule('delete')] })
  await untilRules('a', (rules) => rules?.length === 2)
  const { metadata } = (await admin.get(`${roles}/a`)).body
  const owner = metadata.managedFields.find((entry: { manager: string }) => entry.manager === manager)
  expect(owner).toMatchObject({ operation: 'Apply', fieldsType: 'FieldsV1', fieldsV1: { 'f:rules': {} } })
  const mine = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'a' } }
  const { status, body } = await admin.patch(
    `${roles}/a?fieldManager=me`,
    { ...mine, rules: [rule('delete')] },
    'application/apply-patch+yaml',
  )
  expect([status, body.message]).toEqual([409, `Apply failed with 1 conflict: conflict with "${manager}": .rules`])
  // What the controller alone owned goes when it selects nothing any more.
  await admin.delete(`${roles}/a-part`)
  await untilRules('a', (rules) => rules === null)
})

test('aggregation: a role that selects nothing keeps its own rules', async () => {
  await admin.post(roles, { metadata: { name: 'b' }, aggregationRule: selecting('b'), rules: [rule('delete')] })
  // The controller works in the order in which roles come: this one is behind the other.
  await admin.post(roles, { metadata: { name: 'c-part', ...labelled('c') }, rules: [rule('get')] })
  await admin.post(roles, { metadata: { name: 'c' }, aggregationRule: selecting('c') })
  await untilRules('c', (rules) => rules?.length === 1)
  expect(await rulesOf('b')).toEqual([rule('delete')])
  await admin.post(roles, { metadata: { name: 'b-part', ...labelled('b') }, rules: [rule('get')] })
  await untilRules('b', (rules) => rules?.[0]?.verbs[0] === 'get')
})

test('aggregation: a thousand roles make one, each rule once', { timeout: 30_000 }, async () => {
  const parts = Array.from({ length: 1_000 }, (_, i) =>
    admin.post(roles, {
      metadata: { name: `d-${i}`, ...labelled('d') },
      rules: [rule('get'), rule(`verb-${i}`), rule(`verb-${i % 100}`)],
    }),
  )
  await Promise.all(parts)
  await admin.post(roles, { metadata: { name: 'd' }, aggregationRule: selecting('d') })
  await untilRules('d', (rules) => rules?.length === 1_001)
})
