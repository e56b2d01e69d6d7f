/**
 * When a node was last heard of: by a heartbeat in its status, or by its Lease.
 * Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go (tryUpdateNodeHealth)
 */
import type { Lease, Node, NodeCondition } from '@ensign/api'
import { readyCondition } from './node-taints.ts'

/** What is not known of a silent node. Whether its network is there is for whoever sets that condition. */
const kubeletConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

interface Heard {
  readonly uid: string | undefined
  readonly hasCondition: boolean
  readonly heartbeat: string | null | undefined
  readonly renewTime: string | undefined
  /** By the clock of this process, so that those of nodes may be wrong. */
  readonly atMs: number
}

export interface NodeHealth {
  /** Milliseconds until the node is taken for silent; not positive when it is. */
  silentInMs(node: Readonly<Node>, lease: Readonly<Lease> | undefined, nowMs: number): number
  /** Every node has been heard of now. */
  forgive(nowMs: number): void
  forget(name: string): void
}

/** @param graces how long a node may be silent, and one that has never told whether it is ready. */
export function nodeHealth(graces: { readonly monitorMs: number; readonly startupMs: number }): NodeHealth {
  const nodes = new Map<string, Heard>()

  return {
    silentInMs(node, lease, nowMs) {
      const { name = '', uid, creationTimestamp } = node.metadata
      const condition = readyCondition(node)
      const heartbeat = condition?.lastHeartbeatTime
      const renewTime = lease?.spec?.renewTime
      const before = nodes.get(name)
      const known = before?.uid === uid ? before : undefined
      const firstMs = condition ? nowMs : Date.parse(creationTimestamp ?? '') || nowMs
      const isHeard =
        known &&
        (known.hasCondition !== (condition !== undefined) ||
          known.heartbeat !== heartbeat ||
          (renewTime !== undefined && (known.renewTime ?? '') < renewTime))
      const atMs = !known && renewTime === undefined ? firstMs : !known || isHeard ? nowMs : known.atMs
      nodes.set(name, { uid, hasCondition: condition !== undefined, heartbeat, renewTime, atMs })
      return atMs + (condition ? graces.monitorMs : graces.startupMs) - nowMs
    },
    forgive(nowMs) {
      for (const [name, heard] of nodes) nodes.set(name, { ...heard, atMs: nowMs })
    },
    forget: (name) => nodes.delete(name),
  }
}

/** The conditions of a node that is silent. @returns undefined when it is known to be. */
export function conditionsWhenSilent(node: Readonly<Node>, now: string): readonly NodeCondition[] | undefined {
  const { conditions = [] } = node.status
  if (readyCondition(node)?.status === 'Unknown') return undefined
  const stopped = { status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' }
  const never = {
    status: 'Unknown',
    reason: 'NodeStatusNeverUpdated',
    message: 'Kubelet never posted node status.',
    lastHeartbeatTime: node.metadata.creationTimestamp ?? null,
    lastTransitionTime: now,
  }
  const known = conditions.map((condition) =>
    kubeletConditions.includes(condition.type) && condition.status !== 'Unknown'
      ? { ...condition, ...stopped, lastTransitionTime: now }
      : condition,
  )
  const missing = kubeletConditions.filter((type) => !conditions.some((condition) => condition.type === type))
  return [...known, ...missing.map((type) => ({ type, ...never }))]
}
