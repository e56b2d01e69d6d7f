import { connect } from 'node:net'
import { freePorts } from '@ensign/process/testing'
import { redisContainer, redisContainerMissing } from './redis-container.ts'
import { type RedisHost, redisProcess, redisServerMissing } from './redis-host.ts'

/** A Redis of a test's own. */
export interface RedisServer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** `redis://HOST:PORT` */
  readonly url: string
  /** Ends the process; the data stay. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Starts it again on the same port and data. */
  start(): Promise<void>
  /** Stops the process where it stands and continues it: a server that is there and does not answer. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** Sends one command outside of any client library; the reply as Redis wrote it. */
  command(...words: string[]): Promise<string>
}

/** How long Redis may take to read its data and answer. */
const startMsMax = 10_000

type Host = (port: number, settings: readonly string[]) => Promise<RedisHost>
let found: Promise<Host | string> | undefined

/** A container where a Docker engine answers, else `redis-server` from the PATH, else why there is neither. */
async function findHost(): Promise<Host | string> {
  const noContainer = await redisContainerMissing()
  if (noContainer === undefined) return redisContainer
  const noServer = redisServerMissing()
  return noServer === undefined ? redisProcess : `${noContainer}, and ${noServer}`
}

/** Why real Redis tests cannot run here; undefined when they can. */
export async function redisMissing(): Promise<string | undefined> {
  found ??= findHost()
  const host = await found
  return typeof host === 'string' ? host : undefined
}

/** Starts Redis on a free port, as durable as the one that the compose file ships. Disposing ends it and removes its data. */
export async function startRedisServer(settings: readonly string[] = []): Promise<RedisServer> {
  found ??= findHost()
  const host = await found
  if (typeof host === 'string') throw new Error(host)
  const [port = 0] = await freePorts(1)
  const redis = await host(port, settings)
  const { address } = redis
  let frozen = false
  const server: RedisServer = {
    host: address,
    port,
    url: `redis://${address}:${port}`,
    async start() {
      await redis.start()
      await untilItAnswers(address, port)
    },
    stop: (signal = 'SIGTERM') => redis.stop(signal),
    async freeze() {
      await redis.freeze()
      frozen = true
    },
    async thaw() {
      await redis.thaw()
      frozen = false
    },
    command: (...words) => command(address, port, words),
    async [Symbol.asyncDispose]() {
      if (frozen) await redis.thaw()
      await redis.remove()
    },
  }
  try {
    await server.start()
  } catch (error) {
    await redis.remove()
    throw error
  }
  return server
}

async function untilItAnswers(address: string, port: number): Promise<void> {
  const deadline = Date.now() + startMsMax
  for (;;) {
    const reply = await command(address, port, ['PING']).catch(String)
    if (reply.startsWith('+PONG')) return
    if (Date.now() > deadline) throw new Error(`Redis did not answer within ${startMsMax} ms: ${reply}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function command(address: string, port: number, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, address)
    socket.setEncoding('utf8')
    socket.on('error', reject)
    // Docker accepts connections for a container before something listens in it.
    socket.on('close', () => reject(new Error('the connection was closed without a reply')))
    // Our commands have short replies that come in one piece.
    socket.once('data', (data) => {
      resolve(String(data))
      socket.destroy()
    })
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
    socket.write(`*${words.length}\r\n${parts.join('')}`)
  })
}
