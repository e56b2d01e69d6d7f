/**
 * Events are told for a while and then forgotten; each write begins that while anew.
 * Source: kubernetes/kubernetes pkg/registry/core/event/storage/storage.go (TTLFunc), --event-ttl
 */
import { type Clock, errorMessage, type Logger } from '@ensign/process'
import type { CachedObject, Resource } from '@ensign/registry'

/** Milliseconds between two looks at what has had its time. */
const sweepMs = 10_000

export interface EventExpiry {
  /** Removes what has had its time. */
  sweep(): Promise<void>
  close(): void
}

/**
 * Several apiservers may do this at once: each removes only what is still as it knows it.
 *
 * @param ttlMs milliseconds; 0 keeps events for ever
 */
export function expireEvents(options: {
  readonly resource: Resource
  readonly ttlMs: number
  readonly clock: Clock
  readonly log: Pick<Logger, 'warn'>
}): EventExpiry {
  const { resource, ttlMs, clock, log } = options
  /** When each was written last, by key. */
  const writtenMs = new Map<string, number>()
  if (ttlMs > 0) {
    resource.cache.follow({
      set(object) {
        writtenMs.delete(object.key)
        writtenMs.set(object.key, resource.cache.ready ? clock.now() : lastWriteMs(object))
      },
      delete: ({ key }) => void writtenMs.delete(key),
    })
  }

  async function sweep(): Promise<void> {
    const endMs = clock.now() - ttlMs
    for (const [key, atMs] of writtenMs) {
      if (atMs > endMs) continue
      const object = resource.cache.index.get(...partsOf(key))
      if (object) await resource.expire(object)
      else writtenMs.delete(key)
    }
  }

  let isSweeping = false
  const timer = setInterval(() => {
    if (isSweeping || writtenMs.size === 0) return
    isSweeping = true
    void sweep()
      .catch((error: unknown) =>
        log.warn('events could not be expired, will try again', { error: errorMessage(error) }),
      )
      .finally(() => {
        isSweeping = false
      })
  }, sweepMs).unref()
  return { sweep, close: () => clearInterval(timer) }
}

function partsOf(key: string): [namespace: string, name: string] {
  const slash = key.indexOf('/')
  return [key.slice(0, slash), key.slice(slash + 1)]
}

/** Of an event that was there before: as far as it says itself. */
function lastWriteMs({ object: { metadata } }: CachedObject): number {
  const times = [metadata.creationTimestamp, ...(metadata.managedFields ?? []).map(({ time }) => time)]
  return Math.max(...times.map((time) => (time ? Date.parse(time) : 0)))
}
