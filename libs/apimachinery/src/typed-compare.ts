/**
 * Which fields differ between two versions of an object.
 * Source: sigs.k8s.io/structured-merge-diff typed/compare.go
 */
import { type FieldSet, leaf } from './field-set.ts'
import { memberElement, type PathElement } from './field-set-element.ts'
import type { ListType, StructType, ValueType } from './typed-schema.ts'
import {
  asList,
  asObject,
  elementsInOrder,
  everyField,
  isWhole,
  itemsByElement,
  type JsonObject,
  jsonEqual,
  namesInOrder,
} from './typed-value.ts'

export interface Comparison {
  /** What `after` has and `before` has not, or has otherwise. */
  readonly changed: FieldSet
  /** What `before` has and `after` has not. */
  readonly removed: FieldSet
}

/** Compares what can be owned: identity and bookkeeping count as equal. */
export function compareFields(type: StructType, before: JsonObject, after: JsonObject): Comparison {
  const comparer = new Comparer()
  comparer.struct(type, before, after)
  return { changed: comparer.changed ?? leaf, removed: comparer.removed ?? leaf }
}

type Draft = { [element: PathElement]: FieldSet }

/** Each method leaves what it found about its value in `changed` and `removed`: a node of the set, or undefined. */
class Comparer {
  changed: FieldSet | undefined
  removed: FieldSet | undefined

  struct(type: StructType, before: JsonObject, after: JsonObject): void {
    let changed: Draft | undefined
    let removed: Draft | undefined
    for (const { name, element, type: fieldType, owned } of type.fields) {
      if (owned === 'no') continue
      const was = before[name]
      const is = after[name]
      if (was === is) continue
      this.value(fieldType, was, is)
      if (this.changed) {
        changed ??= {}
        changed[element] = this.changed
      }
      if (this.removed) {
        removed ??= {}
        removed[element] = this.removed
      }
    }
    this.changed = changed
    this.removed = removed
  }

  value(type: ValueType, before: unknown, after: unknown): void {
    this.changed = undefined
    this.removed = undefined
    if (before === after) return
    if (before === undefined) this.changed = everyField(type, after)
    else if (after === undefined) this.removed = everyField(type, before)
    else if (isWhole(type, before, after)) this.changed = jsonEqual(before, after) ? undefined : leaf
    else if (type.kind === 'list') this.#list(type, asList(before), asList(after))
    else if (type.kind === 'struct') this.struct(type, asObject(before), asObject(after))
    else this.#map(type.kind === 'map' ? type.element : type, asObject(before), asObject(after))
  }

  #map(element: ValueType, before: JsonObject, after: JsonObject): void {
    let changed: Draft | undefined
    let removed: Draft | undefined
    for (const name of namesInOrder(before, after)) {
      this.value(
        element,
        Object.hasOwn(before, name) ? before[name] : undefined,
        Object.hasOwn(after, name) ? after[name] : undefined,
      )
      const path = memberElement(name)
      if (this.changed) {
        changed ??= {}
        changed[path] = this.changed
      }
      if (this.removed) {
        removed ??= {}
        removed[path] = this.removed
      }
    }
    this.changed = changed
    this.removed = removed
  }

  #list(type: ListType, before: readonly unknown[], after: readonly unknown[]): void {
    const was = itemsByElement(type, before)
    const is = itemsByElement(type, after)
    let changed: Draft | undefined
    let removed: Draft | undefined
    for (const element of elementsInOrder(was, is)) {
      this.#items(type.element, was.get(element) ?? [], is.get(element) ?? [])
      if (this.changed) {
        changed ??= {}
        changed[element] = this.changed
      }
      if (this.removed) {
        removed ??= {}
        removed[element] = this.removed
      }
    }
    this.changed = changed
    this.removed = removed
  }

  /** Items of one path: one, or more when the list has duplicates, which are owned together as one value. */
  #items(type: ValueType, before: readonly unknown[], after: readonly unknown[]): void {
    if (before.length <= 1 && after.length <= 1) return this.value(type, before[0], after[0])
    this.changed = undefined
    this.removed = undefined
    if (before.length >= 2 && after.length >= 2) {
      if (!jsonEqual(before, after)) this.changed = leaf
      return
    }
    if (before.length >= 2) {
      if (after.length > 0) this.changed = everyField(type, after[0])
      this.removed = leaf
      return
    }
    if (before.length > 0) this.removed = everyField(type, before[0])
    this.changed = leaf
  }
}
