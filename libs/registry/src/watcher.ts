/**
 * One watch: what it selects, where it begins, and how it keeps up.
 *
 * It joins the cache and reads what came before in the same turn of the event loop, so that there is neither a gap nor a
 * duplicate. A watcher that cannot keep up is told so with 410 and ended: never a silent hole.
 */
import { type KubeObject, type Status, StatusError } from '@ensign/apimachinery'
import type { Revision } from '@ensign/store'
import { CachedObject } from './cached-object.ts'
import type { EncodedEvent, EventSink, EventStream } from './event-stream.ts'
import { CacheEvent } from './history.ts'
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
  /** What the watch may hold; only the limits of this library when absent. */
  readonly share?: WatchShare
}

/** A watch's part of what its user's watches may hold together. */
export interface WatchShare {
  /** Whose transport it is about, before the first event. */
  begins(queuedBytes: () => number): void
  /** Whether another event may be sent when the transport holds so many bytes, or has to wait in the backlog. */
  hasRoom(queuedBytes: number): boolean
  /** So many bytes were given to the transport. */
  sent(bytes: number): void
  /** No object of the initial state waits any longer. */
  stateSent(): void
  release(): void
}

/** Annotation on the bookmark that closes the initial events. Source: metav1.InitialEventsAnnotationKey. */
const initialEventsEndAnnotation = 'k8s.io/initial-events-end'

/** What waits to be sent, none of it encoded yet: an event, an object of the initial state, or a bookmark. */
type Waiting = CacheEvent | CachedObject | KubeObject

/** Whether an object has owners or is being deleted, or had them before. */
const takesPart = ({ now, was }: CacheEvent): boolean =>
  (now !== undefined && hasRelations(now)) || (was !== undefined && hasRelations(was))

export function createWatch(cache: WatchCache, request: WatchRequest): EventStream {
  const { selection } = request
  const { relationsOnly, ...place } = selection
  let { representation } = request
  let sink: EventSink | undefined
  let detach: (() => void) | undefined
  let backlog: Waiting[] = []
  /** How much of the backlog was sent. */
  let sent = 0
  /** Events in it: only they count as falling behind, the initial state is as long as it is. */
  let waitingEvents = 0
  let draining: NodeJS.Timeout | undefined
  let drainMs: number = limits.watchDrainIntervalMs
  /** For how long the client has taken nothing of what the transport held at the last look. */
  let stalledMs = 0
  let queuedBefore = 0
  let bookmarkTimer: NodeJS.Timeout | undefined
  let endTimer: NodeJS.Timeout | undefined
  let ended = false

  return { start, stop }

  function start(to: EventSink): void {
    if (ended) return to.end()
    sink = to
    request.share?.begins(() => to.queuedBytes())
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
    end()
    // Not before: until the transport has let it go, what it holds unsent counts.
    request.share?.release()
  }

  function end(): void {
    ended = true
    detach?.()
    clearTimeout(draining)
    clearInterval(bookmarkTimer)
    clearTimeout(endTimer)
    backlog = []
    request.share?.stateSent()
  }

  function finish(): void {
    if (ended) return
    end()
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
    for (const object of all) if (selects(selection, object)) queue(object)
    if (request.initialEventsEnd) bookmark({ [initialEventsEndAnnotation]: 'true' })
    if (backlog.length === 0) request.share?.stateSent()
  }

  function hasRoom(): boolean {
    const queued = (sink as EventSink).queuedBytes()
    return request.share ? request.share.hasRoom(queued) : queued <= limits.watchQueueBytesMax
  }

  /** Hands an event on, or keeps it until the transport has room. */
  function deliver(event: CacheEvent): void {
    // A watch may begin at a revision that another server has shown and this one has not reached.
    if (request.since !== undefined && event.revision <= request.since) return
    queue(event)
  }

  function queue(item: Waiting): void {
    if (ended) return
    if (backlog.length === 0 && hasRoom()) return send(item)
    backlog.push(item)
    if (item instanceof CacheEvent && ++waitingEvents > limits.watchBacklogEventsMax) return fail(fellBehind())
    draining ??= setTimeout(drain, drainMs)
  }

  function drain(): void {
    draining = undefined
    const before = sent
    const queued = (sink as EventSink).queuedBytes()
    while (sent < backlog.length && hasRoom()) {
      const item = backlog[sent++] as Waiting
      if (item instanceof CacheEvent) waitingEvents--
      send(item)
      if (ended) return
    }
    if (sent === backlog.length) {
      backlog = []
      sent = 0
      drainMs = limits.watchDrainIntervalMs
      return request.share?.stateSent()
    }
    if (sent > before || queued !== queuedBefore || queued === 0) stalledMs = 0
    else stalledMs += drainMs
    queuedBefore = queued
    if (stalledMs >= limits.watchStalledMsMax) return fail(notRead())
    // Whoever reads little is looked at ever more seldom.
    drainMs =
      sent > before
        ? Math.max(drainMs / 2, limits.watchDrainIntervalMs)
        : Math.min(drainMs * 2, limits.watchDrainIntervalMsMax)
    draining = setTimeout(drain, drainMs)
    // What was sent is not kept for what waits.
    if (sent > limits.watchBacklogEventsMax) {
      backlog = backlog.slice(sent)
      sent = 0
    }
  }

  function send(item: Waiting): void {
    const encoded = encodedOf(item)
    if (!encoded) return
    request.share?.sent(encoded.frame.length)
    ;(sink as EventSink).send(encoded)
  }

  function encodedOf(item: Waiting): EncodedEvent | undefined {
    if (item instanceof CacheEvent) return encodedFor(item)
    const form = nextForm()
    return item instanceof CachedObject
      ? encodeEvent(form, 'ADDED', form.eventObject(item))
      : encodeEvent(form, 'BOOKMARK', form.bookmark(item))
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
    queue(object)
  }

  function tooOld(since: Revision): Status {
    return new StatusError(
      'Expired',
      `too old resource version: ${resourceVersionOf(since)} (${resourceVersionOf(cache.historySince)})`,
    ).status
  }

  function notRead(): Status {
    return new StatusError('Expired', 'nothing of this watch was read for too long; list again and watch from there')
      .status
  }

  function fellBehind(): Status {
    return new StatusError(
      'Expired',
      `this watch fell ${limits.watchBacklogEventsMax} events behind and was ended; list again and watch from there`,
    ).status
  }
}
