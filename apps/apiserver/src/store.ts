/** The object store that `--store-url` names. Backends are loaded when they are used: an embedded plane needs no Redis client. */
import { errorMessage, type Logger, UserError } from '@ensign/process'
import { createMemoryConnection, parseStoreUrl, type StoreConnection, type StoreUrl } from '@ensign/store'

export async function openStore(text: string, log: Logger): Promise<StoreConnection> {
  let url: StoreUrl
  try {
    url = parseStoreUrl(text)
  } catch (error) {
    throw new UserError(`--store-url ${errorMessage(error)}`, {
      hint: 'one of memory:, sqlite:PATH, redis://HOST:PORT, rediss://HOST:PORT',
    })
  }
  const connection = await connect(url, log)
  try {
    await connection.ping()
  } catch (error) {
    await connection.close()
    throw new UserError(`the object store cannot be used: ${errorMessage(error)}`, {
      hint: 'check --store-url and that the database is running',
    })
  }
  return connection
}

async function connect(url: StoreUrl, log: Logger): Promise<StoreConnection> {
  switch (url.kind) {
    case 'memory':
      return createMemoryConnection()
    case 'sqlite': {
      const { createSqliteConnection } = await import('@ensign/store-sqlite')
      return createSqliteConnection({ path: url.path })
    }
    case 'redis': {
      const { createRedisConnection } = await import('@ensign/store-redis')
      return createRedisConnection({
        url: url.url,
        onHistoryLost: (loss) =>
          log.error('the object store has lost history that was already served; all watches end', { ...loss }),
      })
    }
  }
}
