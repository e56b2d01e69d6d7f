import type { Lease, Node } from '@ensign/api'
import { describe, expect, test } from 'vitest'
import { conditionsWhenSilent, nodeHealth } from './node-health.ts'
import { taintsAfter } from './node-taints.ts'

const created = '2026-01-01T00:00:00Z'
const createdMs = Date.parse(created)

function node(conditions: Record<string, string>, spec: Node['spec'] = {}, heartbeat = created): Node {
  const all = Object.entries(conditions).map(([type, status]) => ({
    type,
    status,
    lastHeartbeatTime: heartbeat,
    lastTransitionTime: created,
  }))
  return {
    metadata: { name: 'n', uid: 'u', creationTimestamp: created },
    spec,
    status: all.length > 0 ? { conditions: all } : {},
  } as Node
}

const lease = (renewTime: string) => ({ metadata: { name: 'n' }, spec: { renewTime } }) as Lease

describe('taints of a node', () => {
  const timeAdded = '2026-01-01T00:01:00Z'
  const after = (subject: Node, evicting = true) =>
    taintsAfter(subject, { evicting, timeAdded })?.map(({ key, effect }) => `${key.split('/')[1]}:${effect}`)

  test.each([
    [{ Ready: 'False' }, ['not-ready:NoSchedule', 'not-ready:NoExecute']],
    [{ Ready: 'Unknown' }, ['unreachable:NoSchedule', 'unreachable:NoExecute']],
    [{ Ready: 'True', MemoryPressure: 'True' }, ['memory-pressure:NoSchedule']],
    [{ Ready: 'True', DiskPressure: 'True' }, ['disk-pressure:NoSchedule']],
    [{ Ready: 'True', PIDPressure: 'True' }, ['pid-pressure:NoSchedule']],
    [{ Ready: 'True', NetworkUnavailable: 'True' }, ['network-unavailable:NoSchedule']],
    [{ Ready: 'True', NetworkUnavailable: 'Unknown', MemoryPressure: 'Unknown' }, undefined],
    [{ Ready: 'True' }, undefined],
  ])('follow its conditions: %o', (conditions, expected) => {
    expect(after(node(conditions))).toEqual(expected)
  })

  test('say that it is cordoned', () => {
    expect(after(node({ Ready: 'True' }, { unschedulable: true }))).toEqual(['unschedulable:NoSchedule'])
  })

  test('do not drive pods off when no node is ready', () => {
    expect(after(node({ Ready: 'Unknown' }), false)).toEqual(['unreachable:NoSchedule'])
    const taints = [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }]
    expect(after(node({ Ready: 'Unknown' }, { taints }), false)).toEqual(['unreachable:NoSchedule'])
  })

  test('that others have set stay, and those that no longer hold go', () => {
    const taints = [
      { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
      { key: 'example.com/mine', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/out-of-service', value: 'x', effect: 'NoExecute' },
    ]
    expect(after(node({ Ready: 'True' }, { taints }))).toEqual(['mine:NoSchedule', 'out-of-service:NoExecute'])
  })

  test('that are right keep the time at which they were added', () => {
    const taints = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule', timeAdded: created }]
    expect(taintsAfter(node({ Ready: 'False' }, { taints }), { evicting: true, timeAdded })).toEqual([
      taints[0],
      { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute', timeAdded },
    ])
  })
})

describe('a node is silent', () => {
  const graces = { monitorMs: 50_000, startupMs: 60_000 }

  test('a grace period after it was first seen, whatever its clock says', () => {
    const health = nodeHealth(graces)
    const old = node({ Ready: 'True' }, {}, '2001-01-01T00:00:00Z')
    expect(health.silentInMs(old, undefined, createdMs)).toBe(50_000)
    expect(health.silentInMs(old, undefined, createdMs + 50_001)).toBe(-1)
  })

  test('a grace period after its last heartbeat or renewal', () => {
    const health = nodeHealth(graces)
    health.silentInMs(node({ Ready: 'True' }), lease('2026-01-01T00:00:00.000000Z'), createdMs)
    const beating = node({ Ready: 'True' }, {}, '2026-01-01T00:00:10Z')
    expect(health.silentInMs(beating, lease('2026-01-01T00:00:00.000000Z'), createdMs + 10_000)).toBe(50_000)
    expect(health.silentInMs(beating, lease('2026-01-01T00:00:20.000000Z'), createdMs + 20_000)).toBe(50_000)
    expect(health.silentInMs(beating, lease('2026-01-01T00:00:20.000000Z'), createdMs + 30_000)).toBe(40_000)
    expect(health.silentInMs(beating, undefined, createdMs + 31_000)).toBe(39_000)
  })

  test('not when only what we wrote has changed', () => {
    const health = nodeHealth(graces)
    health.silentInMs(node({ Ready: 'True' }), undefined, createdMs)
    expect(health.silentInMs(node({ Ready: 'Unknown' }), undefined, createdMs + 60_000)).toBe(-10_000)
  })

  test('later when it has never told how it is, counted from its creation', () => {
    const health = nodeHealth(graces)
    expect(health.silentInMs(node({}), undefined, createdMs + 20_000)).toBe(40_000)
    expect(health.silentInMs(node({ Ready: 'True' }), undefined, createdMs + 30_000)).toBe(50_000)
  })

  test('anew when another one has its name', () => {
    const health = nodeHealth(graces)
    const first = node({ Ready: 'True' })
    health.silentInMs(first, undefined, createdMs)
    const second = { ...first, metadata: { ...first.metadata, uid: 'v' } }
    expect(health.silentInMs(second, undefined, createdMs + 60_000)).toBe(50_000)
  })

  test('and nobody knows any of its conditions but that of its network', () => {
    const now = '2026-01-01T00:01:00Z'
    const found = conditionsWhenSilent(node({ Ready: 'True', NetworkUnavailable: 'False', DiskPressure: 'False' }), now)
    expect(found?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['Ready', 'Unknown', 'NodeStatusUnknown'],
      ['NetworkUnavailable', 'False', undefined],
      ['DiskPressure', 'Unknown', 'NodeStatusUnknown'],
      ['MemoryPressure', 'Unknown', 'NodeStatusNeverUpdated'],
      ['PIDPressure', 'Unknown', 'NodeStatusNeverUpdated'],
    ])
    expect(conditionsWhenSilent(node({ Ready: 'Unknown' }), now)).toBeUndefined()
  })
})
