/**
 * One port for HTTP/2 and HTTP/1.1 under TLS, chosen by ALPN, or for HTTP/1.1 without; with the timeouts and bounds that are
 * the same whatever is served.
 */
import type { EventEmitter } from 'node:events'
import { createServer as createHttp1Server, type Server as Http1Server, type ServerOptions } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2Server,
  type ServerOptions as Http2ServerOptions,
  type ServerHttp2Session,
} from 'node:http2'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { Connections } from './connections.ts'
import { type ConnectionLimits, limits, type Timeouts } from './limits.ts'

export interface ServingCertificate {
  /** PEM, with its chain. */
  readonly certificate: string | Buffer
  /** PEM. */
  readonly privateKey: string | Buffer
}

/** Takes HTTP; what is done with requests is attached to the two servers. */
export interface Port {
  readonly http1: Http1Server
  readonly http2: Http2Server
  readonly connections: Connections
  /** Starts accepting. */
  listen(): Promise<AddressInfo>
  /** Shows another certificate to connections to come. */
  setCertificate(serving: ServingCertificate): void
  /** Stops accepting, lets requests end for so long, then closes every connection. */
  close(drainMs: number): Promise<void>
}

export interface PortOptions {
  readonly host: string
  readonly port: number
  /** Without one, plain HTTP/1.1. */
  readonly serving: ServingCertificate | undefined
  /** Beside the certificate, such as whose client certificates are believed. */
  readonly tls?: TlsOptions
  readonly http1?: ServerOptions
  readonly http2?: Http2ServerOptions
  readonly connections: ConnectionLimits
  /** Where they are to differ from `limits`. */
  readonly timeouts?: Partial<Timeouts>
}

export function createPort(options: PortOptions): Port {
  const { serving, host, port } = options
  const timeouts = { ...limits, ...options.timeouts }
  const connections = new Connections(options.connections, timeouts)
  const http1 = http1Server(timeouts, options.http1)
  const http2 = createHttp2Server({
    streamResetBurst: timeouts.streamResetBurst,
    streamResetRate: timeouts.streamResetsPerSecond,
    ...options.http2,
  })
  const sessions = followSessions(http2, connections)
  const secure = (certificate: ServingCertificate): TlsOptions => ({
    ...options.tls,
    cert: certificate.certificate,
    key: certificate.privateKey,
    minVersion: 'TLSv1.2',
  })
  const tls =
    serving &&
    createTlsServer(
      { ...secure(serving), ALPNProtocols: ['h2', 'http/1.1'], handshakeTimeout: timeouts.handshakeTimeoutMs },
      (socket) => {
        socket.on('error', () => socket.destroy())
        ;(socket.alpnProtocol === 'h2' ? http2 : http1).emit('connection', socket)
      },
    ).on('tlsClientError', (_error, socket) => socket.destroy())
  const above: EventEmitter = tls ?? http1
  // Connections are counted as they are accepted, before TLS has cost anything.
  const server = createTcpServer(
    { noDelay: true, keepAlive: true, keepAliveInitialDelay: timeouts.keepAliveProbeMs },
    (socket) => {
      socket.on('error', () => socket.destroy())
      if (connections.add(socket)) above.emit('connection', socket)
    },
  )
  return {
    http1,
    http2,
    connections,
    setCertificate: (certificate) => tls?.setSecureContext(secure(certificate)),
    async listen() {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          server.off('error', reject)
          resolve()
        })
      })
      return server.address() as AddressInfo
    },
    async close(drainMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const session of sessions) session.close()
      // It does not listen itself, but stops looking for requests that take too long.
      http1.close(() => {})
      http1.closeIdleConnections()
      const timer = setTimeout(() => connections.destroyAll(), drainMs)
      await closed
      clearTimeout(timer)
    },
  }
}

function http1Server(timeouts: Timeouts, options: ServerOptions = {}): Http1Server {
  const server = createHttp1Server({
    headersTimeout: timeouts.headersTimeoutMs,
    requestTimeout: timeouts.requestTimeoutMs,
    keepAliveTimeout: timeouts.idleTimeoutMs,
    connectionsCheckingInterval: timeouts.sweepMs,
    ...options,
  })
  // Node looks for requests that take too long from when a server listens, which one that is given its sockets never does.
  server.emit('listening')
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return socket.destroy()
    // What cannot be parsed, or does not come, has no request to answer, so this is said on the bare connection.
    const status = statusOfClientError[error.code ?? ''] ?? '400 Bad Request'
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy())
  })
  return server
}

const statusOfClientError: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** The open sessions. One without requests for too long is told to go. */
function followSessions(http2: Http2Server, connections: Connections): ReadonlySet<ServerHttp2Session> {
  const sessions = new Set<ServerHttp2Session>()
  http2.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
    // A peer that breaks the protocol ends its own session and nothing else.
    session.on('error', () => session.destroy())
    connections.find(session.socket)?.onIdle(() => session.close())
  })
  return sessions
}
