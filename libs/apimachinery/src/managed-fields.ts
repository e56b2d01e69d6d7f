/**
 * `metadata.managedFields`: who owns which fields of an object, and since when.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/{managedfields,capmanagers}.go
 */
import { emptySet, type FieldSet, hasChildren, parseFieldSet, union } from './field-set.ts'
import type { ManagedFieldsEntry } from './generated/meta-v1.ts'
import { compareStrings, goJson } from './go-text.ts'

/** One manager's entry, with its set of fields in canonical form. */
export interface ManagedEntry extends ManagedFieldsEntry {
  readonly manager?: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  /** RFC 3339, in seconds. An apply that changed nothing has none. */
  readonly time?: string
  readonly fieldsType: 'FieldsV1'
  readonly fieldsV1: FieldSet
  readonly subresource?: string
}

/** Who makes a change, through which door. */
export interface Manager {
  readonly name: string
  readonly apiVersion: string
  /** Empty for the resource itself. */
  readonly subresource: string
}

export function managedEntry(
  { name, apiVersion, subresource }: Manager,
  operation: ManagedEntry['operation'],
  fieldsV1: FieldSet,
  time: string | undefined,
): ManagedEntry {
  return {
    ...(name && { manager: name }),
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(subresource && { subresource }),
  }
}

/** What tells entries apart. An applier has one entry, whatever version it applies in; an updater one for each version. */
export function isSameManager(a: ManagedEntry, b: ManagedEntry): boolean {
  return (
    a.manager === b.manager &&
    a.operation === b.operation &&
    (a.operation === 'Apply' || a.apiVersion === b.apiVersion) &&
    (a.subresource ?? '') === (b.subresource ?? '')
  )
}

/** The identity as a text that orders managers as upstream does. */
export const managerKey = ({ manager, operation, apiVersion, subresource }: ManagedEntry): string =>
  goJsonOfEntry({ manager, operation, ...(operation === 'Update' && { apiVersion }), subresource })

const goJsonOfEntry = (members: Record<string, string | undefined>): string =>
  `{${Object.entries(members)
    .filter(([, value]) => value)
    .map(([name, value]) => `"${name}":${goJson(value)}`)
    .join(',')}}`

/** A list of one entry that says nothing asks to forget all owners. */
export const isReset = (entries: readonly ManagedFieldsEntry[]): boolean =>
  entries.length === 1 && Object.keys(entries[0] as object).length === 0

/**
 * Entries that a client sent.
 *
 * @throws SyntaxError when one of them is not valid
 */
export function parseManagedFields(entries: readonly ManagedFieldsEntry[]): ManagedEntry[] {
  const parsed = new Map<string, ManagedEntry>()
  for (const [index, entry] of entries.entries()) {
    const { manager = '', operation, apiVersion, time, fieldsType, fieldsV1, subresource = '' } = entry
    if (operation !== 'Apply' && operation !== 'Update') throw new SyntaxError('operation must be `Apply` or `Update`')
    if (!apiVersion) throw new SyntaxError('apiVersion must not be empty')
    if (!fieldsType) throw new SyntaxError(`missing fieldsType in managed fields entry ${index}`)
    if (fieldsType !== 'FieldsV1')
      throw new SyntaxError(`invalid fieldsType "${fieldsType}" in managed fields entry ${index}`)
    const made = managedEntry({ name: manager, apiVersion, subresource }, operation, parseFieldSet(fieldsV1), time)
    parsed.set(managerKey(made), made)
  }
  return [...parsed.values()]
}

/** Entries that were stored: they were canonical when they were written. */
export const storedManagedFields = (entries: readonly ManagedFieldsEntry[] | undefined): readonly ManagedEntry[] =>
  (entries as readonly ManagedEntry[] | undefined) ?? []

/** The entry with other fields; undefined when it owns nothing any more. */
export const withFields = (entry: ManagedEntry, fieldsV1: FieldSet): ManagedEntry | undefined =>
  fieldsV1 === entry.fieldsV1 ? entry : hasChildren(fieldsV1) ? { ...entry, fieldsV1 } : undefined

/** Entries of updaters beyond this many are folded into one, the oldest first. */
const updatersMax = 10

const ancientChanges = 'ancient-changes'

export function capUpdaters(entries: readonly ManagedEntry[]): readonly ManagedEntry[] {
  const updaters = entries.filter(({ operation }) => operation === 'Update')
  if (updaters.length <= updatersMax) return entries
  updaters.sort(byTimeAndManager)
  const kept = new Map(entries.map((entry) => [managerKey(entry), entry]))
  /** By version, the oldest entry, which becomes a bucket when the next one comes. */
  const oldest = new Map<string, ManagedEntry>()
  let count = updaters.length
  for (const entry of updaters) {
    if (count <= updatersMax) break
    const { apiVersion, time } = entry
    const first = oldest.get(apiVersion)
    if (!first) {
      oldest.set(apiVersion, entry)
      continue
    }
    const key = managerKey(bucketOf(apiVersion, emptySet, undefined))
    const into = kept.get(key) ?? first
    kept.delete(managerKey(into))
    kept.delete(managerKey(entry))
    // The time of the newest that was folded in.
    kept.set(key, bucketOf(apiVersion, union(entry.fieldsV1, into.fieldsV1), time))
    count--
  }
  return [...kept.values()]
}

const bucketOf = (apiVersion: string, fields: FieldSet, time: string | undefined): ManagedEntry =>
  managedEntry({ name: ancientChanges, apiVersion, subresource: '' }, 'Update', fields, time)

function byTimeAndManager(a: ManagedEntry, b: ManagedEntry): number {
  return compare(a.time ?? '', b.time ?? '') || compareStrings(managerKey(a), managerKey(b))
}

/** What to store: undefined for none. */
export function orderedManagedFields(entries: readonly ManagedEntry[]): ManagedEntry[] | undefined {
  if (entries.length === 0) return undefined
  return entries.toSorted(
    (a, b) =>
      compare(a.operation, b.operation) ||
      compare(a.time ?? '', b.time ?? '') ||
      compareStrings(a.manager ?? '', b.manager ?? '') ||
      compare(a.apiVersion, b.apiVersion) ||
      compare(a.subresource ?? '', b.subresource ?? ''),
  )
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
