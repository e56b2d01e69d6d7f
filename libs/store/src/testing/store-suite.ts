import { describe, expect, test } from 'vitest'
import type { LogEvent } from '../backend.ts'
import type { StoreConnection } from '../connection.ts'
import { StoreError } from '../errors.ts'
import { limits } from '../limits.ts'
import { firstRevision } from '../revision.ts'
import type { Store } from '../store.ts'
import { put, record, revision } from './helpers.ts'

/** One empty database, and what else can be done with its kind. */
export interface StoreHarness extends AsyncDisposable {
  readonly connection: StoreConnection
  /** What another process on the same database would have; absent where the database belongs to one process. */
  another?(): Promise<StoreConnection>
  /** Closes the connection and opens the same data again; absent where nothing survives. */
  reopen?(): Promise<StoreConnection>
}

/** What everybody above the store relies on. */
export function storeSuite(name: string, create: () => Promise<StoreHarness>): void {
  describe(`${name} is a store`, () => {
    test('it answers a ping and says that it is available', async () => {
      await using harness = await create()
      await harness.connection.ping()
      expect(harness.connection.state()).toEqual({ available: true })
      const store = harness.connection.store('core/things')
      expect(harness.connection.store('core/things')).toBe(store)
    })

    test('a lost race is an outcome that carries what is stored', async () => {
      await using harness = await create()
      const store = harness.connection.store('core/things')
      expect(await store.create('/a', '1')).toEqual({ ok: true, revision: 2 })
      const current = { key: '/a', revision: 2, json: '1' }
      expect(await store.create('/a', '2')).toEqual({ ok: false, code: 'AlreadyExists', current })
      expect(await store.update('/a', '2', revision(9))).toEqual({ ok: false, code: 'Conflict', current })
      expect(await store.delete('/a', revision(9))).toEqual({ ok: false, code: 'Conflict', current })
      expect(await store.update('/b', '2', revision(9))).toEqual({ ok: false, code: 'NotFound' })
      expect(await store.delete('/b', revision(9))).toEqual({ ok: false, code: 'NotFound' })
      expect(await store.delete('/a', revision(2))).toEqual({ ok: true, revision: 3, was: current })
    })

    test('concurrent read-modify-writes lose no update', async () => {
      await using harness = await create()
      const stores = await storesOf(harness, 'core/counters')
      await Promise.all(
        Array.from({ length: 12 }, async (_, i) => {
          for (let n = 0; n < 10; n++)
            await put(stores[i % stores.length]!, '/n', (json) => String(Number(json ?? 0) + 1))
        }),
      )
      expect((await stores[0]!.get('/n'))?.json).toBe('120')
    })

    test('each resource type has a history of its own', async () => {
      await using harness = await create()
      const a = harness.connection.store('core/a')
      const b = harness.connection.store('core/b')
      await a.create('/x', '1')
      await a.create('/y', '1')
      expect(await a.head()).toBe(3)
      expect(await b.head()).toBe(firstRevision)
      expect(await b.get('/x')).toBeUndefined()
      expect(await b.create('/x', '2')).toEqual({ ok: true, revision: 2 })
      expect((await a.list('/')).entries).toHaveLength(2)
    })

    test('the head is never older than a write that was answered', async () => {
      await using harness = await create()
      const stores = await storesOf(harness, 'core/things')
      for (let i = 0; i < 30; i++) {
        const written = await stores[i % stores.length]!.create(`/${i}`, '1')
        if (!written.ok) throw new Error('unexpected conflict')
        const heads = await Promise.all(stores.flatMap((store) => [store.head(), store.head()]))
        for (const head of heads) expect(head).toBeGreaterThanOrEqual(written.revision)
      }
    })

    test('pages follow each other in byte order and lose nothing', async () => {
      await using harness = await create()
      const store = harness.connection.store('core/things')
      const keys = Array.from({ length: 25 }, (_, i) => `/ns/${String(i).padStart(2, '0')}`)
      await Promise.all([...keys, '/nt/x'].map((key) => store.create(key, '1')))
      const seen: string[] = []
      let continueFrom: string | undefined
      const sizes: number[] = []
      do {
        const page = await store.list('/ns/', { limit: 10, ...(continueFrom !== undefined && { continueFrom }) })
        sizes.push(page.entries.length)
        seen.push(...page.entries.map((entry) => entry.key))
        continueFrom = page.next
      } while (continueFrom !== undefined)
      expect(seen).toEqual(keys)
      expect(sizes).toEqual([10, 10, 5])
    })

    test('a watch has every write once and in order while writers run and the log is compacted', async () => {
      await using harness = await create()
      const stores = await storesOf(harness, 'core/things')
      const abort = new AbortController()
      const watches = stores.flatMap((store) => [
        record(store, firstRevision, abort.signal),
        record(store, firstRevision, abort.signal),
      ])
      await Promise.all(
        Array.from({ length: 6 }, async (_, w) => {
          const store = stores[w % stores.length]!
          for (let i = 0; i < 60; i++) {
            const written = await put(store, `/${w}/${i % 7}`, () => `${w}-${i}`)
            if (i % 10 === 9) {
              // Watchers that keep up must not notice: only what all of them have is forgotten.
              const delivered = Math.min(written, ...watches.map((watch) => watch.events.at(-1)?.revision ?? 0))
              if (delivered > 0) await store.compact(revision(delivered))
            }
          }
        }),
      )
      const head = await stores[0]!.head()
      const expected = Array.from({ length: head - firstRevision }, (_, i) => firstRevision + 1 + i)
      for (const watch of watches) {
        await watch.until(head)
        expect(watch.events.map((event) => event.revision)).toEqual(expected)
        expectChained(watch.events)
      }
      abort.abort()
      await Promise.all(watches.map((watch) => watch.ended))
    })

    test('a watch that starts in the middle of writing has no gap and no duplicate', async () => {
      await using harness = await create()
      const stores = await storesOf(harness, 'core/things')
      const abort = new AbortController()
      const watches: ReturnType<typeof record>[] = []
      for (let i = 0; i < 120; i++) {
        const write = put(stores[i % stores.length]!, `/${i % 5}`, () => String(i))
        if (i % 6 === 0) watches.push(record(stores[(i / 6) % stores.length]!, firstRevision, abort.signal))
        await write
      }
      const head = await stores[0]!.head()
      for (const watch of watches) {
        await watch.until(head)
        expect(watch.events.map((event) => event.revision)).toEqual(Array.from({ length: 120 }, (_, i) => i + 2))
      }
      abort.abort()
      await Promise.all(watches.map((watch) => watch.ended))
    })

    test('a watcher that falls behind its buffer still gets everything', async () => {
      await using harness = await create()
      const store = harness.connection.store('core/things')
      const abort = new AbortController()
      const watch = store.watch(firstRevision, abort.signal)[Symbol.asyncIterator]()
      await store.create('/first', '0')
      const nextRevisions = async () => {
        const { value } = await watch.next()
        return (value ?? []).map((event: LogEvent) => event.revision)
      }
      const revisions = await nextRevisions()
      const total = limits.watchBufferEvents + 500
      for (let i = 0; i < total; i += 500) {
        await Promise.all(Array.from({ length: Math.min(500, total - i) }, (_, j) => store.create(`/${i + j}`, '1')))
      }
      const head = await store.head()
      while (revisions.at(-1)! < head) {
        revisions.push(...(await nextRevisions()))
      }
      expect(revisions).toEqual(Array.from({ length: total + 1 }, (_, i) => i + 2))
      abort.abort()
      expect(await watch.next()).toEqual({ done: true, value: undefined })
    })

    test('a watch from below the compacted revision fails before its first event', async () => {
      await using harness = await create()
      const store = harness.connection.store('core/things')
      for (const key of ['/1', '/2', '/3']) await store.create(key, '1')
      await store.compact(revision(3))
      expect(store.compactedRevision).toBe(3)
      const watch = record(store, revision(2), new AbortController().signal)
      await expect(watch.ended).rejects.toMatchObject({ name: 'StoreError', code: 'Compacted', compacted: 3 })
      expect(watch.events).toEqual([])
      const abort = new AbortController()
      const later = record(store, revision(3), abort.signal)
      await later.until(revision(4))
      expect(later.events).toMatchObject([{ revision: 4, key: '/3' }])
      abort.abort()
      await later.ended
    })

    test('a watch from a revision that never was fails', async () => {
      await using harness = await create()
      const store = harness.connection.store('core/things')
      const watch = record(store, revision(77), new AbortController().signal)
      await expect(watch.ended).rejects.toMatchObject({ code: 'HistoryLost' })
    })

    test('a watch ends quietly when aborted before, while and after it waits', async () => {
      await using harness = await create()
      const store = harness.connection.store('core/things')
      await record(store, firstRevision, AbortSignal.abort()).ended
      const abort = new AbortController()
      const waiting = record(store, firstRevision, abort.signal)
      await store.create('/a', '1')
      await waiting.until(revision(2))
      abort.abort()
      await waiting.ended
      await store.create('/b', '1')
      expect(waiting.events).toHaveLength(1)
    })

    test('closing the connection ends its watches with an error', async () => {
      await using harness = await create()
      const store = harness.connection.store('core/things')
      const watch = record(store, firstRevision, new AbortController().signal)
      await store.create('/a', '1')
      await watch.until(revision(2))
      const ended = expect(watch.ended).rejects.toMatchObject({ code: 'Closed' })
      await harness.connection.close()
      await harness.connection.close()
      await ended
      expect(harness.connection.state()).toMatchObject({ available: false })
      expect(() => harness.connection.store('core/things')).toThrow(StoreError)
    })

    test('what is too large is refused before it is sent', async () => {
      await using harness = await create()
      const store = harness.connection.store('core/things')
      const tooLong = 'x'.repeat(limits.valueBytesMax + 1)
      await expect(store.create('/a', tooLong)).rejects.toMatchObject({ code: 'TooLarge' })
      await expect(store.create('/a', 'ü'.repeat(limits.valueBytesMax / 2 + 1))).rejects.toMatchObject({
        code: 'TooLarge',
      })
      await expect(store.create('k'.repeat(limits.keyBytesMax + 1), '1')).rejects.toMatchObject({ code: 'TooLarge' })
      expect(await store.create('/a', 'x'.repeat(limits.valueBytesMax))).toMatchObject({ ok: true })
    })

    test('what was written is there after opening it again, and history goes on', async () => {
      await using harness = await create()
      if (!harness.reopen) return
      const first = harness.connection.store('core/things')
      await first.create('/a', '1')
      await first.create('/b', '2')
      await first.compact(revision(2))
      const store = (await harness.reopen()).store('core/things')
      expect(await store.list('/')).toEqual({
        entries: [
          { key: '/a', revision: 2, json: '1' },
          { key: '/b', revision: 3, json: '2' },
        ],
        head: 3,
      })
      expect(await store.update('/a', '3', revision(2))).toMatchObject({ ok: true, revision: 4 })
      const abort = new AbortController()
      const watch = record(store, revision(2), abort.signal)
      await watch.until(revision(4))
      expect(watch.events.map((event) => event.revision)).toEqual([3, 4])
      abort.abort()
      await watch.ended
      const old = record(store, revision(1), new AbortController().signal)
      await expect(old.ended).rejects.toMatchObject({ code: 'Compacted', compacted: 2 })
    })
  })
}

/** The same resource through every process's eyes that this kind of database allows. */
async function storesOf(harness: StoreHarness, resource: string): Promise<readonly Store[]> {
  const connections = [harness.connection]
  if (harness.another) connections.push(await harness.another())
  return connections.map((connection) => connection.store(resource))
}

/** Each event's `was` must be what the one before it on the same key left behind. */
function expectChained(events: ReturnType<typeof record>['events']): void {
  const last = new Map<string, { json: string; revision: number }>()
  for (const event of events) {
    const before = last.get(event.key)
    expect(event.was).toBe(before?.json)
    expect(event.wasRevision).toBe(before?.revision)
    if (event.now === undefined) last.delete(event.key)
    else last.set(event.key, { json: event.now, revision: event.revision })
  }
}
