/** The apiserver's own objects: Service, Endpoints and EndpointSlice kubernetes, and two ConfigMaps in kube-system. */
import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

let plane: TestPlane
let admin: ApiClient
beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
})
afterAll(() => plane[Symbol.asyncDispose]())

const service = '/api/v1/namespaces/default/services/kubernetes'
const endpoints = '/api/v1/namespaces/default/endpoints/kubernetes'
const slice = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes'
const trust = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication'
const tracking = '/api/v1/namespaces/kube-system/configmaps/kube-apiserver-legacy-service-account-token-tracking'
/** Longer than the interval at which the server reconciles changed objects. */
const patience = { timeout: 25_000, interval: 100 }

const there = async (path: string) => {
  const { status, body } = await admin.get(path)
  expect(status, path).toBe(200)
  return body
}

test('Service default/kubernetes has the first address of the range and leads to the port of the server', async () => {
  const port = Number(new URL(plane.server).port)
  const found = await vi.waitFor(() => there(service), patience)
  expect(found).toMatchObject({
    metadata: { labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.1',
      clusterIPs: ['10.96.0.1'],
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }],
    },
  })
  expect(found.spec.selector).toBeUndefined()
})

test('Endpoints and EndpointSlice of it name one address of this machine that is not its loopback', async () => {
  const port = Number(new URL(plane.server).port)
  const { subsets, metadata } = await vi.waitFor(() => there(endpoints), patience)
  expect(subsets).toEqual([
    { addresses: [{ ip: expect.any(String) }], ports: [{ name: 'https', port, protocol: 'TCP' }] },
  ])
  expect(metadata.labels).toEqual({ 'endpointslice.kubernetes.io/skip-mirror': 'true' })
  const { ip } = subsets[0].addresses[0]
  expect(ip).not.toMatch(/^(?:127\.|::1$)/)
  expect(await vi.waitFor(() => there(slice), patience)).toMatchObject({
    metadata: { labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    endpoints: [{ addresses: [ip], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  })
})

test('the authorities that clients are believed by stand in a ConfigMap', async () => {
  const { data } = await vi.waitFor(() => there(trust), patience)
  expect(new X509Certificate(data['client-ca-file']).ca).toBe(true)
})

test('the day since which the use of token Secrets is kept is this one', async () => {
  const { data } = await vi.waitFor(() => there(tracking), patience)
  expect(data).toEqual({ since: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) })
  expect(Math.abs(Date.now() - Date.parse(data.since))).toBeLessThan(2 * 86_400_000)
})

test.each([service, endpoints, slice, trust, tracking])('%s is made again when it is deleted', async (path) => {
  const { metadata } = await vi.waitFor(() => there(path), patience)
  expect((await admin.delete(path)).status).toBe(200)
  const again = await vi.waitFor(() => there(path), patience)
  expect(again.metadata.uid).not.toBe(metadata.uid)
})

test('changed fields are reconciled, and labels and data of other writers stay', { timeout: 60_000 }, async () => {
  await admin.patch(service, { metadata: { labels: { mine: 'yes' } }, spec: { ports: [{ port: 443, targetPort: 1 }] } })
  await admin.patch(endpoints, { metadata: { labels: { mine: 'yes' } }, subsets: [] })
  await admin.patch(slice, { endpoints: [] })
  await admin.patch(trust, { data: { 'client-ca-file': 'none', other: 'kept' } })
  await admin.patch(tracking, { data: { since: '2999-01-01' } })
  await vi.waitFor(async () => {
    expect((await there(service)).spec.ports[0].targetPort).toBe(Number(new URL(plane.server).port))
    expect((await there(endpoints)).subsets).toHaveLength(1)
    expect((await there(slice)).endpoints).toHaveLength(1)
    expect((await there(trust)).data['client-ca-file']).toContain('-----BEGIN CERTIFICATE-----')
    expect((await there(tracking)).data.since).not.toBe('2999-01-01')
  }, patience)
  expect((await there(service)).metadata.labels.mine).toBe('yes')
  expect((await there(endpoints)).metadata.labels.mine).toBe('yes')
  expect((await there(trust)).data.other).toBe('kept')
})
