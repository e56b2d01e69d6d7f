/**
 * One watch: what it selects, where it begins, and how it keeps up.
 *
 * It joins the cache and reads what came before in the same turn of the event loop, so that there is neither a gap nor a
 * duplicate. A watcher that cannot keep up is told so with 410 and ended: never a silent hole.
 */
import { type KubeObject, type Status, StatusError } from '@ensign/apimachinery'
import type { Revision } from '@ensign/store'
import type { EncodedEvent, EventSink, EventStream } from './event-stream.ts'
import type { CacheEvent } from './history.ts'
import { limits } from './limits.ts'
import { encodeEvent, type Representation } from './representation.ts'
import { resourceVersionOf } from './resource-version.ts'
import { hasRelations, type Selection, selects } from './selection.ts'
import type { WatchCache } from './watch-cache.ts'

export interface WatchRequest {
  readonly selection: Selection
  readonly representation: Representation
  /** Events after this revision; undefined for the present state as ADDED events first. */
  readonly since: Revision | undefined
  readonly bookmarks: boolean
  /** Close the initial ADDED events with a bookmark that says so (KEP-3157). */
  readonly initialEventsEnd: boolean
  /** Milliseconds after which the stream ends cleanly. */
  readonly timeoutMs: number
  /** An object of the kind with nothing in it, to carry a bookmark's resourceVersion. */
  emptyObject(): KubeObject
}

/** Annotation on the bookmark that closes the initial events. Source: metav1.InitialEventsAnnotationKey. */
const initialEventsEndAnnotation = 'k8s.io/initial-events-end'

type Backlog = (CacheEvent | EncodedEvent)[]

/** Whether an object has owners or is being deleted, or had them before. */
const takesPart = ({ now, was }: CacheEvent): boolean =>
  (now !== undefined && hasRelations(now)) || (was !== undefined && hasRelations(was))

export function createWatch(cache: WatchCache, request: WatchRequest): EventStream {
  const { selection } = request
  const { relationsOnly, ...place } = selection
  let { representation } = request
  let sink: EventSink | undefined
  let detach: (() => void) | undefined
  let backlog: Backlog = []
  let draining: NodeJS.Timeout | undefined
  let bookmarkTimer: NodeJS.Timeout | undefined
  let endTimer: NodeJS.Timeout | undefined
  let ended = false

  return { start, stop }

  function start(to: EventSink): void {
    if (ended) return to.end()
    sink = to
    const key =
      selection.name === undefined || selection.namespace === undefined
        ? undefined
        : selection.namespace
          ? `${selection.namespace}/${selection.name}`
          : selection.name
    if (request.since === undefined) initialState()
    else {
      const missed = cache.eventsAfter(request.since)
      if (!missed) return fail(tooOld(request.since))
      for (const event of missed) deliver(event)
    }
    detach = cache.attach({ onEvent: deliver, onReset: () => fail(tooOld(request.since ?? cache.revision)) }, key)
    if (request.bookmarks) bookmarkTimer = setInterval(() => bookmark(), limits.bookmarkIntervalMs)
    endTimer = setTimeout(() => {
      if (request.bookmarks) bookmark()
      finish()
    }, request.timeoutMs)
  }

  function stop(): void {
    ended = true
    detach?.()
    clearTimeout(draining)
    clearInterval(bookmarkTimer)
    clearTimeout(endTimer)
    backlog = []
  }

  function finish(): void {
    if (ended) return
    stop()
    sink?.end()
  }

  function fail(status: Status): void {
    if (ended) return
    sink?.send(encodeEvent(representation, 'ERROR', representation.status(status)))
    finish()
  }

  function initialState(): void {
    const { namespace, name } = selection
    const one = name !== undefined && namespace !== undefined ? cache.get(namespace, name) : undefined
    const all = name !== undefined && namespace !== undefined ? (one ? [one] : []) : cache.index.range(namespace)
    for (const object of all) {
      if (!selects(selection, object)) continue
      const form = nextForm()
      queue(encodeEvent(form, 'ADDED', form.eventObject(object)))
    }
    if (request.initialEventsEnd) bookmark({ [initialEventsEndAnnotation]: 'true' })
  }

  /** Hands an event on, or keeps it until the transport has room. */
  function deliver(event: CacheEvent): void {
    // A watch may begin at a revision that another server has shown and this one has not reached.
    if (request.since !== undefined && event.revision <= request.since) return
    if (backlog.length > 0) queue(event)
    else {
      const encoded = encodedFor(event)
      if (!encoded) return
      if ((sink as EventSink).queuedBytes() > limits.watchQueueBytesMax) queue(encoded)
      else (sink as EventSink).send(encoded)
    }
  }

  function queue(event: CacheEvent | EncodedEvent): void {
    if (ended) return
    if (backlog.length === 0 && 'frame' in event && (sink as EventSink).queuedBytes() <= limits.watchQueueBytesMax) {
      ;(sink as EventSink).send(event)
      return
    }
    backlog.push(event)
    // The initial state may be longer than the bound; only what comes on top of it counts as falling behind.
    if (!('frame' in event) && backlog.length > limits.watchBacklogEventsMax) return fail(fellBehind())
    draining ??= setTimeout(drain, limits.watchDrainIntervalMs)
  }

  function drain(): void {
    draining = undefined
    let sent = 0
    for (const event of backlog) {
      if ((sink as EventSink).queuedBytes() > limits.watchQueueBytesMax) break
      sent++
      const encoded = 'frame' in event ? event : encodedFor(event)
      if (encoded) (sink as EventSink).send(encoded)
    }
    backlog.splice(0, sent)
    if (backlog.length > 0) draining = setTimeout(drain, limits.watchDrainIntervalMs)
  }

  function encodedFor(event: CacheEvent): EncodedEvent | undefined {
    const now = event.now !== undefined && selects(place, event.now)
    const was = event.was !== undefined && selects(place, event.was)
    // Of what goes everybody hears, and nothing goes only because it has no owners any more.
    if (relationsOnly && now && !takesPart(event)) return undefined
    if (now) return event.encoded(was ? 'MODIFIED' : 'ADDED', nextForm())
    return was ? event.encoded('DELETED', nextForm()) : undefined
  }

  /** How the next event is written, which may differ between the first and the others. */
  function nextForm(): Representation {
    const form = representation
    representation = form.following ?? form
    return form
  }

  /** Says that everything up to the cache's revision was sent; so it waits behind a backlog like any event. */
  function bookmark(annotations?: Record<string, string>): void {
    const object = request.emptyObject()
    object.metadata = {
      ...object.metadata,
      resourceVersion: resourceVersionOf(cache.revision),
      ...(annotations && { annotations }),
    }
    const form = nextForm()
    queue(encodeEvent(form, 'BOOKMARK', form.bookmark(object)))
  }

  function tooOld(since: Revision): Status {
    return new StatusError(
      'Expired',
      `too old resource version: ${resourceVersionOf(since)} (${resourceVersionOf(cache.historySince)})`,
    ).status
  }

  function fellBehind(): Status {
    return new StatusError(
      'Expired',
      `this watch fell ${limits.watchBacklogEventsMax} events behind and was ended; list again and watch from there`,
    ).status
  }
}
