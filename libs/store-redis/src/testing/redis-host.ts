import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Something that Redis runs in, with a port and data that outlive its process. */
export interface RedisHost {
  /** Where its port is. */
  readonly address: string
  /** Starts the process, again after a stop; when it resolves, Redis need not answer yet. */
  start(): Promise<void>
  /** Ends the process; nothing happens when it does not run. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Stops all of it where it stands, and lets it go on. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** Ends the process and removes the data. */
  remove(): Promise<void>
}

/** Durable like the Redis that the compose file ships: every write is on the disk before it is answered. */
export const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always']

/** Why the PATH has no Redis; undefined when it has. */
export function redisServerMissing(): string | undefined {
  const { status } = spawnSync('redis-server', ['--version'], { stdio: 'ignore' })
  return status === 0 ? undefined : 'redis-server is not on the PATH'
}

/** `redis-server` from the PATH, with a folder of its own. */
export async function redisProcess(port: number, settings: readonly string[]): Promise<RedisHost> {
  const folder = mkdtempSync(join(tmpdir(), 'ensign-redis-'))
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
  let child: ChildProcess | undefined
  const host: RedisHost = {
    address: '127.0.0.1',
    async start() {
      child = spawn('redis-server', [...place, ...durable, ...settings], { stdio: 'ignore' })
      await once(child, 'spawn')
    },
    async stop(signal) {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    },
    freeze: async () => void child?.kill('SIGSTOP'),
    thaw: async () => void child?.kill('SIGCONT'),
    async remove() {
      await host.stop('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return host
}
