/**
 * Lists under a strategic merge: sets of scalars, and lists whose elements are told apart by a key.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go, mergeSlice and below
 */
import { goValue } from './go-text.ts'
import type { Json } from './json-patch.ts'
import { asMap, type JsonObject, keyIn, StrategicMergeError } from './strategic-merge-value.ts'

/** The values of both, those of the patch in its order. */
export function mergeSet(original: readonly Json[], patch: readonly Json[]): Json[] {
  return mergedOrder([...new Set([...original, ...patch])], patch, original, undefined)
}

/** @param merge makes one object of two elements with the same key */
export function mergeKeyedList(
  mergeKey: string,
  original: readonly Json[],
  patch: readonly Json[],
  merge: (original: JsonObject, patch: JsonObject) => JsonObject,
): Json[] {
  const { kept, changes } = withoutSpecials(mergeKey, original, patch)
  const merged = [...kept]
  const places = placesOf(merged.map((item) => asMap(item)[mergeKey] ?? null))
  for (const change of changes) {
    const key = keyIn(change, mergeKey)
    const at = places.get(key)
    if (at !== undefined) merged[at] = merge(merged[at] as JsonObject, change)
    else {
      places.set(key, merged.length)
      merged.push(change)
    }
  }
  return mergedOrder(merged, changes, kept, mergeKey)
}

/** The first place of each value. */
function placesOf(values: readonly Json[]): Map<Json, number> {
  const places = new Map<Json, number>()
  for (const [place, value] of values.entries()) if (!places.has(value)) places.set(value, place)
  return places
}

/** Carries out `$patch` directives among the patch's elements: what is left of the list, and of the patch. */
function withoutSpecials(
  mergeKey: string,
  original: readonly Json[],
  patch: readonly Json[],
): { kept: readonly Json[]; changes: JsonObject[] } {
  const changes: JsonObject[] = []
  const deleted = new Set<Json>()
  let isReplaced = false
  for (const item of patch.map(asMap)) {
    const directive = item['$patch']
    if (directive === undefined) changes.push(item)
    else if (directive === 'replace') isReplaced = true
    else if (directive === 'delete') deleted.add(keyIn(item, mergeKey))
    else if (directive === 'merge') {
      throw new StrategicMergeError(500, 'merging lists cannot yet be specified in the patch')
    } else throw new StrategicMergeError(500, `unknown patch type: ${String(directive)} in map: ${goValue(item)}`)
  }
  if (isReplaced) return { kept: changes, changes: [] }
  const isKept = (item: Json): boolean => !deleted.has(asMap(item)[mergeKey] ?? null)
  return { kept: deleted.size > 0 ? original.filter(isKept) : original, changes }
}

/**
 * The list with what the order names in that order. Whatever else the server has keeps its own order, and its place before
 * what it stood before.
 */
export function mergedOrder(
  merged: readonly Json[],
  order: readonly Json[],
  server: readonly Json[],
  mergeKey: string | undefined,
): Json[] {
  const keyOf = (item: Json): Json => (mergeKey ? keyIn(item, mergeKey) : item)
  const wanted = placesOf(order.map(keyOf))
  const present = placesOf(server.map(keyOf))
  const placeIn = (places: ReadonlyMap<Json, number>, item: Json): number => places.get(keyOf(item)) ?? -1
  const by = (places: ReadonlyMap<Json, number>) => (a: Json, b: Json) => placeIn(places, a) - placeIn(places, b)
  const named = merged.filter((item) => wanted.has(keyOf(item))).sort(by(wanted))
  const others = merged.filter((item) => !wanted.has(keyOf(item))).sort(by(present))
  const result: Json[] = []
  let [n, o] = [0, 0]
  while (n < named.length && o < others.length) {
    const other = placeIn(present, others[o] as Json)
    result.push((other >= 0 && other < placeIn(present, named[n] as Json) ? others[o++] : named[n++]) as Json)
  }
  return [...result, ...named.slice(n), ...others.slice(o)]
}
