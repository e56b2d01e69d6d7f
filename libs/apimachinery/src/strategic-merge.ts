/**
 * Strategic merge patch: a merge patch that knows, from the kind's schema, which lists are keyed and are merged element by
 * element, and that can say more by directives (`$patch`, `$retainKeys`, `$deleteFromPrimitiveList`, `$setElementOrder`).
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go
 */
import { goQuote, goType, goValue } from './go-text.ts'
import type { Json } from './json-patch.ts'
import { mergedValuesMax, valuesMax } from './limits.ts'
import type { MessageSchema } from './schema.ts'
import { type Member, type Plan, planOf } from './schema-plan.ts'
import { tooManyValues } from './status.ts'
import { mergedOrder, mergeKeyedList, mergeSet } from './strategic-merge-list.ts'
import { asList, asMap, isObject, type JsonObject, keyIn, StrategicMergeError } from './strategic-merge-value.ts'

const patchDirective = '$patch'
const retainDirective = '$retainKeys'
const deletePrefix = '$deleteFromPrimitiveList'
const orderPrefix = '$setElementOrder'

/**
 * The patched document, a new object that shares what the patch leaves alone.
 *
 * @throws StrategicMergeError for directives that make no sense and elements without their keys
 */
export const applyStrategicMergePatch = (schema: MessageSchema, document: JsonObject, patch: JsonObject): JsonObject =>
  new Merger().objects(planOf(schema), document, patch)

class Merger {
  #copied = 0

  /** @param plan undefined in maps, whose entries have no schema of their own */
  objects(plan: Plan | undefined, original: JsonObject, patch: JsonObject): JsonObject {
    const directive = patch[patchDirective]
    if (directive !== undefined) return replaced(directive, patch)
    const result: JsonObject = { ...original }
    this.#count(Object.keys(result).length)
    retainKeys(result, patch)
    const done = this.#orderLists(plan, result, patch)
    for (const [key, value] of Object.entries(patch)) {
      if (key === retainDirective || key.startsWith(orderPrefix) || done.has(key)) continue
      if (key.startsWith(deletePrefix)) this.#deleteFromList(result, namedBy(key, deletePrefix), value)
      else this.#member(plan, result, key, value)
    }
    return result
  }

  /** A patch may name the same element many times, and each time all that is in it is copied. */
  #count(values: number): void {
    this.#copied += values
    if (this.#copied > mergedValuesMax) throw tooManyValues(valuesMax)
  }

  #member(plan: Plan | undefined, result: JsonObject, key: string, value: Json): void {
    const original = Object.hasOwn(result, key) ? result[key] : undefined
    let merged: Json | undefined
    if (value === null) merged = undefined
    else if (isObject(original) && isObject(value)) merged = this.#map(plan?.byName.get(key), original, value)
    else if (Array.isArray(original) && Array.isArray(value)) merged = this.#list(memberOf(plan, key), original, value)
    else merged = withoutDirectives(value)
    if (merged === undefined) delete result[key]
    else setOwn(result, key, merged)
  }

  #map(member: Member | undefined, original: JsonObject, patch: JsonObject): JsonObject {
    if (strategyOf(member) === 'replace') return patch
    return this.objects(member?.shape === 'one' && !member.scalar ? member.message : undefined, original, patch)
  }

  #list(member: Member, original: readonly Json[], patch: readonly Json[]): readonly Json[] & Json {
    if (strategyOf(member) !== 'merge') return patch as Json[]
    if (original.length === 0 && patch.length === 0) return original as Json[]
    this.#count(original.length + patch.length)
    if (!isObject(sampleOf(original, patch))) return mergeSet(original, patch)
    const key = member.field.patchMergeKey
    if (!key) throw new StrategicMergeError(500, `cannot merge lists without merge key for ${structName(member)}`)
    return mergeKeyedList(key, original, patch, (a, b) =>
      this.objects(member.scalar ? undefined : member.message, a, b),
    )
  }

  /** Merges the lists for which the patch gives an order, and returns their names. */
  #orderLists(plan: Plan | undefined, result: JsonObject, patch: JsonObject): Set<string> {
    const done = new Set<string>()
    for (const [directive, order] of Object.entries(patch)) {
      if (!directive.startsWith(orderPrefix)) continue
      const wanted = asList(order)
      const key = namedBy(directive, orderPrefix)
      const original = Object.hasOwn(result, key) ? asList(result[key]) : undefined
      const patched = Object.hasOwn(patch, key) ? asList(patch[key]) : undefined
      const member = memberOf(plan, key)
      checkOrder(patched ?? [], wanted, member.field.patchMergeKey)
      if (!original && !patched) continue
      const merged =
        original && patched
          ? this.#list(member, original, patched)
          : (original ?? (withoutDirectives(patched ?? []) as Json[]))
      sampleOf(original ?? [], patched ?? [])
      result[key] = mergedOrder(merged, wanted, original ?? [], member.field.patchMergeKey)
      done.add(key)
    }
    return done
  }

  #deleteFromList(result: JsonObject, key: string, gone: Json): void {
    const list = result[key]
    if (gone === null) delete result[key]
    if (!Array.isArray(list) || !Array.isArray(gone)) return
    this.#count(list.length + gone.length)
    const values = new Set(gone)
    result[key] = list.filter((value) => !values.has(value))
  }
}

function replaced(directive: Json, patch: JsonObject): JsonObject {
  if (directive === 'delete') return {}
  if (directive !== 'replace')
    throw new StrategicMergeError(500, `unknown patch type: ${String(directive)} in map: ${goValue(patch)}`)
  const { [patchDirective]: _, ...rest } = patch
  return rest
}

/** `retainKeys` is for clients; on the server only the other strategy matters. */
const strategyOf = (member: Member | undefined): string | undefined =>
  member?.field.patchStrategy?.find((strategy) => strategy !== 'retainKeys')

const structName = (member: Member): string => (member.scalar ? 'string' : 'struct')

function memberOf(plan: Plan | undefined, key: string): Member {
  const member = plan?.byName.get(key)
  if (member) return member
  throw new StrategicMergeError(
    500,
    plan
      ? `unable to find api field in struct ${plan.structName} for the json field ${goQuote(key)}`
      : 'merging an object in json but data type is not struct, instead is: map',
  )
}

/** An element that shows of what type all elements of the lists are. */
function sampleOf(...lists: readonly (readonly Json[])[]): Json {
  const elements = lists.flat()
  const [first] = elements
  if (first === undefined) throw new StrategicMergeError(500, 'no elements in any of the given slices')
  if (lists.some((list) => Array.isArray(list[0])))
    throw new StrategicMergeError(422, 'lists of lists are not supported')
  if (elements.some((element) => goType(element) !== goType(first)))
    throw new StrategicMergeError(500, `list element types are not identical: ${goValue(lists)}`)
  return first
}

/** Keys that the directive does not name go; the patch may set no others. */
function retainKeys(result: JsonObject, patch: JsonObject): void {
  const kept = patch[retainDirective]
  if (kept === undefined) return
  const names = new Set<Json>(Array.isArray(kept) ? kept : [])
  const stray = Object.keys(patch).some(
    (key) => key !== retainDirective && patch[key] !== null && !/^\$(delete|set)/.test(key) && !names.has(key),
  )
  if (!Array.isArray(kept) || stray) throw new StrategicMergeError(400, 'invalid patch format of retainKeys')
  for (const key of Object.keys(result)) if (!names.has(key)) delete result[key]
}

/** The patch's elements must all be in the order, and in that order. Those to be deleted need not. */
function checkOrder(patch: readonly Json[], order: readonly Json[], mergeKey: string | undefined): void {
  if (patch.length === 0 || order.length === 0) return
  const keyOf = (item: Json): Json => (mergeKey ? keyIn(item, mergeKey) : item)
  const items = mergeKey ? patch.filter((item) => asMap(item)[patchDirective] !== 'delete') : patch
  let [at, place] = [0, 0]
  while (at < items.length && place < order.length) {
    const item = items[at] as Json
    if (isObject(item) && item[patchDirective] !== undefined) at++
    else if (keyOf(item) === keyOf(order[place++] as Json)) at++
  }
  if (at < items.length) {
    throw new StrategicMergeError(
      500,
      `The order in patch list:\n${goValue(patch)}\n doesn't match ${orderPrefix} list:\n${goValue(order)}\n`,
    )
  }
}

function namedBy(directive: string, prefix: string): string {
  if (directive.startsWith(`${prefix}/`)) return directive.slice(prefix.length + 1)
  const list = prefix === orderPrefix ? 'setElementOrder' : 'primitive'
  throw new StrategicMergeError(400, `invalid patch format of ${list} list`)
}

/** A value that was not there before: without nulls, and without objects that are directives. Undefined when it is one. */
function withoutDirectives(value: Json): Json | undefined {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined)
  if (!isObject(value)) return value
  if (patchDirective in value) return undefined
  const entries = Object.entries(value)
    .map(([key, member]) => [key, member === null ? undefined : withoutDirectives(member)] as const)
    .filter(([, member]) => member !== undefined)
  return Object.fromEntries(entries) as JsonObject
}

/** `__proto__` is a name like any other. */
function setOwn(object: JsonObject, key: string, value: Json): void {
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
}
