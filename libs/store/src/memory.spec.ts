import { createMemoryConnection } from './memory.ts'
import { createMemoryBackend } from './memory-backend.ts'
import { backendSuite } from './testing/backend-suite.ts'
import { storeSuite } from './testing/store-suite.ts'

backendSuite('memory', async () => ({ ...createMemoryBackend(), async [Symbol.asyncDispose]() {} }))

storeSuite('memory', async () => {
  const connection = createMemoryConnection()
  return { connection, [Symbol.asyncDispose]: () => connection.close() }
})
