/**
 * Deletes what has lost all of its owners; before an owner goes, deletes or frees its dependents, as the deletion asked.
 * Source: kubernetes/kubernetes pkg/controller/garbagecollector/garbagecollector.go
 */
import type { ObjectMeta, OwnerReference } from '@ensign/apimachinery'
import {
  type ApiClient,
  type Controller,
  controller,
  createWorkQueue,
  type DiscoveredResource,
  type Outcome,
} from '@ensign/controller'
import { type Clock, errorMessage, type Logger } from '@ensign/process'
import { reportForeignOwner } from './garbage-collector-event.ts'
import { DependencyGraph, finalizerOf, type GraphNode } from './garbage-collector-graph.ts'
import type { Identity } from './garbage-collector-identity.ts'
import { monitors } from './garbage-collector-monitors.ts'
import { type OwnedObjects, ownedObjects } from './garbage-collector-objects.ts'

/** When to ask again for a kind that nobody serves: discovery is not asked more often than that either. */
const unservedMs = 30_000
/** When to try another of the names that dependents give to one UID. */
const alternativeMs = 500

export interface GarbageCollector extends Controller {
  /** Objects in the graph. */
  readonly size: number
}

export function garbageCollector(deps: {
  readonly client: ApiClient
  /** What is served. */
  readonly discover: () => Promise<readonly DiscoveredResource[]>
  readonly workers: number
  readonly clock: Clock
  readonly log: Logger
}): GarbageCollector {
  const { client, discover, workers, clock } = deps
  const name = 'garbage-collector-controller'
  const log = deps.log.with({ controller: name })
  const objects = ownedObjects(client, discover)
  let current: DependencyGraph | undefined
  return {
    name,
    get size() {
      return current?.size ?? 0
    },
    async run(signal) {
      const queue = createWorkQueue()
      const graph = new DependencyGraph({
        check: ({ identity }) => queue.add(identity.uid),
        foreignOwner(dependent, reference) {
          reportForeignOwner(client, dependent.identity, reference, clock.now()).catch((error: unknown) =>
            log.warn('Cannot report an owner of another namespace', { error: errorMessage(error) }),
          )
        },
      })
      current = graph
      const collector = new Collector(graph, objects, log)
      await controller({
        name,
        sources: [monitors({ client, discover, graph, log }, signal)],
        workers,
        createQueue: () => queue,
        log: deps.log,
        reconcile: (uid) => collector.reconcile(uid),
      }).run(signal)
      current = undefined
    },
  }
}

/** Whether an object is being deleted and waits for nothing of ours. */
const takesItsCourse = ({ beingDeleted, waitsFor }: GraphNode): boolean => beingDeleted && waitsFor === undefined

/** What an owner reference leads to. */
type Finding = 'solid' | 'dangling' | 'waiting' | 'unserved' | 'impossible'

class Collector {
  readonly #graph: DependencyGraph
  readonly #objects: OwnedObjects
  readonly #log: Logger

  constructor(graph: DependencyGraph, objects: OwnedObjects, log: Logger) {
    this.#graph = graph
    this.#objects = objects
    this.#log = log
  }

  async reconcile(uid: string): Promise<Outcome> {
    const node = this.#graph.get(uid)
    if (!node || (node.observed && takesItsCourse(node))) return undefined
    const resource = await this.#objects.find(node.identity)
    if (!resource) return { requeueAfterMs: unservedMs }
    // A cluster-scoped object names an owner that lives in some namespace. It stays, and is told when the owner is found.
    if (resource.namespaced && node.identity.namespace === '') {
      await this.#observeElsewhere(node, resource)
      return undefined
    }
    const latest = await this.#objects.read(resource, node.identity)
    if (latest?.uid !== uid) return this.#absent(node, resource)
    if (!node.observed && this.#graph.get(uid) === node) this.#graph.observe(node.identity, latest)
    if (takesItsCourse(node)) return undefined
    if (node.waitsFor === 'orphan') return this.#orphan(node, resource)
    if (node.waitsFor === 'foreground') return this.#awaitDependents(node, resource, latest)
    return this.#collect(node, resource, latest)
  }

  /** There is no such object where it should be. */
  async #absent(node: GraphNode, resource: DiscoveredResource): Promise<Outcome> {
    const identity = resource.namespaced ? node.identity : { ...node.identity, namespace: '' }
    if (!node.observed && resource.namespaced && (await this.#observeElsewhere(node, resource))) return undefined
    node.identity = identity
    this.#graph.removeAbsent(identity)
    return this.#graph.get(identity.uid) === node && !node.observed ? { requeueAfterMs: alternativeMs } : undefined
  }

  /** What is only heard of may live in another namespace than its dependents, which are told then. */
  async #observeElsewhere(node: GraphNode, resource: DiscoveredResource): Promise<boolean> {
    const elsewhere = await this.#objects.readElsewhere(resource, node.identity)
    if (elsewhere) this.#graph.observe(node.identity, elsewhere)
    return elsewhere !== undefined
  }

  /** Frees the dependents, then lets the owner go. */
  async #orphan(owner: GraphNode, resource: DiscoveredResource): Promise<Outcome> {
    const { uid } = owner.identity
    await Promise.all([...owner.dependents].map((dependent) => this.#removeOwners(dependent, new Set([uid]))))
    return this.#release(owner, resource, finalizerOf.orphan)
  }

  async #removeOwners({ identity }: GraphNode, uids: ReadonlySet<string>): Promise<void> {
    const resource = await this.#objects.find(identity)
    const latest = resource && (await this.#objects.read(resource, identity))
    if (!resource || latest?.uid !== identity.uid) return
    const owners = latest.ownerReferences ?? []
    const kept = owners.filter((reference) => !uids.has(reference.uid))
    if (kept.length < owners.length) await this.#objects.setOwners(resource, latest, kept)
  }

  async #release(owner: GraphNode, resource: DiscoveredResource, finalizer: string): Promise<undefined> {
    // What was done meanwhile may have changed it.
    const latest = await this.#objects.read(resource, owner.identity)
    if (latest?.uid === owner.identity.uid) await this.#objects.removeFinalizer(resource, latest, finalizer)
    return undefined
  }

  /** Lets an owner go that waits for its dependents, when none blocks it any more. */
  async #awaitDependents(owner: GraphNode, resource: DiscoveredResource, latest: ObjectMeta): Promise<Outcome> {
    const { uid } = owner.identity
    const blocks = (reference: OwnerReference) => reference.uid === uid && reference.blockOwnerDeletion === true
    const blocking = [...owner.dependents].filter(({ owners }) => owners.some(blocks))
    if (blocking.length === 0) {
      await this.#objects.removeFinalizer(resource, latest, finalizerOf.foreground)
      return undefined
    }
    for (const dependent of blocking) if (dependent.waitsFor !== 'foreground') this.#graph.check(dependent)
    return undefined
  }

  /** Deletes an object that nobody owns any more; takes off the owners that are no more from one that somebody still owns. */
  async #collect(node: GraphNode, resource: DiscoveredResource, latest: ObjectMeta): Promise<Outcome> {
    const { ownerReferences = [], finalizers = [] } = latest
    if (ownerReferences.length === 0) return undefined
    const found = new Map<OwnerReference, Finding>()
    for (const reference of ownerReferences) {
      const finding = await this.#find(reference, node.identity)
      if (finding === 'unserved') return { requeueAfterMs: unservedMs }
      if (finding === 'impossible') return undefined
      found.set(reference, finding)
    }
    const findings = new Set(found.values())
    if (findings.has('solid')) {
      const solid = ownerReferences.filter((reference) => found.get(reference) === 'solid')
      // Those who wait for their dependents would wait for ever for one that stays.
      if (solid.length < ownerReferences.length) await this.#objects.setOwners(resource, latest, solid)
      return undefined
    }
    if (findings.has('waiting') && node.dependents.size > 0) {
      const owner = await this.#unblockCircle(node, resource, latest)
      return this.#delete(node, resource, owner, 'Foreground')
    }
    const policy = finalizers.includes(finalizerOf.orphan)
      ? 'Orphan'
      : finalizers.includes(finalizerOf.foreground)
        ? 'Foreground'
        : 'Background'
    return this.#delete(node, resource, latest, policy)
  }

  /**
   * When a dependent waits for its dependents too, they may all wait for each other: then this one blocks nobody any longer.
   * Returns what the object is afterwards.
   */
  async #unblockCircle(node: GraphNode, resource: DiscoveredResource, latest: ObjectMeta): Promise<ObjectMeta> {
    if (![...node.dependents].some(({ waitsFor }) => waitsFor === 'foreground')) return latest
    const owners = latest.ownerReferences ?? []
    if (!owners.some(({ blockOwnerDeletion }) => blockOwnerDeletion)) return latest
    const open = owners.map((owner) => (owner.blockOwnerDeletion ? { ...owner, blockOwnerDeletion: false } : owner))
    await this.#objects.setOwners(resource, latest, open)
    return (await this.#objects.read(resource, node.identity)) ?? latest
  }

  async #delete(
    node: GraphNode,
    resource: DiscoveredResource,
    latest: ObjectMeta,
    policy: Parameters<OwnedObjects['delete']>[2],
  ): Promise<undefined> {
    const { apiVersion, kind, namespace, name } = node.identity
    if (latest.uid === node.identity.uid && (await this.#objects.delete(resource, latest, policy)))
      this.#log.info('Deleted an object without owners', { apiVersion, kind, namespace, name, policy })
    else this.#graph.removeAbsent(node.identity)
    return undefined
  }

  /** Asks the API server: what the graph knows may be old, and a deletion cannot be taken back. */
  async #find({ apiVersion, kind, name, uid }: OwnerReference, dependent: Identity): Promise<Finding> {
    const { knownAbsent } = this.#graph
    const owner = { apiVersion, kind, name, uid, namespace: '' }
    const near = { ...owner, namespace: dependent.namespace }
    if (knownAbsent.has(owner) || knownAbsent.has(near)) return 'dangling'
    const resource = await this.#objects.find(owner)
    if (!resource) return 'unserved'
    if (resource.namespaced && dependent.namespace === '') return 'impossible'
    const latest = await this.#objects.read(resource, near)
    if (latest?.uid === uid) {
      const waits = latest.deletionTimestamp && latest.finalizers?.includes(finalizerOf.foreground)
      return waits ? 'waiting' : 'solid'
    }
    knownAbsent.add(resource.namespaced ? near : owner)
    return 'dangling'
  }
}
