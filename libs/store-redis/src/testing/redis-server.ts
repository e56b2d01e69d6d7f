import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A redis-server process with a folder of its own. */
export interface RedisServer extends AsyncDisposable {
  /** `redis://127.0.0.1:PORT` */
  readonly url: string
  readonly port: number
  /** Ends the process; the data stay. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Starts it again on the same port and data. */
  start(): Promise<void>
  /** Stops (SIGSTOP) and continues the process: a server that is there and does not answer. */
  freeze(): void
  thaw(): void
  /** Sends one command outside of any client library; the reply as Redis wrote it. */
  command(...words: string[]): Promise<string>
}

/** Why real Redis tests cannot run here; undefined when they can. */
export function redisMissing(): string | undefined {
  const { status } = spawnSync('redis-server', ['--version'], { stdio: 'ignore' })
  return status === 0 ? undefined : 'redis-server is not on the PATH'
}

/**
 * Starts `redis-server` from the PATH on a free port, durable (`appendfsync always`) like the one that the compose file
 * ships. Disposing ends it and removes its data.
 */
export async function startRedisServer(settings: readonly string[] = []): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ensign-redis-'))
  const port = await freePort()
  let child: ChildProcess | undefined

  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    port,
    async start() {
      const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '']
      const durable = ['--appendonly', 'yes', '--appendfsync', 'always']
      child = spawn('redis-server', [...options, ...durable, ...settings], { stdio: 'ignore' })
      const exited = once(child, 'exit').then(() => Promise.reject(new Error('redis-server ended while it started')))
      await Promise.race([untilItAnswers(port), exited])
      exited.catch(() => {})
    },
    async stop(signal = 'SIGTERM') {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    },
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
    command: (...words) => command(port, words),
    async [Symbol.asyncDispose]() {
      child?.kill('SIGCONT')
      await server.stop('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function untilItAnswers(port: number): Promise<void> {
  for (;;) {
    const reply = await command(port, ['PING']).catch(() => '')
    if (reply.startsWith('+PONG')) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function command(port: number, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.setEncoding('utf8')
    socket.on('error', reject)
    // Our commands have short replies that come in one piece.
    socket.once('data', (data) => {
      resolve(String(data))
      socket.destroy()
    })
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
    socket.write(`*${words.length}\r\n${parts.join('')}`)
  })
}
