import type { Backend, LogEvent } from './backend.ts'
import { compactedError, isStoreError, StoreError } from './errors.ts'
import { limits } from './limits.ts'
import { pause } from './pause.ts'
import { absent, type Revision } from './revision.ts'

/** What one watcher has still to get. */
interface Cursor {
  /** Events up to this revision are not in `queue`: the watcher reads them from the log itself. */
  missing: Revision
  queue: (readonly LogEvent[])[]
  queued: number
  failure?: StoreError
  wake: () => void
}

/**
 * The one reader of a log, for all watchers of this process. A watcher joins first, then reads history up to where it
 * joined, then drops from its queue what it has seen: no gap, no duplicate. One that falls behind loses its queue and
 * reads the log at its own pace until it has caught up; only when the log is compacted under it does it fail.
 */
export class Feed {
  readonly #backend: Backend
  readonly #cursors = new Set<Cursor>()
  /** Newest revision handed to the cursors. Undefined until the first look at the database, and after its loss. */
  #position: Revision | undefined
  #compacted = absent
  #heardEarly = false
  #closed = false
  #reading: Promise<Revision> | undefined
  #readingNext: Promise<Revision> | undefined
  #pumping = false

  constructor(backend: Backend) {
    this.#backend = backend
    this.#position = backend.headNow?.()
    const stop = backend.listen({ heard: (events) => this.#heard(events), seen: () => this.#position })
    this.close = () => {
      stop()
      this.#closed = true
      this.#fail(new StoreError('Closed', 'the store was closed'))
    }
  }

  /** Ends every watch. */
  readonly close: () => void

  /** The newest compacted revision this process knows of. */
  get compacted(): Revision {
    return this.#compacted
  }

  async compact(upTo: Revision): Promise<void> {
    this.#compacted = await this.#backend.compact(upTo)
  }

  /**
   * The newest revision of the database, read after this call began. Whoever calls while a reading is under way shares
   * the next one, so a burst costs one round trip; and that one brings the events along.
   */
  head(): Promise<Revision> {
    if (!this.#reading) {
      this.#reading = this.#read().finally(() => {
        this.#reading = undefined
      })
      return this.#reading
    }
    const again = () => {
      this.#readingNext = undefined
      return this.head()
    }
    this.#readingNext ??= this.#reading.then(again, again)
    return this.#readingNext
  }

  /** Batches of events after `since`. See `Store.watch`. */
  async *watch(since: Revision, signal: AbortSignal): AsyncGenerator<readonly LogEvent[], void, undefined> {
    const head = this.#backend.headNow?.() ?? (await this.#retrying(() => this.head(), signal))
    if (head === undefined) return
    if (since > head) throw new StoreError('HistoryLost', `revision ${since} is newer than the newest one, ${head}`)
    const cursor: Cursor = { missing: this.#position ?? head, queue: [], queued: 0, wake: () => {} }
    if (this.#closed) throw new StoreError('Closed', 'the store was closed')
    this.#cursors.add(cursor)
    const onAbort = () => cursor.wake()
    signal.addEventListener('abort', onAbort)
    let seen = since
    try {
      while (!signal.aborted) {
        if (cursor.failure) throw cursor.failure
        if (seen < cursor.missing) {
          const read = await this.#retrying(() => this.#backend.after(seen, limits.logReadEvents), signal)
          if (read === undefined) return
          if (!read.ok) throw compactedError(seen, read.at)
          // Revisions without events exist where a counter was lifted (HistoryLost); there is nothing to wait for.
          seen = read.events.at(-1)?.revision ?? read.head
          if (read.events.length > 0) yield read.events
          continue
        }
        const events = take(cursor, seen)
        const last = events.at(-1)
        if (last) {
          seen = last.revision
          yield events
          continue
        }
        await new Promise<void>((resolve) => {
          cursor.wake = resolve
        })
      }
    } finally {
      this.#cursors.delete(cursor)
      signal.removeEventListener('abort', onAbort)
    }
  }

  #heard(events: readonly LogEvent[]): void {
    const first = events[0]
    if (this.#position === undefined) {
      this.#heardEarly = true
      return
    }
    // A single counter gives out the revisions, so the event that carries the next one has nothing missing before it.
    if (first && (this.#backend.headNow || first.revision === this.#position + 1)) this.#deliver(events)
    else if (!first || first.revision > this.#position) void this.#pump()
  }

  #deliver(events: readonly LogEvent[]): void {
    const position = this.#position!
    const fresh =
      events.length > 0 && events[0]!.revision > position ? events : events.filter((e) => e.revision > position)
    const last = fresh.at(-1)
    if (!last) return
    this.#position = last.revision
    for (const cursor of this.#cursors) {
      cursor.queue.push(fresh)
      cursor.queued += fresh.length
      if (cursor.queued > limits.watchBufferEvents) {
        cursor.missing = last.revision
        cursor.queue = []
        cursor.queued = 0
      }
      cursor.wake()
    }
  }

  /** One look at the database: delivers what is new and tells the head. */
  async #read(): Promise<Revision> {
    if (this.#closed) throw new StoreError('Closed', 'the store was closed')
    try {
      if (this.#position === undefined) {
        const { head } = await this.#backend.range('', { limit: 0 })
        this.#position ??= head
        // What was heard while the answer was under way may be newer than the answer.
        if (this.#heardEarly) void this.#pump()
        this.#heardEarly = false
        return head
      }
      const read = await this.#backend.after(this.#position, limits.logReadEvents)
      if (!read.ok) {
        this.#compacted = read.at
        throw compactedError(this.#position, read.at)
      }
      this.#compacted = read.compacted
      this.#deliver(read.events)
      if (read.events.length === 0 && read.head > this.#position) this.#position = read.head
      if (read.head > this.#position) void this.#pump()
      return read.head
    } catch (error) {
      if (!isStoreError(error, 'Compacted', 'HistoryLost')) throw error
      this.#fail(error)
      this.#position = undefined
      // To whoever asks for the head, compaction is no obstacle: it only ends the watches.
      if (error.code === 'Compacted') return this.#read()
      throw error
    }
  }

  /** Reads until nothing is left, however often the database has to be asked. */
  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    try {
      for (let pauseMs: number = limits.retryFirstMs; !this.#closed && this.#position !== undefined; ) {
        try {
          const head = await this.head()
          pauseMs = limits.retryFirstMs
          if (this.#position === undefined || this.#position >= head) return
        } catch (error) {
          if (!isStoreError(error, 'Unavailable')) return
          await pause(pauseMs)
          pauseMs = Math.min(pauseMs * 2, limits.retryMaxMs)
        }
      }
    } finally {
      this.#pumping = false
    }
  }

  /** Repeats a reading while the database is unavailable. Undefined when the signal ended the wait. */
  async #retrying<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    for (
      let pauseMs: number = limits.retryFirstMs;
      !signal.aborted;
      pauseMs = Math.min(pauseMs * 2, limits.retryMaxMs)
    ) {
      try {
        const result = await read()
        return signal.aborted ? undefined : result
      } catch (error) {
        if (!isStoreError(error, 'Unavailable')) throw error
        await pause(pauseMs, signal)
      }
    }
    return undefined
  }

  #fail(error: StoreError): void {
    for (const cursor of this.#cursors) {
      cursor.failure = error
      cursor.wake()
    }
  }
}

/** Everything queued that is newer than `seen`, as one batch. */
function take(cursor: Cursor, seen: Revision): readonly LogEvent[] {
  const { queue } = cursor
  if (queue.length === 0) return []
  cursor.queue = []
  cursor.queued = 0
  const events = queue.length === 1 ? queue[0]! : queue.flat()
  return events[0]!.revision > seen ? events : events.filter((event) => event.revision > seen)
}
