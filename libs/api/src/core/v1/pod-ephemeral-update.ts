/**
 * Containers that are added to a running pod to look into it.
 * Source: kubernetes/kubernetes pkg/registry/core/pod/strategy.go, podEphemeralContainersStrategy;
 * pkg/apis/core/validation/validation.go, ValidatePodEphemeralContainersUpdate
 */
import { type FieldError, forbiddenField, semanticEqual, unifiedDiff, type ViewSubresource } from '@ensign/apimachinery'
import type { EphemeralContainer, Pod } from '../../generated/core-v1.ts'
import { mirrorAnnotation } from './pod-rules/mirror.ts'
import { annotationChangeErrors } from './pod-update.ts'
import { podContentErrors } from './pod-validation.ts'

export const ephemeralContainers: ViewSubresource<Pod> = {
  verbs: ['get', 'patch', 'update'],
  settableFields: ['spec.ephemeralContainers'],
  prepareForUpdate(next, old) {
    const { ephemeralContainers: added } = next.spec
    const { ephemeralContainers: _, ...spec } = old.spec
    return {
      ...next,
      metadata: metadataLeftAlone(next, old),
      spec: { ...spec, ...(added && { ephemeralContainers: added }) },
      status: old.status,
    }
  },
  validateUpdate(next, old) {
    if (old.metadata.annotations?.[mirrorAnnotation] !== undefined)
      return [forbiddenField('', 'static pods do not support ephemeral containers')]
    const now = new Map((next.spec.ephemeralContainers ?? []).map((container) => [container.name, container]))
    return [
      ...podContentErrors(next),
      ...annotationChangeErrors(next, old),
      ...(old.spec.ephemeralContainers ?? []).flatMap((container) => changeErrors(now.get(container.name), container)),
    ]
  },
}

/** What is there stays as it is; its place may change, because patches do not keep it. */
function changeErrors(next: EphemeralContainer | undefined, old: EphemeralContainer): FieldError[] {
  const refuse = (why: string) => [
    forbiddenField(
      'spec.ephemeralContainers',
      `existing ephemeral containers ${JSON.stringify(old.name)} may not be ${why}`,
    ),
  ]
  if (!next) return refuse('removed\n')
  return semanticEqual(next, old) ? [] : refuse(`changed\n${unifiedDiff(old, next)}`)
}

/**
 * The metadata that an update of a part may write: all that has a say in what becomes of the object stays.
 * Source: apimachinery pkg/apis/meta/v1/meta.go, ResetObjectMetaForStatus
 */
export function metadataLeftAlone({ metadata: next }: Pod, { metadata: old }: Pod): Pod['metadata'] {
  const metadata = { ...next }
  for (const member of kept) delete metadata[member]
  return Object.assign(metadata, Object.fromEntries(kept.filter((m) => old[m] !== undefined).map((m) => [m, old[m]])))
}

const kept = [
  'deletionTimestamp',
  'generation',
  'selfLink',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
] as const
