/**
 * Who owns the fields of an object after a write.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/fieldmanager/equality.go,
 * staging/src/k8s.io/apimachinery/pkg/util/managedfields/fieldmanager.go
 */
import {
  type AnyResourceDefinition,
  apiVersionOf,
  type Changeable,
  fieldFilter,
  forgetEmptyLists,
  jsonEqual,
  type KubeObject,
  type ManagedFieldsEntry,
  trackWrite,
} from '@ensign/apimachinery'
import { timestamp } from './object-create.ts'
import type { RequestContext } from './request-context.ts'

/** What a write through a subresource, or to the resource itself, can change. */
export function doorOf(definition: AnyResourceDefinition, subresource: string): Changeable {
  if (!subresource) return definition
  const view = definition.subresources?.[subresource]
  return view && view.kind === undefined ? view : {}
}

/**
 * Sets `metadata.managedFields` of `next`, and makes it what the store will give back. Runs before admission and hooks: what those change belongs to nobody.
 *
 * @param live undefined for a create
 */
export function trackOwners(
  next: KubeObject,
  live: Readonly<KubeObject> | undefined,
  definition: AnyResourceDefinition,
  { fieldManager, subresource, now }: RequestContext,
): void {
  if (fieldManager !== undefined) setOwners(next, live, definition, { fieldManager, subresource, now })
  forgetEmptyLists(definition.schema, next)
}

function setOwners(
  next: KubeObject,
  live: Readonly<KubeObject> | undefined,
  definition: AnyResourceDefinition,
  { fieldManager, subresource, now }: Pick<RequestContext, 'subresource' | 'now'> & { fieldManager: string },
): void {
  const managedFields = trackWrite({
    schema: definition.schema,
    otherVersions: definition.otherVersions,
    live,
    next,
    manager: { name: fieldManager, apiVersion: apiVersionOf(definition), subresource },
    filter: fieldFilter(doorOf(definition, subresource)),
    now: timestamp(now),
  })
  if (managedFields) next.metadata.managedFields = managedFields
  else delete next.metadata.managedFields
}

/** A write that changed nothing but the times of entries changed nothing: `next` gets the old times back. */
export function keepTimes(next: KubeObject, old: Readonly<KubeObject>): void {
  const [was, is] = [old.metadata.managedFields, next.metadata.managedFields]
  if (!was || !is || was === is || was.length !== is.length) return
  if (is.every((entry, i) => entry.time === was[i]?.time) || !jsonEqual(is.map(timeless), was.map(timeless))) return
  if (jsonEqual(unowned(next), unowned(old))) next.metadata.managedFields = was
}

const timeless = ({ time: _, ...entry }: ManagedFieldsEntry): ManagedFieldsEntry => entry

const unowned = (object: Readonly<KubeObject>): object => ({
  ...object,
  metadata: { ...object.metadata, managedFields: undefined },
})
