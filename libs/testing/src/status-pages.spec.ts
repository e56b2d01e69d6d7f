/** Health checks, status pages and proxies of the apiserver. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

let plane: TestPlane
let admin: ApiClient
beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
  await vi.waitFor(async () => expect((await admin.get('/readyz')).status).toBe(200))
})
afterAll(() => plane[Symbol.asyncDispose]())

const textOf = async (path: string) => {
  const { status, body } = await admin.get(path)
  return { status, text: String(body) }
}

test.each(['healthz', 'livez', 'readyz'])('/%s answers for the store by the name that tools know', async (kind) => {
  expect(await textOf(`/${kind}/etcd`)).toEqual({ status: 200, text: 'ok' })
  expect((await textOf(`/${kind}/nothing`)).status).toBe(404)
})

test('/readyz names the log, the store and the hooks after the start; one can be left out by either name', async () => {
  const { text } = await textOf('/readyz?verbose&exclude=etcd')
  for (const name of [
    'ping',
    'log',
    'poststarthook/start-system-namespaces-controller',
    'poststarthook/bootstrap-controller',
    'poststarthook/start-cluster-authentication-info-controller',
    'poststarthook/start-legacy-token-tracking-controller',
    'poststarthook/rbac/bootstrap-roles',
  ])
    expect(text).toContain(`[+]${name} ok\n`)
  expect(text).toContain('[+]store excluded: ok\n')
  expect(text).not.toContain('warn:')
})

test('/metrics/slis says what each check finds, and how often', async () => {
  await textOf('/livez')
  const { status, text } = await textOf('/metrics/slis')
  expect(status).toBe(200)
  expect(text).toContain('kubernetes_healthcheck{name="store",type="readyz"} 1\n')
  expect(text).toMatch(/^kubernetes_healthchecks_total\{name="ping",status="success",type="livez"\} [1-9]/m)
})

test('/statusz and /flagz say what runs and how, to those who may monitor, and no password', async () => {
  expect((await textOf('/statusz')).text).toMatch(
    /^\nkube-apiserver statusz\n[\s\S]*Up: 0 hr 0\d min \d\d sec\n[\s\S]*Paths: .*\/readyz/,
  )
  const { text } = await textOf('/flagz')
  expect(text).toMatch(/^\nkube-apiserver flags\n/)
  expect(text).toContain('\nevent-ttl=1h\n')
  expect((await plane.clientAs('nobody', ['system:authenticated']).get('/flagz')).status).toBe(403)
  expect((await plane.clientAs('watcher', ['system:monitoring']).get('/flagz')).status).toBe(200)
})

test('a proxy to a service or a node answers as one to a pod does', async () => {
  const services = '/api/v1/namespaces/default/services'
  await admin.post(services, { metadata: { name: 'shop' }, spec: { ports: [{ name: 'web', port: 80 }] } })
  const messageOf = async (path: string) => {
    const { status, body } = await admin.get(path)
    return `${status} ${body.message}`
  }
  expect(await messageOf(`${services}/shop:1/proxy/`)).toBe('503 no service port 1 found for service "shop"')
  expect(await messageOf(`${services}/a:b:c/proxy/`)).toBe('400 invalid service request "a:b:c"')
  await admin.post('/api/v1/namespaces/default/endpoints', {
    metadata: { name: 'shop' },
    subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ name: 'web', port: 8080 }] }],
  })
  const unreached = 'error trying to reach service: dial tcp 10.1.2.3:8080: connect: network is unreachable'
  expect(await messageOf(`${services}/shop:80/proxy/a/b`)).toBe(`503 ${unreached}`)
  expect(await messageOf(`${services}/http:shop:web/proxy`)).toBe(`503 ${unreached}`)
  expect(await messageOf(`${services}/shop:other/proxy/`)).toBe('503 no endpoints available for service "shop"')

  const nodes = '/api/v1/nodes'
  await admin.post(nodes, { metadata: { name: 'n1' } })
  expect(await messageOf(`${nodes}/n1/proxy/metrics`)).toBe('500 no preferred addresses found; known addresses: []')
  await admin.patch(`${nodes}/n1/status`, { status: { addresses: [{ type: 'InternalIP', address: '10.9.9.9' }] } })
  expect(await messageOf(`${nodes}/n1/proxy/metrics`)).toContain(
    'dial tcp 10.9.9.9:10250: connect: network is unreachable',
  )
  expect((await plane.clientAs('nobody').get(`${nodes}/n1/proxy/metrics`)).status).toBe(403)
})
