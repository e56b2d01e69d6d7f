/**
 * Amounts of resources, such as `100m` or `1.5Gi`: parsed exactly, and written in the one form that equal amounts of the
 * same notation share.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/api/resource/{quantity,suffix,amount}.go
 */

export class QuantityError extends Error {
  override readonly name = 'QuantityError'
}

const formatWrong = `quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`
const suffixWrong = `unable to parse quantity's suffix`

const shape = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/
const decimalExponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}
const binaryExponents: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }
const decimalSuffixes = new Map(Object.entries(decimalExponents).map(([suffix, exponent]) => [exponent, suffix]))
const binarySuffixes = ['', ...Object.keys(binaryExponents)]

type Notation = 'decimal' | 'exponent' | 'binary'

export interface Quantity {
  /** In units of 10⁻⁹, the smallest amount there is; smaller parts were rounded away from zero. */
  readonly nanos: bigint
  readonly notation: Notation
}

const nanosPerOne = 1_000_000_000n
/** 2⁶³ - 1: binary amounts are capped there. */
const binaryMax = 9_223_372_036_854_775_807n
/** Characters: an amount needs few, and arithmetic on its digits must stay cheap. */
const lengthMax = 128
/** Powers of ten of a suffix such as `e3`. */
const exponentMax = 100

/** @throws QuantityError */
export function parseQuantity(text: string): Quantity {
  const found = text.length <= lengthMax ? shape.exec(text) : null
  if (!found || text === '') throw new QuantityError(formatWrong)
  const [, sign, whole = '', fraction = '', suffix = ''] = found
  const { base, exponent, notation } = interpretSuffix(suffix)
  const digits = BigInt(whole + fraction || '0')
  const scaled = base === 2 ? digits << BigInt(exponent) : digits
  const nanos = shiftDecimal(scaled, 9 - fraction.length + (base === 10 ? exponent : 0))
  const capped = notation === 'binary' && nanos > binaryMax * nanosPerOne ? binaryMax * nanosPerOne : nanos
  return { nanos: sign === '-' ? -capped : capped, notation }
}

/** The form in which Kubernetes writes the amount. @throws QuantityError */
export function canonicalQuantity(text: string): string {
  const quantity = parseQuantity(text)
  return keepsItsText(text) ? text : formatQuantity(quantity)
}

/** ParseQuantity keeps texts that look canonical as they are, with a sign, trailing or leading zeros: `1.500`, `+1`, `1E3`. */
function keepsItsText(text: string): boolean {
  const [, , whole = '', fraction = '', suffix = ''] = shape.exec(text) ?? []
  const significant = whole.replace(/^0+/, '') || '0'
  const { exponent, notation } = interpretSuffix(suffix)
  if (notation === 'binary') {
    const isFast = fraction === '' && 15 - significant.length - Math.trunc((exponent * 3) / 10) - 1 >= 0
    return isFast && Number(significant) % 8 !== 0
  }
  const shifted = significant + fraction
  const scale = exponent - fraction.length
  return shifted.length <= 18 && scale >= -9 && scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0')
}

export function formatQuantity({ nanos, notation }: Quantity): string {
  if (nanos === 0n) return '0'
  const isBelow1024 = nanos > -1024n * nanosPerOne && nanos < 1024n * nanosPerOne
  if (notation === 'binary' && !isBelow1024 && nanos % nanosPerOne === 0n) return formatBinary(nanos / nanosPerOne)
  return formatDecimal(nanos, notation === 'exponent')
}

function formatBinary(value: bigint): string {
  let power = 0
  let rest = value
  while (power < binarySuffixes.length - 1 && rest % 1024n === 0n) {
    rest /= 1024n
    power++
  }
  return `${rest}${binarySuffixes[power]}`
}

function formatDecimal(nanos: bigint, asExponent: boolean): string {
  let exponent = -9
  let rest = nanos
  // Only multiples of three have a suffix. Beyond E there is none, so the digits stay.
  while (rest % 1000n === 0n && (asExponent || exponent < 18)) {
    rest /= 1000n
    exponent += 3
  }
  if (!asExponent) return `${rest}${decimalSuffixes.get(exponent)}`
  return exponent === 0 ? `${rest}` : `${rest}e${exponent}`
}

function interpretSuffix(suffix: string): { base: 2 | 10; exponent: number; notation: Notation } {
  const decimal = Object.hasOwn(decimalExponents, suffix) ? decimalExponents[suffix] : undefined
  if (decimal !== undefined) return { base: 10, exponent: decimal, notation: 'decimal' }
  const binary = Object.hasOwn(binaryExponents, suffix) ? binaryExponents[suffix] : undefined
  if (binary !== undefined) return { base: 2, exponent: binary, notation: 'binary' }
  const power = /^[eE]([-+]?[0-9]+)$/.exec(suffix)?.[1]
  if (power === undefined || Math.abs(Number(power)) > exponentMax) throw new QuantityError(suffixWrong)
  return { base: 10, exponent: Number(power), notation: 'exponent' }
}

/** Multiplies by a power of ten; what does not fit is rounded up, so that a tiny amount never becomes nothing. */
function shiftDecimal(value: bigint, places: number): bigint {
  if (places >= 0) return value * 10n ** BigInt(places)
  const divisor = 10n ** BigInt(-places)
  return (value + divisor - 1n) / divisor
}
