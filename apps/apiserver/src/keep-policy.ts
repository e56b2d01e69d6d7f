/**
 * Opens the policy gate when the default roles are stored and known. When the store has lost its past, the roles may be lost
 * with it: the gate is closed in the same turn in which a cache hears of that, and opened when they are there again.
 */
import type { WatchCache } from '@ensign/registry'
import type { PolicyGate } from './policy-gate.ts'

export async function keepPolicy(parts: {
  gate: PolicyGate
  /** Of the roles and bindings, and of what must be there before them. */
  caches: readonly WatchCache[]
  /** Stores what is missing; false when the server stops before. */
  store(): Promise<boolean>
  signal: AbortSignal
}): Promise<void> {
  const { gate, caches, store, signal } = parts
  while (!signal.aborted) {
    let isLost = false
    const lost = firstReset(caches, () => {
      isLost = true
      gate.close()
    })
    if (!(await store())) return
    // What was lost meanwhile is stored once more.
    if (!isLost) gate.open()
    await lost
  }
}

/** Resolves when one of the caches has to be loaded anew; tells it in the same turn. */
function firstReset(caches: readonly WatchCache[], tell: () => void): Promise<void> {
  return new Promise((resolve) => {
    const detach = caches.map((cache) =>
      cache.attach({
        onEvent: () => {},
        onReset: () => {
          for (const stop of detach) stop()
          tell()
          resolve()
        },
      }),
    )
  })
}
