/**
 * Keeps a copy of a resource: a list, then a watch from where the list was. A watch that ends is asked for again from where it
 * had got to; when the server no longer has that part of history (410) the list is made anew and compared with the copy.
 * Source: kubernetes/client-go tools/cache/reflector.go
 */
import { type KubeObject, StatusError } from '@ensign/apimachinery'
import { type Logger, silentLogger } from '@ensign/process'
import type { ApiClient, ObjectEvent, ResourceRef, Selection } from './api-client.ts'
import { limits } from './limits.ts'
import { type Lister, ObjectIndex } from './lister.ts'
import { pause, realTimers, type Timers } from './timers.ts'

/** What happened to an object, as far as the copy can tell: several changes may have become one. */
export type Change<T> =
  | { readonly type: 'added'; readonly object: Readonly<T>; readonly before?: undefined }
  | { readonly type: 'updated'; readonly object: Readonly<T>; readonly before: Readonly<T> }
  /** `object` is the last state that was seen. */
  | { readonly type: 'deleted'; readonly object: Readonly<T>; readonly before?: undefined }

export interface Informer<T extends KubeObject> {
  readonly lister: Lister<T>
  /** Whether the copy was complete once. */
  readonly synced: boolean
  /** Resolves when it was, or when the signal aborts. */
  whenSynced(signal: AbortSignal): Promise<void>
  /** Tells every change, beginning with what is there already. Returns how to end it. */
  subscribe(listener: (change: Change<T>) => void): () => void
  /** Keeps the copy until the signal aborts. Never fails: what goes wrong is told to the log and tried again. */
  run(signal: AbortSignal): Promise<void>
}

export interface InformerOptions extends Selection {
  readonly client: ApiClient
  readonly resource: ResourceRef
  /** All namespaces when absent. */
  readonly namespace?: string
  /** Tells every object as updated so often, for those who keep something outside of the API. Never when absent. */
  readonly resyncMs?: number
  readonly log?: Logger
  readonly timers?: Timers
  /** Makes every object immutable, so that a test finds out who changes what it does not own. */
  readonly freeze?: boolean
}

export function createInformer<T extends KubeObject>(options: InformerOptions): Informer<T> {
  const { client, resource, log = silentLogger, timers = realTimers } = options
  const target = { ...resource, ...(options.namespace !== undefined && { namespace: options.namespace }) }
  const selection: Selection = {
    ...(options.labelSelector !== undefined && { labelSelector: options.labelSelector }),
    ...(options.fieldSelector !== undefined && { fieldSelector: options.fieldSelector }),
  }
  const index = new ObjectIndex<T>()
  const listeners = new Set<(change: Change<T>) => void>()
  const firstSync = Promise.withResolvers<void>()
  let synced = false

  function tell(change: Change<T>): void {
    for (const listener of listeners) listener(change)
  }

  function put(object: T): void {
    if (options.freeze) deepFreeze(object)
    const before = index.set(object)
    if (!before) tell({ type: 'added', object })
    else if (before.metadata.resourceVersion !== object.metadata.resourceVersion)
      tell({ type: 'updated', object, before })
  }

  function remove(object: KubeObject): void {
    const before = index.delete(object)
    if (before) tell({ type: 'deleted', object: before })
  }

  /** Makes the copy what the server has. Returns from where to watch. */
  async function relist(): Promise<string> {
    const gone = new Map(index.list().map((object) => [keyOf(object), object]))
    let continueToken: string | undefined
    let resourceVersion: string | undefined
    do {
      const page = await client.list(target, {
        ...selection,
        limit: limits.listPage,
        ...(continueToken !== undefined && { continueToken }),
      })
      // All pages are of the revision of the first one.
      resourceVersion ??= page.metadata.resourceVersion
      for (const item of page.items) {
        gone.delete(keyOf(item))
        put(item as T)
      }
      continueToken = page.metadata.continue || undefined
    } while (continueToken !== undefined)
    for (const object of gone.values()) remove(object)
    if (!synced) {
      synced = true
      firstSync.resolve()
    }
    return resourceVersion ?? ''
  }

  function apply({ type, object }: ObjectEvent): void {
    if (type === 'DELETED') remove(object)
    else if (type !== 'BOOKMARK') put(object as T)
  }

  async function follow(signal: AbortSignal): Promise<void> {
    let from: string | undefined
    let pauseMs: number = limits.reconnectFirstMs
    while (!signal.aborted) {
      try {
        from ??= await relist()
        if (signal.aborted) return
        const began = timers.now()
        for await (const event of client.watch(target, { ...selection, resourceVersion: from, signal })) {
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

  async function resync(everyMs: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      await pause(timers, everyMs, signal)
      if (signal.aborted) return
      for (const object of index.list()) tell({ type: 'updated', object, before: object })
    }
  }

  return {
    lister: index,
    get synced() {
      return synced
    },
    async whenSynced(signal) {
      const aborted = Promise.withResolvers<void>()
      const onAbort = () => aborted.resolve()
      signal.addEventListener('abort', onAbort)
      if (signal.aborted) onAbort()
      await Promise.race([firstSync.promise, aborted.promise])
      signal.removeEventListener('abort', onAbort)
    },
    subscribe(listener) {
      for (const object of index.list()) listener({ type: 'added', object })
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async run(signal) {
      const { resyncMs } = options
      await Promise.all([follow(signal), ...(resyncMs !== undefined ? [resync(resyncMs, signal)] : [])])
    },
  }
}

const keyOf = ({ metadata: { namespace = '', name = '' } }: KubeObject): string => `${namespace}/${name}`

const isExpired = (error: unknown): boolean =>
  error instanceof StatusError && (error.reason === 'Expired' || error.reason === 'Gone' || error.code === 410)

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const part of Object.values(value)) deepFreeze(part)
}
