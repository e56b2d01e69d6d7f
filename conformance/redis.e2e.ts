import { type RedisServer, redisMissing, startRedisServer } from '@ensign/store-redis/testing'
import { afterAll, test } from 'vitest'
import { conformance } from './suite.ts'

const missing = await redisMissing()
let redis: RedisServer | undefined
afterAll(() => redis?.[Symbol.asyncDispose]())

if (missing !== undefined) test('a plane on Redis answers as kube-apiserver', ({ skip }) => skip(missing))
else
  conformance('Redis', async () => {
    redis = await startRedisServer()
    return ['--store-url', redis.url]
  })
