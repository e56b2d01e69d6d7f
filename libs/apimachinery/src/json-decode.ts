/**
 * From parsed JSON to the canonical object of a kind: members in schema order, unknown ones dropped and reported, and
 * written or left out as Go's encoder would do with the decoded struct. Errors are in the words of Go's decoder.
 * Source: sigs.k8s.io/json internal/golang/encoding/json/decode.go
 */
import { type DecodePath, elementPath, fieldStackOf, memberPath, strictPathOf } from './json-decode-path.ts'
import { decodeScalar, goKindOf, goTypeOf, isObject, ScalarError } from './json-decode-scalar.ts'
import type { JsonDocument } from './json-text.ts'
import { errorTextMax, keptDepthMax, strictErrorsMax, wrongValuesMax } from './limits.ts'
import type { MessageSchema } from './schema.ts'
import { type Member, objectFromSlots, type Plan, planOf, sortedKeys, zeroElementOf } from './schema-plan.ts'

export class JsonDecodeError extends Error {
  override readonly name = 'JsonDecodeError'
}

export interface DecodeOptions {
  /** Called with the path of every member that the schema lacks, such as `spec.containers[0].foo`. */
  readonly unknownField?: (path: string) => void
  /** Called with the path of every key of `duplicates` that the schema knows. */
  readonly duplicateField?: (path: string) => void
  /** What parseJson found beside the value. */
  readonly duplicates?: JsonDocument['duplicates']
}

/**
 * Null counts as absent. Numbers may be JsonNumber, and must be for errors about `1e3` in an integer member.
 *
 * @param value as parseJson or JSON.parse gives it; not changed, but parts without a schema may be shared
 * @throws JsonDecodeError
 */
export function decodeJson<T = Record<string, unknown>>(
  schema: MessageSchema,
  value: unknown,
  options: DecodeOptions = {},
): T {
  const decoder = new Decoder(options)
  const plan = planOf(schema)
  if (!isObject(value)) {
    throw new JsonDecodeError(`json: cannot unmarshal ${goKindOf(value)} into Go value of type ${schema.goName}`)
  }
  const object = decoder.message(plan, value, undefined)
  decoder.finish()
  return object as T
}

class Decoder {
  readonly #options: DecodeOptions
  readonly #reported = new Set<string>()
  #firstError: JsonDecodeError | undefined
  #charactersLeft = errorTextMax
  #wrong = 0
  #depth = 0

  constructor(options: DecodeOptions) {
    this.#options = options
  }

  /** Go's decoder goes on after a value of the wrong type, and reports the first one. */
  finish(): void {
    if (this.#firstError) throw this.#firstError
  }

  message(plan: Plan, source: Record<string, unknown>, path: DecodePath | undefined): Record<string, unknown> {
    if (++this.#depth > keptDepthMax) throw new JsonDecodeError('exceeded max depth')
    const duplicates = this.#options.duplicates?.get(source)
    const repeated = duplicates?.entries()
    let next = repeated?.next().value
    let keys = 0
    const slots: unknown[] = new Array(plan.members.length).fill(undefined)
    for (const key in source) {
      // A repetition is told before the member that it stood in front of.
      for (; next && next[1] === keys; next = repeated?.next().value) this.#reportDuplicate(plan, path, next[0])
      keys++
      const member = plan.byName.get(key)
      if (!member) this.#report(this.#options.unknownField, path, key)
      else {
        const value = source[key]
        if (value !== null && value !== undefined) slots[member.slot] = this.#member(plan, member, value, path)
      }
    }
    for (; next; next = repeated?.next().value) this.#reportDuplicate(plan, path, next[0])
    this.#depth--
    return objectFromSlots(plan, slots)
  }

  #member(plan: Plan, member: Member, value: unknown, path: DecodePath | undefined): unknown {
    const here = memberPath(path, plan, member)
    switch (member.shape) {
      case 'one':
        return this.#element(member, value, here)
      case 'list':
        if (!Array.isArray(value)) return this.#mismatch(value, `[]${goTypeOf(member)}`, here)
        return value.map((element, index) => this.#listElement(member, element, here, index))
      case 'map':
        if (!isObject(value)) return this.#mismatch(value, `map[string]${goTypeOf(member)}`, here)
        return this.#map(member, value, here)
    }
  }

  #map(member: Member, value: Record<string, unknown>, path: DecodePath): Record<string, unknown> {
    for (const key of this.#options.duplicates?.get(value)?.keys() ?? [])
      this.#report(this.#options.duplicateField, path, key)
    const map: Record<string, unknown> = {}
    for (const key of sortedKeys(value)) {
      const element = this.#listElement(member, value[key], path, key)
      if (key !== '__proto__') map[key] = element
      else Object.defineProperty(map, key, { value: element, writable: true, enumerable: true, configurable: true })
    }
    return map
  }

  #listElement(member: Member, value: unknown, path: DecodePath, key: string | number): unknown {
    if (value === null || value === undefined) return zeroElementOf(member)
    if (member.scalar === 'string' && typeof value === 'string') return value
    const element = this.#element(member, value, elementPath(path, key))
    return element === undefined ? zeroElementOf(member) : element
  }

  /** Undefined when the value is of the wrong type, and for the zero time. */
  #element(member: Member, value: unknown, path: DecodePath): unknown {
    if (member.scalar === undefined) {
      if (!isObject(value)) return this.#mismatch(value, goTypeOf(member), path)
      return this.message(member.message, value, path)
    }
    try {
      return decodeScalar(member.scalar, value, member.field.goType)
    } catch (error) {
      if (!(error instanceof ScalarError)) throw error
      this.#countWrong()
      const decodeError = new JsonDecodeError(
        error.goType === undefined ? error.message : typeError(error.message, error.goType, path),
      )
      if (error.isFinal) throw decodeError
      this.#firstError ??= decodeError
      return undefined
    }
  }

  /** Looks no longer for an error that would end the decoding at once when so much is wrong already. */
  #countWrong(): void {
    if (this.#firstError && ++this.#wrong > wrongValuesMax) throw this.#firstError
  }

  #mismatch(value: unknown, goType: string, path: DecodePath): undefined {
    this.#countWrong()
    this.#firstError ??= new JsonDecodeError(typeError(goKindOf(value), goType, path))
    return undefined
  }

  #reportDuplicate(plan: Plan, path: DecodePath | undefined, key: string): void {
    if (plan.byName.has(key)) this.#report(this.#options.duplicateField, path, key)
  }

  #report(report: ((path: string) => void) | undefined, path: DecodePath | undefined, key: string): void {
    if (!report || this.#reported.size >= strictErrorsMax || this.#charactersLeft <= 0) return
    const full = path ? `${strictPathOf(path)}.${key}` : key
    const seen = `${report === this.#options.unknownField ? 'unknown' : 'duplicate'} ${full}`
    if (this.#reported.has(seen)) return
    this.#reported.add(seen)
    this.#charactersLeft -= full.length
    report(full)
  }
}

function typeError(goKind: string, goType: string, path: DecodePath): string {
  return `json: cannot unmarshal ${goKind} into Go struct field ${path.plan.structName}.${fieldStackOf(path)} of type ${goType}`
}
