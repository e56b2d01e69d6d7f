/** One port for HTTP/2 and HTTP/1.1 under TLS, or for HTTP/1.1 without. */
import { createServer as createHttp1Server, type Server as Http1Server } from 'node:http'
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from 'node:http2'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { connectionsMax, drainMs, headerSizeBytesMax, idleMs, patienceMs, streamsPerConnectionMax } from './limits.ts'
import type { Answer, Request } from './respond.ts'

/** PEM texts. */
export interface ServingCertificate {
  readonly cert: string | Buffer
  readonly key: string | Buffer
}

export interface Listener {
  readonly address: AddressInfo
  /** Shows another certificate to connections to come. */
  setCertificate(certificate: ServingCertificate): void
  /** Accepts no more, and ends connections within `drainMs`. */
  close(): Promise<void>
}

export async function listen(options: {
  host: string
  port: number
  /** Without one, plain HTTP. */
  certificate: ServingCertificate | undefined
  respond: (request: Request) => Answer
}): Promise<Listener> {
  const http1 = http1Server(options.respond)
  const { http2, sessions } = http2Server(options.respond)
  const sockets = new Set<Socket>()
  const accept = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    const h2 = 'alpnProtocol' in socket && socket.alpnProtocol === 'h2'
    ;(h2 ? http2 : http1).emit('connection', socket)
  }
  const secure = (certificate: ServingCertificate) => ({ ...certificate, minVersion: 'TLSv1.2' as const })
  const tls =
    options.certificate &&
    createTlsServer(
      { ...secure(options.certificate), ALPNProtocols: ['h2', 'http/1.1'], handshakeTimeout: patienceMs },
      accept,
    ).on('tlsClientError', (_, socket: TLSSocket) => socket.destroy())
  const server: Server = tls ?? createTcpServer(accept)
  server.maxConnections = connectionsMax
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    address: server.address() as AddressInfo,
    setCertificate: (certificate) => tls?.setSecureContext(secure(certificate)),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const session of sessions) session.close()
      http1.closeIdleConnections()
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, drainMs)
      await closed
      clearTimeout(timer)
    },
  }
}

function http1Server(respond: (request: Request) => Answer): Http1Server {
  const server = createHttp1Server({
    maxHeaderSize: headerSizeBytesMax,
    headersTimeout: patienceMs,
    requestTimeout: patienceMs,
    keepAliveTimeout: idleMs,
  })
  server.on('request', (message, response) => {
    const method = message.method ?? ''
    const { status, headers, body } = respond({
      method,
      target: message.url ?? '',
      ifNoneMatch: message.headers['if-none-match'],
    })
    // Nobody reads a body here, so what follows one on this connection cannot be told apart.
    const hasBody =
      message.headers['content-length'] !== undefined || message.headers['transfer-encoding'] !== undefined
    response.writeHead(status, hasBody ? { ...headers, connection: 'close' } : headers)
    response.end(method === 'HEAD' ? undefined : body)
  })
  server.on('clientError', (_, socket) => socket.destroy())
  return server
}

function http2Server(respond: (request: Request) => Answer): { http2: Http2Server; sessions: Set<ServerHttp2Session> } {
  const sessions = new Set<ServerHttp2Session>()
  const http2 = createHttp2Server({ settings: { maxConcurrentStreams: streamsPerConnectionMax } })
  http2.on('session', (session) => {
    sessions.add(session)
    session.setTimeout(idleMs, () => session.close())
    session.on('error', () => session.destroy())
    session.on('close', () => sessions.delete(session))
  })
  http2.on('stream', (stream, requestHeaders) => {
    stream.on('error', () => {})
    const method = requestHeaders[':method'] ?? ''
    const target = requestHeaders[':path'] ?? ''
    const { status, headers, body } = respond({ method, target, ifNoneMatch: requestHeaders['if-none-match'] })
    const empty = method === 'HEAD' || body.length === 0
    stream.respond({ ':status': status, ...headers }, { endStream: empty })
    if (!empty) stream.end(body)
  })
  return { http2, sessions }
}
