import { StoreError } from '@ensign/store'
import { type Database, storeErrorFrom } from './database.ts'
import { limits } from './limits.ts'

/** A write that waits for its turn. */
export interface Write {
  /** Runs inside the transaction. Tells whether it changed anything. Must leave no trace when it throws. */
  apply(): boolean
  /** Still inside, when all writes of the group are applied: what is needed once for several of them. */
  settle(): void
  /** The transaction is durable: show what was written. */
  publish(): void
  /** The transaction did not happen, or nobody can say whether it did. */
  fail(error: StoreError): void
}

/**
 * One transaction and one sync for all writes that arrive while the group before them is being written: with many writers
 * the price of a sync is shared, with one writer nothing waits. Nobody is answered before the sync.
 */
export class GroupCommit {
  readonly #database: Database
  #waiting: Write[] = []
  #busy = false
  #syncing: Promise<void> | undefined
  #broken: StoreError | undefined
  #closed = false

  constructor(database: Database) {
    this.#database = database
  }

  /** Why nothing can be written any more. */
  get broken(): StoreError | undefined {
    return this.#broken
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
    while (this.#syncing) await this.#syncing
  }

  /** Refuses new writes and waits for those under way. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#busy) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Later in this turn of the event loop, so that all requests which came in together make one group. */
  #start(): void {
    this.#busy = true
    setImmediate(() => {
      const group = this.#waiting.splice(0, limits.groupMax)
      this.#syncing = this.#write(group).then(() => {
        this.#syncing = undefined
        if (this.#waiting.length > 0) this.#start()
        else this.#busy = false
      })
    })
  }

  async #write(group: readonly Write[]): Promise<void> {
    const { begin, commit, rollback, path } = this.#database
    try {
      begin.run()
      try {
        let changed = false
        for (const write of group) changed = write.apply() || changed
        if (changed) for (const write of group) write.settle()
        commit.run()
        if (!changed) return publish(group)
      } catch (error) {
        if (this.#database.inTransaction()) rollback.run()
        throw error
      }
    } catch (error) {
      const failure = storeErrorFrom(error, path)
      for (const write of group) write.fail(failure)
      return
    }
    try {
      await this.#database.sync()
    } catch (error) {
      // After a failed sync the kernel may have dropped the pages and the next sync would lie. Only reopening tells.
      this.#broken = new StoreError('Unavailable', `the store file ${path} cannot be synced; restart to recover`, {
        cause: error,
      })
      for (const write of [...group, ...this.#waiting.splice(0)]) write.fail(this.#broken)
      return
    }
    publish(group)
  }
}

function publish(group: readonly Write[]): void {
  for (const write of group) write.publish()
}
