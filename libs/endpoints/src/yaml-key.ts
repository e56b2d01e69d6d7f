/**
 * The order of keys and the form of numbers in YAML.
 * Source: go.yaml.in/yaml/v2 sorter.go, emitterc.go (yaml_emitter_check_simple_key); Go strconv/ftoa.go
 */

/** Bytes of a key that may stand in front of its colon on one line. */
const keyBytesMax = 128

export const keyNeedsSign = (key: string): boolean =>
  key.length * 3 > keyBytesMax && Buffer.byteLength(key) > keyBytesMax

const isLetter = (code: number): boolean =>
  code < 0x80 ? (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a : /\p{L}/u.test(String.fromCharCode(code))

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

/** As people sort names: numbers in them by their value, letters behind everything else. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  let at = 0
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++
  if (at === length) return a.length - b.length
  const left = a.charCodeAt(at)
  const right = b.charCodeAt(at)
  const byLetter = Number(isLetter(left)) - Number(isLetter(right))
  if (byLetter !== 0) return byLetter
  if (isDigit(left) || isDigit(right)) {
    const order = compareNumbersAt(a, b, at)
    if (order !== 0) return order
  }
  return left - right
}

/** Compares the numbers of which the first different digits are at that place. */
function compareNumbersAt(a: string, b: string, at: number): number {
  let startsWithMore = false
  if (a[at] === '0' || b[at] === '0') {
    for (let i = at - 1; i >= 0 && isDigit(a.charCodeAt(i)); i--) startsWithMore ||= a[i] !== '0'
  }
  const left = digitsAt(a, at)
  const right = digitsAt(b, at)
  const [x, y] = startsWithMore ? [`1${left}`, `1${right}`] : [left, right]
  return Number(x || '0') - Number(y || '0') || left.length - right.length
}

function digitsAt(text: string, from: number): string {
  let to = from
  while (isDigit(text.charCodeAt(to))) to++
  return text.slice(from, to)
}

/** Powers of ten from which on a fraction has an exponent. Source: strconv/ftoa.go, %g with as few digits as it takes */
const exponentFrom = 6
const exponentBelow = -4
/** Larger whole numbers have an exponent in JSON, and are fractions from there on. */
const wholeMax = 1e21

export function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < wholeMax) return String(value)
  const [digits, exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= exponentBelow && power < exponentFrom) return String(value)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
