import type { Backend, Committed, Entry, LogEvent, LogListener, LogRead, RangeOptions } from './backend.ts'
import { compareKeys, lowerBound } from './order.ts'
import { absent, firstRevision, type Revision } from './revision.ts'

/** The backend for tests and throw-away planes, and the model that the others are compared with. Nothing survives it. */
export function createMemoryBackend(): Backend {
  const objects = new Map<string, Entry>()
  const listeners = new Set<LogListener>()
  let log: LogEvent[] = []
  let head = firstRevision
  let compacted = absent
  /** Keys in byte order, rebuilt by the first range after a key has come or gone. */
  let sorted: string[] | undefined

  return {
    async get(key) {
      return objects.get(key)
    },

    async range(prefix: string, { after, limit }: RangeOptions) {
      sorted ??= [...objects.keys()].sort(compareKeys)
      const from = after !== undefined && compareKeys(after, prefix) >= 0 ? after : prefix
      const entries: Entry[] = []
      for (let i = lowerBound(sorted, from); i < sorted.length && entries.length < limit; i++) {
        const key = sorted[i]!
        if (!key.startsWith(prefix)) break
        if (key !== after) entries.push(objects.get(key)!)
      }
      return { entries, head }
    },

    async commit(key, expected, json): Promise<Committed> {
      const was = objects.get(key)
      if ((was?.revision ?? absent) !== expected || (!was && json === undefined)) {
        return { ok: false, reason: 'conflict', ...(was && { current: was }) }
      }
      head = (head + 1) as Revision
      if (json === undefined) objects.delete(key)
      else objects.set(key, { key, revision: head, json })
      if (!was || json === undefined) sorted = undefined
      const event: LogEvent = {
        revision: head,
        key,
        ...(json !== undefined && { now: json }),
        ...(was && { was: was.json, wasRevision: was.revision }),
      }
      log.push(event)
      for (const listener of listeners) listener.heard([event])
      return { ok: true, revision: head, ...(was && { was }) }
    },

    async after(since, limit): Promise<LogRead> {
      if (since < compacted) return { ok: false, reason: 'compacted', at: compacted, head }
      const start = indexAfter(log, since)
      return { ok: true, events: log.slice(start, start + limit), head, compacted }
    },

    async compact(upTo) {
      compacted = Math.max(compacted, Math.min(upTo, head)) as Revision
      log = log.slice(indexAfter(log, compacted))
      return compacted
    },

    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    headNow: () => head,
  }
}

/** Index of the first event behind `since`. Revisions in a memory log have no holes. */
function indexAfter(log: readonly LogEvent[], since: Revision): number {
  const first = log[0]
  return first ? Math.max(0, since - first.revision + 1) : 0
}
