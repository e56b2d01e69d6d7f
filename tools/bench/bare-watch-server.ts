/**
 * A helper process: a `node:http2` server that writes the same bytes to every open stream, again and again, as fast as
 * the client takes them, each time in a frame of its own. The limit of what watches can deliver one by one.
 */
import { readFileSync } from 'node:fs'
import { createSecureServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { BareReport } from './bare-server.ts'
import { helperInput, tell } from './child.ts'

export interface BareWatchInput {
  readonly certificateFile: string
  readonly privateKeyFile: string
  /** One event, with its newline. */
  readonly event: string
  readonly watchers: number
}

const { certificateFile, privateKeyFile, event, watchers } = await helperInput<BareWatchInput>()
const bytes = Buffer.from(event)
const streams = new Set<ServerHttp2Stream>()
const server = createSecureServer({
  cert: readFileSync(certificateFile),
  key: readFileSync(privateKeyFile),
  settings: { maxConcurrentStreams: watchers },
})
server.on('session', (session) => session.on('error', () => session.destroy()))
server.on('stream', (stream) => {
  stream.on('error', () => {})
  stream.on('close', () => streams.delete(stream))
  stream.respond({ ':status': 200, 'content-type': 'application/json' })
  streams.add(stream)
  if (streams.size === watchers) writeToAll()
})
server.listen(0, '127.0.0.1', () => {
  tell({ port: (server.address() as AddressInfo).port } satisfies BareReport)
})

function writeToAll(): void {
  // Not before the last one has left, which else would leave together with this one.
  for (const stream of streams) if (stream.writableLength === 0) stream.write(bytes)
  setImmediate(writeToAll)
}
