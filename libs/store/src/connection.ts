import type { Backend } from './backend.ts'
import { StoreError } from './errors.ts'
import { createStore, type Store } from './store.ts'

/** Whether a database answers, as readyz wants to know it: without asking it. */
export type Availability = { readonly available: true } | { readonly available: false; readonly reason: string }

/** One database with the stores of all resource types in it. */
export interface StoreConnection {
  /** The store of one resource type, e.g. `core/serviceaccounts`; the same object for the same name. */
  store(resource: string): Store
  /** @throws StoreError when the database cannot be reached or used; the message names it and says why. */
  ping(): Promise<void>
  state(): Availability
  /** Ends all watches and lets go of the database. Idempotent. */
  close(): Promise<void>
}

/** What a kind of database adds to make a {@link StoreConnection}. */
export interface ConnectionParts {
  open(resource: string): Backend
  ping(): Promise<void>
  state(): Availability
  close(): Promise<void>
}

export function createConnection(parts: ConnectionParts): StoreConnection {
  const stores = new Map<string, Store>()
  let closing: Promise<void> | undefined
  return {
    store(resource) {
      if (closing) throw new StoreError('Closed', 'the store was closed')
      let store = stores.get(resource)
      if (!store) {
        store = createStore(resource, parts.open(resource))
        stores.set(resource, store)
      }
      return store
    },
    ping: () => parts.ping(),
    state: () => (closing ? { available: false, reason: 'closed' } : parts.state()),
    close() {
      closing ??= (async () => {
        for (const store of stores.values()) store.close()
        await parts.close()
      })()
      return closing
    },
  }
}
