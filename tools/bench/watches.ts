/** One object and a thousand who watch it. */
import { setTimeout as delay } from 'node:timers/promises'
import { type ApiClient, apiClient } from '@ensign/testing'
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
    const own = await deliveries({
      port: Number(new URL(plane.server).port),
      path: `${maps}?watch=1&fieldSelector=metadata.name%3D${name}`,
      token,
      writer: plane.admin,
    })
    const bare = await bareDeliveries(plane, token)
    return [
      {
        name: `events to ${watchers} watchers`,
        value: own.perSecond,
        unit: '/s',
        limits: [{ name: 'bare http2', value: bare.perSecond }],
        goal: { shareOfLimit: 0.65 },
      },
      {
        name: `lag p99 at ${settings.watchWriteRate} writes/s`,
        value: own.lagMs.p99,
        unit: 'ms',
        limits: [{ name: 'bare http2', value: bare.lagMs.p99 }],
        goal: { atMost: 50 },
      },
    ]
  },
}

interface Target {
  readonly port: number
  readonly path: string
  readonly token: string
  readonly writer: ApiClient
}

interface Deliveries {
  /** Events, when each write follows the one before at once. */
  readonly perSecond: number
  /** Between sending a write and the arrival of its event, at `watchWriteRate`. */
  readonly lagMs: WatchReport['lagMs']
}

async function deliveries({ writer, ...where }: Target): Promise<Deliveries> {
  const { watchers, watchConnections: connections, watchWriteRate: rate, warmUpMs, measureMs } = settings
  const input: WatchInput = { ...where, watchers, connections }
  await using client = startHelper<WatchReport>('watch-client.ts', input)
  intact(await client.next())
  await writeUntil(writer, performance.now() + warmUpMs)
  await reported(client)
  await writeUntil(writer, performance.now() + measureMs)
  const { events, elapsedMs } = await reported(client)
  await delay(200)
  await writeAtRate(writer, rate, warmUpMs)
  await reported(client)
  await writeAtRate(writer, rate, measureMs)
  await delay(200)
  const { lagMs, events: seen } = await reported(client)
  const wanted = (watchers * rate * measureMs) / 1000
  if (seen < wanted) throw new Error(`of ${wanted} events only ${seen} came within 200 ms`)
  return { perSecond: (events * 1000) / elapsedMs, lagMs }
}

async function bareDeliveries(plane: Plane, token: string): Promise<Deliveries> {
  const { body } = await plane.admin.get(`${maps}/${name}`)
  const { sentAt } = body.data
  const [before = '', after = ''] = `${JSON.stringify({ type: 'MODIFIED', object: body })}\n`.split(sentAt)
  const input: BareWatchInput = { ...plane.serving, event: [before, after], watchers: settings.watchers }
  await using server = startHelper<BareReport>('bare-watch-server.ts', input)
  const { port } = await server.next()
  const writer = apiClient(`https://127.0.0.1:${port}`, plane.caPem, 'anonymous')
  try {
    return await deliveries({ port, path: '/', token, writer })
  } finally {
    writer.close()
  }
}

async function reported(client: Helper<WatchReport>): Promise<WatchReport> {
  client.send({})
  return intact(await client.next())
}

function intact(report: WatchReport): WatchReport {
  if (report.ended > 0) throw new Error(`${report.ended} watches were refused or have ended`)
  return report
}

/** Two in flight: while one is answered the next is read, and nothing piles up at the server. */
async function writeUntil(writer: ApiClient, until: number): Promise<void> {
  const keepWriting = async () => {
    while (performance.now() < until) await write(writer)
  }
  await Promise.all([keepWriting(), keepWriting()])
}

/** On time, whether or not the writes before have been answered. */
async function writeAtRate(writer: ApiClient, perSecond: number, forMs: number): Promise<void> {
  const from = performance.now()
  const writes: Promise<void>[] = []
  for (let i = 0; i < (perSecond * forMs) / 1000; i++) {
    await delay(Math.max(0, from + (i * 1000) / perSecond - performance.now()))
    const written = write(writer)
    // Failures are told of when all have been sent.
    written.catch(() => {})
    writes.push(written)
  }
  await Promise.all(writes)
}

async function write(writer: ApiClient): Promise<void> {
  const { status } = await writer.patch(`${maps}/${name}`, { data: { sentAt: nowUs() } })
  if (status !== 200) throw new Error(`a write was answered with ${status}`)
}

/** Microseconds of a clock that all processes of the machine share. */
function nowUs(): string {
  return String(process.hrtime.bigint() / 1000n)
}
