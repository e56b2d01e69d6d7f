import { type KubeObject, StatusError } from '@ensign/apimachinery'
import { errorMessage, type Logger, silentLogger } from '@ensign/process'
import type { Informer } from './informer.ts'
import { createWorkQueue, type WorkQueue } from './work-queue.ts'

/** Done; or wait for time to pass. Whatever is thrown is tried again, later and later. */
export type Outcome = undefined | { readonly requeueAfterMs: number }

/** Something whose changes mean work. */
export interface Source {
  whenSynced(signal: AbortSignal): Promise<void>
  /** Returns how to end it. */
  start(enqueue: (key: string) => void): () => void
}

/**
 * The keys that an object stands for, of what it is and of what it was. Keys, not facts: `reconcile` reads the world each
 * time, so that an event that is missed or told twice does no harm.
 */
export function on<T extends KubeObject>(
  informer: Informer<T>,
  keysOf: (object: Readonly<T>) => readonly string[],
): Source {
  return {
    whenSynced: (signal) => informer.whenSynced(signal),
    start: (enqueue) =>
      informer.subscribe(({ object, before }) => {
        for (const key of keysOf(object)) enqueue(key)
        if (before && before !== object) for (const key of keysOf(before)) enqueue(key)
      }),
  }
}

export interface ControllerOptions {
  readonly name: string
  readonly sources: readonly Source[]
  /** Keys that are worked on at the same time; one when absent. */
  readonly workers?: number
  /** Milliseconds that a change waits for more of its kind, so that many make one piece of work; none when absent. */
  readonly batchMs?: number
  /** Gives a key up after so many failures, until something changes. Never when absent. */
  readonly retriesMax?: number
  reconcile(key: string, signal: AbortSignal): Promise<Outcome>
  readonly log?: Logger
  /** Makes the queue of one run: one that is shut down takes nothing more. */
  readonly createQueue?: () => WorkQueue
}

export interface Controller {
  readonly name: string
  /** Waits for the sources, then works until the signal aborts and what was begun is finished. */
  run(signal: AbortSignal): Promise<void>
}

export function controller(options: ControllerOptions): Controller {
  const { name, sources, workers = 1, batchMs = 0, retriesMax = Number.POSITIVE_INFINITY } = options
  const log = (options.log ?? silentLogger).with({ controller: name })

  async function work(queue: WorkQueue, signal: AbortSignal): Promise<void> {
    for (;;) {
      const key = await queue.take()
      if (key === undefined) return
      try {
        const outcome = await options.reconcile(key, signal)
        queue.forget(key)
        if (outcome) queue.addAfter(key, outcome.requeueAfterMs)
      } catch (error) {
        failed(queue, key, error, signal)
      } finally {
        queue.done(key)
      }
    }
  }

  function failed(queue: WorkQueue, key: string, error: unknown, signal: AbortSignal): void {
    // Half-done work of a controller that is told to stop is no failure.
    if (signal.aborted) return
    if (queue.failures(key) >= retriesMax) {
      queue.forget(key)
      log.error('Giving up', { key, error: errorMessage(error) })
      return
    }
    // Losing a race is how optimistic concurrency works.
    const isRace = error instanceof StatusError && (error.reason === 'Conflict' || error.reason === 'AlreadyExists')
    log[isRace ? 'debug' : 'warn']('Failed, trying again', { key, error: errorMessage(error) })
    queue.addRateLimited(key)
  }

  return {
    name,
    async run(signal) {
      const queue = options.createQueue?.() ?? createWorkQueue()
      for (const source of sources) await source.whenSynced(signal)
      if (signal.aborted) return
      const stops = sources.map((source) => source.start((key) => queue.addAfter(key, batchMs)))
      signal.addEventListener('abort', queue.shutDown)
      log.debug('Started', { workers })
      await Promise.all(Array.from({ length: workers }, () => work(queue, signal)))
      signal.removeEventListener('abort', queue.shutDown)
      for (const stop of stops) stop()
    },
  }
}

/** For a `catch`: lets errors with one of these reasons, or with such a cause in their details, pass as done. */
export function ignore(error: unknown, ...reasons: readonly string[]): undefined {
  if (error instanceof StatusError) {
    if (reasons.includes(error.reason)) return undefined
    if (error.status.details?.causes?.some(({ reason }) => reason !== undefined && reasons.includes(reason)))
      return undefined
  }
  throw error
}
