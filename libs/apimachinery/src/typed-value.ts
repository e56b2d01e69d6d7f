/**
 * What walks over values and their types have in common.
 * Source: sigs.k8s.io/structured-merge-diff typed/{helpers,tofieldset}.go
 */
import { type FieldSet, leaf, withSelf } from './field-set.ts'
import { keyElement, memberElement, type PathElement, setElement, sortElements } from './field-set-element.ts'
import { compareStrings } from './go-text.ts'
import { type ListType, typeOfAny, type ValueType } from './typed-schema.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** A value does not fit its type. */
export class TypedValueError extends Error {
  override readonly name = 'TypedValueError'
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Null and whatever else is no object counts as the empty one. */
export const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {})
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Equal as JSON: members that are undefined count as not there. */
export function jsonEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    for (let i = 0; i < a.length; i++) if (!jsonEqual(a[i], b[i])) return false
    return true
  }
  if (Array.isArray(b)) return false
  for (const name in a) {
    const value = (a as JsonObject)[name]
    if (!jsonEqual(value, Object.hasOwn(b, name) ? (b as JsonObject)[name] : undefined)) return false
  }
  for (const name in b) {
    if (!Object.hasOwn(a, name) && (b as JsonObject)[name] !== undefined) return false
  }
  return true
}

export function isEmptyObject(value: object): boolean {
  for (const name in value) if ((value as JsonObject)[name] !== undefined) return false
  return true
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) ? value.length === 0 : typeof value === 'object' && isEmptyObject(value))

/**
 * True where two versions of a value are compared and merged as a whole: scalars, what is atomic, and lists and maps that
 * are empty in both.
 */
export function isWhole(type: ValueType, before: unknown, after: unknown): boolean {
  switch (type.kind) {
    case 'scalar':
      return true
    case 'any':
      return !isJsonObject(before) || !isJsonObject(after) || (isEmpty(before) && isEmpty(after))
    default:
      return type.atomic || (isEmpty(before) && isEmpty(after))
  }
}

/**
 * The path element of a list's item.
 *
 * @throws TypedValueError when the item is none of a list of that type
 */
export function elementOf(type: ListType, item: unknown): PathElement {
  if (type.keys.length === 0) return setElementOf(item)
  if (item === null || item === undefined)
    throw new TypedValueError('associative list with keys may not have a null element')
  if (!isJsonObject(item)) throw new TypedValueError('associative list with keys may not have non-map elements')
  const element = keyElement(type.keys, item)
  if (element !== undefined) return element
  const names = type.keys.map(({ name }) => `"${name}"`).join(' ')
  throw new TypedValueError(
    `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  )
}

function setElementOf(item: unknown): PathElement {
  if (Array.isArray(item)) throw new TypedValueError('not supported: associative list with lists as elements')
  if (item === null || item === undefined)
    throw new TypedValueError("associative list without keys has an element that's an explicit null")
  if (typeof item === 'object')
    throw new TypedValueError("associative list without keys has an element that's a map type")
  return setElement(item)
}

/** Items by their path elements, in the order of the list: more than one where it has duplicates. */
export function itemsByElement(type: ListType, list: readonly unknown[]): Map<PathElement, unknown[]> {
  const items = new Map<PathElement, unknown[]>()
  for (const item of list) {
    const element = elementOf(type, item)
    const same = items.get(element)
    if (same) same.push(item)
    else items.set(element, [item])
  }
  return items
}

/** The keys of both, in the order of FieldsV1. */
export function elementsInOrder(
  a: ReadonlyMap<PathElement, unknown>,
  b: ReadonlyMap<PathElement, unknown>,
): PathElement[] {
  const elements = [...a.keys()]
  for (const element of b.keys()) if (!a.has(element)) elements.push(element)
  return sortElements(elements)
}

/** The names of the members of both, in Go's order. */
export function namesInOrder(a: JsonObject, b: JsonObject): string[] {
  const names = Object.keys(a)
  for (const name in b) if (!Object.hasOwn(a, name)) names.push(name)
  for (let i = 1; i < names.length; i++) {
    if (compareStrings(names[i - 1] as string, names[i] as string) > 0) return names.sort(compareStrings)
  }
  return names
}

const none: JsonObject = {}

/** The node of a value that is there as a whole: it, what is in it, and so on down to scalars and what is atomic. */
export function everyField(type: ValueType, value: unknown): FieldSet {
  if (type.kind === 'any') return typeof value === 'object' ? everyField(typeOfAny(value), value) : leaf
  if (type.kind === 'scalar' || type.atomic || isEmpty(value)) return leaf
  const children: { [element: PathElement]: FieldSet } = {}
  if (type.kind === 'list') {
    const items = itemsByElement(type, asList(value))
    for (const element of elementsInOrder(items, noItems)) {
      const same = items.get(element) as unknown[]
      children[element] = same.length > 1 ? leaf : everyField(type.element, same[0])
    }
  } else if (type.kind === 'struct') {
    const object = asObject(value)
    for (const field of type.fields) {
      const member = object[field.name]
      if (member !== undefined && field.owned !== 'no') children[field.element] = everyField(field.type, member)
    }
  } else {
    const object = asObject(value)
    for (const name of namesInOrder(object, none)) {
      if (object[name] !== undefined) children[memberElement(name)] = everyField(type.element, object[name])
    }
  }
  return withSelf(children)
}

const noItems: ReadonlyMap<PathElement, unknown> = new Map()
