import { firstRevision, type LogEvent } from '@ensign/store'
import { eventsAfter, revision } from '@ensign/store/testing'
import { describe, expect, test } from 'vitest'
import { Alarm } from './alarm.ts'
import { limits } from './limits.ts'
import { Link } from './link.ts'
import { createRedisBackend } from './redis-backend.ts'
import { redisMissing, startRedisServer } from './testing/redis-server.ts'

const missing = await redisMissing()

/** A backend on a server of its own, and how often it has called a script since it was asked last. */
async function started() {
  const server = await startRedisServer()
  const options = { url: server.url }
  const link = new Link(options)
  const alarm = new Alarm(options, (id) => link.unblock(id))
  await link.ping()
  return {
    backend: createRedisBackend({ link, alarm, prefix: 'ensign', resource: 'core/things' }),
    async scriptCalls(): Promise<number> {
      const info = await server.command('INFO', 'commandstats')
      await server.command('CONFIG', 'RESETSTAT')
      return Number(/cmdstat_evalsha:calls=(\d+)/.exec(info)?.[1] ?? 0)
    },
    async [Symbol.asyncDispose]() {
      alarm.close()
      link.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

describe.skipIf(missing)('writes that come in one turn', () => {
  test('go as one command, and each is judged by itself', async () => {
    await using plane = await started()
    const { backend } = plane
    const none = revision(0)
    await backend.commit('/there', none, '1')
    await plane.scriptCalls()
    const heard: (readonly LogEvent[])[] = []
    backend.listen({ heard: (events) => heard.push(events), seen: () => undefined })
    const outcomes = await Promise.all([
      backend.commit('/a', none, '"a"'),
      backend.commit('/there', none, '"too late"'),
      // In the order in which they came: the second finds what the first has made.
      backend.commit('/a', none, '"again"'),
      backend.commit('/a', revision(3), '"a2"'),
      backend.commit('/nothing', none, undefined),
      backend.commit('/there', revision(2), undefined),
    ])
    expect(await plane.scriptCalls()).toBe(1)
    expect(outcomes).toEqual([
      { ok: true, revision: 3 },
      { ok: false, reason: 'conflict', current: { key: '/there', revision: 2, json: '1' } },
      { ok: false, reason: 'conflict', current: { key: '/a', revision: 3, json: '"a"' } },
      { ok: true, revision: 4, was: { key: '/a', revision: 3, json: '"a"' } },
      { ok: false, reason: 'conflict' },
      { ok: true, revision: 5, was: { key: '/there', revision: 2, json: '1' } },
    ])
    const events = [
      { revision: 3, key: '/a', now: '"a"' },
      { revision: 4, key: '/a', now: '"a2"', was: '"a"', wasRevision: 3 },
      { revision: 5, key: '/there', was: '1', wasRevision: 2 },
    ]
    expect(heard.filter((batch) => batch.length > 0)).toEqual([events])
    expect(await eventsAfter(backend, revision(2))).toEqual(events)
  })

  test('and are too many for one command go as several, in order', async () => {
    await using plane = await started()
    await plane.scriptCalls()
    const many = limits.groupMax + 1
    const large = `"${'x'.repeat(limits.groupCharactersMax)}"`
    const values = [...Array.from({ length: many }, () => '1'), large, large]
    const outcomes = await Promise.all(values.map((json, i) => plane.backend.commit(`/${i}`, revision(0), json)))
    expect(await plane.scriptCalls()).toBe(4)
    expect(outcomes).toEqual(values.map((_, i) => ({ ok: true, revision: firstRevision + 1 + i })))
  })
})

if (missing) test('Redis write groups', ({ skip }) => skip(missing))
