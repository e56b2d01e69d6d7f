/**
 * Delete: preconditions, finalizers and grace.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go (BeforeDelete),
 * pkg/registry/generic/registry/store.go (deletionFinalizersForGarbageCollection)
 */
import { type AnyResourceDefinition, conflict, type KubeObject } from '@ensign/apimachinery'
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

/**
 * What a DELETE makes of an object: a changed version that stays for now, or undefined when it is to be removed at once.
 * A version equal to `old` needs no write.
 */
export function markDeleted(
  old: Readonly<KubeObject>,
  request: DeleteRequest,
  definition: AnyResourceDefinition,
  now: number,
): KubeObject | undefined {
  const finalizers = finalizersOf(old, request)
  const requested =
    request.gracePeriodSeconds === undefined
      ? undefined
      : request.gracePeriodSeconds < 0
        ? 1
        : request.gracePeriodSeconds
  const { deletionTimestamp: ending, deletionGracePeriodSeconds: granted } = old.metadata
  let graceSeconds = definition.gracePeriodSeconds?.(old, requested) ?? 0
  // A repeated delete can only shorten what was granted.
  if (ending && granted !== undefined && (requested === undefined || requested >= granted)) graceSeconds = granted
  const waits = definition.deletedInStages && !ending
  const free = !waits && finalizers.length === 0 && (definition.readyToRemove?.(old) ?? true)
  if (free && (graceSeconds === 0 || (ending !== undefined && requested === 0))) return undefined

  const next = structuredClone(old) as KubeObject
  if (finalizers.length) next.metadata.finalizers = finalizers
  else delete next.metadata.finalizers
  if (ending && (definition.deletedInStages || granted === graceSeconds)) return next
  const from = ending ? Date.parse(ending) - (granted ?? 0) * 1000 : now
  next.metadata.deletionTimestamp = timestamp(from + graceSeconds * 1000)
  if (!definition.deletedInStages) next.metadata.deletionGracePeriodSeconds = graceSeconds
  if ((next.metadata.generation ?? 0) > 0 && !ending) next.metadata.generation = (next.metadata.generation ?? 0) + 1
  return definition.markDeleted?.(next) ?? next
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
