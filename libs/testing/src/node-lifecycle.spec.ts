// biome-ignore-all lint/suspicious/noExplicitAny: tests look into any object
/** Nodes that report, fall silent and come back, before the controllers of a whole plane. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

vi.setConfig({ testTimeout: 120_000 })
/** Long enough for a busy machine to renew some Leases in. */
const graceMs = 4000
let plane: TestPlane
let admin: ApiClient
let beating: NodeJS.Timeout
/** Nodes that are alive: their kubelets renew a Lease. */
const alive = new Set<string>()

beforeAll(async () => {
  const graces = { 'node-monitor-grace-period': graceMs, 'node-startup-grace-period': 2 * graceMs }
  plane = await startTestPlane({ controllerManager: graces })
  admin = plane.client()
  beating = setInterval(() => {
    for (const name of alive) void renew(name)
  }, graceMs / 10)
  // While one node is ready, pods may be driven off the others.
  await node('steady')
})
afterAll(async () => {
  clearInterval(beating)
  alive.clear()
  await plane[Symbol.asyncDispose]()
})

const patience = { timeout: 30_000, interval: 50 }
const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
const ourTaint = (name: string, effect: string) => `node.kubernetes.io/${name}:${effect}`
let beat = Date.parse('2026-01-01T00:00:00Z')

async function renew(name: string): Promise<void> {
  const spec = {
    holderIdentity: name,
    leaseDurationSeconds: 40,
    renewTime: new Date().toISOString().replace('Z', '000Z'),
  }
  const { status } = await admin.patch(`${leases}/${name}`, { spec })
  if (status === 404) await admin.post(leases, { metadata: { name }, spec })
}

/** What a kubelet writes, with a heartbeat. */
async function report(name: string, conditions: Record<string, string>): Promise<void> {
  beat += 1000
  const lastHeartbeatTime = new Date(beat).toISOString().replace('.000', '')
  const all = Object.entries(conditions).map(([type, status]) => ({ type, status, lastHeartbeatTime }))
  const { status, body } = await admin.patch(`/api/v1/nodes/${name}/status`, { status: { conditions: all } })
  expect(status, JSON.stringify(body)).toBe(200)
}

async function node(name: string): Promise<void> {
  const { status, body } = await admin.post('/api/v1/nodes', { metadata: { name } })
  expect(status).toBe(201)
  expect(body.spec.taints).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }])
  alive.add(name)
  await renew(name)
  await report(name, { Ready: 'True', MemoryPressure: 'False' })
}

function becomes(name: string, ready: string, taints: readonly string[]) {
  return vi.waitFor(async () => {
    const { status, spec } = (await admin.get(`/api/v1/nodes/${name}`)).body
    const found = (spec.taints ?? []).map(({ key, effect }: any) => `${key}:${effect}`)
    const condition = status.conditions?.find(({ type }: any) => type === 'Ready')
    expect([condition?.status, found.sort()]).toEqual([ready, [...taints].sort()])
    return { status, spec }
  }, patience)
}

async function readyPod(name: string, nodeName: string): Promise<string> {
  const path = `/api/v1/namespaces/default/pods/${name}`
  const spec = { nodeName, containers: [{ name: 'c', image: 'i' }] }
  await vi.waitFor(async () => {
    const made = await admin.post('/api/v1/namespaces/default/pods', { metadata: { name }, spec })
    expect(made.status).toBe(201)
  }, patience)
  const conditions = [{ type: 'Ready', status: 'True' }]
  expect((await admin.patch(`${path}/status`, { status: { phase: 'Running', conditions } })).status).toBe(200)
  return path
}

test('a node that reports Ready loses the taint that it was made with', async () => {
  await node('fresh')
  await becomes('fresh', 'True', [])
})

test('a node that is not ready, has pressure or is cordoned is tainted while it is', async () => {
  await node('troubled')
  await becomes('troubled', 'True', [])
  await report('troubled', { Ready: 'False', DiskPressure: 'True' })
  await becomes('troubled', 'False', [
    ourTaint('not-ready', 'NoSchedule'),
    ourTaint('not-ready', 'NoExecute'),
    ourTaint('disk-pressure', 'NoSchedule'),
  ])
  await report('troubled', { Ready: 'True', DiskPressure: 'False' })
  await becomes('troubled', 'True', [])
  await admin.patch('/api/v1/nodes/troubled', { spec: { unschedulable: true } })
  await becomes('troubled', 'True', [ourTaint('unschedulable', 'NoSchedule')])
  await admin.patch('/api/v1/nodes/troubled', { spec: { unschedulable: null } })
  await becomes('troubled', 'True', [])
})

test('a node whose Lease is silent is Unknown and unreachable, its pods are not ready, and it comes back', async () => {
  await node('silent')
  await becomes('silent', 'True', [])
  const [pod, other] = [await readyPod('lost', 'silent'), await readyPod('well', 'steady')]
  const unreachable = [ourTaint('unreachable', 'NoSchedule'), ourTaint('unreachable', 'NoExecute')]
  alive.delete('silent')
  const { status, spec } = await becomes('silent', 'Unknown', unreachable)
  const facts = status.conditions.map(({ type, status, reason, message }: any) => [type, status, reason, message])
  const stopped = ['Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.']
  const never = ['Unknown', 'NodeStatusNeverUpdated', 'Kubelet never posted node status.']
  expect(facts).toEqual([
    ['Ready', ...stopped],
    ['MemoryPressure', ...stopped],
    ['DiskPressure', ...never],
    ['PIDPressure', ...never],
  ])
  for (const { timeAdded } of spec.taints) expect(timeAdded).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  const isReady = async (path: string) => (await admin.get(path)).body.status.conditions[0].status
  await vi.waitFor(async () => expect(await isReady(pod)).toBe('False'), patience)
  expect(await isReady(other)).toBe('True')

  alive.add('silent')
  await renew('silent')
  await report('silent', { Ready: 'True' })
  await becomes('silent', 'True', [])
})

test('a node that never reports is Unknown after the grace period for starting', async () => {
  expect((await admin.post('/api/v1/nodes', { metadata: { name: 'mute' } })).status).toBe(201)
  const { status } = await becomes('mute', 'Unknown', [
    ourTaint('unreachable', 'NoSchedule'),
    ourTaint('unreachable', 'NoExecute'),
  ])
  expect(new Set(status.conditions.map(({ reason }: any) => reason))).toEqual(new Set(['NodeStatusNeverUpdated']))
})

test('when no node is ready, none is tainted NoExecute, until one comes back', async () => {
  const all = [...alive]
  expect(all.length).toBeGreaterThan(1)
  alive.clear()
  for (const name of all) await becomes(name, 'Unknown', [ourTaint('unreachable', 'NoSchedule')])
  alive.add('steady')
  await renew('steady')
  await report('steady', { Ready: 'True' })
  await becomes('steady', 'True', [])
  for (const name of all.filter((name) => name !== 'steady')) {
    await becomes(name, 'Unknown', [ourTaint('unreachable', 'NoSchedule'), ourTaint('unreachable', 'NoExecute')])
  }
})
