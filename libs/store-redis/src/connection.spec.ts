import type { StoreConnection } from '@ensign/store'
import { backendSuite, storeSuite } from '@ensign/store/testing'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { Alarm } from './alarm.ts'
import { createRedisConnection } from './connection.ts'
import { Link } from './link.ts'
import { createRedisBackend } from './redis-backend.ts'
import { type RedisServer, redisMissing, startRedisServer } from './testing/redis-server.ts'

const missing = await redisMissing()

describe.skipIf(missing)('on a real Redis', () => {
  let server: RedisServer
  let databases = 0
  /** Each test has the server to itself, as far as it can see. */
  const nextPrefix = () => `test-${databases++}`

  beforeAll(async () => {
    server = await startRedisServer()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  backendSuite('Redis', async () => {
    const options = { url: server.url, prefix: nextPrefix() }
    const link = new Link(options)
    const alarm = new Alarm(options, (id) => link.unblock(id))
    return {
      ...createRedisBackend({ link, alarm, prefix: options.prefix, resource: 'core/things' }),
      async [Symbol.asyncDispose]() {
        alarm.close()
        link.close()
      },
    }
  })

  storeSuite('Redis', async () => {
    const prefix = nextPrefix()
    const connections: StoreConnection[] = []
    const connect = () => {
      const connection = createRedisConnection({ url: server.url, prefix })
      connections.push(connection)
      return connection
    }
    const connection = connect()
    return {
      connection,
      another: async () => connect(),
      async reopen() {
        await connection.close()
        return connect()
      },
      async [Symbol.asyncDispose]() {
        for (const each of connections) await each.close()
      },
    }
  })
})

if (missing) test('Redis as a store', ({ skip }) => skip(missing))
