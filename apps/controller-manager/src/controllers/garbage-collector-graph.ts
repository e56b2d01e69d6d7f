/**
 * Who owns whom. Only objects that take part are in the graph: those with owners, those that are named as owners, and those that
 * wait for their dependents. In a plane of a hundred thousand objects without owners it is empty.
 * Source: kubernetes/kubernetes pkg/controller/garbagecollector/{graph,graph_builder}.go, which keeps a node for every object.
 */
import type { ObjectMeta, OwnerReference } from '@ensign/apimachinery'
import { AbsentOwners } from './garbage-collector-absent.ts'
import { alternativeTo, type Identity, isNamedBy, isSame, type Kind, partition } from './garbage-collector-identity.ts'

/** Finalizers that hold an object until something is done about its dependents. Source: metav1.FinalizerOrphanDependents etc. */
export const finalizerOf = { orphan: 'orphan', foreground: 'foregroundDeletion' } as const
type Wait = keyof typeof finalizerOf

export class GraphNode {
  /** What is not observed goes by the name that a dependent gives it, which may be wrong. */
  identity: Identity
  owners: readonly OwnerReference[] = []
  readonly dependents = new Set<GraphNode>()
  /** Whether the API server has shown it. Owners that are only heard of are virtual. */
  observed = false
  beingDeleted = false
  /** What it waits for while it is being deleted: that its dependents are freed, or that they are gone. */
  waitsFor: Wait | undefined

  constructor(identity: Identity) {
    this.identity = identity
  }
}

export interface GraphHooks {
  /** Something may have to be done about this object. */
  check(node: GraphNode): void
  /** `reference` is to an object of another namespace, which is no owner. */
  foreignOwner(dependent: GraphNode, reference: OwnerReference): void
}

export class DependencyGraph {
  readonly #hooks: GraphHooks
  readonly #nodes = new Map<string, GraphNode>()
  readonly knownAbsent = new AbsentOwners()

  constructor(hooks: GraphHooks) {
    this.#hooks = hooks
  }

  get size(): number {
    return this.#nodes.size
  }

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid)
  }

  /** Has it looked at again. */
  check(node: GraphNode): void {
    this.#hooks.check(node)
  }

  /** An object is there, with this metadata. */
  observe({ apiVersion, kind }: Kind, metadata: ObjectMeta): void {
    const { uid = '', name = '', namespace = '', ownerReferences = [], finalizers, deletionTimestamp } = metadata
    const waitsFor = deletionTimestamp ? waitOf(finalizers) : undefined
    let node = this.#nodes.get(uid)
    if (!node) {
      if (ownerReferences.length === 0 && waitsFor === undefined) return
      node = new GraphNode({ apiVersion, kind, namespace, name, uid })
      node.observed = true
      this.#nodes.set(uid, node)
    } else if (!node.observed) this.#materialize(node, { apiVersion, kind, namespace, name, uid })
    const startsToWait = waitsFor !== undefined && waitsFor !== node.waitsFor
    node.waitsFor = waitsFor
    node.beingDeleted = deletionTimestamp !== undefined
    this.#setOwners(node, ownerReferences)
    if (startsToWait) {
      if (waitsFor === 'foreground') for (const dependent of node.dependents) this.#hooks.check(dependent)
      this.#hooks.check(node)
    }
    this.#dropIdle(node)
  }

  /** An object is gone for good; this was its metadata. */
  remove({ apiVersion, kind }: Kind, { uid = '', name = '', namespace = '' }: ObjectMeta): void {
    const node = this.#nodes.get(uid)
    if (!node) return
    // What it was called is known now, and nothing else is known to be absent.
    if (!node.observed) this.#materialize(node, { apiVersion, kind, namespace, name, uid })
    this.#remove(node)
  }

  /** There is no object of this identity, whatever its UID may be elsewhere. */
  removeAbsent(identity: Identity): void {
    const node = this.#nodes.get(identity.uid)
    if (!node) return
    const { matching, others } = partition(node.dependents, identity)
    const isOther = node.observed ? !isSame(node.identity, identity) : others.length > 0
    if (!isOther) return this.#remove(node)
    // Somebody is wrong about the coordinates, but not necessarily everybody.
    if (matching.length > 0) this.knownAbsent.add(identity)
    for (const dependent of matching) this.#hooks.check(dependent)
    if (!node.observed && isSame(node.identity, identity)) {
      node.identity = alternativeTo(identity, others) ?? node.identity
    }
  }

  /** Nodes of a kind that were observed and are not among `seen`: they may be gone, and are to be looked at. */
  doubt({ apiVersion, kind }: Kind, seen: ReadonlySet<string>): void {
    for (const [uid, node] of this.#nodes) {
      if (!node.observed || seen.has(uid)) continue
      if (node.identity.kind !== kind || node.identity.apiVersion !== apiVersion) continue
      node.observed = false
      this.#hooks.check(node)
    }
  }

  /** A virtual node turns out to be there. */
  #materialize(node: GraphNode, identity: Identity): void {
    node.observed = true
    node.identity = identity
    // Also when it is just where it was looked for: others may have named it from elsewhere meanwhile.
    for (const dependent of partition(node.dependents, identity).others) {
      if (identity.namespace !== '' && identity.namespace !== dependent.identity.namespace)
        this.#reportForeign(dependent, identity.uid)
      this.#hooks.check(dependent)
    }
  }

  #remove(node: GraphNode): void {
    this.#nodes.delete(node.identity.uid)
    if (node.dependents.size > 0) this.knownAbsent.add(node.identity)
    for (const dependent of node.dependents) this.#hooks.check(dependent)
    for (const { uid } of node.owners) {
      const owner = this.#nodes.get(uid)
      // It may have waited for nobody but this one.
      if (owner?.waitsFor === 'foreground') this.#hooks.check(owner)
    }
    this.#leaveOwners(node, node.owners)
  }

  #setOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    const before = node.owners
    if (before.length === 0 && owners.length === 0) return
    const kept = new Map(owners.map((reference) => [reference.uid, reference]))
    const known = new Set(before.map(({ uid }) => uid))
    node.owners = owners
    for (const reference of before) {
      if (reference.blockOwnerDeletion && !kept.get(reference.uid)?.blockOwnerDeletion) {
        const owner = this.#nodes.get(reference.uid)
        if (owner) this.#hooks.check(owner)
      }
    }
    const added = owners.filter(({ uid }) => !known.has(uid))
    this.#joinOwners(node, added)
    const removed = before.filter(({ uid }) => !kept.has(uid))
    this.#leaveOwners(node, removed)
  }

  #joinOwners(node: GraphNode, references: readonly OwnerReference[]): void {
    let doubtful = false
    for (const reference of references) {
      const owner = this.#nodes.get(reference.uid)
      if (owner) {
        owner.dependents.add(node)
        doubtful ||= this.#isDoubtful(node, reference, owner)
      } else this.#addVirtual(node, reference)
    }
    if (doubtful) this.#hooks.check(node)
  }

  /** An owner that is heard of for the first time: whether it is there has to be asked. */
  #addVirtual(node: GraphNode, { apiVersion, kind, name, uid }: OwnerReference): void {
    const owner = new GraphNode({ apiVersion, kind, namespace: node.identity.namespace, name, uid })
    owner.dependents.add(node)
    this.#nodes.set(uid, owner)
    this.#hooks.check(owner)
  }

  /** Whether a reference does not say what is known of the owner. */
  #isDoubtful(node: GraphNode, reference: OwnerReference, owner: GraphNode): boolean {
    const { namespace } = owner.identity
    if (namespace !== '' && namespace !== node.identity.namespace) {
      if (owner.observed) this.#hooks.foreignOwner(node, reference)
      return true
    }
    if (!isNamedBy(owner.identity, reference)) return true
    return namespace !== node.identity.namespace && !owner.observed
  }

  #reportForeign(dependent: GraphNode, uid: string): void {
    const reference = dependent.owners.find((owner) => owner.uid === uid)
    if (reference) this.#hooks.foreignOwner(dependent, reference)
  }

  #leaveOwners(node: GraphNode, references: readonly OwnerReference[]): void {
    for (const { uid } of references) {
      const owner = this.#nodes.get(uid)
      if (!owner) continue
      owner.dependents.delete(node)
      this.#dropIdle(owner)
    }
  }

  /** Forgets a node that has no part in anything. */
  #dropIdle(node: GraphNode): void {
    if (node.owners.length === 0 && node.dependents.size === 0 && node.waitsFor === undefined)
      this.#nodes.delete(node.identity.uid)
  }
}

function waitOf(finalizers: readonly string[] = []): Wait | undefined {
  if (finalizers.includes(finalizerOf.orphan)) return 'orphan'
  return finalizers.includes(finalizerOf.foreground) ? 'foreground' : undefined
}
