/**
 * Structured log: a constant message and fields. Tokens, private keys and Secret data are never fields, so nothing
 * here looks for them; what only this file can do is to keep one hostile value from flooding the log.
 */
import { type Clock, systemClock } from './clock.ts'
import { logFieldLengthMax } from './limits.ts'

export type LogFields = Readonly<Record<string, unknown>>
export type LogLevel = (typeof levels)[number]
export type LogFormat = 'text' | 'json'

export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** Would a line of this level be written? For fields that are costly to gather. */
  enabled(level: LogLevel): boolean
  /** A logger whose every line carries these fields too. */
  with(fields: LogFields): Logger
}

const levels = ['debug', 'info', 'warn', 'error'] as const
export const logLevels: readonly LogLevel[] = levels

export function createLogger(options: {
  /** Takes one line, with its line break. */
  write: (line: string) => void
  format: LogFormat
  level?: LogLevel
  clock?: Clock
  fields?: LogFields
}): Logger {
  const { write, format, clock = systemClock } = options
  const threshold = levels.indexOf(options.level ?? 'info')
  const render = format === 'json' ? renderJson : renderText
  const make = (own: LogFields): Logger => {
    const at = (level: LogLevel) => {
      if (levels.indexOf(level) < threshold) return () => {}
      return (message: string, fields?: LogFields) => write(render(clock.now(), level, message, own, fields))
    }
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      enabled: (level) => levels.indexOf(level) >= threshold,
      with: (fields) => make({ ...own, ...fields }),
    }
  }
  return make(options.fields ?? {})
}

/** Text for a person at a terminal, JSON lines for whatever reads a pipe. */
export function logFormatFor(stream: { readonly isTTY?: boolean }): LogFormat {
  return stream.isTTY ? 'text' : 'json'
}

/** Drops everything; for code whose caller has no use for a log. */
export const silentLogger: Logger = createLogger({ write: () => {}, format: 'json', level: 'error' })

function renderJson(now: number, level: LogLevel, message: string, own: LogFields, fields?: LogFields): string {
  const line: Record<string, unknown> = { time: new Date(now).toISOString(), level, message }
  for (const [key, value] of Object.entries({ ...own, ...fields })) {
    // A field may not pass itself off as the time, the level or the message.
    if (value !== undefined) line[key in line ? `field.${key}` : key] = printable(value)
  }
  return `${JSON.stringify(line)}\n`
}

function renderText(now: number, level: LogLevel, message: string, own: LogFields, fields?: LogFields): string {
  let line = `${new Date(now).toISOString().slice(11, 23)} ${level.toUpperCase().padEnd(5)} ${message}`
  for (const [key, value] of Object.entries({ ...own, ...fields })) {
    if (value === undefined) continue
    const shown = printable(value)
    const text = typeof shown === 'string' ? shown : JSON.stringify(shown)
    // Quotes keep a value with blanks or control characters from looking like another field or line.
    line += ` ${key}=${/^[^\s"=\x00-\x1f\x7f]+$/.test(text) ? text : JSON.stringify(text)}`
  }
  return `${line}\n`
}

function printable(value: unknown): unknown {
  if (value instanceof Error) return cut(value.message)
  if (typeof value === 'string') return cut(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  const text = JSON.stringify(value) ?? String(value)
  return text.length > logFieldLengthMax ? cut(text) : value
}

function cut(text: string): string {
  return text.length > logFieldLengthMax ? `${text.slice(0, logFieldLengthMax)}… (${text.length} characters)` : text
}
