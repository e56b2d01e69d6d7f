import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Where ports are looked for: below those that the system gives to outgoing connections (32768 and up on Linux, 49152
 * elsewhere), so that no client takes the port of a server that is down for a moment, not even by connecting to itself.
 */
const range = { from: 10_000, to: 32_000 } as const
const attemptsMax = 1000

/** Ports of the loopback interface on which nothing listens, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>()
  for (let attempt = 0; found.size < count; attempt++) {
    if (attempt === attemptsMax) throw new Error(`no ${count} free ports after ${attemptsMax} attempts`)
    const port = range.from + Math.floor(Math.random() * (range.to - range.from))
    if (await isFree(port)) found.add(port)
  }
  return [...found]
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
