import { randomBytes } from 'node:crypto'
import { type Availability, StoreError } from '@ensign/store'
import { type RedisOptions as ClientOptions, Redis } from 'ioredis'
import { limits } from './limits.ts'
import type { Script, ScriptArgument } from './scripts/define-script.ts'
import { checkServer, isFull } from './server-check.ts'

export interface RedisOptions {
  /** `redis://[user:password@]host[:port][/db]`, or `rediss://…` for TLS. */
  readonly url: string
  /** PEM of the authorities that may have signed Redis' certificate; the system's when absent. */
  readonly ca?: string
  /** First part of every key's hash tag, for several planes on one Redis. */
  readonly prefix?: string
  /** Told when a resource type's acknowledged past turned out to be gone. Worth an alert: writes were lost. */
  readonly onHistoryLost?: (loss: HistoryLoss) => void
}

export interface HistoryLoss {
  readonly resource: string
  /** Newest revision that was served before. */
  readonly served: number
  /** What the database counted when it was noticed. */
  readonly found: number
  /** Where counting goes on. */
  readonly lifted: number
}

/**
 * The connection that carries commands. Nothing is queued while it is down and nothing is sent twice: a command whose
 * answer is missing fails with `Unavailable`, and only its caller knows whether repeating it is safe.
 */
export class Link {
  readonly #client: Redis
  readonly #name: string
  readonly #whenStale: (() => void)[] = []
  /** Settles with the first attempt to connect, so that calls right after the start wait for it. */
  readonly #first: Promise<void>
  #usable = false
  #closed = false
  /** Why it cannot be used, or why it should not be although it answers. */
  #problem: StoreError | undefined
  /** Counts connections and checks: what an older check has found says nothing of a new connection. */
  #checks = 0
  #isChecking = false
  #incarnation: string | undefined
  #isLookingAgain = false
  readonly #prefix: string
  readonly #checkTimer: NodeJS.Timeout
  readonly #nonce = randomBytes(6).toString('base64url')
  #marks = 0

  constructor(options: RedisOptions) {
    this.#name = describe(options.url)
    this.#client = createClient(options, { socketTimeout: limits.silenceMs })
    const first = Promise.withResolvers<void>()
    this.#first = first.promise
    this.#client.on('error', (error: Error) => {
      this.#problem = this.error(error)
      first.resolve()
    })
    this.#client.on('close', () => {
      this.#checks++
      this.#usable = false
      this.#problem ??= new StoreError('Unavailable', `${this.#name} has closed the connection`)
    })
    this.#prefix = options.prefix ?? defaultPrefix
    this.#client.on('ready', () => void this.#check().finally(first.resolve))
    this.#checkTimer = setInterval(() => {
      if (this.#client.status === 'ready' && !this.#isChecking) void this.#check()
    }, limits.serverCheckMs).unref()
    setTimeout(first.resolve, limits.deadlineMs).unref()
  }

  get state(): Availability {
    return this.#usable && !this.#problem
      ? { available: true }
      : { available: false, reason: this.#unavailable().message }
  }

  /**
   * Calls back when what is known of the data may be out of date: after every connect, the first one included, and when data
   * turned out to be lost.
   */
  onStale(listener: () => void): void {
    this.#whenStale.push(listener)
  }

  /** Some data are lost: whatever else is known has to be compared with what is there, also what nobody asks for. */
  lookAgain(): void {
    if (this.#isLookingAgain) return
    this.#isLookingAgain = true
    setImmediate(() => {
      this.#isLookingAgain = false
      for (const listener of this.#whenStale) listener()
    })
  }

  /**
   * Looks at the server after a connect and now and then: its settings may be changed and its data flushed at any time. A
   * connection that was usable stays so when Redis may now evict data or has no space, since refusing to read would help
   * nobody; its state tells the problem.
   */
  async #check(): Promise<void> {
    const number = ++this.#checks
    this.#isChecking = true
    try {
      const { incarnation, evicts, full } = await checkServer(this.#client, this.#prefix)
      if (number !== this.#checks) return
      const wasUsable = this.#usable
      this.#usable = wasUsable || !evicts
      this.#problem = evicts ?? (full === undefined ? undefined : this.error(full))
      const isAnother = incarnation !== null && this.#incarnation !== undefined && incarnation !== this.#incarnation
      this.#incarnation = incarnation ?? this.#incarnation
      if (this.#usable && (isAnother || !wasUsable)) this.lookAgain()
    } catch (error) {
      if (number !== this.#checks) return
      this.#problem = error instanceof StoreError ? error : this.error(error)
      if (this.#problem.code === 'Misused') this.#usable = false
    } finally {
      if (number === this.#checks) this.#isChecking = false
    }
  }

  /** Different for every call of every process. */
  mark(): string {
    this.#marks += 1
    return `${this.#nonce}${this.#marks.toString(36)}`
  }

  run<K extends string, A extends string, E extends string, R>(
    script: Script<K, A, E, R>,
    keys: Readonly<Record<K, string>>,
    args: Readonly<Record<A, ScriptArgument>>,
    rows?: readonly Readonly<Record<E, ScriptArgument>>[],
  ): Promise<R> {
    return this.#attempt(() => script.run(this.#client, keys, args, rows))
  }

  get(hash: string, field: string): Promise<string | null> {
    return this.#attempt(() => this.#client.hget(hash, field))
  }

  async ping(): Promise<void> {
    await this.#attempt(() => this.#client.ping())
  }

  /** Ends the blocking command of another connection early. Best effort: it ends by itself a little later. */
  unblock(connectionId: number): void {
    if (this.#usable) this.#client.client('UNBLOCK', connectionId).catch(() => {})
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#checkTimer)
    this.#client.disconnect()
  }

  async #attempt<T>(call: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreError('Closed', 'the store was closed')
    if (!this.#usable) {
      await this.#first
      if (!this.#usable) throw this.#unavailable()
    }
    try {
      return await call()
    } catch (error) {
      throw this.error(error)
    }
  }

  #unavailable(): StoreError {
    return this.#problem ?? new StoreError('Unavailable', `${this.#name} does not answer`)
  }

  /**
   * An ioredis error as ours. It does not become the `cause`: it carries the arguments of its command, and with them
   * Secrets and passwords.
   */
  error(error: unknown): StoreError {
    if (error instanceof StoreError) return error
    if (error instanceof TypeError) return new StoreError('Misused', `${this.#name}: ${error.message}`)
    const text = (error instanceof Error ? error.message : String(error)).slice(0, limits.errorTextMax)
    const isReply = error instanceof Error && error.name === 'ReplyError'
    if (isReply && isFull(error)) return new StoreError('Full', `${this.#name} has no space left: ${text}`)
    // LOADING, READONLY, NOAUTH… pass when somebody acts; a key of another type is somebody else's data.
    if (isReply && text.startsWith('WRONGTYPE')) return new StoreError('Misused', `${this.#name}: ${text}`)
    return new StoreError(
      'Unavailable',
      `${this.#name} ${isReply ? 'answers' : 'does not answer'}: ${reason(error, text)}`,
    )
  }
}

export const defaultPrefix = 'ensign'

/** A client with what all of our connections have in common. */
export function createClient(options: RedisOptions, more: ClientOptions): Redis {
  return new Redis(options.url, {
    // The reply shapes of RESP2 are the ones that every Redis from 6.2 on has.
    protocol: 2,
    connectionName: 'ensign',
    connectTimeout: limits.deadlineMs,
    commandTimeout: limits.deadlineMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Zero: a lost connection fails its unanswered commands at once.
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(limits.reconnectFirstMs * 2 ** (attempt - 1), limits.reconnectMaxMs),
    // After a failover the old master refuses writes; connecting anew finds the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...(options.url.startsWith('rediss:') && { tls: options.ca === undefined ? {} : { ca: options.ca } }),
    ...more,
  })
}

/** `Redis at host:port`: the address without user and password. */
function describe(url: string): string {
  const { hostname, port } = new URL(url)
  return `Redis at ${hostname}:${port || 6379}`
}

/** Node reports a failed connection to a name with several addresses as an AggregateError without text. */
function reason(error: unknown, text: string): string {
  if (text) return text
  return error instanceof AggregateError
    ? error.errors.map((e) => (e as Error).message).join(', ')
    : 'connection failed'
}
