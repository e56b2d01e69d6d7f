/**
 * Strategic merge patch: a merge patch that knows, from the kind's schema, which lists are keyed and are merged element by
 * element, and that can say more by directives (`$patch`, `$retainKeys`, `$deleteFromPrimitiveList`, `$setElementOrder`).
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go
 */
import { goValue } from './go-text.ts'
import { type Json, PatchMalformed } from './json-patch.ts'
import type { FieldSchema, MessageSchema } from './schema.ts'

type JsonObject = { [key: string]: Json }

const patchDirective = '$patch'
const retainDirective = '$retainKeys'
const deletePrefix = '$deleteFromPrimitiveList/'
const orderPrefix = '$setElementOrder/'

/** @throws PatchMalformed for directives that make no sense and values of the wrong form */
export function applyStrategicMergePatch(schema: MessageSchema, document: Json, patch: Json): Json {
  return mergeObjects(schema, asObject(document), asObject(patch))
}

function mergeObjects(schema: MessageSchema | undefined, original: JsonObject, patch: JsonObject): JsonObject {
  const directive = patch[patchDirective]
  if (directive !== undefined) {
    if (directive === 'replace') return withoutDirectives(patch)
    if (directive === 'delete') return {}
    if (directive !== 'merge') throw new PatchMalformed(`unknown patch type: ${String(directive)}`)
  }
  const result: JsonObject = { ...original }
  const retained = patch[retainDirective]
  if (retained !== undefined) retainKeys(result, patch, asList(retained, retainDirective))
  for (const [key, value] of Object.entries(patch)) {
    if (key === patchDirective || key === retainDirective || key.startsWith(orderPrefix)) continue
    if (key.startsWith(deletePrefix)) {
      const name = key.slice(deletePrefix.length)
      const gone = asList(value, key)
      if (Array.isArray(result[name])) result[name] = (result[name] as Json[]).filter((v) => !gone.includes(v))
      continue
    }
    if (value === null) delete result[key]
    else result[key] = mergeField(fieldOf(schema, key), key, result[key], value, patch[orderPrefix + key])
  }
  // An order may be set for a list that the patch does not change otherwise.
  for (const [key, order] of Object.entries(patch)) {
    const name = key.slice(orderPrefix.length)
    if (!key.startsWith(orderPrefix) || name in patch || !Array.isArray(result[name])) continue
    result[name] = ordered(
      result[name] as Json[],
      result[name] as Json[],
      asList(order, key),
      fieldOf(schema, name)?.patchMergeKey,
    )
  }
  return result
}

function mergeField(
  field: FieldSchema | undefined,
  name: string,
  original: Json | undefined,
  patch: Json,
  order: Json | undefined,
): Json {
  const nested = typeof field?.type === 'function' ? field.type() : undefined
  const merges = field?.patchStrategy?.includes('merge') ?? false
  if (Array.isArray(patch)) {
    if (original !== undefined && !Array.isArray(original)) throw typeMismatch(original, patch)
    if (!merges) return patch.map(withoutDirectivesIn)
    const merged = field?.patchMergeKey
      ? mergeKeyedList(nested, field.patchMergeKey, original ?? [], patch)
      : [...(original ?? []), ...patch.filter((v) => !(original ?? []).includes(v))]
    return order === undefined
      ? merged
      : ordered(merged, original ?? [], asList(order, orderPrefix + name), field?.patchMergeKey)
  }
  if (isObject(patch)) {
    if (original !== undefined && !isObject(original)) throw typeMismatch(original, patch)
    if (field?.patchStrategy?.includes('replace')) return withoutDirectives(patch)
    // A map has values of the field's type; a message has members of its own.
    const inner = field?.map ? undefined : nested
    return mergeObjects(inner, original ?? {}, patch)
  }
  if (original !== undefined && (Array.isArray(original) || isObject(original))) throw typeMismatch(original, patch)
  return patch
}

function mergeKeyedList(
  schema: MessageSchema | undefined,
  mergeKey: string,
  original: readonly Json[],
  patch: readonly Json[],
): Json[] {
  const items = patch.map((item) => {
    if (!isObject(item)) throw new PatchMalformed(`cannot restore map from ${goType(item)}`)
    return item
  })
  if (items.some((i) => i[patchDirective] === 'replace')) {
    return items.filter((i) => i[patchDirective] !== 'replace' || Object.keys(i).length > 1).map(withoutDirectives)
  }
  let result = [...original]
  for (const item of items) {
    const key = item[mergeKey]
    if (key === undefined)
      throw new PatchMalformed(`map: ${goValue(item)} does not contain declared merge key: ${mergeKey}`)
    const same = (other: Json): boolean => isObject(other) && other[mergeKey] === key
    if (item[patchDirective] === 'delete') {
      result = result.filter((other) => !same(other))
      continue
    }
    const at = result.findIndex(same)
    if (at >= 0) result[at] = mergeObjects(schema, result[at] as JsonObject, item)
    else result.push(mergeObjects(schema, {}, item))
  }
  return result
}

/**
 * The list in the order that the patch asks for. What only the server has keeps its place among what it stood between.
 */
function ordered(
  merged: readonly Json[],
  server: readonly Json[],
  order: readonly Json[],
  mergeKey: string | undefined,
): Json[] {
  const keyOf = (item: Json): Json | undefined =>
    mergeKey === undefined ? item : isObject(item) ? item[mergeKey] : undefined
  const wanted = order.map(keyOf)
  const present = server.map(keyOf)
  const named = merged
    .filter((i) => wanted.includes(keyOf(i)))
    .sort((a, b) => wanted.indexOf(keyOf(a)) - wanted.indexOf(keyOf(b)))
  const others = merged.filter((i) => !wanted.includes(keyOf(i)))
  const result: Json[] = []
  while (named.length > 0 && others.length > 0) {
    const place = present.indexOf(keyOf(named[0] as Json))
    result.push(
      (place < 0 || place < present.indexOf(keyOf(others[0] as Json)) ? named.shift() : others.shift()) as Json,
    )
  }
  return [...result, ...named, ...others]
}

function retainKeys(result: JsonObject, patch: JsonObject, keys: readonly Json[]): void {
  for (const key of Object.keys(patch)) {
    if (!key.startsWith('$') && patch[key] !== null && !keys.includes(key)) {
      throw new PatchMalformed(
        `incorrect value for the ${retainDirective} field: it does not contain ${JSON.stringify(key)}`,
      )
    }
  }
  for (const key of Object.keys(result)) if (!keys.includes(key)) delete result[key]
}

function fieldOf(schema: MessageSchema | undefined, name: string): FieldSchema | undefined {
  for (const field of schema?.fields ?? []) {
    if (field.inline) {
      const found = typeof field.type === 'function' ? fieldOf(field.type(), name) : undefined
      if (found) return found
    } else if (field.name === name) return field
  }
  return undefined
}

function withoutDirectives(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object)
      .filter(([key, value]) => !key.startsWith('$') && value !== null)
      .map(([key, value]) => [key, withoutDirectivesIn(value)]),
  )
}
const withoutDirectivesIn = (value: Json): Json =>
  isObject(value) ? withoutDirectives(value) : Array.isArray(value) ? value.map(withoutDirectivesIn) : value

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function asObject(value: Json): JsonObject {
  if (!isObject(value)) throw new PatchMalformed(`cannot restore map from ${goType(value)}`)
  return value
}

function asList(value: Json, name: string): Json[] {
  if (!Array.isArray(value)) throw new PatchMalformed(`invalid value for ${name}: it must be a list`)
  return value
}

const typeMismatch = (original: Json, patch: Json): PatchMalformed =>
  new PatchMalformed(
    isObject(original)
      ? `cannot restore map from ${goType(patch)}`
      : Array.isArray(original)
        ? `cannot restore slice from ${goType(patch)}`
        : `type mismatch: ${goType(original)} and ${goType(patch)}`,
  )

const goType = (value: Json): string =>
  Array.isArray(value)
    ? 'slice'
    : isObject(value)
      ? 'map'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value === 'number'
          ? 'int64'
          : 'string'
