import type { CachedObject, Passing } from './cached-object.ts'
import { limits } from './limits.ts'

/** One page of objects, as they were at one revision. */
export class ListResult {
  readonly items: readonly CachedObject[]
  readonly resourceVersion: string
  /** Opaque; for the page after this one. */
  readonly continueToken: string | undefined
  /** How many objects the following pages hold; only known without selectors. */
  readonly remaining: number | undefined
  #encoded: Map<string, Passing> | undefined
  #onKept: ((bytes: number) => void) | undefined

  constructor(
    items: readonly CachedObject[],
    resourceVersion: string,
    next?: { continueToken: string; remaining: number | undefined },
  ) {
    this.items = items
    this.resourceVersion = resourceVersion
    this.continueToken = next?.continueToken
    this.remaining = next?.remaining
  }

  /** Bytes of the whole page, made once per representation unless they are many. */
  encoded(representation: string, encode: () => Uint8Array): Uint8Array {
    return this.encodedUntil(representation, 0, () => ({ bytes: encode(), until: Number.POSITIVE_INFINITY }))
  }

  /** The same for bytes that hold for a while: they are made again when `now`, in milliseconds since the epoch, is later. */
  encodedUntil(representation: string, now: number, encode: () => Passing): Uint8Array {
    const known = this.#encoded?.get(representation)
    if (known && now < known.until) return known.bytes
    const made = encode()
    if (made.bytes.length <= limits.keptListBytesMax) {
      this.#encoded ??= new Map()
      this.#encoded.set(representation, made)
      this.#onKept?.(made.bytes.length - (known?.bytes.length ?? 0))
    }
    return made.bytes
  }

  /** Tells how many bytes more are kept from now on. */
  whenKept(tell: (bytes: number) => void): void {
    this.#onKept = tell
  }
}

/**
 * The lists that were asked for since the last change, for whoever asks the same again: a fleet of clients that all
 * poll the same collection costs one list for each change. When they hold too much together, all are forgotten.
 */
export class KeptLists {
  readonly #kept = new Map<string, ListResult>()
  #bytes = 0

  get(id: string): ListResult | undefined {
    return this.#kept.get(id)
  }

  set(id: string, result: ListResult): void {
    if (this.#kept.size >= limits.keptListsMax) this.clear()
    this.#kept.set(id, result)
    result.whenKept((bytes) => {
      if (this.#kept.get(id) !== result) return
      this.#bytes += bytes
      if (this.#bytes > limits.keptListsBytesMax) this.clear()
    })
  }

  clear(): void {
    if (this.#kept.size > 0) this.#kept.clear()
    this.#bytes = 0
  }
}
