/**
 * Merges an applied configuration into the live object: nothing is removed, what the configuration gives wins.
 * Source: sigs.k8s.io/structured-merge-diff typed/merge.go
 */
import type { PathElement } from './field-set-element.ts'
import { type ListType, type StructType, typeOfAny, type ValueType } from './typed-schema.ts'
import { asList, asObject, elementOf, isWhole, type JsonObject } from './typed-value.ts'

/** The merged object, which shares what it can with both. */
export const mergeTyped = (type: StructType, live: JsonObject, config: JsonObject): JsonObject =>
  mergeStruct(type, live, config)

function merge(type: ValueType, live: unknown, config: unknown): unknown {
  if (config === undefined) return live
  if (live === undefined || isWhole(type, live, config)) return config
  switch (type.kind) {
    case 'list':
      return mergeLists(type, asList(live), asList(config))
    case 'struct':
      return mergeStruct(type, asObject(live), asObject(config))
    case 'any':
      return merge(typeOfAny(config), live, config)
    default:
      return mergeMembers(asObject(live), asObject(config), () => type.kind === 'map' && type.element)
  }
}

const mergeStruct = (type: StructType, live: JsonObject, config: JsonObject): JsonObject =>
  mergeMembers(live, config, (name) => type.field(name)?.type)

function mergeMembers(
  live: JsonObject,
  config: JsonObject,
  typeOf: (name: string) => ValueType | undefined | false,
): JsonObject {
  const result: Record<string, unknown> = { ...live }
  for (const [name, value] of Object.entries(config)) {
    const type = typeOf(name)
    const merged = type ? merge(type, Object.hasOwn(live, name) ? live[name] : undefined, value) : value
    if (name !== '__proto__') result[name] = merged
    else Object.defineProperty(result, name, { value: merged, enumerable: true, writable: true, configurable: true })
  }
  return result
}

interface Item {
  readonly element: PathElement
  readonly value: unknown
}

/**
 * Items of the configuration come in its order; what only the live list has stays before the shared item that it stood
 * before. Duplicates of the live list are replaced by the configuration's item, or all kept when it has none.
 */
function mergeLists(type: ListType, live: readonly unknown[], config: readonly unknown[]): unknown[] {
  const itemOf = (value: unknown): Item => ({ element: elementOf(type, value), value })
  const left = live.map(itemOf)
  const right = config.map(itemOf)
  const liveValues = new Map<PathElement, unknown>()
  // Of duplicates none is merged into: null stands for all of them.
  for (const { element, value } of left) liveValues.set(element, liveValues.has(element) ? null : value)
  const configured = new Set(right.map(({ element }) => element))
  const shared = right.map(({ element }) => element).filter((element) => liveValues.has(element))

  const result: unknown[] = []
  const placed = new Set<PathElement>()
  let next = 0
  const place = ({ element, value }: Item): void => {
    placed.add(element)
    result.push(merge(type.element, liveValues.get(element), value))
    if (element === shared[next]) next++
  }
  let l = 0
  let r = 0
  while (l < left.length || r < right.length) {
    const ours = left[l]
    const theirs = right[r]
    if (ours && theirs) {
      if (ours.element === theirs.element) {
        place(theirs)
        l++
        r++
        continue
      }
      // A shared item whose turn comes later: the configuration's order decides.
      if (configured.has(ours.element) && next < shared.length && shared[next] !== ours.element) {
        l++
        continue
      }
    }
    if (ours) {
      if (!configured.has(ours.element)) {
        result.push(ours.value)
        l++
        continue
      }
      if (placed.has(ours.element)) l++
    }
    if (theirs) {
      place(theirs)
      r++
    }
  }
  return result
}
