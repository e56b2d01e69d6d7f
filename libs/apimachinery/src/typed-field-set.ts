/**
 * Which fields an applied configuration names: those its manager owns from then on.
 * Source: sigs.k8s.io/structured-merge-diff typed/tofieldset.go
 */
import { type FieldSet, hasChildren, leaf, withSelf } from './field-set.ts'
import { memberElement, type PathElement } from './field-set-element.ts'
import { type ListType, type StructType, typeOfAny, type ValueType } from './typed-schema.ts'
import {
  asList,
  asObject,
  elementsInOrder,
  isEmptyObject,
  isJsonObject,
  itemsByElement,
  type JsonObject,
  namesInOrder,
} from './typed-value.ts'

/**
 * Lists and structs that were given are not themselves in the set, unlike entries of maps and items of lists.
 *
 * @throws TypedValueError
 */
export const fieldSetOf = (type: StructType, config: JsonObject): FieldSet => fieldsOfStruct(type, config) ?? leaf

type Draft = { [element: PathElement]: FieldSet }

/** The node of a value; undefined when nothing of it belongs to the set. */
function fieldsOf(type: ValueType, value: unknown): FieldSet | undefined {
  if (type.kind === 'any') return fieldsOf(typeOfAny(value), value)
  if (type.kind === 'scalar' || type.atomic) return leaf
  if (value === null) return undefined
  if (type.kind === 'list') return fieldsOfList(type, asList(value))
  return type.kind === 'struct' ? fieldsOfStruct(type, asObject(value)) : fieldsOfMap(type.element, asObject(value))
}

function fieldsOfStruct(type: StructType, object: JsonObject): FieldSet | undefined {
  let node: Draft | undefined
  for (const field of type.fields) {
    const value = object[field.name]
    if (value === undefined || field.owned === 'no') continue
    let child = fieldsOf(field.type, value)
    const isNothing = value === null || (isJsonObject(value) && isEmptyObject(value))
    if (isNothing && field.owned === 'yes') child = child ? withSelfOnce(child) : leaf
    if (!child) continue
    node ??= {}
    node[field.element] = child
  }
  return node
}

function fieldsOfMap(type: ValueType, object: JsonObject): FieldSet | undefined {
  let node: Draft | undefined
  for (const name of namesInOrder(object, {})) {
    const child = fieldsOf(type, object[name])
    node ??= {}
    node[memberElement(name)] = child ? withSelfOnce(child) : leaf
  }
  return node
}

function fieldsOfList(type: ListType, list: readonly unknown[]): FieldSet | undefined {
  let node: Draft | undefined
  const items = itemsByElement(type, list)
  for (const element of elementsInOrder(items, items)) {
    const same = items.get(element) as unknown[]
    const child = same.length > 1 ? leaf : fieldsOf(type.element, same[0])
    node ??= {}
    node[element] = child ? withSelfOnce(child) : leaf
  }
  return node
}

const withSelfOnce = (node: FieldSet): FieldSet => (hasChildren(node) ? withSelf(node) : leaf)
