/** As many ServiceAccounts as a large company has: how fast they are made, read and watched, and what they take. */
import type { ClientHttp2Session } from 'node:http2'
import { setTimeout as delay } from 'node:timers/promises'
import { redisMissing, startRedisServer } from '@ensign/store-redis/testing'
import { startHelper } from './child.ts'
import { eventually } from './eventually.ts'
import type { Benchmark, Figure } from './figure.ts'
import { residentMiB } from './memory.ts'
import { type Plane, startPlane } from './plane.ts'
import { openSession, over } from './session.ts'
import { settings } from './settings.ts'
import type { WatchInput, WatchReport } from './watch-client.ts'
import { populate } from './world.ts'

export const manyAccounts: Benchmark = {
  name: 'many',
  title: `${settings.accounts.toLocaleString('en-US')} ServiceAccounts: SQLite, Redis`,
  async run() {
    const figures = await onSqlite()
    const missing = await redisMissing()
    if (missing === undefined) figures.push(...(await onRedis()))
    else process.stderr.write(`  no figures for Redis: ${missing}\n`)
    return figures
  },
}

const accounts = '/api/v1/serviceaccounts'
const accountsOf = (namespace: string) => `/api/v1/namespaces/${namespace}/serviceaccounts`
const namespaces = Array.from({ length: settings.accountNamespaces }, (_, i) => `many-${String(i).padStart(4, '0')}`)
const pageSize = 500
/** Accounts that controllers make by themselves: one in each namespace, those of the system included. */
const bornWith = settings.accountNamespaces + 6

async function onSqlite(): Promise<Figure[]> {
  await using plane = await startPlane()
  return await measured(plane, 'SQLite')
}

async function onRedis(): Promise<Figure[]> {
  await using redis = await startRedisServer()
  await using plane = await startPlane({ storeUrl: redis.url })
  return await measured(plane, 'Redis')
}

async function measured(plane: Plane, store: string): Promise<Figure[]> {
  const name = (what: string) => `${settings.accounts / 1000}k accounts, ${store}: ${what}`
  const token = await populate(plane)
  await delay(settings.idleMs)
  const before = residentMiB(plane.pid)
  const perSecond = await makeAll(plane, token)
  // It is given back after some quiet seconds.
  await delay(2 * settings.idleMs)
  const more = residentMiB(plane.pid) - before
  const pages = await pageTimes(plane, token)
  await eachHearsAll(plane, token)
  const restart = await restartSeconds(plane, token)
  await delay(2 * settings.idleMs)
  const afterRestart = residentMiB(plane.pid) - before
  return [
    // Three and two times what a kube-apiserver does on the machine of the design: these have no limit to be a share of.
    { name: name('made'), value: perSecond, unit: '/s', limits: [] },
    { name: name('page of 500, p50'), value: pages.p50, unit: 'ms', limits: [], goal: { atMost: 5 } },
    { name: name('page of 500, p99'), value: pages.p99, unit: 'ms', limits: [], goal: { atMost: 15 } },
    { name: name('more memory'), value: more, unit: 'MiB', limits: [], goal: { atMost: 120 } },
    { name: name('- after a restart'), value: afterRestart, unit: 'MiB', limits: [] },
    { name: name('restart to the first page'), value: restart, unit: 's', limits: [], goal: { atMost: 2 } },
  ]
}

/** ServiceAccounts made per second. */
async function makeAll(plane: Plane, token: string): Promise<number> {
  await inFlight(namespaces, (name) => plane.post('/api/v1/namespaces', { metadata: { name } }))
  await eventually(async () => (await countOf(plane)) >= bornWith)
  const sessions = await Promise.all(Array.from({ length: settings.connections }, () => openSession(plane)))
  const names = Array.from({ length: settings.accounts - bornWith }, (_, i) => `account-${i}`)
  const from = performance.now()
  await inFlight(names, async (name, i) => {
    const path = accountsOf(namespaces[i % namespaces.length] as string)
    const { status, text } = await over(sessions[i % sessions.length] as ClientHttp2Session, path, {
      token,
      body: { metadata: { name } },
    })
    if (status !== 201) throw new Error(`an account was answered with ${status}: ${text}`)
  })
  const perSecond = (names.length * 1000) / (performance.now() - from)
  for (const s of sessions) s.close()
  return perSecond
}

async function countOf(plane: Plane): Promise<number> {
  const { body } = await plane.admin.get(`${accounts}?limit=1`)
  return body.items.length + (body.metadata.remainingItemCount ?? 0)
}

/** Milliseconds for each page of the whole list, of a list from its begin to its end. */
async function pageTimes(plane: Plane, token: string): Promise<{ p50: number; p99: number }> {
  const client = await openSession(plane)
  const times: number[] = []
  let next = ''
  let seen = 0
  do {
    const from = performance.now()
    const { text } = await over(client, `${accounts}?limit=${pageSize}${next && `&continue=${next}`}`, { token })
    times.push(performance.now() - from)
    const { metadata, items } = JSON.parse(text)
    next = metadata.continue ?? ''
    seen += items.length
  } while (next)
  client.close()
  if (seen < settings.accounts) throw new Error(`of ${settings.accounts} accounts the pages have ${seen}`)
  const sorted = times.sort((a, b) => a - b)
  const quantile = (q: number) => sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN
  return { p50: quantile(0.5), p99: quantile(0.99) }
}

/** Throws unless every watcher of all accounts hears of every change once, and in order. */
async function eachHearsAll(plane: Plane, token: string): Promise<void> {
  const { watchers, watchConnections: connections, accountWrites: writes } = settings
  const { body } = await plane.admin.get(`${accounts}?limit=1`)
  const path = `${accounts}?watch=1&resourceVersion=${body.metadata.resourceVersion}`
  const input: WatchInput = { port: Number(new URL(plane.server).port), path, token, watchers, connections }
  await using client = startHelper<WatchReport>('watch-client.ts', input)
  await client.next()
  for (let i = 0; i < writes; i++) {
    const { status } = await plane.admin.patch(`${accountsOf(namespaces[i] as string)}/default`, {
      metadata: { labels: { written: String(i) } },
    })
    if (status !== 200) throw new Error(`a write was answered with ${status}`)
  }
  await delay(settings.idleMs)
  client.send({})
  const { fewest, most, stale, ended } = await client.next()
  if (fewest !== writes || most !== writes || stale > 0 || ended > 0)
    throw new Error(
      `${writes} writes: watchers heard of ${fewest} to ${most}, ${stale} times too late, ${ended} watches have ended`,
    )
}

/** From the exec of a plane that was stopped to its first page. */
async function restartSeconds(plane: Plane, token: string): Promise<number> {
  await plane.restart()
  const from = performance.now()
  await eventually(async () => {
    const client = await openSession(plane)
    try {
      return (await over(client, `${accounts}?limit=${pageSize}`, { token })).status === 200
    } finally {
      client.destroy()
    }
  }, 5)
  return (performance.now() - from) / 1000
}

/** One after another over as many at once as all measurements have in flight. */
async function inFlight<T>(all: readonly T[], work: (one: T, index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: settings.inFlight }, async () => {
      for (let i = next++; i < all.length; i = next++) await work(all[i] as T, i)
    }),
  )
}
