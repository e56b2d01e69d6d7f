/**
 * What a create, update or patch makes of an object's managed fields: whatever it changed belongs to its manager alone.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/{fieldmanager,
 * managedfieldsupdater,skipnonapplied}.go, sigs.k8s.io/structured-merge-diff merge/update.go
 */
import { difference, type FieldSet, hasChildren, intersection, union } from './field-set.ts'
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

export interface TrackedWrite {
  readonly schema: MessageSchema
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
    const comparison = filtered(compareFields(type, before, next as unknown as JsonObject), write.filter)
    const after = trackUpdate(type, entries, comparison, { ...manager, name: manager.name || 'unknown' }, now)
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

/** The entries after somebody changed what the comparison shows. */
export function trackUpdate(
  type: StructType,
  entries: readonly ManagedEntry[],
  comparison: Comparison,
  manager: Manager,
  now: string,
): ManagedEntry[] {
  const others = entriesAfter(reconciled(type, entries, manager.apiVersion), comparison)
  const { changed } = comparison
  if (!hasChildren(changed)) return others
  const own = managedEntry(manager, 'Update', changed, now)
  const previous = others.find((entry) => isSameManager(entry, own))
  if (!previous) return [...others, own]
  const grown = { ...own, fieldsV1: union(changed, previous.fieldsV1) }
  return others.map((entry) => (entry === previous ? grown : entry))
}

/** Entries without what was changed or removed; who owns nothing any more has none. */
export function entriesAfter(entries: readonly ManagedEntry[], { changed, removed }: Comparison): ManagedEntry[] {
  const left: ManagedEntry[] = []
  for (const entry of entries) {
    const kept = withFields(entry, difference(difference(entry.fieldsV1, changed), removed))
    if (kept) left.push(kept)
  }
  return left
}

/** Entries in the schema's terms. Those in versions that are not served are dropped. */
export const reconciled = (type: StructType, entries: readonly ManagedEntry[], apiVersion: string): ManagedEntry[] =>
  entries.flatMap((entry) => {
    if (entry.apiVersion !== apiVersion) return []
    return withFields(entry, reconcileFieldSet(type, entry.fieldsV1)) ?? []
  })

export const filtered = ({ changed, removed }: Comparison, filter: FieldFilter | undefined): Comparison =>
  filter ? { changed: filter(changed), removed: filter(removed) } : { changed, removed }

/** What somebody owns of what would be changed: conflicts. */
export const ownedOf = (entry: ManagedEntry, { changed }: Comparison): FieldSet => intersection(entry.fieldsV1, changed)

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
