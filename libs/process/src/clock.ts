/** The time, handed in so that a test can set it. Durations on the hot path use `performance.now()` instead. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }
