// biome-ignore-all lint/suspicious/noExplicitAny: tests look into any object
/** Endpoints and EndpointSlices of Services, by the controllers of a whole plane. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

vi.setConfig({ testTimeout: 120_000 })
let plane: TestPlane
let admin: ApiClient
beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
  const node = { metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'east' } } }
  expect((await admin.post('/api/v1/nodes', node)).status).toBe(201)
})
afterAll(() => plane[Symbol.asyncDispose]())

const patience = { timeout: 20_000, interval: 50 }

class Space {
  readonly name: string
  readonly path: string
  constructor(name: string) {
    this.name = name
    this.path = `/api/v1/namespaces/${name}`
  }

  async service(name: string, spec: object, labels?: object) {
    const body = { metadata: { name, ...(labels && { labels }) }, spec }
    const reply = await admin.post(`${this.path}/services`, body)
    expect(reply.status, JSON.stringify(reply.body)).toBe(201)
    return reply.body
  }

  /** A pod with an address, ready or not. */
  async pod(name: string, options: { ip: string; ready?: boolean; spec?: object; labels?: object; phase?: string }) {
    const { ip, ready = true, spec, labels = { app: 'web' }, phase = 'Running' } = options
    const containers = [{ name: 'c', image: 'i', ports: [{ name: 'http', containerPort: 8080 }] }]
    const made = { metadata: { name, labels }, spec: { nodeName: 'n1', containers, ...spec } }
    expect((await admin.post(`${this.path}/pods`, made)).status).toBe(201)
    await this.podStatus(name, { phase, podIP: ip, podIPs: [{ ip }], conditions: readyCondition(ready) })
  }

  async podStatus(name: string, status: object) {
    const reply = await admin.patch(`${this.path}/pods/${name}/status`, { status })
    expect(reply.status, JSON.stringify(reply.body)).toBe(200)
  }

  readonly endpoints = (name: string) => admin.get(`${this.path}/endpoints/${name}`)

  async slices(service: string): Promise<any[]> {
    const selector = `labelSelector=kubernetes.io/service-name=${service}`
    const { body } = await admin.get(`/apis/discovery.k8s.io/v1/namespaces/${this.name}/endpointslices?${selector}`)
    return body.items
  }

  async endpointsInSlices(service: string): Promise<any[]> {
    return (await this.slices(service))
      .flatMap(({ endpoints }) => endpoints ?? [])
      .sort((a, b) => (a.addresses[0] < b.addresses[0] ? -1 : 1))
  }

  /** Until the addresses of the Endpoints are these: `!` is before those that are not ready. */
  addresses(service: string, expected: readonly string[]) {
    return vi.waitFor(async () => {
      const { status, body } = await this.endpoints(service)
      expect(status).toBe(200)
      const found = (body.subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [] }: any) => [
        ...addresses.map(({ ip }: any) => ip),
        ...notReadyAddresses.map(({ ip }: any) => `!${ip}`),
      ])
      expect(found.sort()).toEqual([...expected].sort())
      return body
    }, patience)
  }

  conditions(service: string, expected: Record<string, object>) {
    return vi.waitFor(async () => {
      const found = await this.endpointsInSlices(service)
      expect(Object.fromEntries(found.map(({ addresses, conditions }) => [addresses[0], conditions]))).toEqual(expected)
      return found
    }, patience)
  }
}

const readyCondition = (ready: boolean) => [{ type: 'Ready', status: ready ? 'True' : 'False' }]
const up = { ready: true, serving: true, terminating: false }
const down = { ready: false, serving: false, terminating: false }
const web = { selector: { app: 'web' }, ports: [{ name: 'web', port: 80, targetPort: 'http' }] }

async function space(name: string): Promise<Space> {
  expect((await admin.post('/api/v1/namespaces', { metadata: { name } })).status).toBe(201)
  return new Space(name)
}

test('a Service with a selector gets Endpoints and an EndpointSlice of its pods, ready and not', async () => {
  const a = await space('basic')
  const service = await a.service('web', web, { tier: 'front', 'kubernetes.io/service-name': 'other' })
  await a.pod('one', { ip: '10.1.0.1' })
  await a.pod('two', { ip: '10.1.0.2', ready: false })
  await a.pod('other', { ip: '10.1.0.3', labels: { app: 'db' } })
  await a.pod('done', { ip: '10.1.0.4', phase: 'Succeeded' })

  const { metadata, subsets } = await a.addresses('web', ['10.1.0.1', '!10.1.0.2'])
  expect(metadata.labels).toEqual({
    tier: 'front',
    'kubernetes.io/service-name': 'other',
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
  })
  expect(subsets[0]).toMatchObject({
    addresses: [{ ip: '10.1.0.1', nodeName: 'n1', targetRef: { kind: 'Pod', namespace: 'basic', name: 'one' } }],
    ports: [{ name: 'web', port: 8080, protocol: 'TCP' }],
  })

  const [one] = await a.conditions('web', { '10.1.0.1': up, '10.1.0.2': down })
  expect(one).toMatchObject({ nodeName: 'n1', zone: 'east', targetRef: { kind: 'Pod', name: 'one' } })
  const [slice, ...more] = await a.slices('web')
  expect(more).toEqual([])
  expect(slice).toMatchObject({
    metadata: {
      generateName: 'web-',
      labels: {
        tier: 'front',
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [
        { kind: 'Service', name: 'web', uid: service.metadata.uid, controller: true, blockOwnerDeletion: true },
      ],
    },
    addressType: 'IPv4',
    ports: [{ name: 'web', port: 8080, protocol: 'TCP' }],
  })

  await a.podStatus('two', { conditions: readyCondition(true) })
  await a.addresses('web', ['10.1.0.1', '10.1.0.2'])
  await a.conditions('web', { '10.1.0.1': up, '10.1.0.2': up })
  await admin.patch(`${a.path}/pods/one`, { metadata: { labels: { app: 'retired' } } })
  await a.addresses('web', ['10.1.0.2'])
  await a.conditions('web', { '10.1.0.2': up })
})

test('a Service without a selector, or of type ExternalName, gets none', async () => {
  const a = await space('foreign')
  await a.service('manual', { ports: [{ port: 80 }] })
  await a.service('external', { type: 'ExternalName', externalName: 'example.com', selector: { app: 'web' } })
  await a.pod('one', { ip: '10.1.1.1' })
  await a.service('web', web)
  await a.addresses('web', ['10.1.1.1'])
  for (const name of ['manual', 'external']) {
    expect((await a.endpoints(name)).status).toBe(404)
    expect(await a.slices(name)).toEqual([])
  }
})

test('a terminating pod is no address of Endpoints, and serving in the slice', async () => {
  const a = await space('ending')
  await a.service('web', web)
  await a.pod('one', { ip: '10.1.2.1' })
  await a.addresses('web', ['10.1.2.1'])
  expect((await admin.delete(`${a.path}/pods/one`)).status).toBe(200)
  await a.addresses('web', [])
  await a.conditions('web', { '10.1.2.1': { ready: false, serving: true, terminating: true } })
})

test('publishNotReadyAddresses publishes pods that are not ready or terminating as ready', async () => {
  const a = await space('eager')
  await a.service('web', { ...web, publishNotReadyAddresses: true })
  await a.pod('one', { ip: '10.1.3.1', ready: false })
  await a.pod('two', { ip: '10.1.3.2' })
  await a.pod('lost', { ip: '10.1.3.3', spec: { nodeName: 'nowhere' } })
  await admin.delete(`${a.path}/pods/two`)
  await a.addresses('web', ['10.1.3.1', '10.1.3.2', '10.1.3.3'])
  await a.conditions('web', {
    '10.1.3.1': { ...down, ready: true },
    '10.1.3.2': { ...up, terminating: true },
    '10.1.3.3': up,
  })
})

test('a headless Service needs no ports, and tells the hostnames of its pods', async () => {
  const a = await space('headless')
  await a.service('web', { clusterIP: 'None', selector: { app: 'web' } })
  await a.pod('one', { ip: '10.1.4.1', spec: { hostname: 'first', subdomain: 'web' } })
  const { metadata, subsets } = await a.addresses('web', ['10.1.4.1'])
  expect(metadata.labels['service.kubernetes.io/headless']).toBe('')
  expect(subsets).toMatchObject([{ addresses: [{ hostname: 'first' }] }])
  expect(subsets[0].ports).toBeUndefined()
  const [endpoint] = await a.conditions('web', { '10.1.4.1': up })
  expect(endpoint.hostname).toBe('first')
  expect((await a.slices('web'))[0].metadata.labels['service.kubernetes.io/headless']).toBe('')
})

test('a named target port is that of each pod, and pods that do not have it are left out', async () => {
  const a = await space('named')
  const port = (containerPort: number) => ({
    containers: [{ name: 'c', image: 'i', ports: [{ name: 'http', containerPort }] }],
  })
  await a.service('web', web)
  await a.pod('one', { ip: '10.1.5.1' })
  await a.pod('two', { ip: '10.1.5.2', spec: port(9090) })
  await a.pod('three', { ip: '10.1.5.3', spec: { containers: [{ name: 'c', image: 'i' }] } })
  const { subsets } = await a.addresses('web', ['10.1.5.1', '10.1.5.2'])
  expect(subsets.map(({ ports, addresses }: any) => [addresses[0].ip, ports[0].port]).sort()).toEqual([
    ['10.1.5.1', 8080],
    ['10.1.5.2', 9090],
  ])
  await vi.waitFor(async () => {
    const found = await a.slices('web')
    expect(found.map(({ ports }) => ports?.[0]?.port ?? 0).sort()).toEqual([0, 8080, 9090])
  }, patience)
})

test('changes of ports, selector and labels of a Service change its Endpoints and slices', async () => {
  const a = await space('changing')
  await a.service('web', web)
  await a.pod('one', { ip: '10.1.6.1' })
  await a.pod('two', { ip: '10.1.6.2', labels: { app: 'db' } })
  await a.addresses('web', ['10.1.6.1'])
  const [before] = await vi.waitFor(async () => {
    const found = await a.slices('web')
    expect(found[0]?.endpoints).toHaveLength(1)
    return found
  }, patience)
  const service = `${a.path}/services/web`
  await admin.patch(service, { spec: { ports: [{ name: 'web', port: 80, targetPort: 7070, appProtocol: 'http' }] } })
  await admin.patch(service, { metadata: { labels: { tier: 'new' } } })
  await vi.waitFor(async () => {
    const { subsets, metadata } = (await a.endpoints('web')).body
    expect(subsets[0].ports).toEqual([{ name: 'web', port: 7070, protocol: 'TCP', appProtocol: 'http' }])
    expect(metadata.labels.tier).toBe('new')
    const found = await a.slices('web')
    expect(found.map(({ metadata }) => [metadata.name, metadata.labels.tier])).toEqual([[before.metadata.name, 'new']])
    expect(found[0].ports).toEqual([{ name: 'web', port: 7070, protocol: 'TCP', appProtocol: 'http' }])
  }, patience)
  await admin.patch(service, { spec: { selector: { app: 'db' } } })
  await a.addresses('web', ['10.1.6.2'])
  await a.conditions('web', { '10.1.6.2': up })
})

test('what somebody does to Endpoints and slices is put right', async () => {
  const a = await space('meddled')
  await a.service('web', web)
  await a.pod('one', { ip: '10.1.7.1' })
  await a.addresses('web', ['10.1.7.1'])
  const [endpoint] = await a.conditions('web', { '10.1.7.1': up })
  expect(endpoint.addresses).toEqual(['10.1.7.1'])
  const [slice] = await a.slices('web')
  const slicePath = `/apis/discovery.k8s.io/v1/namespaces/meddled/endpointslices/${slice.metadata.name}`
  await admin.patch(slicePath, { endpoints: [] })
  await a.conditions('web', { '10.1.7.1': up })
  await admin.delete(slicePath)
  await a.conditions('web', { '10.1.7.1': up })
  await admin.patch(`${a.path}/endpoints/web`, { subsets: [] })
  await a.addresses('web', ['10.1.7.1'])
  await admin.delete(`${a.path}/endpoints/web`)
  await a.addresses('web', ['10.1.7.1'])
})

test('Endpoints and slices go with the Service', async () => {
  const a = await space('gone')
  await a.service('web', web)
  await a.service('manual', { ports: [{ port: 80 }] })
  const subsets = [{ addresses: [{ ip: '10.9.9.9' }], ports: [{ port: 80 }] }]
  await admin.post(`${a.path}/endpoints`, { metadata: { name: 'manual' }, subsets })
  await a.pod('one', { ip: '10.1.8.1' })
  await a.addresses('web', ['10.1.8.1'])
  await a.conditions('web', { '10.1.8.1': up })
  for (const name of ['web', 'manual']) expect((await admin.delete(`${a.path}/services/${name}`)).status).toBe(200)
  await vi.waitFor(async () => {
    for (const name of ['web', 'manual']) expect((await a.endpoints(name)).status).toBe(404)
    expect(await a.slices('web')).toEqual([])
  }, patience)
})

test('a pod on a node that is not known is in no slice until the node is there', async () => {
  const a = await space('early')
  await a.service('web', web)
  await a.pod('one', { ip: '10.1.9.1', spec: { nodeName: 'n2' } })
  await a.addresses('web', ['10.1.9.1'])
  await vi.waitFor(async () => expect(await a.slices('web')).toHaveLength(1), patience)
  expect(await a.endpointsInSlices('web')).toEqual([])
  await admin.post('/api/v1/nodes', { metadata: { name: 'n2' } })
  await a.conditions('web', { '10.1.9.1': up })
})

test('1,050 pods are 1,000 addresses of Endpoints, which say so, and slices of at most 100', async () => {
  const a = await space('many')
  await a.service('web', web)
  const ips = Array.from({ length: 1050 }, (_, i) => `10.2.${i >> 8}.${i & 255}`)
  for (let i = 0; i < ips.length; i += 50) {
    await Promise.all(ips.slice(i, i + 50).map((ip, j) => a.pod(`p${i + j}`, { ip, ready: (i + j) % 10 > 0 })))
  }
  await vi.waitFor(
    async () => {
      const found = await a.slices('web')
      const names = found.flatMap(({ endpoints }) => (endpoints ?? []).map(({ targetRef }: any) => targetRef.name))
      expect(names).toHaveLength(1050)
      expect(new Set(names).size).toBe(1050)
      for (const { endpoints } of found) expect(endpoints.length).toBeLessThanOrEqual(100)
      const { subsets, metadata } = (await a.endpoints('web')).body
      expect(metadata.annotations).toMatchObject({ 'endpoints.kubernetes.io/over-capacity': 'truncated' })
      expect(subsets).toHaveLength(1)
      expect([subsets[0].addresses.length, subsets[0].notReadyAddresses.length]).toEqual([945, 55])
    },
    { timeout: 60_000, interval: 200 },
  )
})
