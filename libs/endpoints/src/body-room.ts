/**
 * Memory for the bodies of requests that are on their way or being worked on, shared between users. A request takes a seat
 * when its body is there; until then this is all that it holds.
 */
import { limits } from './limits.ts'

type RoomLimits = Pick<
  typeof limits,
  'bodiesPerUserMax' | 'bodyBytesMax' | 'bodyBytesPerUserMax' | 'requestBodyBytesMax'
>

/** What one request has taken. */
export interface BodyShare {
  /** Takes room for so many bytes more; false when there is none. */
  mayTake(bytes: number): boolean
  release(): void
}

interface User {
  bodies: number
  bytes: number
}

export class BodyRoom {
  readonly #limits: RoomLimits
  readonly #users = new Map<string, User>()
  #bytes = 0

  constructor(bounds: { readonly [K in keyof RoomLimits]: number } = limits) {
    this.#limits = bounds as RoomLimits
  }

  /** Undefined when the user has too many bodies on their way already. */
  enter(username: string): BodyShare | undefined {
    const user = this.#users.get(username) ?? { bodies: 0, bytes: 0 }
    if (user.bodies >= this.#limits.bodiesPerUserMax) return undefined
    this.#users.set(username, user)
    user.bodies++
    let taken = 0
    let isReleased = false
    return {
      mayTake: (bytes) => {
        if (isReleased || !this.#hasRoom(user, bytes)) return false
        taken += bytes
        user.bytes += bytes
        this.#bytes += bytes
        return true
      },
      release: () => {
        if (isReleased) return
        isReleased = true
        user.bytes -= taken
        this.#bytes -= taken
        if (--user.bodies === 0) this.#users.delete(username)
      },
    }
  }

  /** However much others hold, there is room for one body of each user. */
  #hasRoom(user: User, bytes: number): boolean {
    const { bodyBytesMax, bodyBytesPerUserMax, requestBodyBytesMax } = this.#limits
    if (user.bytes + bytes <= requestBodyBytesMax) return true
    return user.bytes + bytes <= bodyBytesPerUserMax && this.#bytes + bytes <= bodyBytesMax
  }
}
