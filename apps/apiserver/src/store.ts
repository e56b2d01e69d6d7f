/** The object store that `--store-url` names. Backends are loaded when they are used: an embedded plane needs no Redis client. */
import { errorMessage, type Logger, UserError } from '@ensign/process'
import { createMemoryConnection, isStoreError, parseStoreUrl, type StoreConnection, type StoreUrl } from '@ensign/store'

/** Milliseconds between two looks at whether the store can be used. Asks nobody. */
const lookMs = 1_000

export async function openStore(text: string, log: Logger): Promise<StoreConnection> {
  let url: StoreUrl
  try {
    url = parseStoreUrl(text)
  } catch (error) {
    throw new UserError(`--store-url ${errorMessage(error)}`, {
      hint: 'one of memory:, sqlite:PATH, redis://HOST:PORT, rediss://HOST:PORT',
    })
  }
  let connection: StoreConnection | undefined
  try {
    connection = await connect(url, log)
    await connection.ping()
    return connection
  } catch (error) {
    await connection?.close()
    // Anything else is a bug and keeps its stack.
    if (!isStoreError(error)) throw error
    throw new UserError(`the object store cannot be used: ${errorMessage(error)}`, {
      hint: 'check --store-url and that the database is running',
    })
  }
}

/** Logs when the store stops being usable, and when it is usable again. */
export function noteAvailability(connection: StoreConnection, log: Logger, signal: AbortSignal): void {
  let told: string | undefined
  const look = () => {
    const state = connection.state()
    const problem = state.available ? undefined : state.reason
    if (problem !== undefined && told === undefined) log.error('the object store cannot be used', { error: problem })
    if (problem === undefined && told !== undefined) log.info('the object store can be used again')
    told = problem
  }
  const timer = setInterval(look, lookMs).unref()
  signal.addEventListener('abort', () => clearInterval(timer))
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
