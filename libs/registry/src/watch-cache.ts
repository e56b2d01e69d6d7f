/**
 * All objects of one resource type in memory, kept up to date by one reader of the store's log, and the hub to which
 * every watcher of the process is attached.
 *
 * Reads are linearizable: `fresh()` waits until everything that the store had committed at the call is here.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/storage/cacher (KEP-2340 for consistent reads)
 */
import { type AnyResourceDefinition, StatusError, serviceUnavailable } from '@ensign/apimachinery'
import { isStoreError, type LogEvent, type Revision, type Store } from '@ensign/store'
import { CachedObject, type KindEncoding, kindEncoding, Recent } from './cached-object.ts'
import { CacheEvent, History } from './history.ts'
import { limits } from './limits.ts'
import { KeptLists } from './list-result.ts'
import { OrderedIndex } from './ordered-index.ts'
import { anyRevision } from './resource-version.ts'

export interface WatchCacheLog {
  warn(message: string, fields: Record<string, unknown>): void
}

/** Attached to the cache: called for each event in revision order, in the same turn in which the index changed. */
export interface CacheListener {
  onEvent(event: CacheEvent): void
  /** History was lost or cannot be continued: the listener must end its watch with 410. It is detached already. */
  onReset(): void
}

/** Something derived from all objects of the cache. */
export interface CacheView {
  set(object: CachedObject): void
  delete(object: CachedObject): void
}

interface Waiter {
  revision: Revision
  resolve(): void
}

export class WatchCache {
  readonly definition: AnyResourceDefinition
  readonly encoding: KindEncoding
  readonly index = new OrderedIndex()
  /** Of what is in the index now. */
  readonly lists = new KeptLists()
  readonly #store: Store
  readonly #log: WatchCacheLog
  readonly #recent: Recent
  readonly #history: History
  readonly #abort = new AbortController()
  readonly #listeners = new Set<CacheListener>()
  /** Watchers of one object, by key: one of thousands is not asked about every other object's events. */
  readonly #keyListeners = new Map<string, Set<CacheListener>>()
  readonly #views: CacheView[] = []
  #waiters: Waiter[] = []
  #revision: Revision = anyRevision
  #readingBack: Promise<void> | undefined
  /** Up to this revision the store has forgotten what happened. */
  #forgotten: Revision = anyRevision
  #ready: Promise<void>
  #isReady = false

  constructor(options: {
    definition: AnyResourceDefinition
    store: Store
    log: WatchCacheLog
    recent?: Recent
    historyEventsMax?: number
  }) {
    this.definition = options.definition
    this.encoding = kindEncoding(options.definition)
    this.#store = options.store
    this.#log = options.log
    this.#recent = options.recent ?? new Recent()
    this.#history = new History(options.historyEventsMax ?? limits.historyEventsMax, anyRevision)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#ready = promise
    void this.#follow(resolve)
  }

  /** Everything up to this revision is in the index and was given to the listeners. */
  get revision(): Revision {
    return this.#revision
  }

  /** The oldest revision that a watch can start from. */
  get historySince(): Revision {
    return this.#history.since
  }

  get ready(): boolean {
    return this.#isReady
  }

  get watcherCount(): number {
    let count = this.#listeners.size
    for (const set of this.#keyListeners.values()) count += set.size
    return count
  }

  /** Resolves when the first load is complete. */
  whenReady(): Promise<void> {
    return this.#ready
  }

  get(namespace: string, name: string): CachedObject | undefined {
    return this.index.get(namespace, name)
  }

  /**
   * Waits until the cache shows at least what the store holds now. Undefined, without waiting, where it is known to.
   * Rejects with a 503 StatusError when the store cannot be asked or the cache cannot follow.
   */
  fresh(): Promise<void> | undefined {
    if (this.#isReady) {
      const head = this.#store.headNow?.()
      if (head !== undefined && head <= this.#revision) return undefined
    }
    return this.#catchUp()
  }

  /** Waits until `revision` is here; false when it is not within `timeoutMs`. */
  reaches(revision: Revision, timeoutMs: number): Promise<boolean> {
    if (revision <= this.#revision) return Promise.resolve(true)
    return new Promise((resolve) => {
      const waiter: Waiter = {
        revision,
        resolve: () => {
          clearTimeout(timer)
          resolve(true)
        },
      }
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((w) => w !== waiter)
        resolve(false)
      }, timeoutMs)
      this.#waiters.push(waiter)
    })
  }

  /** Events after `revision`, oldest first; undefined when they are no longer all here. */
  eventsAfter(revision: Revision): readonly CacheEvent[] | undefined {
    return this.#history.after(revision)
  }

  /**
   * Reads events that are older than this process back from the store's log, so that a watch or a list that began before it
   * goes on. Does nothing when the store has forgotten them or cannot be asked, or when they are more than the history holds.
   */
  async reachBack(revision: Revision): Promise<void> {
    // Twice: the first time somebody else may be reading for less.
    for (let attempt = 0; attempt < 2; attempt++) {
      if (!this.#isReady || revision >= this.#history.since || revision <= this.#forgotten) return
      // Revisions grow by one with each event, so their difference counts the events.
      if (this.#history.since - revision > this.#history.room) return
      this.#readingBack ??= this.#readBack(revision, this.#history.since).finally(() => {
        this.#readingBack = undefined
      })
      await this.#readingBack
    }
  }

  async #readBack(after: Revision, upTo: Revision): Promise<void> {
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(limits.freshnessWaitMs)])
    const events: CacheEvent[] = []
    try {
      reading: for await (const batch of this.#store.watch(after, signal)) {
        for (const { key, revision, now, was, wasRevision } of batch) {
          if (revision > upTo) break reading
          const object = (json: string | undefined, at: Revision) =>
            json === undefined ? undefined : this.objectOf(key, at, json)
          events.push(new CacheEvent(revision, object(now, revision), object(was, wasRevision ?? revision)))
          if (revision === upTo) break reading
        }
      }
    } catch (error) {
      if (!isStoreError(error, 'Compacted', 'HistoryLost', 'Closed')) throw error
      this.#forgotten = after
      return
    }
    if (signal.aborted) return
    // What was loaded anew meanwhile has another history.
    if (this.#history.since === upTo && events.length <= this.#history.room) this.#history.prepend(events, after)
    else this.#forgotten = after
  }

  /** From now on `listener` hears of events, only those of the object `key` when one is given. Returns how to stop. */
  attach(listener: CacheListener, key?: string): () => void {
    if (key === undefined) {
      this.#listeners.add(listener)
      return () => this.#listeners.delete(listener)
    }
    const set = this.#keyListeners.get(key) ?? new Set()
    this.#keyListeners.set(key, set.add(listener))
    return () => {
      set.delete(listener)
      if (set.size === 0 && this.#keyListeners.get(key) === set) this.#keyListeners.delete(key)
    }
  }

  /**
   * Shows `view` every object there is and every change to come, also across a reload: for indexes that must agree with
   * the cache at every moment.
   */
  follow(view: CacheView): void {
    this.#views.push(view)
    for (const object of this.index.range(undefined)) view.set(object)
  }

  /** An object that a write has just made: the one that the cache has of it by now, with its bytes, or one like that. */
  objectOf(key: string, revision: Revision, stored: string): CachedObject {
    const held = this.index.get(...keyParts(key))
    if (held?.revision === revision && held.stored === stored) return held
    return new CachedObject(key, revision, stored, this.encoding, this.#recent)
  }

  close(): void {
    this.#abort.abort()
    this.#resetListeners()
  }

  async #catchUp(): Promise<void> {
    const unavailable = (cause?: unknown) =>
      new StatusError(
        'ServiceUnavailable',
        `the object store cannot be reached; ${this.definition.plural} cannot be read until it answers again`,
        { retryAfterSeconds: 1 },
        { cause },
      )
    let head: Revision
    try {
      head = await this.#store.head()
    } catch (error) {
      if (isStoreError(error)) throw unavailable(error)
      throw error
    }
    // While the first load runs nothing in the index may be believed, even when the head is not ahead of it.
    if (!this.#isReady) {
      const loaded = await Promise.race([this.#ready.then(() => true), delay(limits.freshnessWaitMs).then(() => false)])
      if (!loaded) throw unavailable()
    }
    if (!(await this.reaches(head, limits.freshnessWaitMs)))
      throw serviceUnavailable(`the watch cache of ${this.definition.plural} is behind the object store; try again`)
  }

  async #follow(onReady: () => void): Promise<void> {
    const { signal } = this.#abort
    while (!signal.aborted) {
      try {
        await this.#load(signal)
        this.#isReady = true
        onReady()
        for await (const events of this.#store.watch(this.#revision, signal))
          for (const event of events) this.#apply(event)
      } catch (error) {
        if (signal.aborted) return
        if (isStoreError(error, 'Closed')) return
        const lost = isStoreError(error, 'HistoryLost', 'Compacted')
        // Unavailable is the store's own to wait out while a watch runs; here it can only mean that the load failed.
        this.#log.warn('reading the object store failed, will try again', {
          resource: this.definition.plural,
          error: error instanceof Error ? error.message : String(error),
        })
        if (lost) {
          this.#isReady = false
          const { promise, resolve } = Promise.withResolvers<void>()
          this.#ready = promise
          onReady = resolve
          this.#resetListeners()
        }
        await delay(limits.storeRetryMs)
      }
    }
  }

  /** Reads everything, then lets the log bring what changed meanwhile. */
  async #load(signal: AbortSignal): Promise<void> {
    if (this.#isReady) return
    for (const view of this.#views) for (const object of this.index.range(undefined)) view.delete(object)
    this.index.clear()
    this.lists.clear()
    let from: Revision | undefined
    let continueFrom: string | undefined
    do {
      const page = await this.#store.list('', {
        limit: limits.loadPageSize,
        ...(continueFrom !== undefined && { continueFrom }),
      })
      from ??= page.head
      for (const { key, revision, json } of page.entries) this.#set(this.objectOf(key, revision, json))
      continueFrom = page.next
      if (signal.aborted) return
    } while (continueFrom !== undefined)
    this.#history.reset(from)
    this.#forgotten = anyRevision
    this.#advance(from)
  }

  #apply(event: LogEvent): void {
    // A watch that was resumed may repeat what the load has seen.
    if (event.revision <= this.#revision) return
    const [namespace, name] = keyParts(event.key)
    const held = this.index.get(namespace, name)
    // A page that the load read late may hold what this event is about, or what came after it.
    const heldIsOlder = held === undefined || held.revision < event.revision
    const before = heldIsOlder ? held : undefined
    const was =
      before ??
      (event.was === undefined ? undefined : this.objectOf(event.key, event.wasRevision ?? event.revision, event.was))
    let now: CachedObject | undefined
    if (event.now !== undefined) {
      now = this.objectOf(event.key, event.revision, event.now)
      if (heldIsOlder) this.#set(now)
    } else if (held && heldIsOlder) this.#delete(held)
    const applied = new CacheEvent(event.revision, now, was)
    this.#history.append(applied)
    for (const listener of this.#listeners) listener.onEvent(applied)
    const keyed = this.#keyListeners.get(event.key)
    if (keyed) for (const listener of keyed) listener.onEvent(applied)
    this.#advance(event.revision)
  }

  #set(object: CachedObject): void {
    this.index.set(object)
    for (const view of this.#views) view.set(object)
  }

  #delete(object: CachedObject): void {
    this.index.delete(object.namespace, object.name)
    for (const view of this.#views) view.delete(object)
  }

  #advance(revision: Revision): void {
    this.#revision = revision
    this.lists.clear()
    if (this.#waiters.length === 0) return
    const waiting = this.#waiters
    this.#waiters = waiting.filter((w) => w.revision > revision)
    for (const w of waiting) if (w.revision <= revision) w.resolve()
  }

  #resetListeners(): void {
    const all = [...this.#listeners, ...[...this.#keyListeners.values()].flatMap((set) => [...set])]
    this.#listeners.clear()
    this.#keyListeners.clear()
    for (const listener of all) listener.onReset()
  }
}

function keyParts(key: string): [namespace: string, name: string] {
  const slash = key.indexOf('/')
  return slash < 0 ? ['', key] : [key.slice(0, slash), key.slice(slash + 1)]
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref())
