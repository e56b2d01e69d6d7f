import { createConnection, type StoreConnection } from './connection.ts'
import { createMemoryBackend } from './memory-backend.ts'

/** `memory:`: everything is gone with the process. */
export function createMemoryConnection(): StoreConnection {
  return createConnection({
    open: () => createMemoryBackend(),
    async ping() {},
    state: () => ({ available: true }),
    async close() {},
  })
}
