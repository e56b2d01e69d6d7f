/**
 * The last events of one resource type, oldest first, in a ring. Watches start from here, and earlier states of the
 * index are rebuilt from it, so that all pages of a list show one revision.
 */
import type { Revision } from '@ensign/store'
import type { CachedObject } from './cached-object.ts'
import type { EncodedEvent } from './event-stream.ts'
import { limits } from './limits.ts'
import { encodeEvent, type Representation } from './representation.ts'

/** What happened to one object. `now` is absent when it was deleted, `was` when it was created. */
export class CacheEvent {
  readonly revision: Revision
  readonly now: CachedObject | undefined
  readonly was: CachedObject | undefined
  /** By representation and type. A plain array: rarely more than two are asked for. */
  #encoded: { id: string; event: EncodedEvent }[] = []
  #left: CachedObject | undefined

  constructor(revision: Revision, now: CachedObject | undefined, was: CachedObject | undefined) {
    this.revision = revision
    this.now = now
    this.was = was
  }

  /** The event for a watcher to which it means `type`, encoded once per representation. */
  encoded(type: 'ADDED' | 'MODIFIED' | 'DELETED', representation: Representation): EncodedEvent {
    for (const { id, event } of this.#encoded) if (id === representation.id && event.type === type) return event
    const event = encodeEvent(
      representation,
      type,
      representation.eventObject(type === 'DELETED' ? this.#last() : (this.now as CachedObject)),
    )
    this.#encoded.push({ id: representation.id, event })
    return event
  }

  /** Forgets what can be made again. */
  shrink(): void {
    this.#encoded = []
    this.#left = undefined
  }

  /** What left the selection or the store: its last content, at the revision at which it left. */
  #last(): CachedObject {
    this.#left ??= (this.was as CachedObject).at(this.revision)
    return this.#left
  }
}

export class History {
  readonly #ring: CacheEvent[] = []
  readonly #size: number
  #first = 0
  /** Everything after this revision is here. */
  #since: Revision

  constructor(size: number, since: Revision) {
    this.#size = size
    this.#since = since
  }

  get since(): Revision {
    return this.#since
  }

  append(event: CacheEvent): void {
    const { length } = this.#ring
    if (length >= limits.encodedEventsMax) this.#at(length - limits.encodedEventsMax).shrink()
    if (length < this.#size) {
      this.#ring.push(event)
      return
    }
    const oldest = this.#ring[this.#first] as CacheEvent
    this.#since = oldest.revision
    this.#ring[this.#first] = event
    this.#first = (this.#first + 1) % this.#size
  }

  /** Events that there is room for. */
  get room(): number {
    return this.#size - this.#ring.length
  }

  /** Puts all events after `since` and up to the present `since` in front. There must be room for them. */
  prepend(events: readonly CacheEvent[], since: Revision): void {
    const newer = this.after(this.#since) ?? []
    this.#ring.length = 0
    this.#first = 0
    for (const event of events) this.#ring.push(event)
    for (const event of newer) this.#ring.push(event)
    this.#since = since
  }

  /** Forgets everything; the next events follow `since`. */
  reset(since: Revision): void {
    this.#ring.length = 0
    this.#first = 0
    this.#since = since
  }

  /** Events after `revision`, oldest first; undefined when some of them are gone. */
  after(revision: Revision): readonly CacheEvent[] | undefined {
    if (revision < this.#since) return undefined
    let low = 0
    let high = this.#ring.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#at(middle).revision <= revision) low = middle + 1
      else high = middle
    }
    const events: CacheEvent[] = []
    for (let i = low; i < this.#ring.length; i++) events.push(this.#at(i))
    return events
  }

  #at(i: number): CacheEvent {
    return this.#ring[(this.#first + i) % this.#size] as CacheEvent
  }
}
