/** How many watches there may be, and what they may hold for clients that do not read: shared between users. */
import type { WatchShare } from '@ensign/registry'
import { limits } from './limits.ts'

type RoomLimits = Pick<
  typeof limits,
  | 'watchesMax'
  | 'watchesPerUserMax'
  | 'watchStateObjectsMax'
  | 'watchStateObjectsPerUserMax'
  | 'watchQueueBytesAllMax'
  | 'watchQueueBytesPerUserMax'
  | 'watchQueueBytesMin'
  | 'watchQueueBytesMax'
  | 'watchEventBytesShort'
  | 'watchMeasureIntervalMs'
>

interface User {
  objects: number
  /** Bytes that transports hold unsent for all its watches, as far as is known. */
  bytes: number
  bytesPerWatch: number
  measuredMs: number
  readonly watches: Set<Watch>
}

interface Watch {
  bytes: number
  queuedBytes: () => number
}

export class WatchRoom {
  readonly #limits: { readonly [K in keyof RoomLimits]: number }
  readonly #users = new Map<string, User>()
  #watches = 0
  #objects = 0
  #bytes = 0

  constructor(bounds: { readonly [K in keyof RoomLimits]: number } = limits) {
    this.#limits = bounds
  }

  /**
   * @param objects of the initial state, each of which waits until the client has read what is before it
   * @returns undefined when there is no room
   */
  enter(username: string, objects: number): WatchShare | undefined {
    const bounds = this.#limits
    const user = this.#users.get(username) ?? {
      objects: 0,
      bytes: 0,
      bytesPerWatch: 0,
      measuredMs: 0,
      watches: new Set(),
    }
    if (user.watches.size >= bounds.watchesPerUserMax || this.#watches >= bounds.watchesMax) return undefined
    // One state of any length is let in, or nobody could watch what there is most of.
    const isTooMuch =
      user.objects + objects > bounds.watchStateObjectsPerUserMax ||
      this.#objects + objects > bounds.watchStateObjectsMax
    if (isTooMuch && user.objects > 0) return undefined
    this.#users.set(username, user)
    const watch: Watch = { bytes: 0, queuedBytes: () => 0 }
    user.watches.add(watch)
    this.#watches++
    this.#share(user)
    this.#addObjects(user, objects)
    let waiting = objects
    const stateSent = () => {
      this.#addObjects(user, -waiting)
      waiting = 0
    }
    return {
      begins: (queuedBytes) => {
        watch.queuedBytes = queuedBytes
      },
      hasRoom: (queuedBytes) => {
        if (queuedBytes !== watch.bytes) this.#addBytes(user, watch, queuedBytes - watch.bytes)
        return queuedBytes <= user.bytesPerWatch && this.#hasRoom(user)
      },
      sent: (bytes) => {
        // A short event is seen at the next look.
        if (bytes > bounds.watchEventBytesShort) this.#addBytes(user, watch, bytes)
      },
      stateSent,
      release: () => {
        if (!user.watches.delete(watch)) return
        stateSent()
        this.#addBytes(user, watch, -watch.bytes)
        this.#watches--
        this.#share(user)
        if (user.watches.size === 0) this.#users.delete(username)
      },
    }
  }

  #share(user: User): void {
    const { watchQueueBytesMin, watchQueueBytesMax, watchQueueBytesPerUserMax } = this.#limits
    const share = Math.max(watchQueueBytesMin, watchQueueBytesPerUserMax / user.watches.size)
    user.bytesPerWatch = Math.min(watchQueueBytesMax, share)
  }

  /** However much others hold, a user may hold an equal share. */
  #isFull(user: User): boolean {
    const { watchQueueBytesAllMax, watchQueueBytesPerUserMax } = this.#limits
    if (user.bytes > watchQueueBytesPerUserMax) return true
    return this.#bytes > watchQueueBytesAllMax && user.bytes > watchQueueBytesAllMax / this.#users.size
  }

  #hasRoom(user: User): boolean {
    if (!this.#isFull(user)) return true
    // What was sent by watches that have had no event since is not known to be gone.
    const now = performance.now()
    if (now - user.measuredMs < this.#limits.watchMeasureIntervalMs) return false
    user.measuredMs = now
    for (const watch of user.watches) this.#addBytes(user, watch, watch.queuedBytes() - watch.bytes)
    return !this.#isFull(user)
  }

  #addObjects(user: User, objects: number): void {
    user.objects += objects
    this.#objects += objects
  }

  #addBytes(user: User, watch: Watch, bytes: number): void {
    watch.bytes += bytes
    user.bytes += bytes
    this.#bytes += bytes
  }
}
