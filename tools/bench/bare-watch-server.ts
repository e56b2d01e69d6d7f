/**
 * A helper process: the least that a server of watches can do. It writes what is sent to it, as an event, to every open
 * stream, by Node's core stream API, and then answers. What the plane is compared with, which also stores it.
 */
import { readFileSync } from 'node:fs'
import { createSecureServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { BareReport } from './bare-server.ts'
import { helperInput, tell } from './child.ts'

export interface BareWatchInput {
  readonly certificateFile: string
  readonly privateKeyFile: string
  /** One event, with its newline, in two parts: between them stands when it was sent. */
  readonly event: readonly [string, string]
  readonly watchers: number
}

const { certificateFile, privateKeyFile, event, watchers } = await helperInput<BareWatchInput>()
const streams = new Set<ServerHttp2Stream>()
const server = createSecureServer({
  cert: readFileSync(certificateFile),
  key: readFileSync(privateKeyFile),
  allowHTTP1: true,
  settings: { maxConcurrentStreams: watchers },
})
server.on('session', (session) => session.on('error', () => session.destroy()))
server.on('stream', (stream) => {
  stream.on('error', () => {})
  stream.on('close', () => streams.delete(stream))
  stream.respond({ ':status': 200, 'content-type': 'application/json' })
  streams.add(stream)
})
server.on('request', async (request, response) => {
  if (request.httpVersionMajor > 1) return
  const { data } = (await json(request)) as { data: { sentAt: string } }
  const bytes = Buffer.from(`${event[0]}${data.sentAt}${event[1]}`)
  for (const stream of streams) stream.write(bytes)
  response.end('{}')
})
server.listen(0, '127.0.0.1', () => {
  tell({ port: (server.address() as AddressInfo).port } satisfies BareReport)
})
