/**
 * What a create, update or patch makes of an object's managed fields: whatever it changed belongs to its manager alone.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/{fieldmanager,
 * managedfieldsupdater,skipnonapplied}.go, sigs.k8s.io/structured-merge-diff merge/update.go
 */
import { difference, emptySet, type FieldSet, hasChildren, intersection, union } from './field-set.ts'
import type { FieldFilter } from './field-set-filter.ts'
import type { ManagedFieldsEntry, ObjectMeta } from './generated/meta-v1.ts'
import { decodeJson } from './json-decode.ts'
import {
  capUpdaters,
  isReset,
  isSameManager,
  type ManagedEntry,
  type Manager,
  managedEntry,
  orderedManagedFields,
  parseManagedFields,
  storedManagedFields,
  withFields,
} from './managed-fields.ts'
import type { KubeObject } from './object-meta.ts'
import type { MessageSchema } from './schema.ts'
import { type Comparison, compareFields } from './typed-compare.ts'
import { reconcileFieldSet } from './typed-reconcile.ts'
import { kindType, type StructType } from './typed-schema.ts'
import { type JsonObject, jsonEqual, TypedValueError } from './typed-value.ts'

/** A form other than the one that is written, in which fields of the same object may be owned. */
export interface KindVersion {
  readonly apiVersion: string
  readonly schema: MessageSchema
  /** From the form that is written. What an object lacks, the result lacks. */
  convert(object: Readonly<KubeObject>): Readonly<KubeObject>
  /** Back to it. */
  revert(object: Readonly<KubeObject>): Readonly<KubeObject>
}

export interface TrackedWrite {
  readonly schema: MessageSchema
  readonly otherVersions?: readonly KindVersion[] | undefined
  /** Undefined for a create. */
  readonly live: Readonly<KubeObject> | undefined
  /** The object as the client wants it, with the managed fields that it sent. */
  readonly next: Readonly<KubeObject>
  readonly manager: Manager
  /** Leaves out what the write cannot change, whatever it says. */
  readonly filter: FieldFilter | undefined
  /** RFC 3339 in seconds. */
  readonly now: string
}

/** `metadata.managedFields` after the write. An object whose tracking was given up stays without. */
export function trackWrite(write: TrackedWrite): ManagedFieldsEntry[] | undefined {
  const { schema, live, next, manager, now } = write
  const type = kindType(schema)
  const entries = entriesBefore(write)
  if (entries.length === 0 && live) return undefined
  try {
    const before = (live ?? emptyObject(schema)) as unknown as JsonObject
    const compared = compareVersions({ ...write, type, before, after: next as unknown as JsonObject })
    const after = trackUpdate(
      reconciled(type, entries, write),
      compared,
      { ...manager, name: manager.name || 'unknown' },
      now,
    )
    return orderedManagedFields(capUpdaters(after))
  } catch (error) {
    // Lists whose items have no keys cannot be tracked; the write itself is good.
    if (error instanceof TypedValueError) return undefined
    throw error
  }
}

/**
 * The entries to start from. A client may send a changed list, but one that knows nothing of managed fields must not lose
 * them, and through a subresource nobody writes them.
 */
function entriesBefore({ live, next, manager }: TrackedWrite): readonly ManagedEntry[] {
  const stored = storedManagedFields(live?.metadata.managedFields)
  const sent = next.metadata.managedFields
  if (manager.subresource || !sent?.length || (live && jsonEqual(sent, stored))) return stored
  if (isReset(sent)) return []
  try {
    const parsed = parseManagedFields(sent)
    return parsed.length > 0 ? parsed : stored
  } catch (error) {
    if (error instanceof SyntaxError) return stored
    throw error
  }
}

/** What a write changes, in the terms of every version in which fields are owned. */
export interface VersionedComparison {
  /** In the version that is written. */
  readonly own: Comparison
  /** Undefined for versions that are not served. */
  in(apiVersion: string): Comparison | undefined
}

export function compareVersions(options: {
  readonly type: StructType
  readonly before: JsonObject
  readonly after: JsonObject
  readonly manager: Manager
  readonly filter: FieldFilter | undefined
  readonly otherVersions?: readonly KindVersion[] | undefined
}): VersionedComparison {
  const { type, before, after, manager, filter, otherVersions = [] } = options
  const own = filtered(compareFields(type, before, after), filter)
  const made = new Map([[manager.apiVersion, own]])
  return {
    own,
    in(apiVersion) {
      const known = made.get(apiVersion)
      const version = otherVersions.find((v) => v.apiVersion === apiVersion)
      if (known || !version) return known
      const [was, is] = [before, after].map((o) => version.convert(o as unknown as KubeObject) as unknown as JsonObject)
      const comparison = compareFields(kindType(version.schema), was as JsonObject, is as JsonObject)
      made.set(apiVersion, comparison)
      return comparison
    },
  }
}

/** The entries after somebody changed what the comparison shows. */
export function trackUpdate(
  entries: readonly ManagedEntry[],
  comparison: VersionedComparison,
  manager: Manager,
  now: string,
): ManagedEntry[] {
  const others = entriesAfter(entries, comparison)
  const { changed } = comparison.own
  if (!hasChildren(changed)) return others
  const own = managedEntry(manager, 'Update', changed, now)
  const previous = others.find((entry) => isSameManager(entry, own))
  if (!previous) return [...others, own]
  const grown = { ...own, fieldsV1: union(changed, previous.fieldsV1) }
  return others.map((entry) => (entry === previous ? grown : entry))
}

/** Entries without what was changed or removed; who owns nothing any more has none. */
export function entriesAfter(entries: readonly ManagedEntry[], comparison: VersionedComparison): ManagedEntry[] {
  const left: ManagedEntry[] = []
  for (const entry of entries) {
    const compared = comparison.in(entry.apiVersion)
    if (!compared) continue
    const { changed, removed } = compared
    const kept = withFields(entry, difference(difference(entry.fieldsV1, changed), removed))
    if (kept) left.push(kept)
  }
  return left
}

/** Entries in their schema's terms. Those in versions that are not served are dropped. */
export function reconciled(
  type: StructType,
  entries: readonly ManagedEntry[],
  { manager, otherVersions = [] }: { manager: Manager; otherVersions?: readonly KindVersion[] | undefined },
): ManagedEntry[] {
  return entries.flatMap((entry) => {
    const { apiVersion } = entry
    const other = otherVersions.find((v) => v.apiVersion === apiVersion)
    const own = apiVersion === manager.apiVersion ? type : other && kindType(other.schema)
    return (own && withFields(entry, reconcileFieldSet(own, entry.fieldsV1))) ?? []
  })
}

export const filtered = ({ changed, removed }: Comparison, filter: FieldFilter | undefined): Comparison =>
  filter ? { changed: filter(changed), removed: filter(removed) } : { changed, removed }

/** What somebody owns of what would be changed: conflicts. */
export function ownedOf(entry: ManagedEntry, comparison: VersionedComparison): FieldSet {
  const compared = comparison.in(entry.apiVersion)
  return compared ? intersection(entry.fieldsV1, compared.changed) : emptySet
}

const empties = new WeakMap<MessageSchema, KubeObject>()

/** The object of a kind that nobody has set anything of. */
export function emptyObject(schema: MessageSchema): Readonly<KubeObject> {
  let object = empties.get(schema)
  if (!object) {
    object = decodeJson<{ metadata: ObjectMeta }>(schema, { metadata: {} })
    empties.set(schema, object)
  }
  return object
}
