/**
 * The taints that follow from what a node says about itself.
 * Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go (nodeConditionToTaintKeyStatusMap,
 * doNoScheduleTaintingPass, doNoExecuteTaintingPass)
 */
import type { Node, NodeCondition, Taint } from '@ensign/api'

const notReady = 'node.kubernetes.io/not-ready'
const unreachable = 'node.kubernetes.io/unreachable'
const unschedulable = 'node.kubernetes.io/unschedulable'

/** By type and status of a condition. */
const keysByCondition: Readonly<Record<string, string>> = {
  'Ready False': notReady,
  'Ready Unknown': unreachable,
  'MemoryPressure True': 'node.kubernetes.io/memory-pressure',
  'DiskPressure True': 'node.kubernetes.io/disk-pressure',
  'PIDPressure True': 'node.kubernetes.io/pid-pressure',
  'NetworkUnavailable True': 'node.kubernetes.io/network-unavailable',
}
const noScheduleKeys = new Set([...Object.values(keysByCondition), unschedulable])
const noExecuteKeys = new Set([notReady, unreachable])

export const readyCondition = ({ status }: Readonly<Node>): NodeCondition | undefined =>
  status.conditions?.find(({ type }) => type === 'Ready')

/**
 * @param evicting whether pods may be driven off a node that is not ready.
 * @param timeAdded of taints that are new, RFC 3339.
 * @returns undefined when all is as it should be.
 */
export function taintsAfter(
  node: Readonly<Node>,
  { evicting, timeAdded }: { readonly evicting: boolean; readonly timeAdded: string },
): readonly Taint[] | undefined {
  const { taints = [] } = node.spec
  const wanted = wantedTaints(node, evicting)
  const kept = taints.filter((taint) => wanted.has(nameOf(taint)) || !isOurs(taint, node))
  const present = new Set(kept.map(nameOf))
  const added = [...wanted].filter(([name]) => !present.has(name)).map(([, taint]) => ({ ...taint, timeAdded }))
  return added.length === 0 && kept.length === taints.length ? undefined : [...kept, ...added]
}

const nameOf = ({ key, effect }: Taint): string => `${key}:${effect}`

function wantedTaints(node: Readonly<Node>, evicting: boolean): Map<string, Taint> {
  const taints = (node.status.conditions ?? []).flatMap(({ type, status }): Taint[] => {
    const key = keysByCondition[`${type} ${status}`]
    if (!key) return []
    const noExecute = evicting && noExecuteKeys.has(key) ? [{ key, effect: 'NoExecute' }] : []
    return [{ key, effect: 'NoSchedule' }, ...noExecute]
  })
  if (node.spec.unschedulable) taints.push({ key: unschedulable, effect: 'NoSchedule' })
  return new Map(taints.map((taint) => [nameOf(taint), taint]))
}

/** Nobody knows whether pods should leave a node that has never said whether it is ready: those taints stay. */
function isOurs({ key, effect }: Taint, node: Readonly<Node>): boolean {
  if (effect === 'NoSchedule') return noScheduleKeys.has(key)
  return effect === 'NoExecute' && noExecuteKeys.has(key) && readyCondition(node) !== undefined
}
