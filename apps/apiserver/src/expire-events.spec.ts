import { harbour } from '@ensign/registry/testing'
import { expect, test } from 'vitest'
import { expireEvents } from './expire-events.ts'

const hourMs = 60 * 60_000

function clockAt(startMs: number) {
  let nowMs = startMs
  return {
    now: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms
    },
  }
}

const names = (h: Awaited<ReturnType<typeof harbour>>): string[] =>
  [...h.cache.index.range(undefined)].map(({ name }) => name)

test('what was not written for a while is forgotten, and a write begins the while anew', async () => {
  await using h = await harbour()
  const clock = clockAt(Date.UTC(2026, 0, 1))
  const expiry = expireEvents({ resource: h.resource, ttlMs: hourMs, clock, log: { warn: () => {} } })
  await h.make('old')
  await h.make('changed')
  await h.cache.fresh()
  clock.advance(hourMs - 1)
  await h.change('changed', 'red')
  await h.cache.fresh()
  clock.advance(1)
  await expiry.sweep()
  await h.cache.fresh()
  expect(names(h)).toEqual(['changed'])
  expiry.close()
})

test('an event that changed meanwhile stays', async () => {
  await using h = await harbour()
  await h.make('a')
  await h.cache.fresh()
  const before = h.cache.get('ns', 'a')
  await h.change('a', 'red')
  expect(before && (await h.resource.expire(before))).toBe(false)
})

test('0 keeps everything', async () => {
  await using h = await harbour()
  const clock = clockAt(Date.UTC(2026, 0, 1))
  const expiry = expireEvents({ resource: h.resource, ttlMs: 0, clock, log: { warn: () => {} } })
  await h.make('a')
  clock.advance(1000 * hourMs)
  await expiry.sweep()
  await h.cache.fresh()
  expect(names(h)).toEqual(['a'])
  expiry.close()
})
