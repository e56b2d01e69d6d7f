/** Everything about the health of nodes, and the copies to work it out from. */
import type { Lease, Node, Pod } from '@ensign/api'
import { type ApiClient, createInformer, resourceClient } from '@ensign/controller'
import { type Logger, systemClock } from '@ensign/process'
import { nodeLeaseNamespace, nodeLifecycleController } from './controllers/node-lifecycle.ts'
import type { Options } from './options.ts'
import { resources } from './resources.ts'

/** Nodes that are worked on at the same time. */
const nodeWorkers = 8

/** Works until the signal aborts and what was begun is finished. */
export async function runNodes(deps: {
  readonly client: ApiClient
  readonly options: Options
  readonly log: Logger
  readonly signal: AbortSignal
}): Promise<void> {
  const { client, options, log, signal } = deps
  const shared = { client, log }
  const nodes = createInformer<Node>({ ...shared, resource: resources.nodes })
  const leases = createInformer<Lease>({ ...shared, resource: resources.leases, namespace: nodeLeaseNamespace })
  let following: Promise<void> | undefined
  const running = nodeLifecycleController({
    nodes,
    leases,
    async whenNeeded() {
      following ??= leases.run(signal)
      await leases.whenSynced(signal)
    },
    nodeClient: resourceClient<Node>(client, resources.nodes),
    podClient: resourceClient<Pod>(client, resources.pods),
    client,
    graces: {
      monitorMs: options['node-monitor-grace-period'],
      startupMs: options['node-startup-grace-period'],
    },
    workers: nodeWorkers,
    clock: systemClock,
    log,
  }).run(signal)
  await Promise.all([nodes.run(signal), running])
  await following
}
