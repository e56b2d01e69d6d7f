/** One user who asks for everything at once, and others who want a little. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

let plane: TestPlane
let admin: ApiClient

beforeAll(async () => {
  plane = await startTestPlane({
    // Where a write takes a while.
    place: { 'store-url': undefined },
    apiserver: { 'max-mutating-requests-inflight': 4 },
  })
  admin = plane.client()
})
afterAll(() => plane[Symbol.asyncDispose]())

const configMaps = '/api/v1/namespaces/default/configmaps'

/** An account that may do everything, and its requests. */
async function accountOf(name: string): Promise<ApiClient> {
  const accounts = '/api/v1/namespaces/default/serviceaccounts'
  await admin.post(accounts, { metadata: { name } })
  await admin.post('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'default', name }],
  })
  const { body } = await admin.post(`${accounts}/${name}/token`, {})
  return plane.client({ token: body.status.token })
}

test('the others get through, the greedy one is told to come again, and nobody else is', async () => {
  const [greedy, modest] = [await accountOf('greedy'), await accountOf('modest')]
  const flood = Array.from({ length: 400 }, (_, i) => greedy.post(configMaps, { metadata: { name: `greedy-${i}` } }))
  const modestly: number[] = []
  for (let i = 0; i < 20; i++) {
    modestly.push((await modest.post(configMaps, { metadata: { name: `modest-${i}` } })).status)
    // The administrator has a place of his own.
    expect((await admin.post(configMaps, { metadata: { name: `admin-${i}` } })).status).toBe(201)
  }
  expect(modestly).toEqual(Array(20).fill(201))

  const replies = await Promise.all(flood)
  const refused = replies.filter(({ status }) => status !== 201)
  expect(refused.length).toBeGreaterThan(0)
  expect(replies.length).toBeGreaterThan(refused.length)
  for (const { status, headers, body } of refused) {
    expect([status, body.reason, headers['retry-after']]).toEqual([429, 'TooManyRequests', '1'])
  }
})
