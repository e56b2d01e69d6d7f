/**
 * A process that writes as fast as it can and prints each key once its write was acknowledged, until it is killed:
 * `node write-and-tell.ts FILE`.
 */
import { writeSync } from 'node:fs'
import { createSqliteConnection } from '../connection.ts'

const store = createSqliteConnection({ path: process.argv[2]! }).store('core/things')
let next = 0
await Promise.all(
  Array.from({ length: 16 }, async () => {
    for (;;) {
      const key = `/${next++}`
      const written = await store.create(key, JSON.stringify({ key, filler: 'x'.repeat(500) }))
      // Straight to the pipe: what the kernel has got survives SIGKILL.
      if (written.ok) writeSync(1, `${key} ${written.revision}\n`)
    }
  }),
)
