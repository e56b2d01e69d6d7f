/**
 * Sets of fields that were written under another schema, or by somebody who did not care for one.
 * Source: sigs.k8s.io/structured-merge-diff typed/reconcile_schema.go
 */
import { type FieldSet, hasChildren, isMember, leaf } from './field-set.ts'
import type { PathElement } from './field-set-element.ts'
import type { ValueType } from './typed-schema.ts'

/** The set in the schema's terms: who owned something inside of what is atomic now owns that. */
export function reconcileFieldSet(type: ValueType, set: FieldSet): FieldSet {
  let changed: { [element: PathElement]: FieldSet } | undefined
  for (const element in set) {
    const node = set[element] as FieldSet
    const inner = hasChildren(node) ? typeAt(type, element) : undefined
    if (!inner) continue
    const next = isAtomic(inner) ? leaf : reconcileFieldSet(inner, node)
    if (next !== node) {
      changed ??= { ...set }
      changed[element] = next
    }
  }
  return changed ?? set
}

const isAtomic = (type: ValueType): boolean => 'atomic' in type && type.atomic

/** The type of what stands at a path element of a value; undefined where the schema has nothing there. */
export function typeAt(type: ValueType, element: PathElement): ValueType | undefined {
  switch (element[0]) {
    case 'f':
      if (type.kind === 'struct') return type.field(element.slice(2))?.type
      return type.kind === 'map' ? type.element : undefined
    case 'k':
      return type.kind === 'list' ? type.element : undefined
    default:
      return undefined
  }
}

/**
 * The set with the named fields on the way to its members, which sets leave out: with `a.b.c` also `a` where that is a
 * field of a struct, but not `a.b` where that is an entry of a map. The metadata as such stays out: it is never removed.
 * Source: sigs.k8s.io/structured-merge-diff fieldpath/set.go, EnsureNamedFieldsAreMembers
 */
export function withNamedFields(type: ValueType | undefined, set: FieldSet): FieldSet {
  const result: { [element: PathElement]: FieldSet } = {}
  for (const element in set) {
    const node = set[element] as FieldSet
    if (!hasChildren(node)) {
      result[element] = node
      continue
    }
    const isNamed = type?.kind === 'struct' && element[0] === 'f' && type.field(element.slice(2))?.owned === 'yes'
    const inner = withNamedFields(type && typeAt(type, element), node)
    result[element] = isNamed && !isMember(inner) ? { '.': leaf, ...inner } : inner
  }
  return result
}
