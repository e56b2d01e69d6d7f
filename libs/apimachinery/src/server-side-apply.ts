/**
 * Server-side apply: a manager says which fields it wants to have which values, and from then on owns these and no others.
 * What it named before and does not name now goes, unless somebody else owns it too.
 * Source: sigs.k8s.io/structured-merge-diff merge/update.go, kubernetes/kubernetes
 * staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/{structuredmerge,skipnonapplied,managedfieldsupdater}.go
 */

import { difference, emptySet, type FieldSet, hasChildren, includes, intersection, union } from './field-set.ts'
import type { FieldFilter } from './field-set-filter.ts'
import type { ManagedFieldsEntry } from './generated/meta-v1.ts'
import { compareStrings } from './go-text.ts'
import { parsePlainJson } from './int64.ts'
import {
  isSameManager,
  type ManagedEntry,
  type Manager,
  managedEntry,
  managerKey,
  orderedManagedFields,
  storedManagedFields,
} from './managed-fields.ts'
import {
  compareVersions,
  emptyObject,
  entriesAfter,
  type KindVersion,
  ownedOf,
  reconciled,
  trackUpdate,
  type VersionedComparison,
} from './managed-fields-update.ts'
import type { KubeObject } from './object-meta.ts'
import type { MessageSchema } from './schema.ts'
import { applyConflict, type Conflict, conflictsOutside, conflictsOver } from './server-side-apply-conflicts.ts'
import { fieldsKeptFromLastApplied, syncLastApplied } from './server-side-apply-last-applied.ts'
import { badRequest, StatusError } from './status.ts'
import { fieldSetOf } from './typed-field-set.ts'
import { mergeTyped } from './typed-merge.ts'
import { withNamedFields } from './typed-reconcile.ts'
import { removeFields } from './typed-remove.ts'
import { kindType, type StructType } from './typed-schema.ts'
import { validateTyped } from './typed-validate.ts'
import { isJsonObject, type JsonObject, jsonEqual, TypedValueError } from './typed-value.ts'

export interface Apply {
  readonly schema: MessageSchema
  readonly otherVersions?: readonly KindVersion[] | undefined
  /** Undefined when the object is to be made. */
  readonly live: Readonly<KubeObject> | undefined
  /** The configuration as it was sent. */
  readonly config: JsonObject
  readonly manager: Manager
  /** Takes over what others own. */
  readonly force: boolean
  /** Leaves out what the write cannot change, whatever it says. */
  readonly filter: FieldFilter | undefined
  /** RFC 3339 in seconds. */
  readonly now: string
}

export interface Applied {
  /** Undefined when the configuration changes nothing but, perhaps, who owns what. */
  readonly object: JsonObject | undefined
  readonly managedFields: ManagedFieldsEntry[] | undefined
}

/** Who owns what somebody wrote before anybody applied, on objects that were not tracked then. */
const beforeFirstApply = 'before-first-apply'

/** Only this manager reads and keeps the annotation of client-side apply. */
const kubectl = 'kubectl'

/**
 * The live object with the configuration applied, not yet defaulted.
 *
 * @throws StatusError 400 for another kind or version, 409 for conflicts, 500 for what does not fit the schema
 */
export function applyConfiguration(apply: Apply): Applied {
  const type = kindType(apply.schema)
  const live = (apply.live ?? emptyObject(apply.schema)) as unknown as JsonObject
  checkIdentity(apply)
  const entries = startingEntries(type, live, apply)
  checkTyped(type, apply.config, (name) => `failed to create typed patch object (${name})`)
  checkTyped(type, live, (name) => `failed to create typed live object (${name})`, { allowDuplicates: true })
  const step: Step = { ...apply, type, live, entries }
  const result = applied(step, apply.force)
  if (!('conflicts' in result)) return finished(step, result)
  const allowed =
    apply.manager.name === kubectl ? fieldsKeptFromLastApplied(type, live, apply.manager.apiVersion) : undefined
  const conflicts = allowed ? conflictsOutside(result.conflicts, allowed) : result.conflicts
  if (conflicts.length > 0) throw applyConflict(conflicts)
  const forced = applied(step, true)
  if ('conflicts' in forced) throw applyConflict(forced.conflicts)
  return finished(step, forced)
}

interface Step extends Omit<Apply, 'live'> {
  readonly type: StructType
  readonly live: JsonObject
  readonly entries: readonly ManagedEntry[]
}

interface Merged {
  readonly object: JsonObject
  readonly entries: readonly ManagedEntry[]
}

function checkIdentity({ schema, config, manager: { apiVersion } }: Apply): void {
  const { kind, version } = identityOf(config)
  if (kind !== schema.kind?.kind || version !== groupVersion(apiVersion))
    throw badRequest(`invalid object type: ${version}, Kind=${kind}`)
  const managedFields = isJsonObject(config['metadata']) ? config['metadata']['managedFields'] : undefined
  if (Array.isArray(managedFields)) throw badRequest('metadata.managedFields must be nil')
}

function checkTyped(
  type: StructType,
  object: JsonObject,
  failed: (name: string) => string,
  options?: { allowDuplicates: boolean },
): void {
  try {
    validateTyped(type, object, options)
  } catch (error) {
    if (!(error instanceof TypedValueError)) throw error
    throw new StatusError('Unknown', `${failed(describeObject(object))}: ${error.message}`)
  }
}

/** As Go prints a GroupVersion: `/v1` for core, `/` for what is none. */
function groupVersion(apiVersion: unknown): string {
  const parts = typeof apiVersion === 'string' ? apiVersion.split('/') : ['']
  if (parts.length === 1) return `/${parts[0]}`
  return parts.length === 2 ? `${parts[0]}/${parts[1]}` : '/'
}

const identityOf = ({ kind, apiVersion }: JsonObject): { kind: string; version: string } => ({
  kind: typeof kind === 'string' ? kind : '',
  version: groupVersion(apiVersion),
})

/** `NAMESPACE/NAME; GROUP/VERSION, Kind=KIND`, as errors name objects. */
export function describeObject(object: JsonObject): string {
  const { namespace, name } = isJsonObject(object['metadata']) ? object['metadata'] : {}
  const { kind, version } = identityOf(object)
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  return `${text(namespace)}/${text(name)}; ${version}, Kind=${kind}`
}

function startingEntries(
  type: StructType,
  live: JsonObject,
  { live: stored, ...apply }: Apply,
): readonly ManagedEntry[] {
  const entries = storedManagedFields(stored?.metadata.managedFields)
  if (entries.length > 0 || !stored) return reconciled(type, entries, apply)
  const before = emptyObject(apply.schema) as unknown as JsonObject
  const failed = (name: string): string =>
    `failed to create manager for existing fields: failed to convert new object (${name}) to smd typed`
  checkTyped(type, live, failed, { allowDuplicates: true })
  const compared = compareVersions({ ...apply, type, before, after: live })
  return trackUpdate([], compared, { ...apply.manager, name: beforeFirstApply }, apply.now)
}

function applied(step: Step, force: boolean): Merged | { conflicts: Conflict[] } {
  const { type, live, config, filter } = step
  const applier = managedEntry(step.manager, 'Apply', emptySet, undefined)
  const last = step.entries.find((entry) => isSameManager(entry, applier))
  const named = fieldSetOf(type, config)
  const own = managedEntry(step.manager, 'Apply', filter ? filter(named) : named, last?.time)
  const others = step.entries.filter((entry) => entry !== last)
  const merged = mergeTyped(type, live, config)
  const object = last && takesBack(last, own) ? pruned(step, merged, last, [own, ...others]) : merged

  const comparison = compareVersions({ ...step, before: live, after: object })
  const conflicts = force ? [] : conflictsWith(others, comparison)
  if (conflicts.length > 0) return { conflicts }
  return { object, entries: [...(hasChildren(own.fieldsV1) ? [own] : []), ...entriesAfter(others, comparison)] }
}

const conflictsWith = (others: readonly ManagedEntry[], comparison: VersionedComparison): Conflict[] =>
  others
    .map((entry) => ({ entry, key: managerKey(entry) }))
    .sort((a, b) => compareStrings(a.key, b.key))
    .flatMap(({ entry }) => conflictsOver(entry, ownedOf(entry, comparison)))

function finished({ live, config, manager, now }: Step, { object, entries }: Merged): Applied {
  const isSame = jsonEqual(live, object)
  const isOwn = (entry: ManagedEntry): boolean =>
    isSameManager(entry, managedEntry(manager, 'Apply', emptySet, undefined))
  const managedFields = orderedManagedFields(
    isSame
      ? entries
      : entries.map((entry) => (isOwn(entry) ? managedEntry(manager, 'Apply', entry.fieldsV1, now) : entry)),
  )
  const synced = manager.name === kubectl ? syncLastApplied(object, config) : object
  return { object: isSame && synced === object ? undefined : synced, managedFields }
}

/** One version of the kind, and the way between it and the version that is applied. */
interface Form {
  readonly type: StructType
  to(object: JsonObject): JsonObject
  from(object: JsonObject): JsonObject
}

function formOf({ type, manager, otherVersions = [] }: Step, apiVersion: string): Form {
  const other = apiVersion === manager.apiVersion ? undefined : otherVersions.find((v) => v.apiVersion === apiVersion)
  if (!other) return { type, to: (object) => object, from: (object) => object }
  const plain = (object: Readonly<KubeObject>): JsonObject => parsePlainJson(JSON.stringify(object)) as JsonObject
  return {
    type: kindType(other.schema),
    to: (object) => plain(other.convert(object as unknown as KubeObject)),
    from: (object) => plain(other.revert(object as unknown as KubeObject)),
  }
}

/** False where the manager still names all that it named last, as nearly always: then nothing goes. */
const takesBack = (last: ManagedEntry, own: ManagedEntry): boolean =>
  last.apiVersion !== own.apiVersion || !includes(own.fieldsV1, last.fieldsV1)

const namedSetOf = (type: StructType, object: JsonObject): FieldSet => withNamedFields(type, fieldSetOf(type, object))

/**
 * The object without what the manager applied last time and does not apply now, unless somebody owns it.
 *
 * @param merged what live object and configuration make together
 * @param last the manager's entry until now
 * @param entries everybody's, the manager's new one included
 */
function pruned(step: Step, merged: JsonObject, last: ManagedEntry, entries: readonly ManagedEntry[]): JsonObject {
  const form = formOf(step, last.apiVersion)
  const whole = form.to(merged)
  const lastNamed = withNamedFields(form.type, last.fieldsV1)
  let kept = form.from(removeFields(form.type, whole, lastNamed))
  // In the version of the last configuration first: what others need to be read at all may be among what comes back.
  const versions = new Set([last.apiVersion, ...entries.map(({ apiVersion }) => apiVersion)])
  for (const version of versions) {
    const owned = entries.filter(({ apiVersion }) => apiVersion === version).map(({ fieldsV1 }) => fieldsV1)
    kept = withOwned(formOf(step, version), merged, kept, owned.reduce(union, emptySet))
  }
  const gone = difference(namedSetOf(form.type, whole), namedSetOf(form.type, form.to(kept)))
  return form.from(removeFields(form.type, whole, intersection(gone, lastNamed)))
}

/** Brings back what is owned, and what a removal took along from inside of what it removed. */
function withOwned({ type, to, from }: Form, merged: JsonObject, kept: JsonObject, owned: FieldSet): JsonObject {
  const whole = to(merged)
  const wanted = union(namedSetOf(type, to(kept)), withNamedFields(type, owned))
  return from(removeFields(type, whole, difference(namedSetOf(type, whole), wanted)))
}
