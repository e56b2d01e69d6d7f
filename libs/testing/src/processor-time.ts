import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Milliseconds of processor time that this thread has used. */
const used = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Times that something is measured until it is quick enough: what else the machine does comes and goes. */
const attempts = 4

/** The least processor time of a few runs, of no more than it takes to be below what is enough. */
export async function processorTime(run: () => unknown, enoughMs = 0): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < attempts && least > enoughMs; i++) {
    const before = used()
    await run()
    least = Math.min(least, used() - before)
  }
  return least
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes of memory that what a run returns holds, at least none. */
export function retainedBytes(run: () => unknown): number {
  const held = (): number => {
    collectGarbage()
    collectGarbage()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = held()
  const value = run()
  const after = held()
  // Used once more, so that it lives until here.
  return value === before ? 0 : Math.max(0, after - before)
}
