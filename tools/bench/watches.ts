/** One object and a thousand who watch it. */
import { setTimeout as delay } from 'node:timers/promises'
import type { BareReport } from './bare-server.ts'
import type { BareWatchInput } from './bare-watch-server.ts'
import { type Helper, startHelper } from './child.ts'
import type { Benchmark } from './figure.ts'
import { type Plane, startPlane } from './plane.ts'
import { settings } from './settings.ts'
import type { WatchInput, WatchReport } from './watch-client.ts'
import { namespace, populate } from './world.ts'

const name = 'watched'
const maps = `/api/v1/namespaces/${namespace}/configmaps`
const watchers = settings.watchers.toLocaleString('en-US')

export const watches: Benchmark = {
  name: 'watches',
  title: `events to ${watchers} watchers`,
  async run() {
    await using plane = await startPlane()
    const token = await populate(plane)
    await plane.post(maps, { metadata: { name }, data: { sentAt: nowUs() } })
    const path = `${maps}?watch=1&fieldSelector=metadata.name%3D${name}`
    const { delivered, late } = await measured(plane, { token, path, port: Number(new URL(plane.server).port) })
    const limit = await bareDelivery(plane, token)
    return [
      {
        name: `events to ${watchers} watchers`,
        value: delivered,
        unit: '/s',
        limits: [{ name: 'bare frames', value: limit }],
        goal: { shareOfLimit: 0.65 },
      },
      {
        name: `lag p99 at ${settings.watchWriteRate} writes/s`,
        value: late.p99,
        unit: 'ms',
        limits: [],
        goal: { atMost: 50 },
      },
    ]
  },
}

async function measured(
  plane: Plane,
  where: { port: number; path: string; token: string },
): Promise<{ delivered: number; late: WatchReport['lagMs'] }> {
  const { watchers, watchConnections: connections, warmUpMs, measureMs } = settings
  await using client = startHelper<WatchReport>('watch-client.ts', {
    ...where,
    watchers,
    connections,
  } satisfies WatchInput)
  intact(await client.next())
  const full = async (forMs: number) => {
    const until = performance.now() + forMs
    // Two in flight: while one is answered the next is read, and nothing piles up in the plane.
    await Promise.all([1, 2].map(() => writeUntil(plane, until)))
  }
  await full(warmUpMs)
  await reported(client)
  await full(measureMs)
  const { events, elapsedMs } = await reported(client)
  await delay(200)
  await writeAtRate(plane, settings.watchWriteRate, warmUpMs)
  await reported(client)
  await writeAtRate(plane, settings.watchWriteRate, measureMs)
  await delay(200)
  const { lagMs, events: seen } = await reported(client)
  const wanted = watchers * Math.round((settings.watchWriteRate * measureMs) / 1000)
  if (seen < wanted) throw new Error(`of ${wanted} events only ${seen} came within 200 ms`)
  return { delivered: (events * 1000) / elapsedMs, late: lagMs }
}

async function reported(client: Helper<WatchReport>): Promise<WatchReport> {
  client.send({})
  return intact(await client.next())
}

function intact(report: WatchReport): WatchReport {
  if (report.ended > 0) throw new Error(`${report.ended} watches were refused or have ended`)
  return report
}

async function writeUntil(plane: Plane, until: number): Promise<void> {
  while (performance.now() < until) await write(plane)
}

/** On time, whether or not the writes before have been answered. */
async function writeAtRate(plane: Plane, perSecond: number, forMs: number): Promise<void> {
  const from = performance.now()
  const writes: Promise<void>[] = []
  for (let i = 0; i < (perSecond * forMs) / 1000; i++) {
    await delay(Math.max(0, from + (i * 1000) / perSecond - performance.now()))
    writes.push(write(plane))
  }
  await Promise.all(writes)
}

async function write(plane: Plane): Promise<void> {
  const { status } = await plane.admin.patch(`${maps}/${name}`, { data: { sentAt: nowUs() } })
  if (status !== 200) throw new Error(`a write was answered with ${status}`)
}

/** Microseconds of a clock that all processes of the machine share. */
function nowUs(): string {
  return String(process.hrtime.bigint() / 1000n)
}

async function bareDelivery(plane: Plane, token: string): Promise<number> {
  const { watchers, watchConnections: connections, warmUpMs, measureMs } = settings
  const { body } = await plane.admin.get(`${maps}/${name}`)
  const event = `${JSON.stringify({ type: 'MODIFIED', object: body })}\n`
  await using server = startHelper<BareReport>('bare-watch-server.ts', {
    ...plane.serving,
    event,
    watchers,
  } satisfies BareWatchInput)
  const { port } = await server.next()
  await using client = startHelper<WatchReport>('watch-client.ts', {
    port,
    path: '/',
    token,
    watchers,
    connections,
  } satisfies WatchInput)
  intact(await client.next())
  await delay(warmUpMs)
  await reported(client)
  await delay(measureMs)
  const { events, elapsedMs } = await reported(client)
  return (events * 1000) / elapsedMs
}
