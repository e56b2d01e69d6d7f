/** What happens to a store when its Redis goes away, comes back, or comes back as another. */
import { type Availability, firstRevision, isStoreError, type StoreConnection } from '@ensign/store'
import { put, record, revision } from '@ensign/store/testing'
import { describe, expect, test } from 'vitest'
import { createRedisConnection } from './connection.ts'
import type { HistoryLoss } from './link.ts'
import { redisMissing, startRedisServer } from './testing/redis-server.ts'

const missing = await redisMissing()

/** Waits for what another process does; gives up by the test's own time limit. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
}
const untilAvailable = (connection: StoreConnection) => until(() => connection.state().available)

describe.skipIf(missing)('a Redis store', { timeout: 30_000 }, () => {
  test('loses nothing acknowledged when Redis is killed in the middle of writing', async () => {
    await using server = await startRedisServer()
    const connection = createRedisConnection({ url: server.url })
    const store = connection.store('core/things')
    const abort = new AbortController()
    const watch = record(store, firstRevision, abort.signal)
    const acknowledged = new Map<string, number>()
    let unanswered = 0
    let stopped = false
    const writers = Array.from({ length: 16 }, async (_, w) => {
      for (let i = 0; !stopped; i++) {
        const key = `/${w}/${i}`
        try {
          const written = await store.create(key, JSON.stringify({ key, filler: 'x'.repeat(200) }))
          if (written.ok) acknowledged.set(key, written.revision)
        } catch (error) {
          if (!isStoreError(error, 'Unavailable')) throw error
          unanswered++
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
    })
    for (let round = 1; round <= 3; round++) {
      await until(() => acknowledged.size > 300 * round)
      await server.stop('SIGKILL')
      await until(() => unanswered >= 16 * round)
      await server.start()
      await untilAvailable(connection)
    }
    stopped = true
    await Promise.all(writers)
    const head = await store.head()
    await watch.until(head)
    // Neither gap nor duplicate for the watch that lived through it, and every acknowledged write where it was said to be.
    expect(watch.events.map((event) => event.revision)).toEqual(
      Array.from({ length: head - firstRevision }, (_, i) => i + 2),
    )
    for (const [key, at] of acknowledged) {
      expect(watch.events[at - 2]).toMatchObject({ key, revision: at })
      expect(await store.get(key)).toMatchObject({ revision: at })
    }
    abort.abort()
    await watch.ended
    await connection.close()
  })

  test('fails fast and says so while Redis is down, and goes on when it is back', async () => {
    await using server = await startRedisServer()
    const connection = createRedisConnection({ url: server.url })
    const store = connection.store('core/things')
    await connection.ping()
    await store.create('/a', '1')
    await server.stop('SIGKILL')
    await until(() => !connection.state().available)
    const unavailable = { name: 'StoreError', code: 'Unavailable' }
    for (const call of [
      () => store.get('/a'),
      () => store.list('/'),
      () => store.head(),
      () => store.create('/b', '1'),
      () => store.compact(revision(2)),
      () => connection.ping(),
    ]) {
      await expect(call()).rejects.toMatchObject(unavailable)
    }
    await expect(connection.ping()).rejects.toThrow(`Redis at ${server.host}:${server.port}`)
    await server.start()
    await untilAvailable(connection)
    expect(await store.get('/a')).toEqual({ key: '/a', revision: 2, json: '1' })
    expect(await store.create('/b', '1')).toEqual({ ok: true, revision: 3 })
    await connection.close()
  })

  test('that is never there is one clear error without the password', async () => {
    const connection = createRedisConnection({ url: 'redis://user:hunter2@127.0.0.1:1/0' })
    const problem = await connection.ping().catch((error: unknown) => error)
    expect(problem).toMatchObject({ code: 'Unavailable', message: expect.stringContaining('Redis at 127.0.0.1:1 ') })
    expect(JSON.stringify(problem) + String(problem)).not.toContain('hunter2')
    expect(connection.state()).toEqual({ available: false, reason: (problem as Error).message } satisfies Availability)
    await connection.close()
  })

  test('gives up on a Redis that is there and does not answer, within its deadline', async () => {
    await using server = await startRedisServer()
    const connection = createRedisConnection({ url: server.url })
    const store = connection.store('core/things')
    await connection.ping()
    await server.freeze()
    await expect(store.create('/a', '1')).rejects.toMatchObject({ code: 'Unavailable' })
    await server.thaw()
    // Nobody knows whether that write happened; a compare-and-set finds out.
    await until(async () => {
      try {
        await put(store, '/a', () => '2')
        return true
      } catch (error) {
        if (!isStoreError(error, 'Unavailable')) throw error
        return false
      }
    })
    expect((await store.get('/a'))?.json).toBe('2')
    await connection.close()
  })

  test('a watch hears what others wrote while its own connection was down', async () => {
    await using server = await startRedisServer()
    const watching = createRedisConnection({ url: server.url })
    const writing = createRedisConnection({ url: server.url })
    const abort = new AbortController()
    const watch = record(watching.store('core/things'), firstRevision, abort.signal)
    await writing.store('core/things').create('/1', '1')
    await watch.until(revision(2))
    await server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await until(async () => {
      const written = await put(writing.store('core/things'), '/2', () => '1').catch(() => undefined)
      return written !== undefined
    })
    await watch.until(revision(3))
    expect(watch.events.map((event) => event.key)).toEqual(['/1', '/2'])
    abort.abort()
    await watch.ended
    await watching.close()
    await writing.close()
  })

  test('runs its scripts after Redis has forgotten them', async () => {
    await using server = await startRedisServer()
    const connection = createRedisConnection({ url: server.url })
    const store = connection.store('core/things')
    await store.create('/a', '1')
    await server.command('SCRIPT', 'FLUSH')
    expect(await store.create('/b', '1')).toEqual({ ok: true, revision: 3 })
    await connection.close()
  })

  test('notices at run time that Redis was told to evict data, goes on, and says when that is over', async () => {
    await using server = await startRedisServer()
    const connection = createRedisConnection({ url: server.url })
    const store = connection.store('core/things')
    await connection.ping()
    await server.command('CONFIG', 'SET', 'maxmemory', '100mb')
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
    await until(() => !connection.state().available)
    expect(connection.state()).toEqual({
      available: false,
      reason: 'Redis evicts data when memory is short: set maxmemory-policy noeviction (it is allkeys-lru)',
    })
    expect(await store.create('/a', '1')).toMatchObject({ ok: true })
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
    await untilAvailable(connection)
    await connection.close()
  })

  test('refuses writes as Full when Redis has no space, serves reads, and says when there is space again', async () => {
    await using server = await startRedisServer()
    const connection = createRedisConnection({ url: server.url })
    const store = connection.store('core/things')
    await store.create('/a', '1')
    await server.command('CONFIG', 'SET', 'maxmemory', '1')
    await expect(store.create('/b', '1')).rejects.toMatchObject({
      code: 'Full',
      message: expect.stringMatching(/^Redis at \S+ has no space left: .*OOM/),
    })
    await until(() => !connection.state().available)
    expect(await store.get('/a')).toMatchObject({ json: '1' })
    // Who starts now can read too.
    const another = createRedisConnection({ url: server.url })
    expect(await another.store('core/things').get('/a')).toMatchObject({ json: '1' })
    expect(another.state()).toMatchObject({ available: false, reason: expect.stringContaining('has no space left') })
    await another.close()
    await server.command('CONFIG', 'SET', 'maxmemory', '0')
    await untilAvailable(connection)
    expect(await store.create('/b', '1')).toMatchObject({ ok: true, revision: 3 })
    await connection.close()
  })

  test('notices at run time that another release has written the data', async () => {
    await using server = await startRedisServer()
    const connection = createRedisConnection({ url: server.url })
    await connection.ping()
    await server.command('SET', '{ensign}:schema', '99')
    await until(() => !connection.state().available)
    await expect(connection.store('core/things').create('/a', '1')).rejects.toMatchObject({ code: 'Misused' })
    await connection.close()
  })

  test('refuses a Redis that holds data of another release, or that evicts data', async () => {
    await using server = await startRedisServer(['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'])
    const evicting = createRedisConnection({ url: server.url })
    await expect(evicting.ping()).rejects.toThrow(
      'Redis evicts data when memory is short: set maxmemory-policy noeviction',
    )
    await evicting.close()
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
    await server.command('SET', '{ensign}:schema', '99')
    const newer = createRedisConnection({ url: server.url })
    await expect(newer.ping()).rejects.toMatchObject({ code: 'Misused' })
    await expect(newer.store('core/things').create('/a', '1')).rejects.toThrow('(schema 99, this one has 1)')
    await newer.close()
  })
})

describe.skipIf(missing)('a Redis that lost a part of its past', { timeout: 30_000 }, () => {
  const state = '{ensign:core/things}:state'
  const log = '{ensign:core/things}:log'

  /** Three writes, a watch on them, and then the loss. */
  async function afterLoss(lose: (command: (...words: string[]) => Promise<string>) => Promise<void>) {
    const server = await startRedisServer()
    const losses: HistoryLoss[] = []
    const connection = createRedisConnection({ url: server.url, onHistoryLost: (loss) => losses.push(loss) })
    const store = connection.store('core/things')
    for (const key of ['/1', '/2', '/3']) await store.create(key, '1')
    const watch = record(store, firstRevision, new AbortController().signal)
    await watch.until(revision(4))
    const ended = watch.ended.catch((error: unknown) => error)
    await lose((...words) => server.command(...words))
    return {
      store,
      losses,
      ended,
      async [Symbol.asyncDispose]() {
        await connection.close()
        await server[Symbol.asyncDispose]()
      },
    }
  }

  test('ends the watches and counts on above all it has ever shown', async () => {
    await using plane = await afterLoss(async (command) => {
      await command('HSET', state, 'revision', '3', 'mark', 'x')
      await command('XDEL', log, '4-0')
    })
    await expect(plane.store.head()).rejects.toMatchObject({ code: 'HistoryLost' })
    expect(await plane.ended).toMatchObject({ name: 'StoreError' })
    expect(plane.losses).toEqual([{ resource: 'core/things', served: 4, found: 3, lifted: 5 }])
    expect(await plane.store.head()).toBe(5)
    expect(await plane.store.create('/4', '1')).toMatchObject({ ok: true, revision: 6 })
    const old = record(plane.store, revision(3), new AbortController().signal)
    await expect(old.ended).rejects.toMatchObject({ code: 'Compacted', compacted: 5 })
    const abort = new AbortController()
    const fresh = record(plane.store, revision(5), abort.signal)
    await fresh.until(revision(6))
    expect(fresh.events).toMatchObject([{ revision: 6, key: '/4' }])
    abort.abort()
    await fresh.ended
  })

  test('is noticed by a write before it does harm', async () => {
    await using plane = await afterLoss(async (command) => {
      await command('FLUSHALL')
    })
    await expect(plane.store.create('/9', '1')).rejects.toMatchObject({ code: 'HistoryLost' })
    expect(await plane.ended).toMatchObject({ name: 'StoreError' })
    expect(await plane.store.create('/9', '1')).toMatchObject({ ok: true, revision: 6 })
    expect((await plane.store.list('/')).entries).toHaveLength(1)
  })

  test('is noticed by every process and for every type, also when nobody asks', async () => {
    await using server = await startRedisServer()
    const losses: string[] = []
    const connections = ['first', 'second'].map((name) =>
      createRedisConnection({ url: server.url, onHistoryLost: ({ resource }) => losses.push(`${name} ${resource}`) }),
    )
    const ended: Promise<unknown>[] = []
    for (const connection of connections)
      for (const resource of ['core/things', 'core/others']) {
        const store = connection.store(resource)
        if (connection === connections[0]) for (const key of ['/1', '/2']) await store.create(key, '1')
        const watch = record(store, firstRevision, new AbortController().signal)
        await watch.until(revision(3))
        ended.push(watch.ended.catch((error: unknown) => error))
      }
    await server.command('FLUSHALL')
    for (const end of ended) expect(await end).toMatchObject({ name: 'StoreError' })
    expect(losses.toSorted()).toEqual([
      'first core/others',
      'first core/things',
      'second core/others',
      'second core/things',
    ])
    for (const connection of connections) await connection.close()
  })

  test('is noticed although the numbers have grown beyond what was shown', async () => {
    await using plane = await afterLoss(async (command) => {
      // What another process has written to the replica that took over too early.
      const theirs = (id: string) =>
        `redis.call('XADD', '${log}', '${id}', 'key', '/x', 'now', '1', 'was', '', 'at', '0', 'mark', 'theirs')`
      const lua = `redis.call('XDEL', '${log}', '4-0') ${theirs('4-1')} ${theirs('5-0')}
        redis.call('HSET', '${state}', 'revision', '5', 'mark', 'theirs')`
      await command('EVAL', lua, '0')
    })
    // The alarm has rung; who asks first does not matter.
    expect(await plane.ended).toMatchObject({ name: 'StoreError' })
    expect(plane.losses).toEqual([{ resource: 'core/things', served: 4, found: 5, lifted: 6 }])
    expect(await plane.store.head()).toBe(6)
  })
})

if (missing) test('Redis faults', ({ skip }) => skip(missing))
