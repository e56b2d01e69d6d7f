/**
 * What a scalar of YAML 1.1 means to Go's library, which is also what must be quoted to stay text.
 * Source: go.yaml.in/yaml/v2 resolve.go, encode.go
 */

import { type Int64, int64From, isInt64 } from '@ensign/apimachinery'

export type PlainValue = string | Int64 | boolean | null

const words = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
])
const longestWord = 5

const notFinite = new Map([
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
])

/** The key whose value is another map, or a list of maps, to take members from. */
export const mergeKey = '<<'

const decimal = /^[-+]?(?:0|[1-9][0-9]*)$/
const prefixed = /^([-+]?)0(?:[xX]([0-9a-fA-F]+)|[bB]([01]+)|[oO]?([0-7]+))$/
/** Digits and sign that a number holds exactly. */
const safeLengthMax = 15
/** Digits and sign of the longest integer of 64 bits. */
const integerLengthMax = 20
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
/** Sign, prefix and digits of the longest number of 64 bits in other notations, a binary one. */
const prefixedLengthMax = 67
/** What is larger is no number in other notations than the decimal one. */
const wholeMax = 2n ** 64n

/** The value of a scalar without quotes and tag. */
export function plainValue(text: string): PlainValue {
  const first = text.charCodeAt(0)
  // A digit, a sign or a dot.
  if ((first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e)
    return numberOf(text) ?? text
  if (text.length > longestWord) return text
  const word = words.get(text)
  return word === undefined ? text : word
}

function numberOf(text: string): Int64 | undefined {
  const special = notFinite.get(text)
  if (special !== undefined) return special
  const plain = text.includes('_') ? text.replaceAll('_', '') : text
  const [, sign, hex, binary, octal] = prefixed.exec(plain) ?? []
  if (sign !== undefined && plain.length <= prefixedLengthMax) {
    const value = BigInt(hex ? `0x${hex}` : binary ? `0b${binary}` : `0o${octal}`)
    if (value < wholeMax) return integer(sign === '-' ? -value : value)
  }
  if (decimal.test(plain)) {
    if (plain.length <= safeLengthMax) return Number(plain) + 0
    if (plain.length <= integerLengthMax) return integer(BigInt(plain.replace('+', '')))
  } else if (!float.test(text[0] === '.' ? text : plain)) return undefined
  const number = Number(plain)
  return Number.isFinite(number) ? number : undefined
}

/** Beyond 64 bits with a sign, integers are as exact as a number can be. */
const integer = (value: bigint): Int64 => (isInt64(value) ? int64From(value) : Number(value))

const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const time = /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?)?$/

/** True for text that some reader of YAML 1.1 would take for something else if it stood there without quotes. */
export const needsQuotes = (text: string): boolean =>
  typeof plainValue(text) !== 'string' || text === mergeKey || base60.test(text) || time.test(text)
