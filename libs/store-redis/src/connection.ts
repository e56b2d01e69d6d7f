import { createConnection, type StoreConnection } from '@ensign/store'
import { Alarm } from './alarm.ts'
import { defaultPrefix, Link, type RedisOptions } from './link.ts'
import { createRedisBackend } from './redis-backend.ts'

/**
 * `redis://…`: for several apiservers at once. Returns before it has connected: `ping` tells whether Redis is there. It
 * connects again by itself for as long as it is open; meanwhile every call fails at once with `Unavailable`.
 */
export function createRedisConnection(options: RedisOptions): StoreConnection {
  const { prefix = defaultPrefix, onHistoryLost } = options
  const link = new Link(options)
  const alarm = new Alarm(options, (connectionId) => link.unblock(connectionId))
  return createConnection({
    open: (resource) => createRedisBackend({ link, alarm, prefix, resource, ...(onHistoryLost && { onHistoryLost }) }),
    ping: () => link.ping(),
    state: () => link.state,
    async close() {
      alarm.close()
      link.close()
    },
  })
}
