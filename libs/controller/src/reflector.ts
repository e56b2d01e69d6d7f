/**
 * Tells what a resource holds: a list, then a watch from where the list was. A watch that ends is asked for again from where
 * it had got to; when the server no longer has that part of history (410) the list is made anew.
 * Source: kubernetes/client-go tools/cache/reflector.go
 */
import { type KubeObject, StatusError } from '@ensign/apimachinery'
import { type Logger, silentLogger } from '@ensign/process'
import type { ApiClient, Extent, ObjectEvent, ResourceRef, Selection } from './api-client.ts'
import { limits } from './limits.ts'
import { pause, realTimers, type Timers } from './timers.ts'

/** Is told what there is. Nothing in here may fail. */
export interface ReflectorSink {
  /** Everything that exists will be `put`, page by page; what was put before may be gone. */
  listing(): void
  /** What was not put since `listing` is gone. Not called for a list that fails: `listing` comes again. */
  listed(): void
  /** It is there, new or changed, or as it was. */
  put(object: KubeObject): void
  /** It is gone. `object` is its last state. */
  remove(object: KubeObject): void
}

export interface ReflectorOptions extends Selection, Extent {
  readonly client: ApiClient
  readonly resource: ResourceRef
  /** All namespaces when absent. */
  readonly namespace?: string
  readonly log?: Logger
  readonly timers?: Timers
}

/** Goes on until the signal aborts. Never fails: what goes wrong is told to the log and tried again. */
export async function reflect(options: ReflectorOptions, sink: ReflectorSink, signal: AbortSignal): Promise<void> {
  const { client, resource, log = silentLogger, timers = realTimers } = options
  const target = { ...resource, ...(options.namespace !== undefined && { namespace: options.namespace }) }
  const wanted: Selection & Extent = {
    ...(options.labelSelector !== undefined && { labelSelector: options.labelSelector }),
    ...(options.fieldSelector !== undefined && { fieldSelector: options.fieldSelector }),
    ...(options.relationsOnly !== undefined && { relationsOnly: options.relationsOnly }),
    ...(options.metadataOnly !== undefined && { metadataOnly: options.metadataOnly }),
  }

  /** Tells everything that there is. Returns from where to watch. */
  async function relist(): Promise<string> {
    sink.listing()
    let continueToken: string | undefined
    let resourceVersion: string | undefined
    do {
      const page = await client.list(target, {
        ...wanted,
        limit: limits.listPage,
        ...(continueToken !== undefined && { continueToken }),
      })
      // All pages are of the revision of the first one.
      resourceVersion ??= page.metadata.resourceVersion
      for (const item of page.items) sink.put(item)
      continueToken = page.metadata.continue || undefined
    } while (continueToken !== undefined)
    sink.listed()
    return resourceVersion ?? ''
  }

  function apply({ type, object }: ObjectEvent): void {
    if (type === 'DELETED') sink.remove(object)
    else if (type !== 'BOOKMARK') sink.put(object)
  }

  let from: string | undefined
  let pauseMs: number = limits.reconnectFirstMs
  while (!signal.aborted) {
    try {
      from ??= await relist()
      if (signal.aborted) return
      const began = timers.now()
      for await (const event of client.watch(target, { ...wanted, resourceVersion: from, signal })) {
        apply(event)
        from = event.object.metadata.resourceVersion ?? from
        pauseMs = limits.reconnectFirstMs
      }
      // Its time was over. A server that ends watches as soon as they begin is given a rest.
      if (timers.now() - began > limits.watchShortMs) continue
    } catch (error) {
      if (signal.aborted) return
      if (isExpired(error)) {
        log.info('A watch is too old, listing again', { resource: resource.resource, from })
        from = undefined
      } else {
        log.warn('Cannot follow a resource, trying again', { resource: resource.resource, error: String(error) })
      }
    }
    // Half as much again at random: clients that lost the same server do not come back all at once.
    await pause(timers, pauseMs * (1 + Math.random() / 2), signal)
    pauseMs = Math.min(pauseMs * 2, limits.reconnectMaxMs)
  }
}

const isExpired = (error: unknown): boolean =>
  error instanceof StatusError && (error.reason === 'Expired' || error.reason === 'Gone' || error.code === 410)
