import type { Lease, Node, Pod } from '@ensign/api'
import {
  type ApiClient,
  type Controller,
  controller,
  type Informer,
  ignore,
  on,
  type ResourceClient,
} from '@ensign/controller'
import type { Clock, Logger } from '@ensign/process'
import { limits } from '../limits.ts'
import { resources } from '../resources.ts'
import { conditionsWhenSilent, nodeHealth } from './node-health.ts'
import { readyCondition, taintsAfter } from './node-taints.ts'

/** Kubelets renew a Lease of their node's name here. */
export const nodeLeaseNamespace = 'kube-node-lease'
const excludedFromDisruption = 'node.kubernetes.io/exclude-disruption'

/**
 * Says of nodes that are silent that nobody knows how they are, keeps the taints that follow from the conditions of nodes,
 * and takes the pods of a silent node for not ready.
 * Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go
 */
export function nodeLifecycleController(deps: {
  readonly nodes: Informer<Node>
  /** Those of nodes; empty until `whenNeeded` was called. */
  readonly leases: Informer<Lease>
  /** Resolves when they are known. */
  readonly whenNeeded: () => Promise<void>
  readonly nodeClient: ResourceClient<Node>
  readonly podClient: ResourceClient<Pod>
  readonly client: ApiClient
  readonly graces: { readonly monitorMs: number; readonly startupMs: number }
  readonly workers: number
  readonly clock: Clock
  readonly log: Logger
}): Controller {
  const { nodes, leases, whenNeeded, nodeClient, podClient, client, graces, workers, clock, log } = deps
  const health = nodeHealth(graces)
  const ready = new Set<string>()
  /** Silent nodes whose pods are known to be not ready: uids by name. */
  const marked = new Map<string, string>()

  const now = (): string => `${new Date(clock.now()).toISOString().slice(0, 19)}Z`

  /** When not one node is ready it is more likely that nodes cannot reach us, and pods are left where they are. */
  const evicting = (): boolean => ready.size > 0

  async function markPods(nodeName: string): Promise<void> {
    let continueToken: string | undefined
    do {
      const page = await client.list(resources.pods, {
        fieldSelector: `spec.nodeName=${nodeName}`,
        limit: limits.podsPage,
        ...(continueToken && { continueToken }),
      })
      for (const pod of page.items as readonly Pod[]) await markPod(pod)
      continueToken = page.metadata.continue
    } while (continueToken)
  }

  async function markPod(pod: Pod): Promise<void> {
    const { conditions = [] } = pod.status
    if (!conditions.some(({ type, status }) => type === 'Ready' && status !== 'False')) return
    const changed = conditions.map((condition) =>
      condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: now() } : condition,
    )
    const status = { ...pod.status, conditions: changed }
    await podClient.update({ ...pod, status }, 'status').catch((error: unknown) => ignore(error, 'NotFound'))
  }

  async function silenced(node: Readonly<Node>): Promise<Readonly<Node>> {
    const conditions = conditionsWhenSilent(node, now())
    if (!conditions) return node
    log.info('A node is silent', { node: node.metadata.name })
    return nodeClient.update({ ...node, status: { ...node.status, conditions: [...conditions] } }, 'status')
  }

  async function keepTaints(node: Readonly<Node>): Promise<void> {
    const { name = '', resourceVersion } = node.metadata
    const taints = taintsAfter(node, { evicting: evicting(), timeAdded: now() })
    if (!taints) return
    const patch = { metadata: { resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } }
    await nodeClient.patch('', name, 'application/merge-patch+json', patch)
  }

  return controller({
    name: 'node-lifecycle-controller',
    sources: [
      on(nodes, ({ metadata }) => [metadata.name ?? '']),
      {
        whenSynced: async () => {},
        start: (enqueue) =>
          nodes.subscribe(({ type, object }) => {
            const wasEvicting = evicting()
            const { name = '', labels = {} } = object.metadata
            const isCounted = type !== 'deleted' && !Object.hasOwn(labels, excludedFromDisruption)
            if (isCounted && readyCondition(object)?.status === 'True') ready.add(name)
            else ready.delete(name)
            if (evicting() === wasEvicting) return
            // What was silent may only have been out of reach, as we were.
            if (evicting()) health.forgive(clock.now())
            for (const { metadata } of nodes.lister.list()) enqueue(metadata.name ?? '')
          }),
      },
      { whenSynced: async () => {}, start: on(leases, ({ metadata }) => [metadata.name ?? '']).start },
    ],
    workers,
    batchMs: limits.nodeBatchMs,
    log,
    async reconcile(name, signal) {
      const node = nodes.lister.get('', name)
      if (!node) {
        health.forget(name)
        marked.delete(name)
        return undefined
      }
      await whenNeeded()
      if (signal.aborted) return undefined
      const { uid = '' } = node.metadata
      const lease = leases.lister.get(nodeLeaseNamespace, name)
      const silentInMs = health.silentInMs(node, lease, clock.now())
      const seen = silentInMs > 0 ? node : await silenced(node)
      await keepTaints(seen)
      if (readyCondition(seen)?.status !== 'Unknown') marked.delete(name)
      else if (marked.get(name) !== uid) {
        await markPods(name)
        marked.set(name, uid)
      }
      return silentInMs > 0 ? { requeueAfterMs: silentInMs } : undefined
    },
  })
}
