import { isIP } from 'node:net'

/**
 * Turns the text of one flag value into its type, or throws an Error whose message completes
 * `--flag "text": …`.
 */
export interface Parser<T> {
  (text: string): T
  /** Stands for the value in `--help`. */
  readonly placeholder?: string
  /** The text meant by the flag without a value. */
  readonly whenBare?: string
}

function parser<T>(placeholder: string, parse: (text: string) => T, whenBare?: string): Parser<T> {
  return Object.assign((text: string) => parse(text), { placeholder, ...(whenBare !== undefined && { whenBare }) })
}

export const string = parser('TEXT', (text) => text)

export const filePath = parser('FILE', (text) => {
  if (text === '') throw new Error('must be a path')
  return text
})

export const folderPath = parser('DIR', (text) => filePath(text))

/** Go's `strconv.ParseBool`, as every Kubernetes flag reads it. */
export const boolean = parser<boolean>(
  '',
  (text) => {
    if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
    if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false
    throw new Error('must be true or false')
  },
  'true',
)

/** A whole number within inclusive bounds. */
export function integer(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): Parser<number> {
  return parser('N', (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
    if (!Number.isSafeInteger(value)) throw new Error('must be a whole number')
    if (value < min || value > max) throw new Error(`must be between ${min} and ${max}`)
    return value
  })
}

/** An IP address of either family. */
export const ipAddress = parser('IP', (text) => {
  if (isIP(text) === 0) throw new Error('must be an IP address')
  return text
})

/** A TCP port; 0 lets the system choose a free one. */
export const port = integer(0, 65535)

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/**
 * A duration in Go's syntax (`1h30m`, `1.5s`, `-2us`, `0`), as milliseconds.
 * Source: Go time.ParseDuration, which every Kubernetes duration flag uses.
 */
export const durationMs = parser('DURATION', (text) => {
  const hint = 'must be a duration such as 1h30m, 10s or 500ms'
  const [, sign, body] = /^([+-]?)(.*)$/s.exec(text) ?? []
  if (!body) throw new Error(hint)
  if (body === '0') return 0
  let total = 0
  const rest = body.replaceAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g, (_, amount: string, unit: string) => {
    total += Number(amount) * (unitMs[unit] ?? Number.NaN)
    return ''
  })
  if (rest !== '' || !Number.isFinite(total)) throw new Error(hint)
  return sign === '-' ? -total : total
})

/** As `durationMs`, refusing what is below zero. */
export const positiveDurationMs = parser('DURATION', (text) => {
  const value = durationMs(text)
  if (value < 0) throw new Error('must not be negative')
  return value
})

/** An absolute https URL, kept byte for byte: an issuer is compared as text. */
export const httpsUrl = parser('URL', (text) => {
  const url = URL.parse(text)
  if (url === null || url.protocol !== 'https:') throw new Error('must be an absolute https URL')
  return text
})

/** Comma-separated words; blanks around them and empty ones are dropped. */
export const list: Parser<readonly string[]> = parser('A,B', (text) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== ''),
)

/** One of a few words. */
export function oneOf<const T extends string>(...words: readonly T[]): Parser<T> {
  return parser(words.join('|'), (text) => {
    const found = words.find((word) => word === text)
    if (found === undefined) throw new Error(`must be one of ${words.join(', ')}`)
    return found
  })
}
