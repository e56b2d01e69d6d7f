import type { Clock } from '../clock.ts'
import { createLogger, type Logger, type LogLevel } from '../log.ts'

export { freePorts } from './free-ports.ts'

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  set(ms: number): void
  advance(ms: number): void
}

export function manualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let now = startMs
  return {
    now: () => now,
    set: (ms) => {
      now = ms
    },
    advance: (ms) => {
      now += ms
    },
  }
}

/** A logger that keeps its lines, parsed, for a test to look at. */
export function recordingLogger(level: LogLevel = 'debug'): { log: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = []
  const log = createLogger({ write: (line) => lines.push(JSON.parse(line)), format: 'json', level })
  return { log, lines }
}
