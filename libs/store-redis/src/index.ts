export { createRedisConnection } from './connection.ts'
export type { HistoryLoss, RedisOptions } from './link.ts'
