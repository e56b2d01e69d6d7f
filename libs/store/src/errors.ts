import type { Revision } from './revision.ts'

/**
 * What can go wrong in a store, beside losing a race, which is an outcome and no error.
 *
 * - `Unavailable`: the database did not answer. A write that ends so **may have happened**.
 * - `Full`: there is no space for what was to be written. Nothing was written.
 * - `Compacted`: events after the asked revision were discarded; list again.
 * - `HistoryLost`: the database no longer has the past that was served from it (a failover that lost acknowledged writes, a
 *   restored backup); everything derived from it must be read again.
 * - `TooLarge`: key or value above the limits; nothing was sent.
 * - `Closed`: this connection was closed by its owner.
 * - `Misused`: what is stored was written by something else: another schema version, a foreign file.
 */
export type StoreErrorCode = 'Unavailable' | 'Full' | 'Compacted' | 'HistoryLost' | 'TooLarge' | 'Closed' | 'Misused'

/** The only error that a store throws on purpose. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode
  /** With `Compacted`: the newest revision that is gone. */
  readonly compacted?: Revision

  constructor(code: StoreErrorCode, message: string, options: { cause?: unknown; compacted?: Revision } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    if (options.compacted !== undefined) this.compacted = options.compacted
  }
}

/** Whether `error` is a StoreError, of one of `codes` when any are named. */
export function isStoreError(error: unknown, ...codes: readonly StoreErrorCode[]): error is StoreError {
  return error instanceof StoreError && (codes.length === 0 || codes.includes(error.code))
}

export const compactedError = (since: Revision, at: Revision) =>
  new StoreError('Compacted', `revision ${since} is older than the compacted revision ${at}`, { compacted: at })
