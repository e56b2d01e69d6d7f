/** Keeps a copy of a resource and tells what changes in it. Source: kubernetes/client-go tools/cache/shared_informer.go */
import type { KubeObject } from '@ensign/apimachinery'
import { type Lister, ObjectIndex } from './lister.ts'
import { type ReflectorOptions, type ReflectorSink, reflect } from './reflector.ts'
import { pause, realTimers } from './timers.ts'

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

export interface InformerOptions extends ReflectorOptions {
  /** Tells every object as updated so often, for those who keep something outside of the API. Never when absent. */
  readonly resyncMs?: number
  /** Makes every object immutable, so that a test finds out who changes what it does not own. */
  readonly freeze?: boolean
}

export function createInformer<T extends KubeObject>(options: InformerOptions): Informer<T> {
  const { timers = realTimers } = options
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

  /** What the copy has and a list that is being made has not told yet. */
  let unconfirmed = new Map<string, KubeObject>()
  const sink: ReflectorSink = {
    listing() {
      unconfirmed = new Map(index.list().map((object) => [keyOf(object), object]))
    },
    put(object) {
      unconfirmed.delete(keyOf(object))
      put(object as T)
    },
    remove,
    listed() {
      for (const object of unconfirmed.values()) remove(object)
      unconfirmed.clear()
      synced = true
      firstSync.resolve()
    },
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
      await Promise.all([reflect(options, sink, signal), ...(resyncMs !== undefined ? [resync(resyncMs, signal)] : [])])
    },
  }
}

const keyOf = ({ metadata: { namespace = '', name = '' } }: KubeObject): string => `${namespace}/${name}`

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const part of Object.values(value)) deepFreeze(part)
}
