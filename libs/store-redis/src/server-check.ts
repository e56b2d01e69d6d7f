import { StoreError } from '@ensign/store'
import type { Redis } from 'ioredis'

/** Grows when keys or scripts change in a way that an older release must not touch. */
const schemaVersion = '1'

/**
 * Refuses a Redis that would lose or misread data: too old, evicting, or written by a newer release.
 *
 * @throws StoreError `Misused` that says what to change; whatever ioredis throws when Redis does not answer.
 */
export async function checkServer(client: Redis, prefix: string): Promise<void> {
  const info = await client.info()
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
  const version = field('redis_version') ?? '0'
  const [major = 0, minor = 0] = version.split('.').map(Number)
  // XTRIM MINID came with 6.2.
  if (major < 6 || (major === 6 && minor < 2)) {
    throw new StoreError('Misused', `Redis ${version} is too old: 6.2 or newer is needed`)
  }
  const policy = field('maxmemory_policy') ?? 'noeviction'
  if (policy !== 'noeviction' && field('maxmemory') !== '0') {
    throw new StoreError(
      'Misused',
      `Redis evicts data when memory is short: set maxmemory-policy noeviction (it is ${policy})`,
    )
  }
  const key = `{${prefix}}:schema`
  await client.setnx(key, schemaVersion)
  const schema = await client.get(key)
  if (schema !== schemaVersion) {
    throw new StoreError(
      'Misused',
      `Redis holds data of another release (schema ${schema}, this one has ${schemaVersion})`,
    )
  }
}
