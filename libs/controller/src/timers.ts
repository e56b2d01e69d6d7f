/** The passing of time, handed in so that a test can be its own clock. */
export interface Timers {
  /** Milliseconds, growing; only differences mean something. */
  now(): number
  /** Calls back once. Returns how to prevent that. */
  after(ms: number, run: () => void): () => void
}

export const realTimers: Timers = {
  now: () => performance.now(),
  after(ms, run) {
    // setTimeout takes no more than 2^31 - 1 and runs at once above that.
    const timer = setTimeout(run, Math.min(ms, 2 ** 31 - 1))
    return () => clearTimeout(timer)
  },
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function pause(timers: Timers, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = timers.after(ms, done)
    signal.addEventListener('abort', done)
  })
}
