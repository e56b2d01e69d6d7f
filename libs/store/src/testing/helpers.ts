import type { Backend, LogEvent } from '../backend.ts'
import type { Revision } from '../revision.ts'
import type { Store } from '../store.ts'

export const revision = (value: number): Revision => value as Revision

/** A write that must succeed. */
export async function committed(
  backend: Backend,
  key: string,
  expected: Revision,
  json: string | undefined,
): Promise<Revision> {
  const outcome = await backend.commit(key, expected, json)
  if (!outcome.ok) throw new Error(`unexpected conflict on ${key}`)
  return outcome.revision
}

/** The log from `since` to its end. */
export async function eventsAfter(backend: Backend, since: Revision): Promise<LogEvent[]> {
  const events: LogEvent[] = []
  for (let from = since; ; ) {
    const read = await backend.after(from, 100)
    if (!read.ok) throw new Error(`compacted at ${read.at}`)
    events.push(...read.events)
    const last = read.events.at(-1)
    if (!last) return events
    from = last.revision
  }
}

/** Writes `key` whatever is there, retrying when another writer was faster. Tells the revision. */
export async function put(store: Store, key: string, next: (json: string | undefined) => string): Promise<Revision> {
  let current = await store.get(key)
  for (;;) {
    const json = next(current?.json)
    const written = current ? await store.update(key, json, current.revision) : await store.create(key, json)
    if (written.ok) return written.revision
    current = written.code === 'NotFound' ? undefined : written.current
  }
}

/** Collects the events of a watch until the signal aborts. */
export function record(store: Store, since: Revision, signal: AbortSignal) {
  const events: LogEvent[] = []
  let check = () => {}
  const ended = (async () => {
    for await (const batch of store.watch(since, signal)) {
      events.push(...batch)
      check()
    }
  })()
  return {
    events,
    ended,
    /** Resolves when the event of `upTo` has come; rejects when the watch ends before. */
    async until(upTo: Revision): Promise<void> {
      const reached = new Promise<void>((resolve) => {
        check = () => {
          if ((events.at(-1)?.revision ?? 0) >= upTo) resolve()
        }
        check()
      })
      await Promise.race([reached, ended])
    },
  }
}
