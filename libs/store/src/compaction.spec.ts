import { expect, test } from 'vitest'
import { CompactionPolicy, keepCompacted } from './compaction.ts'
import { createMemoryConnection } from './memory.ts'
import { revision } from './testing/helpers.ts'

test('what is younger than the kept time stays', () => {
  const policy = new CompactionPolicy({ keepMs: 100, keepEventsMax: 1000 })
  expect(policy.observe(0, revision(5))).toBeUndefined()
  expect(policy.observe(60, revision(9))).toBeUndefined()
  expect(policy.observe(100, revision(12))).toBe(5)
  expect(policy.observe(159, revision(12))).toBeUndefined()
  expect(policy.observe(170, revision(12))).toBe(9)
})

test('more events than the log may hold go at once', () => {
  const policy = new CompactionPolicy({ keepMs: 1_000_000, keepEventsMax: 10 })
  expect(policy.observe(0, revision(10))).toBeUndefined()
  expect(policy.observe(1, revision(25))).toBe(15)
})

test('a failing compaction is told and tried again', async () => {
  const store = createMemoryConnection().store('core/things')
  for (const key of ['/1', '/2', '/3']) await store.create(key, '1')
  const abort = new AbortController()
  const errors: unknown[] = []
  const broken = new Error('no')
  let calls = 0
  await keepCompacted({
    stores: () => [
      {
        ...store,
        compactedRevision: revision(0),
        async compact(upTo) {
          calls++
          if (calls === 1) throw broken
          await store.compact(upTo)
          abort.abort()
        },
      },
    ],
    signal: abort.signal,
    policy: { keepEventsMax: 1 },
    everyMs: 1,
    onError: (resource, error) => errors.push([resource, error]),
  })
  expect(errors).toEqual([['core/things', broken]])
  expect(store.compactedRevision).toBe(3)
})
