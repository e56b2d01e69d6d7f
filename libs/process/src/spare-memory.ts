/**
 * Keeps memory small, and gives it back when there is nothing else to do. V8 keeps what a burst of requests made it take,
 * for the next burst; but a plane is idle most of its time and shares the machine with others.
 */
import { type EventLoopUtilization, performance } from 'node:perf_hooks'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Milliseconds between two looks. */
const intervalMs = 1_000
/** Part of the time since the last look that an idle process works at most. */
const idleUtilization = 0.1
/** Bytes that the heap has grown by since memory was given back last: less is not worth the work. */
const worthwhileBytes = 32 * 1024 * 1024
/** Bytes of heap above which the process might stand still for too long: about 4 ms for each MiB that is in use. */
const heapBytesMax = 512 * 1024 * 1024

/**
 * How much the heap may grow between two collections. Unbounded, headers of requests (a token is a kilobyte, and lies in
 * C's memory until a collection finds that nobody reads it) spread over 60 MiB more, which nothing gives back; this costs a
 * write 4 % and a read nothing.
 */
const growthPercent = 50

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

export function giveBackSpareMemory(): { stop(): void } {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`)
  let collect: Collect | undefined
  let utilization: EventLoopUtilization = performance.eventLoopUtilization()
  let kept = getHeapStatistics().total_heap_size
  let isQuiet = false
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization()
    const recent = performance.eventLoopUtilization(now, utilization)
    utilization = now
    const wasQuiet = isQuiet
    isQuiet = recent.utilization < idleUtilization
    const { total_heap_size: total } = getHeapStatistics()
    if (!wasQuiet || !isQuiet || total - kept < worthwhileBytes || total > heapBytesMax) return
    collect ??= collector()
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    kept = getHeapStatistics().total_heap_size
  }, intervalMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}

/** V8's own collector, which a context that is made after this flag was set can see. */
function collector(): Collect {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as Collect
  setFlagsFromString('--no-expose-gc')
  return collect
}
