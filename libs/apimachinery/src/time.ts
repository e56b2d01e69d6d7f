/**
 * The times of API objects: seconds (metav1.Time) or microseconds (metav1.MicroTime), always written in UTC.
 * Parsing is as lenient, and fails in the same words, as Go's time.Parse with the two layouts.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/{time,micro_time}.go; Go time/format.go
 */
import { cut } from './go-text.ts'
import { shownValueMax } from './limits.ts'

export class TimeParseError extends Error {
  override readonly name = 'TimeParseError'
}

/** Seconds since the epoch of Go's zero time, which counts as unset. */
export const zeroTimeSeconds = -62_135_596_800

export interface Instant {
  /** Since the Unix epoch. */
  readonly seconds: number
  /** 0 to 999,999,999. */
  readonly nanos: number
}

const canonical = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/
const canonicalMicro = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/

/** The canonical form of a time; undefined for the zero time. @throws TimeParseError */
export function canonicalTime(text: string): string | undefined {
  if (canonical.test(text) && formatSeconds(Date.parse(text) / 1000) === text)
    return text === '0001-01-01T00:00:00Z' ? undefined : text
  const { seconds } = parseInstant(text, false)
  return timeFromSeconds(seconds)
}

/** The canonical form of a time with microseconds; undefined for the zero time. @throws TimeParseError */
export function canonicalMicroTime(text: string): string | undefined {
  const instant = parseMicroTime(text)
  return microTimeFromInstant(instant)
}

/** Undefined for the zero time. */
export function timeFromSeconds(seconds: number): string | undefined {
  return seconds === zeroTimeSeconds ? undefined : formatSeconds(seconds)
}

/** Undefined for the zero time. What is finer than a microsecond is cut off. */
export function microTimeFromInstant({ seconds, nanos }: Instant): string | undefined {
  if (seconds === zeroTimeSeconds && nanos === 0) return undefined
  const micros = Math.trunc(nanos / 1000)
  return `${formatSeconds(seconds).slice(0, -1)}.${String(micros).padStart(6, '0')}Z`
}

/** @throws TimeParseError */
export function parseTime(text: string): Instant {
  return parseInstant(text, false)
}

/** @throws TimeParseError */
export function parseMicroTime(text: string): Instant {
  if (canonicalMicro.test(text)) {
    const ms = Date.parse(`${text.slice(0, 19)}Z`)
    if (`${formatSeconds(ms / 1000).slice(0, 19)}` === text.slice(0, 19))
      return { seconds: ms / 1000, nanos: Number(text.slice(20, 26)) * 1000 }
  }
  return parseInstant(text, true)
}

function formatSeconds(seconds: number): string {
  const date = new Date(seconds * 1000)
  // Out of the range of a date, which only a hand-made protobuf message can reach.
  if (Number.isNaN(date.getTime())) return '9999-12-31T23:59:59Z'
  return `${date.toISOString().slice(0, -5)}Z`
}

const layoutStart = '2006-01-02T15:04:05'

function parseInstant(text: string, micro: boolean): Instant {
  return new LayoutParser(text, micro).parse()
}

/** Walks the layout as time.Parse does, because the errors name the element that did not fit and what was left. */
class LayoutParser {
  readonly #text: string
  readonly #micro: boolean
  #rest: string

  constructor(text: string, micro: boolean) {
    this.#text = text
    this.#micro = micro
    this.#rest = text
  }

  parse(): Instant {
    const year = this.#digits('2006', 4, 4)
    this.#literal('-')
    const month = this.#digits('01', 2, 2)
    this.#range('month', month, 1, 12)
    this.#literal('-')
    const day = this.#digits('02', 2, 2)
    this.#literal('T')
    const hour = this.#digits('15', 1, 2)
    this.#range('hour', hour, 0, 23)
    this.#literal(':')
    const minute = this.#digits('04', 2, 2)
    this.#range('minute', minute, 0, 59)
    this.#literal(':')
    const second = this.#digits('05', 2, 2)
    this.#range('second', second, 0, 59)
    const nanos = this.#fraction()
    const offsetMinutes = this.#zone()
    if (this.#rest !== '')
      throw new TimeParseError(`parsing time ${quote(this.#text)}: extra text: ${quote(this.#rest)}`)
    const date = new Date(0)
    date.setUTCFullYear(year, month - 1, day)
    if (day < 1 || date.getUTCDate() !== day) throw this.#outOfRange('day')
    date.setUTCHours(hour, minute, second)
    return { seconds: date.getTime() / 1000 - offsetMinutes * 60, nanos }
  }

  #digits(element: string, least: number, most: number): number {
    const found = /^[0-9]+/.exec(this.#rest)?.[0].slice(0, most) ?? ''
    if (found.length < least) throw this.#cannotParse(element)
    this.#rest = this.#rest.slice(found.length)
    return Number(found)
  }

  #literal(character: string): void {
    if (!this.#rest.startsWith(character)) throw this.#cannotParse(character)
    this.#rest = this.#rest.slice(1)
  }

  /** Six digits where the layout has them; otherwise any number of digits, which Go reads though the layout has none. */
  #fraction(): number {
    const found = (this.#micro ? /^[.,][0-9]{6}/ : /^[.,][0-9]+/).exec(this.#rest)?.[0]
    if (found === undefined) {
      if (this.#micro) throw this.#cannotParse('.000000')
      return 0
    }
    this.#rest = this.#rest.slice(found.length)
    return Number(found.slice(1, 10).padEnd(9, '0'))
  }

  /** Minutes east of Greenwich. */
  #zone(): number {
    const element = 'Z07:00'
    if (this.#rest.startsWith('Z')) {
      this.#rest = this.#rest.slice(1)
      return 0
    }
    const found = /^([-+])([0-9]{2}):([0-9]{2})/.exec(this.#rest)
    if (!found) throw this.#cannotParse(element)
    const [all, sign, hours, minutes] = found
    this.#range('time zone offset hour', Number(hours), 0, 24)
    this.#range('time zone offset minute', Number(minutes), 0, 60)
    this.#rest = this.#rest.slice(all.length)
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
  }

  #range(what: string, value: number, least: number, most: number): void {
    if (value < least || value > most) throw this.#outOfRange(what)
  }

  #outOfRange(what: string): TimeParseError {
    return new TimeParseError(`parsing time ${quote(this.#text)}: ${what} out of range`)
  }

  #cannotParse(element: string): TimeParseError {
    const layout = `${layoutStart}${this.#micro ? '.000000' : ''}Z07:00`
    return new TimeParseError(
      `parsing time ${quote(this.#text)} as ${quote(layout)}: cannot parse ${quote(this.#rest)} as ${quote(element)}`,
    )
  }
}

/** As Go's time package quotes: bytes that are not printable ASCII escaped. */
function quote(text: string): string {
  let quoted = ''
  for (const byte of Buffer.from(cut(text, shownValueMax))) {
    const character = String.fromCharCode(byte)
    if (byte < 0x20 || byte >= 0x80) quoted += `\\x${byte.toString(16).padStart(2, '0')}`
    else quoted += character === '"' || character === '\\' ? `\\${character}` : character
  }
  return `"${quoted}"`
}
