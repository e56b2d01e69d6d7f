import { limits } from './limits.ts'
import { realTimers, type Timers } from './timers.ts'

/**
 * Keys that wait for work. Four promises (client-go util/workqueue/doc.go has the same):
 *
 * - fair: keys are taken in the order in which they were added;
 * - stingy: a key that is added twice before it is taken is taken once, and never by two workers at a time;
 * - a key may be added while it is being worked on, and is then worked on once more;
 * - shutting down is orderly: workers learn of it, and what they have begun they finish.
 */
export interface WorkQueue {
  add(key: string): void
  /** Later; an earlier date for the same key wins. */
  addAfter(key: string, ms: number): void
  /** Later, and the later the more often this has been called since the last `forget`. */
  addRateLimited(key: string): void
  /** How often `addRateLimited` was called for the key since the last `forget`. */
  failures(key: string): number
  forget(key: string): void
  /** The next key, as soon as there is one; undefined when the queue is shut down. `done` must follow. */
  take(): Promise<string | undefined>
  done(key: string): void
  /** Keys that could be taken now. */
  readonly length: number
  /** Hands out nothing more. What waits is dropped: the next start sees the world anew. */
  shutDown(): void
}

export function createWorkQueue(
  options: { readonly timers?: Timers; readonly retryFirstMs?: number; readonly retryMaxMs?: number } = {},
): WorkQueue {
  const { timers = realTimers, retryFirstMs = limits.retryFirstMs, retryMaxMs = limits.retryMaxMs } = options
  /** In the order of their arrival, each at most once. */
  const ready = new Set<string>()
  const working = new Set<string>()
  /** Added while they were being worked on. */
  const again = new Set<string>()
  const later = new Map<string, { readonly due: number; readonly cancel: () => void }>()
  const failures = new Map<string, number>()
  const takers: ((key: string | undefined) => void)[] = []
  let down = false

  function add(key: string): void {
    if (down) return
    if (working.has(key)) {
      again.add(key)
      return
    }
    ready.add(key)
    serve()
  }

  function serve(): void {
    for (const key of ready) {
      const taker = takers.shift()
      if (!taker) return
      ready.delete(key)
      working.add(key)
      taker(key)
    }
  }

  function addAfter(key: string, ms: number): void {
    if (down) return
    if (ms <= 0) return add(key)
    const due = timers.now() + ms
    const planned = later.get(key)
    if (planned && planned.due <= due) return
    planned?.cancel()
    const cancel = timers.after(ms, () => {
      later.delete(key)
      add(key)
    })
    later.set(key, { due, cancel })
  }

  return {
    add,
    addAfter,
    addRateLimited(key) {
      const count = failures.get(key) ?? 0
      failures.set(key, count + 1)
      addAfter(key, Math.min(retryFirstMs * 2 ** count, retryMaxMs))
    },
    failures: (key) => failures.get(key) ?? 0,
    forget: (key) => void failures.delete(key),
    take() {
      if (down) return Promise.resolve(undefined)
      return new Promise((resolve) => {
        takers.push(resolve)
        serve()
      })
    },
    done(key) {
      working.delete(key)
      if (again.delete(key)) add(key)
    },
    get length() {
      return ready.size
    },
    shutDown() {
      down = true
      ready.clear()
      again.clear()
      for (const { cancel } of later.values()) cancel()
      later.clear()
      for (const taker of takers.splice(0)) taker(undefined)
    },
  }
}
