/**
 * Delete: preconditions, finalizers and grace.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go (BeforeDelete),
 * pkg/registry/generic/registry/store.go (deletionFinalizersForGarbageCollection)
 */
import { type AnyResourceDefinition, conflict, type Int64, type KubeObject, nextInt64 } from '@ensign/apimachinery'
import { timestamp } from './object-create.ts'
import type { DeletePreconditions, DeleteRequest } from './request-context.ts'

const orphanFinalizer = 'orphan'
const foregroundFinalizer = 'foregroundDeletion'

export function checkPreconditions(
  { uid, resourceVersion }: DeletePreconditions,
  { metadata }: Readonly<KubeObject>,
  { group, kind, plural, deletedInStages }: AnyResourceDefinition,
): void {
  const name = metadata.name ?? ''
  const refuse = (short: 'UID' | 'ResourceVersion', wanted: string, found: string | undefined, why: string): never => {
    // The word where other texts have the resource is the kind here, but for what is deleted in stages.
    if (deletedInStages)
      throw conflict(
        { group, resource: plural },
        name,
        `Precondition failed: ${short} in precondition: ${wanted}, ${short} in object meta: ${found}`,
      )
    throw conflict(
      { group, resource: kind },
      name,
      `the ${short} in the precondition (${wanted}) does not match the ${short} in record (${found}). The object might have been ${why}`,
    )
  }
  if (uid !== undefined && uid !== metadata.uid) refuse('UID', uid, metadata.uid, 'deleted and then recreated')
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    refuse('ResourceVersion', resourceVersion, metadata.resourceVersion, 'modified')
  }
}

/** What a DELETE does: a change, a removal, one after the other, or nothing when the object is ending anyway. */
export interface Deletion {
  /** The version that says that the object is being deleted. */
  readonly marked?: KubeObject
  readonly removes: boolean
}

export function deletionOf(
  old: Readonly<KubeObject>,
  request: DeleteRequest,
  definition: AnyResourceDefinition,
  now: number,
): Deletion {
  if (definition.deletedInStages) return stagedDeletion(old, request, definition, now)
  const next = structuredClone(old) as KubeObject
  const grace = definition.gracePeriodSeconds ? graceful(next, request, definition, now) : 'none'
  // What has begun is not changed any more, its finalizers included.
  if (grace === 'pending') return { removes: false }
  setFinalizers(next, finalizersOf(old, request))
  if (next.metadata.finalizers) {
    if (grace === 'none') markAsDeleting(next, now)
    return { marked: next, removes: false }
  }
  if (grace === 'none') return { removes: true }
  // Whoever watches sees that nobody is given time, before the object goes.
  return { marked: next, removes: next.metadata.deletionGracePeriodSeconds === 0 }
}

/**
 * Gives the object its time to end. A repeated delete can only shorten what was granted.
 * Source: rest/delete.go, BeforeDelete
 */
function graceful(
  next: KubeObject,
  request: DeleteRequest,
  definition: AnyResourceDefinition,
  now: number,
): 'none' | 'pending' | 'granted' {
  const { metadata } = next
  const { gracePeriodSeconds } = request
  const requested = gracePeriodSeconds !== undefined && gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds
  const { deletionTimestamp, deletionGracePeriodSeconds: granted } = metadata
  if (deletionTimestamp === undefined) {
    const seconds = definition.gracePeriodSeconds?.(next, requested) ?? 0
    metadata.deletionTimestamp = timestamp(now + secondsInMs(seconds))
    metadata.deletionGracePeriodSeconds = seconds
    bumpGeneration(next)
    return 'granted'
  }
  if (!granted) return 'none'
  if (requested === undefined || requested >= granted) return 'pending'
  const end = Date.parse(deletionTimestamp) - secondsInMs(granted) + secondsInMs(requested)
  metadata.deletionTimestamp = timestamp(Math.max(end, now))
  // The time is over, but whoever ends the object is still to be heard.
  metadata.deletionGracePeriodSeconds = end < now && requested !== 0 ? 1 : requested
  return 'granted'
}

/** Milliseconds. A duration of Go has 64 bits of nanoseconds: what does not fit wraps around, and is over before it begins. */
const secondsInMs = (seconds: Int64): number =>
  typeof seconds === 'number' && Math.abs(seconds) < 2 ** 32
    ? seconds * 1000
    : Number(BigInt.asIntN(64, BigInt(seconds) * 1_000_000_000n) / 1_000_000n)

/** Marks an object whose finalizers are all that it waits for. Source: generic/registry/store.go, markAsDeleting */
function markAsDeleting(next: KubeObject, now: number): void {
  const { metadata } = next
  if (metadata.deletionTimestamp === undefined) bumpGeneration(next)
  if (metadata.deletionTimestamp === undefined || Date.parse(metadata.deletionTimestamp) > now)
    metadata.deletionTimestamp = timestamp(now)
  metadata.deletionGracePeriodSeconds = 0
}

/** The first DELETE only marks; what holds the object is not among its finalizers alone. */
function stagedDeletion(
  old: Readonly<KubeObject>,
  request: DeleteRequest,
  definition: AnyResourceDefinition,
  now: number,
): Deletion {
  const finalizers = finalizersOf(old, request)
  const { deletionTimestamp } = old.metadata
  if (deletionTimestamp && finalizers.length === 0 && (definition.readyToRemove?.(old) ?? true))
    return { removes: true }
  const next = structuredClone(old) as KubeObject
  setFinalizers(next, finalizers)
  if (deletionTimestamp) return { marked: next, removes: false }
  next.metadata.deletionTimestamp = timestamp(now)
  bumpGeneration(next)
  return { marked: definition.markDeleted?.(next) ?? next, removes: false }
}

function setFinalizers({ metadata }: KubeObject, finalizers: string[]): void {
  if (finalizers.length > 0) metadata.finalizers = finalizers
  else delete metadata.finalizers
}

function bumpGeneration({ metadata }: KubeObject): void {
  if ((metadata.generation ?? 0) > 0) metadata.generation = nextInt64(metadata.generation ?? 0)
}

/** The finalizers after the propagation policy had its say; what is asked now replaces what was asked before. */
function finalizersOf(
  { metadata }: Readonly<KubeObject>,
  { propagationPolicy, orphanDependents }: DeleteRequest,
): string[] {
  const present = metadata.finalizers ?? []
  let orphan = present.includes(orphanFinalizer)
  let foreground = present.includes(foregroundFinalizer)
  if (orphanDependents !== undefined) {
    orphan = orphanDependents
    foreground = false
  } else if (propagationPolicy !== undefined) {
    orphan = propagationPolicy === 'Orphan'
    foreground = propagationPolicy === 'Foreground'
  }
  const rest = present.filter((f) => f !== orphanFinalizer && f !== foregroundFinalizer)
  return [...rest, ...(orphan ? [orphanFinalizer] : []), ...(foreground ? [foregroundFinalizer] : [])]
}
