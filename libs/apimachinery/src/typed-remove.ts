/**
 * Takes fields out of a value.
 * Source: sigs.k8s.io/structured-merge-diff typed/remove.go
 */
import { type FieldSet, hasChildren, isMember } from './field-set.ts'
import { memberElement } from './field-set-element.ts'
import { type ListType, type StructType, typeOfAny, type ValueType } from './typed-schema.ts'
import { elementOf, isJsonObject, type JsonObject } from './typed-value.ts'

/** The object without the fields of the set. What is emptied stays, as an empty list or map. */
export function removeFields(type: StructType, object: JsonObject, fields: FieldSet): JsonObject {
  return hasChildren(fields) ? ((withoutFields(type, object, fields) ?? {}) as JsonObject) : object
}

/** The value without the fields below it; undefined when nothing can be left of it. */
function withoutFields(type: ValueType, value: unknown, fields: FieldSet): unknown {
  if (type.kind === 'any') return withoutFields(typeOfAny(value), value, fields)
  if (type.kind === 'scalar') return value
  if (type.atomic) return undefined
  if (type.kind === 'list') return Array.isArray(value) ? withoutItems(type, value, fields) : undefined
  if (!isJsonObject(value)) return undefined
  return withoutMembers(value, fields, (name) => (type.kind === 'map' ? type.element : type.field(name)?.type))
}

function withoutMembers(
  object: JsonObject,
  fields: FieldSet,
  typeOf: (name: string) => ValueType | undefined,
): JsonObject | undefined {
  const entries: [string, unknown][] = []
  let wasInside = false
  for (const [name, value] of Object.entries(object)) {
    const node = fields[memberElement(name)]
    if (node && isMember(node)) continue
    const type = typeOf(name)
    if (node && type) {
      wasInside = true
      entries.push([name, emptied(value, withoutFields(type, value, node))])
    } else entries.push([name, value])
  }
  // Through entries, so that a member named __proto__ stays a member.
  return entries.length > 0 || wasInside ? Object.fromEntries(entries) : undefined
}

function withoutItems(type: ListType, list: readonly unknown[], fields: FieldSet): unknown[] | undefined {
  const items: unknown[] = []
  let wasInside = false
  for (const item of list) {
    const node = fields[elementOf(type, item)]
    if (node && isMember(node)) continue
    if (node) wasInside = true
    items.push(node ? emptied(item, withoutFields(type.element, item, node)) : item)
  }
  return items.length > 0 || wasInside ? items : undefined
}

function emptied(before: unknown, after: unknown): unknown {
  if (after !== undefined) return after
  return Array.isArray(before) ? [] : isJsonObject(before) ? {} : null
}
