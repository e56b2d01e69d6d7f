/** `ensign up` with objects in Redis, and Redis going away under it. */
import { type RedisServer, redisMissing, startRedisServer } from '@ensign/store-redis/testing'
import type { RunningProgram } from '@ensign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, type PlaneFolder, planeFolder, up } from './harness.ts'
import { tokenOfNew } from './service-processes.ts'
import { leaveSomething, tellStoryOnce } from './story.ts'
import { startTraffic } from './traffic.ts'

/** How long Redis is away; controllers must not mind, so it is worth trying longer ones by hand. */
const awayMs = Number(process.env.ENSIGN_TEST_REDIS_AWAY_MS ?? 3000)

const missing = await redisMissing()
if (missing !== undefined) test('a plane on Redis', ({ skip }) => skip(missing))

describe.skipIf(missing)('a plane on Redis', () => {
  let redis: RedisServer
  let folder: PlaneFolder
  let plane: RunningProgram
  const start = () => up(folder, '--store-url', redis.url)
  beforeAll(async () => {
    redis = await startRedisServer()
    folder = await planeFolder()
    plane = await start()
  })
  afterAll(async () => {
    await plane?.stop()
    folder?.[Symbol.dispose]()
    await redis?.[Symbol.asyncDispose]()
  })

  tellStoryOnce(() => folder)

  test('a restart keeps objects, and tokens stay valid', async () => {
    const stillThere = await leaveSomething(folder)
    expect(await plane.stop('SIGINT')).toMatchObject({ code: 0 })
    plane = await start()
    await stillThere()
  })

  test(
    'Redis is killed and started again: 503 meanwhile, and nothing acknowledged is lost',
    async () => {
      const admin = folder.client()
      const traffic = startTraffic(folder)
      await traffic.further(50)
      await redis.stop('SIGKILL')
      const until = Date.now() + awayMs
      const refused = await eventually(
        () => admin.get('/api/v1/namespaces/default/configmaps'),
        ({ status }) => status !== 200,
      )
      expect(refused).toMatchObject({ status: 503, body: { kind: 'Status', reason: 'ServiceUnavailable' } })
      expect((await admin.get('/readyz')).status).not.toBe(200)
      expect((await admin.get('/livez')).status).toBe(200)
      await new Promise((resolve) => setTimeout(resolve, until - Date.now()))
      await redis.start()

      await traffic.further(50)
      await traffic.stop()
      for (const { status, body } of traffic.refused) {
        expect([status, body.kind, body.reason]).toEqual([503, 'Status', 'ServiceUnavailable'])
        expect(body.message).toContain('the object store cannot be reached')
      }
      expect(traffic.refused.length).toBeGreaterThan(0)
      expect(traffic.unanswered).toEqual([])
      for (const end of traffic.watchEnds) expect(end).toMatchObject({ kind: 'Status', code: 410 })
      const { body } = await admin.get('/api/v1/namespaces/default/configmaps')
      const names = new Set(body.items.map((item: { metadata: { name: string } }) => item.metadata.name))
      expect(traffic.acknowledged.filter((name) => !names.has(name))).toEqual([])
      // The controllers are at work again.
      await tokenOfNew(folder, 'after')
      expect((await admin.get('/readyz')).status).toBe(200)
    },
    60_000 + awayMs,
  )
})
