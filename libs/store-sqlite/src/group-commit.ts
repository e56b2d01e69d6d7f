import { StoreError } from '@ensign/store'
import { type Database, storeErrorFrom } from './database.ts'
import { limits } from './limits.ts'

/** A write that waits for its turn. */
export interface Write {
  /** Runs inside the transaction. Tells whether it changed anything. Must leave no trace when it throws. */
  apply(): boolean
  /** Still inside, when all writes of the group are applied: what is needed once for several. Tells for how many it was. */
  settle(): number
  /** The transaction is durable: show what was written. */
  publish(): void
  /** The transaction did not happen, or nobody can say whether it did. */
  fail(error: StoreError): void
}

/**
 * One transaction and one sync for all writes that arrive while the group before them is being written: with many writers
 * the price of a sync is shared, with one writer nothing waits. Nobody is answered before the sync; while the disk works
 * on one group, the writers of the group before it are answered.
 */
export class GroupCommit {
  readonly #database: Database
  #waiting: Write[] = []
  #busy = false
  #committing: Promise<StoreError | undefined> | undefined
  /** How many wait for a moment in which nothing is written. */
  #readers = 0
  #broken: StoreError | undefined
  #full: StoreError | undefined
  #probing: NodeJS.Timeout | undefined
  #closed = false

  constructor(database: Database) {
    this.#database = database
  }

  /** Why nothing can be written any more. */
  get broken(): StoreError | undefined {
    return this.#broken
  }

  /** That the last write found no space. The next one may find some. */
  get full(): StoreError | undefined {
    return this.#full
  }

  submit(write: Write): void {
    const refusal = this.#broken ?? (this.#closed ? new StoreError('Closed', 'the store was closed') : undefined)
    if (refusal) {
      write.fail(refusal)
      return
    }
    this.#waiting.push(write)
    if (!this.#busy) this.#start()
  }

  /**
   * Resolves when the database holds nothing but durable writes. What follows it in the same turn reads only those:
   * the next group is written in a later turn.
   */
  async settled(): Promise<void> {
    this.#readers++
    while (this.#committing) await this.#committing
    this.#readers--
  }

  /** Refuses new writes and waits for those under way. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#probing)
    while (this.#busy) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Later in this turn of the event loop, so that all requests which came in together make one group. */
  #start(): void {
    this.#busy = true
    setImmediate(() => void this.#run())
  }

  /** One group after another, until nothing waits or somebody wants to read. */
  async #run(): Promise<void> {
    /** Safe on the disk, and its writers do not know yet. */
    let durable: readonly Write[] = []
    do {
      const group = this.#waiting.splice(0, limits.groupMax)
      this.#committing = this.#commit(group)
      publish(durable)
      const failure = await this.#committing
      // Only now, when everybody knows of the group before: a failed write falls back to what is known to be there.
      if (failure) for (const write of group) write.fail(failure)
      durable = failure ? [] : group
    } while (this.#waiting.length > 0 && this.#readers === 0 && !this.#broken)
    publish(durable)
    this.#committing = undefined
    if (this.#broken) for (const write of this.#waiting.splice(0)) write.fail(this.#broken)
    if (this.#waiting.length > 0) this.#start()
    else this.#busy = false
  }

  /** Writes the group at once, and then waits for the disk. Why it failed, or undefined. */
  async #commit(group: readonly Write[]): Promise<StoreError | undefined> {
    const { path } = this.#database
    let done: { changed: boolean; count: number }
    try {
      done = this.#transact(group)
      if (!done.changed) return undefined
      this.#full = undefined
    } catch (error) {
      const failure = storeErrorFrom(error, path)
      if (failure.code === 'Full') this.#isFull(failure)
      return failure
    }
    try {
      await this.#database.sync()
      this.#database.acknowledge(done.count)
      return undefined
    } catch (cause) {
      // After a failed sync the kernel may have dropped the pages and the next sync would lie. Only reopening tells.
      this.#broken = new StoreError('Unavailable', `the store file ${path} cannot be synced; restart to recover`, {
        cause,
      })
      return this.#broken
    }
  }

  /** Finds out when there is space again, also when nobody writes. */
  #isFull(failure: StoreError): void {
    this.#full = failure
    clearTimeout(this.#probing)
    const probe: Write = {
      apply: () => this.#database.probe.run() !== undefined,
      settle: () => 0,
      publish() {},
      fail() {},
    }
    this.#probing = setTimeout(() => {
      if (this.#full) this.submit(probe)
    }, limits.fullProbeMs).unref()
  }

  /** Whether anything changed, and how many revisions were given out. */
  #transact(group: readonly Write[]): { changed: boolean; count: number } {
    const { begin, commit, rollback } = this.#database
    begin.run()
    try {
      let changed = false
      let count = 0
      for (const write of group) changed = write.apply() || changed
      if (changed) for (const write of group) count += write.settle()
      commit.run()
      return { changed, count }
    } catch (error) {
      if (this.#database.inTransaction()) rollback.run()
      throw error
    }
  }
}

function publish(group: readonly Write[]): void {
  for (const write of group) write.publish()
}
