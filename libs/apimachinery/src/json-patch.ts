/**
 * JSON Patch (RFC 6902) and JSON Merge Patch (RFC 7396). Both return a new value and leave their inputs alone.
 * Where RFC 6902 leaves room, this does what the library of kube-apiserver does: `replace` of a missing member adds it.
 * Source: github.com/evanphx/json-patch as used by apiserver pkg/endpoints/handlers/patch.go
 */
import { keptDepthMax, movedElementsMax, valuesMax } from './limits.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** The document does not allow the patch: a path that is not there, a `test` that fails. */
export class PatchFailed extends Error {
  override readonly name = 'PatchFailed'
}

/** The patch itself is malformed. */
export class PatchMalformed extends Error {
  override readonly name = 'PatchMalformed'
}

interface Operation {
  op: string
  path: string
  from?: string
  value?: Json
}

/** Operations of an RFC 6902 document, or throws PatchMalformed. Null is a patch without any. */
export function parseJsonPatch(value: unknown): Operation[] {
  if (value === null) return []
  if (!Array.isArray(value))
    throw new PatchMalformed(`json: cannot unmarshal ${typeName(value)} into Go value of type jsonpatch.Patch`)
  return value.map((operation) => {
    if (typeof operation !== 'object' || operation === null || Array.isArray(operation)) {
      throw new PatchMalformed(
        `json: cannot unmarshal ${typeName(operation)} into Go value of type jsonpatch.Operation`,
      )
    }
    return operation as Operation
  })
}

/** Bytes of JSON that the copies of one patch may make. Source: apiserver pkg/server/config.go, JSONPatchMaxCopyBytes */
const copiedBytesMax = 3 * 1024 * 1024

/** @param touched gets the objects that a path led through, which Go's library writes with their keys in order */
export function applyJsonPatch(document: Json, operations: readonly Operation[], touched = new Set<object>()): Json {
  const patching = { touched, copiedBytes: 0, copiedValues: 0, movedElements: 0 }
  let result = copyOf(document)
  for (const operation of operations) result = applyOne(result, operation, patching)
  return result
}

interface Patching {
  readonly touched: Set<object>
  copiedBytes: number
  copiedValues: number
  /** Elements of lists that stood behind one which was added or removed. */
  movedElements: number
}

function applyOne(document: Json, { op, path, from, value }: Operation, patching: Patching): Json {
  const target = pointer(path)
  const { touched } = patching
  switch (op) {
    case 'add':
      return put(document, target, present(value), 'add', patching)
    case 'replace':
      return put(document, target, present(value), 'replace', patching)
    case 'remove':
      return remove(document, target, patching)
    case 'move': {
      const source = pointer(from)
      const moved = get(document, source, touched)
      return put(remove(document, source, patching), target, moved, 'add', patching)
    }
    case 'copy':
      return put(document, target, copied(get(document, pointer(from), touched, true), patching), 'add', patching)
    case 'test':
      if (!equal(get(document, target, touched, true), value ?? null))
        throw new PatchFailed(`testing value ${path} failed: test failed`)
      return document
    default:
      throw new PatchFailed(`Unexpected kind: ${op}`)
  }
}

function copied(value: Json, patching: Patching): Json {
  patching.copiedBytes += JSON.stringify(value).length
  if (patching.copiedBytes > copiedBytesMax) {
    throw new PatchFailed(
      `Unable to complete the copy, the accumulated size increase of copy is ${patching.copiedBytes}, exceeding the limit ${copiedBytesMax}`,
    )
  }
  patching.copiedValues += valuesIn(value)
  if (patching.copiedValues > valuesMax)
    throw new PatchFailed(`Unable to complete the copy, which would make more than ${valuesMax} values`)
  return copyOf(value)
}

function valuesIn(value: Json): number {
  if (typeof value !== 'object' || value === null) return 1
  let count = 1
  for (const member of Object.values(value)) count += valuesIn(member)
  return count
}

function countMoved(elements: number, patching: Patching): void {
  patching.movedElements += elements
  if (patching.movedElements > movedElementsMax)
    throw new PatchFailed(`Unable to move more than ${movedElementsMax} elements of lists`)
}

const present = (value: Json | undefined): Json => (value === undefined ? null : copyOf(value))

/** Unlike those of `structuredClone`, its arrays have no holes to V8, which makes `splice` at their start fifty times as fast. */
function copyOf(value: Json): Json {
  if (Array.isArray(value)) {
    const copy: Json[] = []
    for (const item of value) copy.push(copyOf(item))
    return copy
  }
  if (!isObject(value)) return value
  const copy: { [key: string]: Json } = {}
  for (const [key, member] of Object.entries(value)) setOwn(copy, key, copyOf(member))
  return copy
}

/** RFC 6901, but that what stands before the first slash is passed over: `x/data` is `/data`, as upstream's library has it. */
function pointer(path: unknown): string[] {
  if (typeof path !== 'string') throw new PatchFailed('a path is missing')
  if (path === '') return []
  if (!path.includes('/')) throw new PatchFailed(`"${path}" is not a JSON pointer`)
  const parts = path.slice(path.indexOf('/') + 1).split('/', keptDepthMax + 1)
  if (parts.length > keptDepthMax) throw new PatchFailed('a path is too deep')
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function get(document: Json, path: readonly string[], touched: Set<object>, missingIsNull = false): Json {
  let at: Json | undefined = document
  for (const [i, part] of path.entries()) {
    if (isObject(at)) touched.add(at)
    const last = i === path.length - 1
    if (Array.isArray(at)) at = at[index(part, at.length - 1)]
    else if (isObject(at) && Object.hasOwn(at, part)) at = at[part]
    else if (isObject(at) && last && missingIsNull) return null
    else throw new PatchFailed(`the path /${path.join('/')} does not exist`)
  }
  return at as Json
}

function put(document: Json, path: readonly string[], value: Json, how: 'add' | 'replace', patching: Patching): Json {
  const { touched } = patching
  if (path.length === 0) return value
  const parent = get(document, path.slice(0, -1), touched)
  const key = path.at(-1) as string
  if (Array.isArray(parent)) {
    if (how === 'replace') parent[index(key, parent.length - 1)] = value
    else {
      const at = key === '-' ? parent.length : index(key, parent.length)
      countMoved(parent.length - at, patching)
      parent.splice(at, 0, value)
    }
  } else if (isObject(parent)) {
    touched.add(parent)
    setOwn(parent, key, value)
  } else throw new PatchFailed(`the path /${path.join('/')} does not exist`)
  return document
}

function remove(document: Json, path: readonly string[], patching: Patching): Json {
  const key = path.at(-1)
  if (key === undefined) return null
  const parent = get(document, path.slice(0, -1), patching.touched)
  if (Array.isArray(parent)) {
    const at = index(key, parent.length - 1)
    countMoved(parent.length - at, patching)
    parent.splice(at, 1)
  } else if (isObject(parent) && Object.hasOwn(parent, key)) delete parent[key]
  else throw new PatchFailed(`the path /${path.join('/')} does not exist`)
  return document
}

function index(part: string, max: number): number {
  const i = /^-?\d+$/.test(part) ? Number(part) : Number.NaN
  const positive = i < 0 ? max + 1 + i : i
  if (!(positive >= 0 && positive <= max)) throw new PatchFailed(`Unable to access invalid index: ${part}`)
  return positive
}

/** RFC 7396: null removes, objects merge, everything else replaces. */
export function applyMergePatch(document: Json, patch: Json): Json {
  if (!isObject(patch)) return copyOf(patch)
  const result: { [key: string]: Json } = isObject(document) ? { ...document } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else setOwn(result, key, applyMergePatch(Object.hasOwn(result, key) ? (result[key] as Json) : null, value))
  }
  return result
}

/** `__proto__` is a name like any other. */
function setOwn(object: { [key: string]: Json }, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}

const isObject = (value: unknown): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function equal(a: Json, b: Json): boolean {
  if (a === b) return true
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((x, i) => equal(x, b[i] as Json))
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every((k) => Object.hasOwn(b, k) && equal(a[k] as Json, b[k] as Json))
  )
}

/** As encoding/json names what it found. */
function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (value === null) return 'null'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
