import type { Namespace } from '@ensign/api'
import {
  type Controller,
  controller,
  createWorkQueue,
  type Informer,
  ignore,
  on,
  type ResourceClient,
} from '@ensign/controller'
import type { Clock, Logger } from '@ensign/process'
import { conditionsAfter, type Findings } from './namespace-conditions.ts'
import type { Content } from './namespace-content.ts'

/** What holds a namespace until its content is gone. */
const finalizer = 'kubernetes'

/** Longest pause between two tries. Source: pkg/controller/namespace/namespace_controller.go, nsControllerRateLimiter. */
const retryMaxMs = 60_000

/**
 * Longest pause before looking again at what finalizers or pods hold up. Upstream waits half of the time that it guesses
 * (8 s for finalizers); a few lists from memory cost too little to let somebody wait at a terminal.
 */
const lookAgainMaxMs = 1000

/**
 * How long a namespace must have been seen as terminating before anything in it is deleted.
 *
 * A request that was let in just before, or by another apiserver that had not yet heard of the deletion, may still create
 * something, and what is created behind the last look stays for ever. Upstream waits 5 s. An apiserver here is milliseconds
 * behind the store and never seconds, since its caches follow the log of one store; half a second covers that and a slow
 * request, and is not yet felt by somebody who waits at a terminal.
 */
const settleMs = 500

/**
 * Empties a namespace that is being deleted, tells in its conditions how far it is, and lets it go.
 * Source: kubernetes/kubernetes pkg/controller/namespace/namespace_controller.go and deletion/namespaced_resources_deleter.go
 */
export function namespaceController(deps: {
  readonly namespaces: Informer<Namespace>
  readonly client: ResourceClient<Namespace>
  readonly content: Content
  readonly workers: number
  readonly clock: Clock
  readonly log: Logger
}): Controller {
  const { namespaces, client, content, clock } = deps
  /** When each terminating namespace was seen first, by UID. */
  const firstSeen = new Map<string, number>()

  return controller({
    name: 'namespace-controller',
    sources: [on(namespaces, ({ metadata }) => (metadata.deletionTimestamp ? [metadata.name ?? ''] : []))],
    workers: deps.workers,
    createQueue: () => createWorkQueue({ retryMaxMs }),
    log: deps.log,
    async reconcile(name) {
      const namespace = namespaces.lister.get('', name)
      const { deletionTimestamp, uid = '' } = namespace?.metadata ?? {}
      if (!namespace || !deletionTimestamp || !namespace.spec.finalizers?.includes(finalizer)) {
        firstSeen.delete(uid)
        return undefined
      }
      const seen = firstSeen.get(uid) ?? clock.now()
      firstSeen.set(uid, seen)
      const waitMs = seen + settleMs - clock.now()
      if (waitMs > 0) return { requeueAfterMs: waitMs }
      const { findings, empty, estimateSeconds } = await content.delete(name, Date.parse(deletionTimestamp))
      const current = await tell(namespace, findings)
      if (!current) return undefined
      if (empty) return finalize(current)
      if (estimateSeconds > 0) return { requeueAfterMs: Math.min(estimateSeconds * 500 + 1000, lookAgainMaxMs) }
      throw new Error(findings.discoveryError ?? findings.contentErrors.join(', '))
    },
  })

  /** Writes the conditions when they have changed. Tells the namespace as it is now; undefined when it is gone. */
  async function tell(namespace: Readonly<Namespace>, findings: Findings): Promise<Readonly<Namespace> | undefined> {
    const { conditions } = namespace.status
    const now = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`
    const next = conditionsAfter(conditions, findings, now)
    if (next === conditions) return namespace
    const status = { ...namespace.status, conditions: [...next] }
    return client.update({ ...namespace, status }, 'status').catch((error: unknown) => ignore(error, 'NotFound'))
  }

  async function finalize(namespace: Readonly<Namespace>): Promise<undefined> {
    const finalizers = namespace.spec.finalizers?.filter((f) => f !== finalizer) ?? []
    await client
      .update({ ...namespace, spec: { ...namespace.spec, finalizers } }, 'finalize')
      .catch((error: unknown) => ignore(error, 'NotFound'))
    firstSeen.delete(namespace.metadata.uid ?? '')
  }
}
