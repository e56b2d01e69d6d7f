import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Backend, LogEvent } from '../backend.ts'
import { absent, firstRevision, type Revision } from '../revision.ts'
import { committed, eventsAfter, revision } from './helpers.ts'

/** What every database must do; `create` makes an empty one. */
export function backendSuite(name: string, create: () => Promise<Backend & AsyncDisposable>): void {
  describe(`${name} is a Backend`, () => {
    test('an unwritten type is at the first revision and empty', async () => {
      await using backend = await create()
      expect(await backend.range('', { limit: 10 })).toEqual({ entries: [], head: firstRevision })
      expect(await backend.get('/a')).toBeUndefined()
      expect(await backend.after(firstRevision, 10)).toMatchObject({ ok: true, events: [], head: firstRevision })
    })

    test('create, update and delete tell revision and predecessor, and log both sides', async () => {
      await using backend = await create()
      expect(await backend.commit('/a', absent, '{"n":1}')).toEqual({ ok: true, revision: 2 })
      expect(await backend.get('/a')).toEqual({ key: '/a', revision: 2, json: '{"n":1}' })
      const updated = await backend.commit('/a', revision(2), '{"n":2}')
      expect(updated).toEqual({ ok: true, revision: 3, was: { key: '/a', revision: 2, json: '{"n":1}' } })
      const deleted = await backend.commit('/a', revision(3), undefined)
      expect(deleted).toEqual({ ok: true, revision: 4, was: { key: '/a', revision: 3, json: '{"n":2}' } })
      expect(await backend.get('/a')).toBeUndefined()
      expect(await eventsAfter(backend, firstRevision)).toEqual([
        { revision: 2, key: '/a', now: '{"n":1}' },
        { revision: 3, key: '/a', now: '{"n":2}', was: '{"n":1}', wasRevision: 2 },
        { revision: 4, key: '/a', was: '{"n":2}', wasRevision: 3 },
      ])
    })

    test('a write that expects another revision changes nothing and tells what is there', async () => {
      await using backend = await create()
      await committed(backend, '/a', absent, '1')
      const current = { key: '/a', revision: 2, json: '1' }
      expect(await backend.commit('/a', absent, 'x')).toEqual({ ok: false, reason: 'conflict', current })
      expect(await backend.commit('/a', revision(7), 'x')).toEqual({ ok: false, reason: 'conflict', current })
      expect(await backend.commit('/a', revision(7), undefined)).toEqual({ ok: false, reason: 'conflict', current })
      expect(await backend.commit('/b', revision(2), 'x')).toEqual({ ok: false, reason: 'conflict' })
      expect(await backend.commit('/b', absent, undefined)).toEqual({ ok: false, reason: 'conflict' })
      expect(await backend.range('', { limit: 10 })).toEqual({ entries: [current], head: 2 })
    })

    test('values come back byte for byte', async () => {
      await using backend = await create()
      const values = [
        '{"a":"ü🎏\\u0000 \' \\" %"}',
        '""',
        `{"long":"${'x'.repeat(300_000)}"}`,
        '{"lines":"\\r\\n"}',
        ' ',
      ]
      for (const [i, json] of values.entries()) await committed(backend, `/k${i}`, absent, json)
      const { entries } = await backend.range('/', { limit: 10 })
      expect(entries.map((entry) => entry.json)).toEqual(values)
      expect((await eventsAfter(backend, firstRevision)).map((event) => event.now)).toEqual(values)
    })

    test('ranges are in byte order, bounded by prefix and limit', async () => {
      await using backend = await create()
      const keys = ['/a', '/a-b', '/a/b', '/a0', '/b', '/é', '/\uffee', '/🎏']
      for (const key of [...keys].reverse()) await committed(backend, key, absent, '1')
      const read = async (prefix: string, after: string | undefined, limit: number) =>
        (await backend.range(prefix, { limit, ...(after !== undefined && { after }) })).entries.map((e) => e.key)
      expect(await read('', undefined, 100)).toEqual(keys)
      expect(await read('/a', undefined, 100)).toEqual(['/a', '/a-b', '/a/b', '/a0'])
      expect(await read('/a/', undefined, 100)).toEqual(['/a/b'])
      expect(await read('/', '/a0', 2)).toEqual(['/b', '/é'])
      expect(await read('/', '/🎏', 2)).toEqual([])
      expect(await read('/a', '/a00', 2)).toEqual([])
      expect(await read('/b', '/a', 2)).toEqual(['/b'])
      expect(await read('/', undefined, 0)).toEqual([])
      expect(await read('/nothing', undefined, 5)).toEqual([])
    })

    test('one of many concurrent writers wins', async () => {
      await using backend = await create()
      const outcomes = await Promise.all(Array.from({ length: 50 }, (_, i) => backend.commit('/a', absent, String(i))))
      const winners = outcomes.filter((outcome) => outcome.ok)
      expect(winners).toHaveLength(1)
      const stored = await backend.get('/a')
      for (const outcome of outcomes) if (!outcome.ok) expect(outcome.current).toEqual(stored)
    })

    test('every revision is given out once, and has its event by the time anybody can see it', async () => {
      await using backend = await create()
      const revisions: number[] = []
      let writing = true
      const write = async (key: string) => {
        let last = absent
        for (let i = 0; i < 40; i++) {
          last = await committed(backend, key, last, String(i))
          revisions.push(last)
        }
      }
      const observe = async () => {
        while (writing) {
          const { head, entries } = await backend.range('/', { limit: 100 })
          const events = await eventsAfter(backend, firstRevision)
          expect(events.length).toBeGreaterThanOrEqual(head - firstRevision)
          for (const entry of entries) {
            expect(entry.revision).toBeLessThanOrEqual(head)
            expect(events[entry.revision - firstRevision - 1]).toMatchObject({ key: entry.key, now: entry.json })
          }
          // An embedded database answers without leaving the turn; the writers want theirs.
          await setImmediate()
        }
      }
      const observer = observe()
      await Promise.all(Array.from({ length: 8 }, (_, i) => write(`/k${i}`))).finally(() => {
        writing = false
      })
      await observer
      expect(revisions.sort((a, b) => a - b)).toEqual(Array.from({ length: 320 }, (_, i) => i + 2))
      expect((await eventsAfter(backend, firstRevision)).map((event) => event.revision)).toEqual(revisions)
    })

    test('the log is read in pages', async () => {
      await using backend = await create()
      for (let i = 0; i < 5; i++) await committed(backend, `/${i}`, absent, '1')
      expect(await backend.after(revision(3), 2)).toMatchObject({
        ok: true,
        events: [{ revision: 4 }, { revision: 5 }],
        head: 6,
      })
      expect(await backend.after(revision(6), 2)).toMatchObject({ ok: true, events: [], head: 6 })
    })

    test('a read below the compacted revision says so, and never skips', async () => {
      await using backend = await create()
      for (const key of ['/1', '/2', '/3']) await committed(backend, key, absent, '1')
      expect(await backend.compact(revision(3))).toBe(3)
      expect(await backend.after(revision(2), 10)).toEqual({ ok: false, reason: 'compacted', at: 3, head: 4 })
      expect(await backend.after(revision(3), 10)).toMatchObject({
        ok: true,
        events: [{ revision: 4 }],
        head: 4,
        compacted: 3,
      })
      expect((await backend.range('', { limit: 10 })).entries).toHaveLength(3)
    })

    test('compaction never goes back, never beyond the head, and may be repeated', async () => {
      await using backend = await create()
      for (const key of ['/1', '/2', '/3']) await committed(backend, key, absent, '1')
      expect(await backend.compact(revision(3))).toBe(3)
      expect(await backend.compact(revision(2))).toBe(3)
      expect(await backend.compact(revision(3))).toBe(3)
      expect(await backend.compact(revision(1000))).toBe(4)
      expect(await backend.after(revision(4), 10)).toEqual({ ok: true, events: [], head: 4, compacted: 4 })
      expect(await committed(backend, '/4', absent, '1')).toBe(5)
      expect(await eventsAfter(backend, revision(4))).toHaveLength(1)
    })

    test('the alarm rings after a write, with its event or without', async () => {
      await using backend = await create()
      const heard: (readonly LogEvent[])[] = []
      let ring = () => {}
      const rung = new Promise<void>((resolve) => {
        ring = resolve
      })
      const stop = backend.listen({
        heard(events) {
          heard.push(events)
          ring()
        },
        seen: () => firstRevision,
      })
      await committed(backend, '/a', absent, '1')
      await rung
      for (const event of heard.flat()) expect(event).toEqual({ revision: 2, key: '/a', now: '1' })
      stop()
      const before = heard.length
      await committed(backend, '/b', absent, '1')
      expect(heard).toHaveLength(before)
    })

    test('where the head is known without asking, it is the head', async () => {
      await using backend = await create()
      if (!backend.headNow) return
      expect(backend.headNow()).toBe(firstRevision)
      const last: Revision = await committed(backend, '/a', absent, '1')
      expect(backend.headNow()).toBe(last)
    })
  })
}
