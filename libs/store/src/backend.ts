import type { Revision } from './revision.ts'

/** One object as it is stored. */
export interface Entry {
  readonly key: string
  /** The write that made it what it is. */
  readonly revision: Revision
  /** The object, without its resourceVersion: that is `revision`, put in on the way out. */
  readonly json: string
}

/** One write. Both sides travel, because a watcher with a selector must see an object leave its selection. */
export interface LogEvent {
  readonly revision: Revision
  readonly key: string
  /** Absent: this write deleted the key. */
  readonly now?: string
  /** Absent: this write created the key. */
  readonly was?: string
  /** Revision of `was`. */
  readonly wasRevision?: Revision
}

/** What became of a write. Losing a race is an outcome, with all that a retry needs. */
export type Committed =
  | { readonly ok: true; readonly revision: Revision; readonly was?: Entry }
  | { readonly ok: false; readonly reason: 'conflict'; readonly current?: Entry }

/** What became of reading the log. `head` and `compacted` are of the same instant as the events. */
export type LogRead =
  | { readonly ok: true; readonly events: readonly LogEvent[]; readonly head: Revision; readonly compacted: Revision }
  | { readonly ok: false; readonly reason: 'compacted'; readonly at: Revision; readonly head: Revision }

export interface RangeOptions {
  /** Only keys behind this one. */
  readonly after?: string
  /** At most so many entries. Zero reads the head alone. */
  readonly limit: number
}

/** Somebody who wants to hear of new log entries. */
export interface LogListener {
  /**
   * Called in revision order: once with each event where the database is part of the process or the write was ours, with an
   * empty list as a mere alarm ("look at the log") otherwise.
   */
  heard(events: readonly LogEvent[]): void
  /** Up to where the listener knows the log and needs no alarm; undefined while it is not interested. */
  seen(): Revision | undefined
}

/**
 * What a database must do for one resource type. Everything else is built on these calls, once, in `store.ts`.
 *
 * Every call either answers or throws StoreError; none waits longer than the backend's deadline.
 */
export interface Backend {
  get(key: string): Promise<Entry | undefined>

  /** Entries whose key starts with `prefix`, in byte order of the keys. `head` is the revision at which the page was read. */
  range(prefix: string, options: RangeOptions): Promise<{ readonly entries: readonly Entry[]; readonly head: Revision }>

  /**
   * Compare, assign the next revision, write and append, as one step that no reader can see half of; durable when it
   * resolves. `json` undefined deletes. The promise of {@link listen} is kept before this one resolves.
   *
   * @throws StoreError `Unavailable`: the write may have happened or not.
   */
  commit(key: string, expected: Revision, json: string | undefined): Promise<Committed>

  /** Events after `since` (exclusive), in revision order, without holes. */
  after(since: Revision, limit: number): Promise<LogRead>

  /** Discards events up to and including `upTo`, never beyond the head. Idempotent. Tells the compacted revision. */
  compact(upTo: Revision): Promise<Revision>

  /** The alarm clock: `listener` is called after the log has grown. Returns the function that ends it. */
  listen(listener: LogListener): () => void

  /** Where nobody else can write: the newest durable revision, without waiting. */
  headNow?(): Revision
}
