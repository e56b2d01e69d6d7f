import type { KubeObject } from '@ensign/apimachinery'
import { describe, expect, test, vi } from 'vitest'
import type { CachedObject } from './cached-object.ts'
import type { EncodedEvent, EventSink } from './event-stream.ts'
import { limits } from './limits.ts'
import { jsonRepresentation } from './representation.ts'
import { revisionOf } from './resource-version.ts'
import { selectionOf } from './selection.ts'
import { collector, context, flags, type Harbour, harbour } from './testing/index.ts'
import { createWatch, type WatchRequest } from './watcher.ts'

function watch(
  h: Harbour,
  more: Partial<WatchRequest> & { labelSelector?: string; fieldSelector?: string; relationsOnly?: boolean } = {},
  to?: EventSink,
) {
  const { labelSelector, fieldSelector, relationsOnly, ...request } = more
  const sink = collector()
  const stream = createWatch(h.cache, {
    selection: selectionOf(flags, {
      namespace: 'ns',
      ...(labelSelector && { labelSelector }),
      ...(fieldSelector && { fieldSelector }),
      ...(relationsOnly && { relationsOnly }),
    }),
    representation: jsonRepresentation,
    since: undefined,
    bookmarks: false,
    initialEventsEnd: false,
    timeoutMs: 60_000,
    emptyObject: (): KubeObject => ({ kind: 'Flag', apiVersion: 'v1', metadata: {} }),
    ...request,
  })
  stream.start(to ?? sink)
  return { sink, stream }
}

const settled = async (h: Harbour) => await h.cache.fresh()

describe('a watch that is not read', () => {
  /** Takes what is sent until it is full, and counts what is encoded for it. */
  function unread(h: Harbour, more: Partial<WatchRequest> = {}) {
    const sent: EncodedEvent[] = []
    let roomFor = 3
    let encoded = 0
    let isOver = false
    const sink: EventSink = {
      send: (event) => sent.push(event),
      queuedBytes: () => (sent.length < roomFor ? 0 : Number.POSITIVE_INFINITY),
      end: () => {
        isOver = true
      },
    }
    const representation = {
      ...jsonRepresentation,
      eventObject: (object: CachedObject) => {
        encoded++
        return jsonRepresentation.eventObject(object)
      },
    }
    const { stream } = watch(h, { representation, ...more }, sink)
    const names = () => sent.map(({ type, object }) => `${type} ${JSON.parse(String(object)).metadata?.name ?? ''}`)
    return {
      stream,
      names,
      encoded: () => encoded,
      isOver: () => isOver,
      read: (count: number) => {
        roomFor += count
      },
    }
  }

  test('has no more of the initial state encoded than there is room for, and goes on when it is read', async () => {
    await using h = await harbour()
    const all = Array.from({ length: 20 }, (_, i) => `f${String(i).padStart(2, '0')}`)
    for (const name of all) await h.make(name)
    await settled(h)
    const client = unread(h, { initialEventsEnd: true })
    expect([client.names().length, client.encoded()]).toEqual([3, 3])
    await h.change('f00', 'red')
    await settled(h)
    expect(client.encoded()).toBe(3)
    client.read(100)
    await vi.waitFor(() => expect(client.names()).toHaveLength(22))
    expect(client.names()).toEqual([...all.map((name) => `ADDED ${name}`), 'BOOKMARK ', 'MODIFIED f00'])
    client.stream.stop()
  })

  test('tells its share when nothing of the state waits any longer, and when it ends', async () => {
    await using h = await harbour()
    for (const name of ['a', 'b', 'c', 'd']) await h.make(name)
    await settled(h)
    const told: string[] = []
    const share = {
      begins: () => {},
      hasRoom: (queuedBytes: number) => queuedBytes <= 1,
      sent: () => {},
      stateSent: () => told.push('sent'),
      release: () => told.push('released'),
    }
    const client = unread(h, { share })
    expect(told).toEqual([])
    client.read(1)
    await vi.waitFor(() => expect(told).toEqual(['sent']))
    client.stream.stop()
    expect(told.at(-1)).toBe('released')
  })

  test('ends with 410 when nothing of it is read for too long, and keeps its share until the transport lets it go', async () => {
    await using h = await harbour()
    for (const name of ['a', 'b', 'c', 'd']) await h.make(name)
    await settled(h)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    try {
      let isReleased = false
      const share = {
        begins: () => {},
        hasRoom: (queuedBytes: number) => queuedBytes === 0,
        sent: () => {},
        stateSent: () => {},
        release: () => {
          isReleased = true
        },
      }
      const client = unread(h, { share, timeoutMs: 100 * limits.watchStalledMsMax })
      await vi.advanceTimersByTimeAsync(limits.watchStalledMsMax / 2)
      client.read(1)
      await vi.advanceTimersByTimeAsync(limits.watchStalledMsMax / 2)
      expect(client.names()).toHaveLength(4)
      await h.change('a', 'red')
      await h.cache.fresh()
      await vi.advanceTimersByTimeAsync(limits.watchStalledMsMax / 2)
      expect(client.isOver()).toBe(false)
      await vi.advanceTimersByTimeAsync(limits.watchStalledMsMax)
      expect(client.names().at(-1)).toBe('ERROR ')
      expect([client.isOver(), isReleased]).toEqual([true, false])
      client.stream.stop()
      expect(isReleased).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a watch', () => {
  test('without a revision begins with what is there, in key order, and goes on with changes', async () => {
    await using h = await harbour()
    for (const name of ['b', 'a']) await h.make(name)
    await settled(h)
    const { sink, stream } = watch(h)
    await h.change('a', 'red')
    await h.remove('b')
    await settled(h)
    expect(sink.shown).toEqual(['ADDED a', 'ADDED b', 'MODIFIED a red', 'DELETED b'])
    stream.stop()
  })

  test('from a revision gets every later event once, those of the past and those to come', async () => {
    await using h = await harbour()
    await h.make('a')
    await settled(h)
    const since = h.cache.revision
    await h.make('b')
    await settled(h)
    const { sink, stream } = watch(h, { since })
    await h.make('c')
    await settled(h)
    expect(sink.shown).toEqual(['ADDED b', 'ADDED c'])
    stream.stop()
  })

  test('of relations tells what has owners or had them, and whatever goes, which may have been an owner', async () => {
    await using h = await harbour()
    const owned = (owners?: object[]) => (old: Readonly<KubeObject>) =>
      ({ ...structuredClone(old), metadata: { ...old.metadata, ownerReferences: owners } }) as KubeObject
    const own = (name: string, owners?: object[]) => h.resource.update('ns', name, owned(owners), context())
    await h.make('child')
    await own('child', [{ apiVersion: 'v1', kind: 'Flag', name: 'owner', uid: 'u' }])
    await h.make('stranger')
    await settled(h)
    const { sink, stream } = watch(h, { relationsOnly: true })
    await h.make('owner')
    await h.change('stranger', 'red')
    await own('child')
    await h.change('child', 'red')
    for (const name of ['owner', 'child']) await h.remove(name)
    await settled(h)
    expect(sink.shown).toEqual(['ADDED child', 'MODIFIED child', 'DELETED owner', 'DELETED child red'])
    stream.stop()
  })

  test('shows an object that leaves its selector as DELETED, with its last content and the newer revision', async () => {
    await using h = await harbour()
    await h.make('a', { colour: 'red' })
    await settled(h)
    const before = h.cache.revision
    const { sink, stream } = watch(h, { fieldSelector: 'colour=red' })
    await h.change('a', 'blue')
    await h.change('a', 'red')
    await settled(h)
    expect(sink.shown).toEqual(['ADDED a red', 'DELETED a red', 'ADDED a red'])
    const left = JSON.parse(Buffer.from(sink.events[1]!.object).toString()) as KubeObject
    expect(revisionOf(left.metadata.resourceVersion!)).toBe(before + 1)
    stream.stop()
  })

  test('of one name hears of no other object', async () => {
    await using h = await harbour()
    const { sink, stream } = watch(h, { fieldSelector: 'metadata.name=a', since: h.cache.revision })
    await h.make('b')
    await h.make('a')
    await settled(h)
    expect(sink.shown).toEqual(['ADDED a'])
    stream.stop()
  })

  test('closes its initial events with a bookmark that says so', async () => {
    await using h = await harbour()
    await h.make('a')
    await settled(h)
    const { sink, stream } = watch(h, { initialEventsEnd: true, bookmarks: true })
    const last = JSON.parse(Buffer.from(sink.events.at(-1)!.object).toString()) as KubeObject
    expect(sink.events.map((e) => e.type)).toEqual(['ADDED', 'BOOKMARK'])
    expect(last.metadata).toEqual({
      resourceVersion: String(h.cache.revision),
      annotations: { 'k8s.io/initial-events-end': 'true' },
    })
    stream.stop()
  })

  test('below what the history holds is ended with 410 and nothing else', async () => {
    await using h = await harbour({ historyEventsMax: 2 })
    const since = h.cache.revision
    for (const name of ['a', 'b', 'c']) await h.make(name)
    await settled(h)
    const { sink } = watch(h, { since })
    expect(sink.events.map((e) => e.type)).toEqual(['ERROR'])
    expect(JSON.parse(Buffer.from(sink.events[0]!.object).toString())).toMatchObject({ reason: 'Expired', code: 410 })
    expect(sink.ended).toBe(true)
  })

  test('that is not read keeps its events and delivers them all, in order, once it is', async () => {
    await using h = await harbour()
    const { sink, stream } = watch(h, { since: h.cache.revision })
    sink.stuck = true
    await h.make('a')
    for (const colour of ['1', '2', '3']) await h.change('a', colour)
    await settled(h)
    expect(sink.events).toEqual([])
    sink.stuck = false
    await expect.poll(() => sink.shown).toEqual(['ADDED a', 'MODIFIED a 1', 'MODIFIED a 2', 'MODIFIED a 3'])
    stream.stop()
  })

  test('encodes an event once, however many watch', async () => {
    await using h = await harbour()
    const watches = Array.from({ length: 3 }, () => watch(h, { since: h.cache.revision }))
    await h.make('a')
    await settled(h)
    const frames = new Set(watches.map(({ sink }) => sink.events[0]!.frame))
    expect(frames.size).toBe(1)
    for (const { stream } of watches) stream.stop()
  })
})
