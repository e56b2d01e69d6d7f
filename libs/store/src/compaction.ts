import { isStoreError } from './errors.ts'
import { pause } from './pause.ts'
import type { Revision } from './revision.ts'
import type { Store } from './store.ts'

/**
 * How much history is kept for watchers that come back. Minutes are what clients need (a reconnect, a restart of a
 * controller), the count is what the database must be able to hold: 100,000 events of 4 kB are 400 MB at worst.
 */
export const compactionDefaults = {
  /** Kubernetes' etcd compaction interval. Source: k8s.io/apiserver pkg/storage/storagebackend/config.go, DefaultCompactInterval. */
  keepMs: 5 * 60_000,
  keepEventsMax: 100_000,
  /** How often the log is looked at. */
  everyMs: 30_000,
} as const

export interface CompactionOptions {
  readonly keepMs?: number
  readonly keepEventsMax?: number
}

/** Decides up to where a log may be forgotten: pure, so that time is whatever the caller says. */
export class CompactionPolicy {
  readonly #keepMs: number
  readonly #keepEventsMax: number
  readonly #seen: { readonly at: number; readonly head: Revision }[] = []

  constructor(options: CompactionOptions = {}) {
    this.#keepMs = options.keepMs ?? compactionDefaults.keepMs
    this.#keepEventsMax = options.keepEventsMax ?? compactionDefaults.keepEventsMax
  }

  /** Takes note that `head` was the newest revision at `nowMs`, and tells what may go; undefined when nothing may. */
  observe(nowMs: number, head: Revision): Revision | undefined {
    this.#seen.push({ at: nowMs, head })
    let old: Revision | undefined
    while (this.#seen.length > 1 && nowMs - this.#seen[0]!.at >= this.#keepMs) old = this.#seen.shift()!.head
    // Revisions grow by one with each event, so their difference counts the events.
    const surplus = head - this.#keepEventsMax
    const upTo = Math.max(old ?? 0, surplus)
    return upTo > 0 ? (upTo as Revision) : undefined
  }
}

/**
 * Compacts `stores` for as long as the signal lets it. A failure is told and the next turn tries again: compaction that
 * stopped for good after one bad answer has filled disks elsewhere.
 */
export async function keepCompacted(options: {
  readonly stores: () => Iterable<Store>
  readonly signal: AbortSignal
  readonly policy?: CompactionOptions
  readonly everyMs?: number
  readonly onError?: (resource: string, error: unknown) => void
}): Promise<void> {
  const { signal, everyMs = compactionDefaults.everyMs } = options
  const policies = new Map<string, CompactionPolicy>()
  while (!signal.aborted) {
    for (const store of options.stores()) {
      if (signal.aborted) return
      const policy = policies.get(store.resource) ?? new CompactionPolicy(options.policy)
      policies.set(store.resource, policy)
      try {
        const upTo = policy.observe(performance.now(), await store.head())
        if (upTo !== undefined && upTo > store.compactedRevision) await store.compact(upTo)
      } catch (error) {
        if (isStoreError(error, 'Closed')) return
        options.onError?.(store.resource, error)
      }
    }
    await pause(everyMs, signal)
  }
}
