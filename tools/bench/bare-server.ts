/**
 * A helper process: the least that a `node:http2` server can do. It answers given paths with given bytes over TLS by the
 * core stream API, and reads what is posted. How fast that goes is the limit of everything that is served from Node.
 */
import { readFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Answer } from './ask.ts'
import { helperInput, tell } from './child.ts'

export interface BareInput {
  readonly certificateFile: string
  readonly privateKeyFile: string
  /** By path. */
  readonly answers: Readonly<Record<string, Answer>>
}

export interface BareReport {
  readonly port: number
}

const { certificateFile, privateKeyFile, answers } = await helperInput<BareInput>()
const prepared = new Map(
  Object.entries(answers).map(([path, { headers, body }]) => [
    path,
    { headers: { ':status': 200, ...headers }, bytes: Buffer.from(body, 'latin1') },
  ]),
)
const server = createSecureServer({ cert: readFileSync(certificateFile), key: readFileSync(privateKeyFile) })
server.on('stream', (stream, headers) => {
  const answer = prepared.get(headers[':path'] ?? '')
  const send = () => {
    stream.respond(answer?.headers ?? { ':status': 404 })
    stream.end(answer?.bytes)
  }
  if (headers[':method'] !== 'POST') return send()
  stream.resume()
  stream.on('end', send)
})
server.listen(0, '127.0.0.1', () => {
  tell({ port: (server.address() as AddressInfo).port } satisfies BareReport)
})
