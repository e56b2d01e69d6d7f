/**
 * A number of requests that may be worked on at once, shared fairly between users.
 *
 * While there is room, everybody is let in, but nobody to all of it: requests that do not end keep nobody else out. When
 * there is none, a user who holds less than an equal share waits for the next place, and one who holds a share already is
 * refused: however much one user asks for, the others get theirs.
 * The idea is that of API priority and fairness (KEP-1040) with one queue for each user.
 */

export interface SeatOptions {
  readonly seats: number
  /** Requests of one user that may wait. */
  readonly waitingMax: number
  /** Milliseconds that a request waits before it is refused. */
  readonly waitMs: number
}

/** The part of all places that one user may hold. */
const perUser = 3 / 4

interface Flow {
  held: number
  readonly waiting: Waiting[]
}

interface Waiting {
  readonly admit: (leave: () => void) => void
  readonly timer: NodeJS.Timeout
}

export class Seats {
  readonly #options: SeatOptions
  /** Users who hold a place or wait for one, in the order in which they are next. */
  readonly #flows = new Map<string, Flow>()
  #taken = 0
  #waiting = 0

  constructor(options: SeatOptions) {
    this.#options = options
  }

  /** How to give the place back, now or when one is free; undefined when the user has to come again later. */
  take(user: string): (() => void) | Promise<(() => void) | undefined> | undefined {
    const { seats, waitingMax } = this.#options
    const flow = this.#flows.get(user)
    if (flow && flow.held >= Math.max(1, Math.floor(seats * perUser))) return undefined
    if (this.#taken < seats && this.#waiting === 0) return this.#seat(user, flow)
    const flows = this.#flows.size + (flow ? 0 : 1)
    const held = flow ? flow.held + flow.waiting.length : 0
    if (held >= Math.max(1, Math.floor(seats / flows)) || (flow?.waiting.length ?? 0) >= waitingMax) return undefined
    return this.#wait(user, flow)
  }

  #seat(user: string, found: Flow | undefined): () => void {
    const flow = found ?? this.#added(user)
    flow.held++
    this.#taken++
    let isLeft = false
    return () => {
      if (isLeft) return
      isLeft = true
      flow.held--
      this.#taken--
      this.#forget(user, flow)
      this.#next()
    }
  }

  #wait(user: string, found: Flow | undefined): Promise<(() => void) | undefined> {
    const flow = found ?? this.#added(user)
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        flow.waiting.splice(flow.waiting.indexOf(waiting), 1)
        this.#waiting--
        this.#forget(user, flow)
        resolve(undefined)
      }, this.#options.waitMs)
      const waiting: Waiting = { admit: resolve, timer }
      flow.waiting.push(waiting)
      this.#waiting++
    })
  }

  /** Gives a free place to who holds the fewest of those that wait; among equals, to who has waited longest for a turn. */
  #next(): void {
    while (this.#taken < this.#options.seats && this.#waiting > 0) {
      let next: [string, Flow] | undefined
      for (const entry of this.#flows) {
        if (entry[1].waiting.length > 0 && (!next || entry[1].held < next[1].held)) next = entry
      }
      if (!next) return
      const [user, flow] = next
      const { admit, timer } = flow.waiting.shift() as Waiting
      clearTimeout(timer)
      this.#waiting--
      // To the end of the row.
      this.#flows.delete(user)
      this.#flows.set(user, flow)
      admit(this.#seat(user, flow))
    }
  }

  #added(user: string): Flow {
    const flow: Flow = { held: 0, waiting: [] }
    this.#flows.set(user, flow)
    return flow
  }

  #forget(user: string, flow: Flow): void {
    if (flow.held === 0 && flow.waiting.length === 0) this.#flows.delete(user)
  }
}
