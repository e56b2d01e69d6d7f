import { firstRevision, parseRevision, type Revision } from '@ensign/store'
import type { Redis } from 'ioredis'
import { limits } from './limits.ts'
import { createClient, type RedisOptions } from './link.ts'

/** A log whose growth somebody wants to hear of. */
export interface Sleeper {
  /** Key of the stream. */
  readonly log: string
  /** The newest revision that needs no ring any more; undefined when none does. */
  seen(): Revision | undefined
  ring(): void
}

/**
 * One blocking XREAD for all logs of the process, on a connection of its own. It only wakes: what it returns may have holes
 * (XREAD skips what was trimmed without a word) and is thrown away.
 */
export class Alarm {
  readonly #client: Redis
  /** With the newest entry that each was woken for. */
  readonly #sleepers = new Map<Sleeper, Revision>()
  readonly #unblock: (connectionId: number) => void
  #connectionId: number | undefined
  #running = false
  #closed = false

  /** `unblock` has Redis end the blocking command of a connection early, by way of another connection. */
  constructor(options: RedisOptions, unblock: (connectionId: number) => void) {
    this.#unblock = unblock
    this.#client = createClient(options, {
      // Not for a command that is meant to wait; `blockingTimeout` bounds that one.
      commandTimeout: undefined,
      blockingTimeout: limits.alarmBlockMs,
      blockingTimeoutGrace: limits.deadlineMs,
    })
    // Both connections lead to the same server: the link reports its absence.
    this.#client.on('error', () => {})
    this.#client.on('ready', () => void this.#run())
  }

  /** Returns the function that ends it. */
  add(sleeper: Sleeper): () => void {
    this.#sleepers.set(sleeper, firstRevision)
    // The XREAD under way does not know of this log.
    if (this.#connectionId !== undefined) this.#unblock(this.#connectionId)
    if (this.#client.status === 'ready') void this.#run()
    return () => this.#sleepers.delete(sleeper)
  }

  close(): void {
    this.#closed = true
    this.#client.disconnect()
  }

  async #run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    try {
      this.#connectionId = await this.#client.client('ID')
      // Undefined once nobody listens or the connection is gone; `ready` starts it again.
      while (!this.#closed && this.#client.status === 'ready' && this.#sleepers.size > 0) await this.#turn()
    } catch {
      // The connection broke or timed out. The client connects anew by itself.
    } finally {
      this.#connectionId = undefined
      this.#running = false
    }
  }

  async #turn(): Promise<void> {
    const sleepers = [...this.#sleepers]
    const reply = await this.#client.xread(
      ...(['COUNT', 1, 'BLOCK', limits.alarmBlockMs, 'STREAMS'] as const),
      ...sleepers.map(([sleeper]) => sleeper.log),
      ...sleepers.map(([sleeper, woken]) => {
        const seen = sleeper.seen()
        return seen === undefined ? '$' : `${Math.max(seen, woken)}-0`
      }),
    )
    const grown = new Map(reply)
    for (const [sleeper] of sleepers) {
      const id = grown.get(sleeper.log)?.[0]?.[0]
      if (id === undefined) continue
      this.#sleepers.set(sleeper, parseRevision(id.slice(0, -'-0'.length)))
      sleeper.ring()
    }
    await new Promise((resolve) => setTimeout(resolve, limits.alarmPauseMs))
  }
}
