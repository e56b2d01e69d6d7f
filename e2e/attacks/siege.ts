/** A plane, a modest client alone, the same client beside all attacks, and the plane's memory before and after. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ApiClient, startProgram } from '@ensign/testing'
import { eventually, type PlaneFolder, planeFolder, up } from '../harness.ts'
import type { Outcome } from './attacker.ts'
import type { Experience } from './modest-client.ts'

export interface Siege {
  readonly alone: Experience
  readonly beside: Experience
  readonly attacks: Readonly<Record<string, Outcome>>
  readonly memory: {
    /** Of a plane that nobody has attacked yet. */
    readonly coldMiB: number
    /** Of one that has been through all of it once. */
    readonly beforeMiB: number
    readonly highestMiB: number
    /** As soon as it is within `backWithin` of before, or after a minute. */
    readonly afterMiB: number
  }
}

/** What memory may be above that of before, a minute after. */
export const backWithin = 1.2
const recoveryMs = 60_000
/** Milliseconds in which a plane without work gives back what it can. */
const quietMs = 15_000
/** What there is to list and to watch in the attackers' namespace: 2,000 objects of 2 kB. */
const objects = 2_000
const objectBytes = 2_000

export async function besiege(options: {
  seconds: number
  aloneSeconds: number
  /** The name of one attack; all when absent. */
  only?: string | undefined
}): Promise<Siege> {
  using folder = await planeFolder()
  await using plane = await up(folder)
  const admin = folder.client()
  const hostile = await account(folder, admin, 'hostile')
  const modest = await account(folder, admin, 'modest')
  for (let i = 0; i < objects; i += 50) {
    const some = Array.from({ length: 50 }, (_, j) => ({
      metadata: { name: `object-${i + j}` },
      data: { text: 'x'.repeat(objectBytes) },
    }))
    await Promise.all(some.map((map) => admin.post('/api/v1/namespaces/hostile/configmaps', map)))
  }
  const run = async <T>(
    program: string,
    tokenFile: string,
    namespace: string,
    seconds: number,
    only = '',
  ): Promise<T> => {
    const args = [folder.server, folder.caFile, tokenFile, namespace, String(seconds), only]
    const file = fileURLToPath(new URL(program, import.meta.url))
    const running = startProgram(file, args, { cwd: folder.path })
    const { code, stdout, stderr } = await running.ended
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${stderr}`)
    return JSON.parse(stdout) as T
  }
  const attack = () => run<Record<string, Outcome>>('attacker.ts', hostile, 'hostile', options.seconds, options.only)
  const coldMiB = residentMiB(plane.pid)
  // What the C library keeps for the next burst it does not give back; a second siege may not add to it.
  await attack()
  await new Promise((resolve) => setTimeout(resolve, quietMs))
  const alone = await run<Experience>('modest-client.ts', modest, 'modest', options.aloneSeconds)
  const beforeMiB = residentMiB(plane.pid)
  let highestMiB = 0
  const looking = setInterval(() => {
    highestMiB = Math.max(highestMiB, residentMiB(plane.pid))
  }, 250)
  const [attacks, beside] = await Promise.all([
    attack(),
    run<Experience>('modest-client.ts', modest, 'modest', options.seconds),
  ])
  clearInterval(looking)
  const deadline = Date.now() + recoveryMs
  let afterMiB = residentMiB(plane.pid)
  while (afterMiB > beforeMiB * backWithin && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    afterMiB = residentMiB(plane.pid)
  }
  return { alone, beside, attacks, memory: { coldMiB, beforeMiB, highestMiB, afterMiB } }
}

/** Makes a namespace and an account that may do everything in it; the file with its token. */
async function account(folder: PlaneFolder, admin: ApiClient, name: string): Promise<string> {
  await admin.post('/api/v1/namespaces', { metadata: { name } })
  const accounts = `/api/v1/namespaces/${name}/serviceaccounts`
  await admin.post(accounts, { metadata: { name } })
  await admin.post(`/apis/rbac.authorization.k8s.io/v1/namespaces/${name}/rolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
    subjects: [{ kind: 'ServiceAccount', namespace: name, name }],
  })
  const { body } = await eventually(
    () => admin.post(`${accounts}/${name}/token`, {}),
    ({ status }) => status === 201,
  )
  const tokens = join(folder.path, 'tokens')
  mkdirSync(tokens, { recursive: true })
  writeFileSync(join(tokens, name), body.status.token)
  return join(tokens, name)
}

function residentMiB(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)
}

/** A small table for people. */
export function report({ alone, beside, attacks, memory }: Siege): string {
  const client = (title: string, { requests, failures, medianMs, p99Ms, longestMs, untold }: Experience) =>
    `${title.padEnd(32)}${requests} requests, ${failures.length} failed, ${untold} events missing; median ${medianMs} ms, 99 % ${p99Ms} ms, longest ${longestMs} ms`
  const lines = Object.entries(attacks).map(
    ([name, { hits, ends }]) =>
      `${name.padEnd(32)}${String(hits).padStart(6)}  ${Object.entries(ends)
        .map(([end, count]) => `${end}: ${count}`)
        .join(', ')}`,
  )
  const { coldMiB, beforeMiB, highestMiB, afterMiB } = memory
  return [
    ...lines,
    '',
    client('modest client alone', alone),
    client('modest client beside attacks', beside),
    ...beside.failures,
    `memory${''.padEnd(26)}${coldMiB} MiB before any attack, ${beforeMiB} MiB after the first siege; in the second ${highestMiB} MiB at most, ${afterMiB} MiB after`,
    '',
  ].join('\n')
}
