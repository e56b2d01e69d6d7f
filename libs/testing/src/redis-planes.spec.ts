/** Whole planes on Redis: one whose Redis is flushed, and two on the same one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redisMissing, startRedisServer } from '@ensign/store-redis/testing'
import { describe, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane } from './plane.ts'

const missing = await redisMissing()
const rbac = '/apis/rbac.authorization.k8s.io/v1'
const pause = () => new Promise((resolve) => setTimeout(resolve, 5))

/** Waits for what a server does by itself; gives up by the test's own time limit. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause()
}

describe.skipIf(missing)('a plane on Redis', { timeout: 60_000 }, () => {
  test('history lost: makes default roles and system namespaces again, and refuses nobody meanwhile', async () => {
    await using redis = await startRedisServer()
    await using plane = await startTestPlane({ place: { 'store-url': redis.url } })
    const admin = plane.client()
    const nobody = plane.clientAs('nobody', ['system:authenticated'])
    const review = { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1' }
    const spec = { nonResourceAttributes: { path: '/api', verb: 'get' } }
    const statuses = new Set<number>()
    let stopped = false
    const asking = (async () => {
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
      while (!stopped) statuses.add((await nobody.post(path, { ...review, spec })).status)
    })()
    const { uid } = (await admin.get(`${rbac}/clusterroles/view`)).body.metadata
    await redis.command('FLUSHALL')
    await until(async () => {
      const { status, body } = await admin.get(`${rbac}/clusterroles/view`)
      return status === 200 && body.metadata.uid !== uid
    })
    await until(async () => (await admin.get('/readyz')).status === 200)
    for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system'])
      await until(async () => (await admin.get(`/api/v1/namespaces/${name}`)).status === 200)
    expect((await admin.get(`${rbac}/clusterrolebindings`)).body.items.length).toBeGreaterThan(40)
    expect((await admin.get(`${rbac}/namespaces/kube-system/rolebindings`)).body.items.length).toBeGreaterThan(5)
    stopped = true
    await asking
    // 503 while the store cannot be read; never that somebody may not do what they may.
    expect([...statuses].filter((status) => status !== 503)).toEqual([201])
  })

  test('two apiservers: what one of them deleted opens nothing at the other', async () => {
    await using redis = await startRedisServer()
    const dir = mkdtempSync(join(tmpdir(), 'ensign-two-'))
    await using _folder = { [Symbol.asyncDispose]: async () => rmSync(dir, { recursive: true, force: true }) }
    const place = { dir, 'store-url': redis.url, issuer: ['https://issuer.test'] }
    await using first = await startTestPlane({ place })
    await using second = await startTestPlane({ place })
    const [admin, there] = [first.client(), second.client()]
    await admin.post('/api/v1/namespaces', { metadata: { name: 'shop' } })
    const accounts = '/api/v1/namespaces/shop/serviceaccounts'
    const delays: Record<string, number[]> = { account: [], binding: [] }

    /** Milliseconds from the answer to the deletion at the first until the second refuses. */
    async function felt(path: string, client: ApiClient, refusal: number): Promise<number> {
      const pods = '/api/v1/namespaces/shop/pods'
      await until(async () => (await client.get(pods)).status === 200)
      expect((await admin.delete(path)).status).toBe(200)
      const answeredAt = performance.now()
      await until(async () => (await client.get(pods)).status === refusal)
      return performance.now() - answeredAt
    }

    for (let round = 0; round < 10; round++) {
      const name = `till-${round}`
      await admin.post(accounts, { metadata: { name } })
      const { token } = (await admin.post(`${accounts}/${name}/token`, { spec: { audiences: [] } })).body.status
      const bindings = `${rbac}/namespaces/shop/rolebindings`
      const binding = {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'ServiceAccount', name, namespace: 'shop' }],
      }
      await admin.post(bindings, { metadata: { name }, ...binding })
      const client = second.client({ token })
      delays.binding?.push(await felt(`${bindings}/${name}`, client, 403))
      await admin.post(bindings, { metadata: { name }, ...binding })
      delays.account?.push(await felt(`${accounts}/${name}`, client, 401))
    }
    expect((await there.get(accounts)).status).toBe(200)
    // Measured: 1 to 8 ms.
    for (const all of Object.values(delays)) expect(Math.max(...all)).toBeLessThan(2_000)
  })
})

describe.skipIf(missing)('two apiservers on one Redis', { timeout: 90_000 }, () => {
  test('Endpoints default/kubernetes name both, and the one that is left when the other has been gone a while', async () => {
    await using redis = await startRedisServer()
    const dir = mkdtempSync(join(tmpdir(), 'ensign-two-'))
    await using _folder = { [Symbol.asyncDispose]: async () => rmSync(dir, { recursive: true, force: true }) }
    const place = { dir, 'store-url': redis.url, issuer: ['https://issuer.test'] }
    const portOf = ({ server }: { server: string }) => Number(new URL(server).port)
    await using first = await startTestPlane({ place })
    const admin = first.client()
    const ports = async () => {
      const { body } = await admin.get('/api/v1/namespaces/default/endpoints/kubernetes')
      return ((body.subsets ?? []) as { ports: { port: number }[] }[]).map(({ ports: [port] }) => port?.port)
    }
    {
      await using second = await startTestPlane({ place })
      const both = [portOf(first), portOf(second)].sort((a, b) => a - b)
      await until(async () => String(await ports()) === String(both))
    }
    await until(async () => String(await ports()) === String([portOf(first)]))
  })
})

if (missing) test('planes on Redis', ({ skip }) => skip(missing))
