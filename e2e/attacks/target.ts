/** Where attacks go, and the ways to get there that a well-behaved client library does not offer. */
import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'

export interface Target {
  readonly host: string
  readonly port: number
  readonly caPem: string
  /** Of an account that may do everything in `namespace` and nothing else. */
  readonly token: string
  readonly namespace: string
}

/** Something that is kept open. */
export interface Held {
  destroy(): void
}

export function tcp({ host, port }: Target): Socket {
  return connectTcp(port, host).on('error', () => {})
}

export async function tls(target: Target, protocol: 'h2' | 'http/1.1'): Promise<TLSSocket> {
  const { host, port, caPem } = target
  const socket = connectTls({ host, port, ca: caPem, servername: 'localhost', ALPNProtocols: [protocol] })
  socket.on('error', () => {})
  await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')])
  return socket
}

export function session({ host, port, caPem }: Target): ClientHttp2Session {
  return connectHttp2(`https://${host}:${port}`, { ca: caPem, maxSendHeaderBlockLength: 1 << 20 }).on('error', () => {})
}

export interface Asked {
  readonly method?: string
  readonly path: string
  readonly token?: string
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Buffer
}

export function ask(from: ClientHttp2Session, asked: Asked): ClientHttp2Stream {
  const { method = 'GET', path, token, contentType, headers, body } = asked
  const stream = from.request(
    {
      ':method': method,
      ':path': path,
      ...(token && { authorization: `Bearer ${token}` }),
      ...(contentType && { 'content-type': contentType }),
      ...headers,
    },
    { endStream: method === 'GET' },
  )
  stream.on('error', () => {})
  if (body !== undefined) stream.end(body)
  return stream
}

/** The status of the answer, all of which is read; or how it ended without one. */
export async function statusOf(stream: ClientHttp2Stream): Promise<string> {
  let status = 'reset'
  stream.on('response', (head) => {
    status = String(head[':status'])
  })
  stream.resume()
  await new Promise((resolve) => stream.once('close', resolve))
  return status
}

/** One frame of HTTP/2 (RFC 9113 §4.1). */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

export const frames = {
  preface: Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0, Buffer.alloc(0))]),
  settings: frame(4, 0, 0, Buffer.alloc(0)),
  ping: frame(6, 0, 0, Buffer.alloc(8)),
  /** `GET /` from the static table (RFC 7541 appendix A), whole and without its end. */
  request: (stream: number) => frame(1, 5, stream, Buffer.from([0x82, 0x84, 0x87])),
  openHeader: (stream: number) => frame(1, 1, stream, Buffer.from([0x82, 0x84, 0x87])),
  continuation: (stream: number) => frame(9, 0, stream, Buffer.from([0x82])),
  reset: (stream: number) => frame(3, 0, stream, Buffer.from([0, 0, 0, 8])),
  priority: (stream: number) => frame(2, 0, stream, Buffer.from([0, 0, 0, 0, 1])),
} as const
