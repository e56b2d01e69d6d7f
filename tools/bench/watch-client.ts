/** A helper process: holds many watches open, counts their events, and tells how late each of them came. */
import { connect } from 'node:tls'
import { helperInput, tell } from './child.ts'
import {
  createFrameReader,
  type Frame,
  flags,
  frame,
  frameTypes,
  greeting,
  isOk,
  requestHeaders,
  windowUpdate,
} from './http2-frames.ts'

export interface WatchInput {
  readonly port: number
  readonly path: string
  readonly token: string
  readonly watchers: number
  readonly connections: number
}

/** Sent when every watcher was answered, and then as the answer to each message. */
export interface WatchReport {
  readonly events: number
  /** Milliseconds since the report before. */
  readonly elapsedMs: number
  /** Milliseconds between the moment that an object names and its arrival here. */
  readonly lagMs: { readonly p50: number; readonly p99: number }
  /** Watches that were refused or have ended. */
  readonly ended: number
  /** Events of the watcher with the fewest and with the most. */
  readonly fewest: number
  readonly most: number
  /** Events that were not newer than the one before them on the same watch: repeated, or out of order. */
  readonly stale: number
}

/** Stands before the moment of the write, in microseconds of the machine's monotonic clock. */
const marker = Buffer.from('"sentAt":"')
const version = Buffer.from('"resourceVersion":"')
const newline = 0x0a
/** Bytes after which the server gets its window back. */
const windowBytes = 2 ** 28

const { port, path, token, watchers, connections } = await helperInput<WatchInput>()

let answered = 0
let ended = 0
let events = 0
let since = performance.now()
let stale = 0
let lagsMs: number[] = []
/** Of each watcher, events since the last report and the newest revision. */
const counts: number[] = []
const newest: number[] = []
process.on('message', () => tell(report()))
for (let i = 0; i < connections; i++) open(watchers / connections)

function open(streams: number): void {
  // On loopback, towards a server that was started for this.
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] })
  const first = counts.length
  for (let n = 0; n < streams; n++) {
    counts.push(0)
    newest.push(0)
  }
  /** Of each stream, an event whose end has not come yet. */
  const begun = new Map<number, Buffer>()
  let consumed = 0
  const read = createFrameReader((received) => {
    switch (received.type) {
      case frameTypes.data:
        consumed += received.payload.length
        take(received)
        break
      case frameTypes.headers:
        if (!isOk(received)) ended++
        if (++answered === watchers) tell(report())
        break
      case frameTypes.settings:
        if (!(received.flags & flags.ack)) socket.write(frame(frameTypes.settings, flags.ack, 0))
        break
      case frameTypes.ping:
        if (!(received.flags & flags.ack)) socket.write(frame(frameTypes.ping, flags.ack, 0, received.payload))
        break
      case frameTypes.resetStream:
        ended++
    }
    if (received.type <= frameTypes.headers && received.flags & flags.endStream) ended++
  })
  socket.on('data', (chunk) => {
    read(chunk)
    if (consumed < windowBytes) return
    socket.write(windowUpdate(consumed))
    consumed = 0
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    ended += streams
  })
  socket.on('secureConnect', () => {
    socket.write(greeting())
    const headers = { ':method': 'GET', ':scheme': 'https', ':authority': `127.0.0.1:${port}`, ':path': path }
    for (let n = 0; n < streams; n++)
      socket.write(requestHeaders(2 * n + 1, { ...headers, authorization: `Bearer ${token}` }))
  })

  function take({ stream, payload }: Frame): void {
    const before = begun.get(stream)
    const bytes = before ? Buffer.concat([before, payload]) : payload
    if (before) begun.delete(stream)
    let at = 0
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, at)) {
      took(bytes, at, first + (stream - 1) / 2)
      at = end + 1
    }
    if (at < bytes.length) begun.set(stream, Buffer.from(bytes.subarray(at)))
  }
}

function took(bytes: Buffer, from: number, watcher: number): void {
  events++
  counts[watcher] = (counts[watcher] ?? 0) + 1
  const revision = numberAfter(version, bytes, from) ?? 0
  if (revision <= (newest[watcher] ?? 0)) stale++
  newest[watcher] = revision
  const sentAtUs = numberAfter(marker, bytes, from)
  if (sentAtUs !== undefined) lagsMs.push((Number(process.hrtime.bigint() / 1000n) - sentAtUs) / 1000)
}

function numberAfter(name: Buffer, bytes: Buffer, from: number): number | undefined {
  const at = bytes.indexOf(name, from)
  if (at < 0) return undefined
  return Number(bytes.toString('latin1', at + name.length, bytes.indexOf('"', at + name.length)))
}

function report(): WatchReport {
  const now = performance.now()
  const sorted = Float64Array.from(lagsMs).sort()
  const quantile = (q: number) => sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN
  const answer = {
    events,
    elapsedMs: now - since,
    lagMs: { p50: quantile(0.5), p99: quantile(0.99) },
    ended,
    fewest: Math.min(...counts),
    most: Math.max(...counts),
    stale,
  }
  events = 0
  stale = 0
  counts.fill(0)
  lagsMs = []
  since = performance.now()
  return answer
}
