import { randomUUID } from 'node:crypto'
import { StoreError } from '@ensign/store'
import type { Redis } from 'ioredis'

/** Grows when keys or scripts change in a way that an older release must not touch. */
const schemaVersion = '1'

export interface ServerCheck {
  /** Made once for the data, and so another one when they were flushed or are those of another server. */
  readonly incarnation: string | null
  /** That it would drop data when memory is short. */
  readonly evicts: StoreError | undefined
  /** What it answers to a write when it has no memory or no disk space for one. */
  readonly full: unknown
}

/**
 * Looks whether Redis would lose or misread data.
 *
 * @throws StoreError `Misused` when it is too old, or holds data of a newer release; whatever ioredis throws when Redis does
 * not answer.
 */
export async function checkServer(client: Redis, prefix: string): Promise<ServerCheck> {
  const info = await client.info()
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
  const version = field('redis_version') ?? '0'
  const [major = 0, minor = 0] = version.split('.').map(Number)
  // XTRIM MINID came with 6.2.
  if (major < 6 || (major === 6 && minor < 2)) {
    throw new StoreError('Misused', `Redis ${version} is too old: 6.2 or newer is needed`)
  }
  const policy = field('maxmemory_policy') ?? 'noeviction'
  const evicts =
    policy !== 'noeviction' && field('maxmemory') !== '0'
      ? new StoreError(
          'Misused',
          `Redis evicts data when memory is short: set maxmemory-policy noeviction (it is ${policy})`,
        )
      : undefined
  const [schemaKey, incarnationKey] = [`{${prefix}}:schema`, `{${prefix}}:incarnation`]
  let full: unknown
  try {
    // Refused also when the keys are there, if there is no space.
    await client.setnx(schemaKey, schemaVersion)
    await client.setnx(incarnationKey, randomUUID())
  } catch (error) {
    if (!isFull(error)) throw error
    full = error
  }
  const schema = await client.get(schemaKey)
  if (schema === null && full) throw full
  if (schema !== schemaVersion) {
    throw new StoreError(
      'Misused',
      `Redis holds data of another release (schema ${schema}, this one has ${schemaVersion})`,
    )
  }
  return { incarnation: await client.get(incarnationKey), evicts, full }
}

/** Above maxmemory, or unable to write its file: the disk is full. A script that was stopped by it says where. */
export const isFull = (error: unknown): boolean =>
  error instanceof Error && /(?:^|-)(?:OOM|MISCONF) /.test(error.message)
