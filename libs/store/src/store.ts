import type { Backend, Entry, LogEvent } from './backend.ts'
import { StoreError } from './errors.ts'
import { Feed } from './feed.ts'
import { limits } from './limits.ts'
import { absent, type Revision } from './revision.ts'

/**
 * What became of a write. A lost race carries what is stored now, so that the caller can decide or retry without reading:
 *
 * - `AlreadyExists`: create, and the key is there;
 * - `NotFound`: update or delete, and the key is not there;
 * - `Conflict`: update or delete, and somebody else wrote since `expected`.
 */
export type Written =
  | { readonly ok: true; readonly revision: Revision; readonly was?: Entry }
  | { readonly ok: false; readonly code: 'AlreadyExists' | 'Conflict'; readonly current: Entry }
  | { readonly ok: false; readonly code: 'NotFound' }

export interface ListOptions {
  /** At most so many entries; `limits.listPageDefault` when absent. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly continueFrom?: string
}

export interface ListPage {
  /** In byte order of the keys. */
  readonly entries: readonly Entry[]
  /** The revision at which this page, and only this page, was read. */
  readonly head: Revision
  /** Where to go on; absent on the last page. */
  readonly next?: string
}

/**
 * All objects of one resource type, with a revision counter and a history of their own.
 *
 * Every call may throw StoreError `Unavailable`, at the latest when the backend's deadline has passed.
 */
export interface Store {
  /** As it was opened: `core/serviceaccounts`. */
  readonly resource: string
  get(key: string): Promise<Entry | undefined>
  list(prefix: string, options?: ListOptions): Promise<ListPage>

  /**
   * The newest revision, not older than any write that was answered before this call (by whatever process). Calls that
   * come together share one round trip.
   *
   * @throws StoreError `HistoryLost`, once, when the database has forgotten what was served from it; then read anew.
   */
  head(): Promise<Revision>
  /** The same without waiting, where the database lives in this process; undefined elsewhere. */
  headNow(): Revision | undefined

  create(key: string, json: string): Promise<Written>
  update(key: string, json: string, expected: Revision): Promise<Written>
  delete(key: string, expected: Revision): Promise<Written>

  /**
   * Every write after `since`, in order, none twice, none left out, in batches as they come. Goes on across outages of the
   * database. Ends when `signal` aborts.
   *
   * @throws StoreError `Compacted` or `HistoryLost` when it can no longer be complete; `Closed` with its connection.
   */
  watch(since: Revision, signal: AbortSignal): AsyncIterable<readonly LogEvent[]>

  /** Forgets events up to and including `upTo`. */
  compact(upTo: Revision): Promise<void>
  /** The newest compacted revision this process has heard of; zero when it has heard of none. */
  readonly compactedRevision: Revision

  /** Ends all watches. The connection does it for every store it has opened. */
  close(): void
}

export function createStore(resource: string, backend: Backend): Store {
  const feed = new Feed(backend)

  async function commit(key: string, expected: Revision, json: string | undefined): Promise<Written> {
    checkSize(key, json)
    const committed = await backend.commit(key, expected, json)
    if (committed.ok) return committed
    const { current } = committed
    if (!current) return { ok: false, code: 'NotFound' }
    return { ok: false, code: expected === absent ? 'AlreadyExists' : 'Conflict', current }
  }

  return {
    resource,
    get: (key) => backend.get(key),

    async list(prefix, { limit = limits.listPageDefault, continueFrom } = {}) {
      const size = Math.min(limit, limits.listPageMax)
      // One more than asked for tells whether there is a next page.
      const { entries, head } = await backend.range(prefix, {
        limit: size + 1,
        ...(continueFrom !== undefined && { after: continueFrom }),
      })
      if (entries.length <= size) return { entries, head }
      const page = entries.slice(0, size)
      return { entries: page, head, next: page.at(-1)!.key }
    },

    head: async () => backend.headNow?.() ?? feed.head(),
    headNow: () => backend.headNow?.(),

    create: (key, json) => commit(key, absent, json),
    update: (key, json, expected) => commit(key, mustExist(expected), json),
    delete: (key, expected) => commit(key, mustExist(expected), undefined),

    watch: (since, signal) => feed.watch(since, signal),
    compact: (upTo) => feed.compact(upTo),
    get compactedRevision() {
      return feed.compacted
    },
    close: feed.close,
  }
}

function mustExist(expected: Revision): Revision {
  if (expected <= absent) throw new RangeError('update and delete expect the revision of an existing object')
  return expected
}

function checkSize(key: string, json: string | undefined): void {
  if (json === '') throw new RangeError('the empty text is no JSON')
  if (key === '' || Buffer.byteLength(key) > limits.keyBytesMax) {
    throw new StoreError('TooLarge', `a key must have 1 to ${limits.keyBytesMax} bytes`)
  }
  // A UTF-16 unit makes at most three bytes: most values need no counting.
  if (json !== undefined && json.length * 3 > limits.valueBytesMax && Buffer.byteLength(json) > limits.valueBytesMax) {
    throw new StoreError('TooLarge', `an object must have at most ${limits.valueBytesMax} bytes as JSON`)
  }
}
