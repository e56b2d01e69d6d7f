/** Values that are not messages, from JSON to their canonical JSON form, with the errors of Go's decoder. */
import { Base64Error, canonicalBase64 } from './base64.ts'
import { type Int64, parseInt64 } from './int64.ts'
import { JsonNumber } from './json-text.ts'
import { keptDepthMax } from './limits.ts'
import { canonicalQuantity, QuantityError } from './quantity.ts'
import type { ScalarType } from './schema.ts'
import type { Member } from './schema-plan.ts'
import { canonicalMicroTime, canonicalTime, TimeParseError } from './time.ts'

/** A value that does not fit. With `goType`, the message is only Go's word for what was found. */
export class ScalarError extends Error {
  readonly goType: string | undefined
  /** Errors of types that decode themselves end the decoding at once, even after an earlier error. */
  readonly isFinal: boolean

  constructor(message: string, { goType, isFinal = false }: { goType?: string; isFinal?: boolean } = {}) {
    super(message)
    this.goType = goType
    this.isFinal = isFinal
  }
}

const goTypes: Readonly<Record<ScalarType, string>> = {
  string: 'string',
  bool: 'bool',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  bytes: '[]uint8',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  intOrString: 'intstr.IntOrString',
  quantity: 'resource.Quantity',
  rawExtension: 'runtime.RawExtension',
  fieldsV1: 'v1.FieldsV1',
  stringList: '[]string',
}

/** Go's name of the type of the value, of a list's elements or of a map's values. */
export function goTypeOf(member: Member): string {
  return member.scalar === undefined ? member.message.schema.goName : (member.field.goType ?? goTypes[member.scalar])
}

/** Go's word for what a JSON value is. */
export function goKindOf(value: unknown): string {
  if (value instanceof JsonNumber || typeof value === 'bigint') return 'number'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
}

/**
 * The canonical form of a value that is not null; undefined for the zero time.
 *
 * @param goType what the type is called in errors, where it is not the scalar's own name
 * @throws ScalarError
 */
export function decodeScalar(scalar: ScalarType, value: unknown, goType = goTypes[scalar]): unknown {
  switch (scalar) {
    case 'string':
      if (typeof value !== 'string') throw new ScalarError(goKindOf(value), { goType })
      return value
    case 'bool':
      if (typeof value !== 'boolean') throw new ScalarError(goKindOf(value), { goType })
      return value
    case 'int32':
    case 'int64':
      return decodeInteger(scalar, value)
    case 'double':
      if (value instanceof JsonNumber || typeof value === 'bigint')
        return Number(value instanceof JsonNumber ? value.text : value)
      if (typeof value !== 'number') throw new ScalarError(goKindOf(value), { goType })
      return value
    case 'bytes':
      if (typeof value !== 'string') throw new ScalarError(goKindOf(value), { goType })
      return translate(Base64Error, false, () => canonicalBase64(value))
    case 'time':
      return translate(TimeParseError, true, () => canonicalTime(textOf(value)))
    case 'microTime':
      return translate(TimeParseError, true, () => canonicalMicroTime(textOf(value)))
    case 'quantity':
      return translate(QuantityError, true, () => canonicalQuantity(quantityText(value)))
    case 'intOrString':
      return typeof value === 'string' ? value : decodeInteger('int32', value, true)
    case 'stringList':
      if (!Array.isArray(value)) throw new ScalarError(goKindOf(value), { goType })
      return value.map((element) => (element === null ? '' : decodeScalar('string', element)))
    case 'rawExtension':
    case 'fieldsV1':
      return plainJson(value, 0)
  }
}

function decodeInteger(scalar: 'int32' | 'int64', value: unknown, isFinal = false): Int64 {
  if (typeof value === 'number' && Number.isSafeInteger(value) && (scalar === 'int64' || value === (value | 0)))
    return value
  const text = numberText(value)
  if (text === undefined) throw new ScalarError(goKindOf(value), { goType: scalar, isFinal })
  const integer = parseInt64(text)
  if (integer !== undefined && (scalar === 'int64' || integer === (Number(integer) | 0))) return integer
  throw new ScalarError(`number ${text}`, { goType: scalar, isFinal })
}

function numberText(value: unknown): string | undefined {
  if (value instanceof JsonNumber) return value.text
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new ScalarError(goKindOf(value), { goType: 'string', isFinal: true })
  return value
}

/** Quantities may be numbers too; anything else fails in their own parser. */
function quantityText(value: unknown): string {
  return typeof value === 'string' ? value.trim() : (numberText(value) ?? '{}')
}

function translate<T>(expected: new (message: string) => Error, isFinal: boolean, decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    if (error instanceof expected) throw new ScalarError(error.message, { isFinal })
    throw error
  }
}

/** JSON without a schema: the same value, its numbers plain. */
function plainJson(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof JsonNumber) return parseInt64(value.text) ?? value.toJSON()
  if (depth > keptDepthMax) throw new ScalarError('exceeded max depth', { isFinal: true })
  if (Array.isArray(value)) return value.map((element) => plainJson(element, depth + 1))
  // Through entries, so that a member named __proto__ stays a member.
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainJson(member, depth + 1)]))
}
