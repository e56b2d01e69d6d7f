/** What patches and documents are made of, and what is wrong with them. */
import { goType, goValue } from './go-text.ts'
import type { Json } from './json-patch.ts'

export type JsonObject = { [key: string]: Json }

/** A strategic merge patch that cannot be applied. */
export class StrategicMergeError extends Error {
  override readonly name = 'StrategicMergeError'
  /** What upstream answers with: a malformed directive is the client's fault, the rest has no status of its own. */
  readonly code: 400 | 422 | 500

  constructor(code: 400 | 422 | 500, message: string) {
    super(message)
    this.code = code
  }
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function asList(value: Json | undefined): Json[] {
  if (!Array.isArray(value)) throw wrongType('[]interface {}', value)
  return value
}

export function asMap(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw wrongType('map[string]interface {}', value)
  return value
}

const wrongType = (expected: string, value: Json | undefined): StrategicMergeError =>
  new StrategicMergeError(500, `expected a ${expected}, but received a ${goType(value)}`)

/** The value of an element's key, or throws when it has none. */
export function keyIn(item: Json, mergeKey: string): Json {
  const key = asMap(item)[mergeKey]
  if (key !== undefined) return key
  throw new StrategicMergeError(500, `map: ${goValue(item)} does not contain declared merge key: ${mergeKey}`)
}
