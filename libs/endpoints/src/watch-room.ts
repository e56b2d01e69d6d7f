/** How many watches there may be, and what they may hold for clients that do not read: shared between users. */
import type { WatchShare } from '@ensign/registry'
import { limits } from './limits.ts'

type RoomLimits = Pick<
  typeof limits,
  | 'watchesMax'
  | 'watchesPerUserMax'
  | 'watchStateObjectsMax'
  | 'watchStateObjectsPerUserMax'
  | 'watchQueueBytesPerUserMax'
  | 'watchQueueBytesMin'
  | 'watchQueueBytesMax'
>

interface User {
  watches: number
  objects: number
}

export class WatchRoom {
  readonly #limits: { readonly [K in keyof RoomLimits]: number }
  readonly #users = new Map<string, User>()
  #watches = 0
  #objects = 0

  constructor(bounds: { readonly [K in keyof RoomLimits]: number } = limits) {
    this.#limits = bounds
  }

  /**
   * @param objects of the initial state, each of which waits until the client has read what is before it
   * @returns undefined when there is no room
   */
  enter(username: string, objects: number): WatchShare | undefined {
    const bounds = this.#limits
    const user = this.#users.get(username) ?? { watches: 0, objects: 0 }
    if (user.watches >= bounds.watchesPerUserMax || this.#watches >= bounds.watchesMax) return undefined
    // One state of any length is let in, or nobody could watch what there is most of.
    const isTooMuch =
      user.objects + objects > bounds.watchStateObjectsPerUserMax ||
      this.#objects + objects > bounds.watchStateObjectsMax
    if (isTooMuch && user.objects > 0) return undefined
    this.#users.set(username, user)
    user.watches++
    this.#watches++
    this.#add(user, objects)
    let waiting = objects
    let isReleased = false
    const stateSent = () => {
      this.#add(user, -waiting)
      waiting = 0
    }
    return {
      queueBytesMax: () =>
        Math.min(
          bounds.watchQueueBytesMax,
          Math.max(bounds.watchQueueBytesMin, bounds.watchQueueBytesPerUserMax / user.watches),
        ),
      stateSent,
      release: () => {
        if (isReleased) return
        isReleased = true
        stateSent()
        this.#watches--
        if (--user.watches === 0) this.#users.delete(username)
      },
    }
  }

  #add(user: User, objects: number): void {
    user.objects += objects
    this.#objects += objects
  }
}
