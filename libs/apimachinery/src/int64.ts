/**
 * Integers of 64 bits, exactly. A number holds them up to 2⁵³; what is larger is a bigint, here and in every object. So two
 * values are the same integer exactly when `===` says so.
 */
export type Int64 = number | bigint

/** Digits and sign of the longest one. */
const textLengthMax = 20
const most = 2n ** 63n - 1n
const integerText = /^-?[0-9]+$/

// Both are written as digits. Here and not where objects are written, because that is everywhere: one place that forgot
// would be an internal error for whoever sends such a number.
Object.defineProperty(BigInt.prototype, 'toJSON', {
  value(this: bigint): unknown {
    return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(this))
  },
  configurable: true,
  writable: true,
})

export const isInt64 = (value: unknown): value is Int64 =>
  typeof value === 'bigint' ? value <= most && value >= -most - 1n : Number.isSafeInteger(value)

/** The integer in its only form. */
export function int64From(value: bigint): Int64 {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** The next integer, as a counter of 64 bits has it. */
export const nextInt64 = (value: Int64): Int64 =>
  typeof value === 'number' && value < Number.MAX_SAFE_INTEGER
    ? value + 1
    : int64From(BigInt.asIntN(64, BigInt(value) + 1n))

/** The integer that the text of a JSON number is; undefined when it is none, or none of 64 bits. */
export function parseInt64(text: string): Int64 | undefined {
  if (text.length > textLengthMax || !integerText.test(text)) return undefined
  const value = int64From(BigInt(text))
  return isInt64(value) ? value : undefined
}

/** As many digits in a row as a number may not hold exactly. */
const manyDigits = /[0-9]{16}/

/** `JSON.parse` of what was written here, its integers exact. */
export function parsePlainJson(text: string): unknown {
  if (!manyDigits.test(text)) return JSON.parse(text)
  const exact = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) ? (parseInt64(context?.source ?? '') ?? value) : value
  return JSON.parse(text, exact)
}
