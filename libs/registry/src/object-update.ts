/**
 * Update: what of a new version may replace the stored one.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/registry/rest/update.go (BeforeUpdate),
 * pkg/registry/generic/registry/store.go (Update)
 */
import {
  type AnyResourceDefinition,
  apiVersionOf,
  append,
  conflict,
  invalid,
  invalidValue,
  isPathSegment,
  type KubeObject,
  nextInt64,
  type ResourceDefinition,
  StatusError,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '@ensign/apimachinery'
import { checkedAs } from './object-create.ts'
import type { RequestContext } from './request-context.ts'

export const staleMessage =
  'the object has been modified; please apply your changes to the latest version and try again'

/** Throws 409 when a whole new version names another object than the stored one. A patch gets to hear that uids are immutable. */
export function checkUid(next: KubeObject, old: Readonly<KubeObject>, definition: AnyResourceDefinition): void {
  const { uid } = next.metadata
  if (!uid || uid === old.metadata.uid) return
  const name = old.metadata.name ?? ''
  // Upstream shows its storage's own words and key here, and clients have been seen to look for them.
  const key = `/registry/${definition.plural}/${old.metadata.namespace ? `${old.metadata.namespace}/` : ''}${name}`
  throw conflict(
    { group: definition.group, resource: definition.plural },
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`,
  )
}

/** Throws 409 or 422 unless `next` may replace `old` as far as resourceVersion tells. */
export function checkVersion(next: KubeObject, old: Readonly<KubeObject>, definition: AnyResourceDefinition): void {
  const resource = { group: definition.group, resource: definition.plural }
  const name = old.metadata.name ?? ''
  const { resourceVersion } = next.metadata
  if (!resourceVersion || resourceVersion === '0') {
    if (definition.unconditionalUpdate === false) {
      throw invalid(definition.group, definition.plural, name, [
        invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
      ])
    }
  } else if (!/^\d+$/.test(resourceVersion)) {
    throw new StatusError('Unknown', `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`)
  } else if (resourceVersion !== old.metadata.resourceVersion) throw conflict(resource, name, staleMessage)
}

/** The object to store in place of `old`, checked. `next` may be changed. */
export function prepareUpdate(
  next: KubeObject,
  old: Readonly<KubeObject>,
  definition: AnyResourceDefinition,
  context: RequestContext,
): KubeObject {
  const { metadata } = next
  next.kind = definition.kind
  next.apiVersion = apiVersionOf(definition)
  const kept = old.metadata
  metadata.creationTimestamp = kept.creationTimestamp
  metadata.uid ||= kept.uid
  metadata.deletionTimestamp ??= kept.deletionTimestamp
  metadata.deletionGracePeriodSeconds ??= kept.deletionGracePeriodSeconds
  metadata.generation = kept.generation
  delete metadata.selfLink
  if (!definition.namespaced) delete metadata.namespace

  const view = context.subresource ? definition.subresources?.[context.subresource] : undefined
  if (context.subresource && (!view || view.kind !== undefined))
    throw new StatusError('MethodNotAllowed', 'the server does not allow this method on the requested resource')
  const hooks = (view ?? definition) as Pick<ResourceDefinition, 'prepareForUpdate' | 'validateUpdate'>
  const prepared = hooks.prepareForUpdate?.(next, old as KubeObject, context) ?? next
  if (definition.specChanged?.(prepared, old)) prepared.metadata.generation = nextInt64(kept.generation ?? 0)

  const checked = definition.canonicalize?.(prepared) ?? prepared
  const changes = () => validateObjectMetaUpdate(checked.metadata, old.metadata)
  // Twice, as upstream: once for every kind alike, once more by each kind's own check. Clients see both causes.
  const errors = [
    ...validateObjectMeta(checked.metadata, { namespaced: definition.namespaced, nameRule: isPathSegment }),
    ...changes(),
    ...changes(),
  ]
  if (hooks.validateUpdate) append(errors, hooks.validateUpdate(checked, old as KubeObject))
  if (errors.length) throw invalid(checkedAs(definition).group, definition.kind, metadata.name ?? '', errors)
  return checked
}

/** What to say of an update that was accepted: a subresource has its own words, or none. */
export function updateWarnings(
  next: KubeObject,
  old: Readonly<KubeObject>,
  definition: AnyResourceDefinition,
  { subresource }: RequestContext,
): string[] {
  const view = subresource ? definition.subresources?.[subresource] : definition
  return (view && 'warnings' in view && view.warnings?.(next, old as KubeObject)) || []
}
