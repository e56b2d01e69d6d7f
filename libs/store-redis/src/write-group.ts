import type { Committed, LogEvent, Revision } from '@ensign/store'
import { limits } from './limits.ts'

/** A write that was not sent yet. */
export interface Write {
  readonly key: string
  readonly expected: Revision
  readonly json: string | undefined
  resolve(outcome: Committed): void
  reject(error: unknown): void
}

/**
 * Gathers the writes that come in during one turn of the event loop: one command, one answer and one sync of Redis' file for
 * all of them. Nobody waits for the answer to somebody else's write: the next turn's group is sent while this one's is under
 * way.
 */
export class WriteGroup {
  readonly #send: (group: readonly Write[]) => void
  #gathered: Write[] = []
  #characters = 0

  /** `send` settles each of its writes. */
  constructor(send: (group: readonly Write[]) => void) {
    this.#send = send
  }

  add(key: string, expected: Revision, json: string | undefined): Promise<Committed> {
    const size = json?.length ?? 0
    if (this.#gathered.length >= limits.groupMax || this.#characters + size > limits.groupCharactersMax) this.#flush()
    if (this.#gathered.length === 0) setImmediate(() => this.#flush())
    this.#characters += size
    return new Promise((resolve, reject) => {
      this.#gathered.push({ key, expected, json, resolve, reject })
    })
  }

  #flush(): void {
    const group = this.#gathered
    if (group.length === 0) return
    this.#gathered = []
    this.#characters = 0
    this.#send(group)
  }
}

/** What the log says of a write that succeeded. */
export function eventOf({ key, json }: Write, { revision, was }: Committed & { readonly ok: true }): LogEvent {
  return {
    revision,
    key,
    ...(json !== undefined && { now: json }),
    ...(was && { was: was.json, wasRevision: was.revision }),
  }
}
