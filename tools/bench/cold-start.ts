/** From the exec of `ensign up` to the first token of a new namespace, and what an idle plane takes of memory. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { apiClient } from '@ensign/testing'
import { eventually } from './eventually.ts'
import type { Benchmark, Figure } from './figure.ts'
import { residentMiB } from './memory.ts'
import { adminOf, freePorts, startUp, upArguments } from './plane.ts'
import { settings } from './settings.ts'

export const coldStart: Benchmark = {
  name: 'start',
  title: 'cold start to the first token, idle memory',
  async run() {
    const made: number[] = []
    const found: number[] = []
    const empty: number[] = []
    for (let i = 0; i < settings.coldStarts; i++) {
      const base = mkdtempSync(join(tmpdir(), 'ensign-bench-'))
      const folder = join(base, 'plane')
      try {
        made.push(await firstToken(base, folder))
        found.push(await firstToken(base, folder))
      } finally {
        rmSync(base, { recursive: true, force: true })
      }
      empty.push(await emptyNodeListening())
    }
    const limits = [{ name: 'empty Node', value: median(empty) }]
    return [
      { name: 'first token, keys made', value: median(made), unit: 's', limits, goal: { atMost: 0.5 } },
      { name: 'first token, keys there', value: median(found), unit: 's', limits, goal: { atMost: 0.3 } },
      await idleMemory(),
    ]
  },
}

/** Seconds. */
async function firstToken(cwd: string, folder: string): Promise<number> {
  const port = await freePorts()
  const from = performance.now()
  await using running = startUp(upArguments(folder, port), cwd)
  // Made after all other files.
  await eventually(async () => existsSync(join(folder, 'admin.kubeconfig')))
  const caPem = readFileSync(join(folder, 'pki/ca.crt'), 'utf8')
  const admin = apiClient(`https://127.0.0.1:${port}`, caPem, adminOf(folder))
  const name = `shop-${Math.random().toString(36).slice(2)}`
  // Until something listens this is an error, and tried again.
  await eventually(async () => (await admin.post('/api/v1/namespaces', { metadata: { name } })).status === 201)
  const path = `/api/v1/namespaces/${name}/serviceaccounts/default/token`
  // Until a controller has made the account this is a 404.
  await eventually(async () => (await admin.post(path, { spec: {} })).body.status?.token)
  const seconds = (performance.now() - from) / 1000
  admin.close()
  // In order, so that the next start finds a folder that nobody uses.
  await running.stop('SIGTERM')
  return seconds
}

/** Seconds from exec to the first connection of a Node program that only listens. */
async function emptyNodeListening(): Promise<number> {
  const port = await freePorts()
  const from = performance.now()
  const code = `require('node:https').createServer().listen(${port}, '127.0.0.1')`
  const child = spawn(process.execPath, ['-e', code], { stdio: 'ignore' })
  await untilListening(port)
  const seconds = (performance.now() - from) / 1000
  child.kill('SIGKILL')
  await once(child, 'exit')
  return seconds
}

async function idleMemory(): Promise<Figure> {
  const base = mkdtempSync(join(tmpdir(), 'ensign-bench-'))
  const folder = join(base, 'plane')
  const empty = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  try {
    await using running = startUp(upArguments(folder, await freePorts()), base)
    await running.printed('Ctrl-C')
    await delay(settings.idleMs)
    return {
      name: 'idle memory (RSS)',
      value: residentMiB(running.pid),
      unit: 'MiB',
      limits: [{ name: 'empty Node', value: residentMiB(empty.pid ?? 0) }],
      goal: { atMost: 130 },
    }
  } finally {
    empty.kill('SIGKILL')
    rmSync(base, { recursive: true, force: true })
  }
}

async function untilListening(port: number): Promise<void> {
  await eventually(() => canConnect(port), 1)
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => resolve(false))
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
