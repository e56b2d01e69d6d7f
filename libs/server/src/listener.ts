/**
 * One TLS port for HTTP/2 and HTTP/1.1. The protocol is chosen by ALPN; client certificates are asked for, and believed
 * only when their chain leads to the client CA.
 */
import { createServer as createHttp1Server } from 'node:http'
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTlsServer, type SecureContextOptions, type TLSSocket } from 'node:tls'
import type { Handler, PeerConnection } from '@ensign/endpoints'
import { serveHttp1 } from './http1.ts'
import { serveHttp2 } from './http2.ts'
import { limits } from './limits.ts'
import { asksForWebSocket } from './websocket.ts'

export interface ServingCertificate {
  /** PEM, with its chain. */
  readonly certificate: string | Buffer
  /** PEM. */
  readonly privateKey: string | Buffer
}

export interface Listener {
  readonly address: AddressInfo
  /** Takes a new certificate for connections to come. */
  setCertificate(serving: ServingCertificate): void
  /** Stops accepting, lets requests end for a moment, then closes every connection. */
  close(): Promise<void>
}

export async function listen(options: {
  host: string
  port: number
  serving: ServingCertificate
  /** PEM of the authorities whose client certificates are believed; undefined for none. */
  clientCa: string | Buffer | undefined
  handler: Handler
  /** An answer could not be sent. */
  unexpected(error: unknown): void
}): Promise<Listener> {
  const secure = ({ certificate, privateKey }: ServingCertificate): SecureContextOptions => ({
    cert: certificate,
    key: privateKey,
    minVersion: 'TLSv1.2',
    ...(options.clientCa && { ca: options.clientCa }),
  })
  const http2 = createHttp2Server({
    settings: { maxConcurrentStreams: limits.streamsPerConnectionMax, initialWindowSize: 1 << 20 },
    maxSessionMemory: 100,
    maxHeaderListPairs: 256,
    unknownProtocolTimeout: limits.handshakeTimeoutMs,
  })
  const http1 = createHttp1Server({
    maxHeaderSize: limits.headerBytesMax,
    requestTimeout: limits.requestTimeoutMs,
    headersTimeout: limits.headersTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // What is no watch has no use for one, and is answered as if it had not asked.
    shouldUpgradeCallback: ({ headers, url }) => asksForWebSocket(headers) && /[?&/]watch\b/.test(url ?? ''),
  })
  serveHttp2(
    http2,
    options.handler,
    (session: ServerHttp2Session) => peerOf(session.socket as unknown as TLSSocket),
    options.unexpected,
  )
  serveHttp1(http1, options.handler, (socket: Socket) => peerOf(socket as TLSSocket), options.unexpected)

  const sockets = new Set<TLSSocket>()
  const sessions = new Set<ServerHttp2Session>()
  http2.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
  })
  const tls = createTlsServer({
    ...secure(options.serving),
    requestCert: options.clientCa !== undefined,
    // A bad certificate does not end the connection: its holder may have a good token.
    rejectUnauthorized: false,
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout: limits.handshakeTimeoutMs,
  })
  tls.on('secureConnection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.setNoDelay(true)
    if (socket.alpnProtocol === 'h2') http2.emit('connection', socket)
    else http1.emit('connection', socket)
  })
  tls.on('tlsClientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    tls.once('error', reject)
    tls.listen(options.port, options.host, () => {
      tls.off('error', reject)
      resolve()
    })
  })

  return {
    address: tls.address() as AddressInfo,
    setCertificate: (serving) => tls.setSecureContext(secure(serving)),
    async close() {
      const closed = new Promise<void>((resolve) => tls.close(() => resolve()))
      for (const session of sessions) session.close()
      http1.closeIdleConnections()
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, limits.drainTimeoutMs)
      await closed
      clearTimeout(timer)
    },
  }
}

function peerOf(socket: TLSSocket): PeerConnection {
  const address = socket.remoteAddress
  const certificate = socket.getPeerX509Certificate?.()
  if (!certificate) return { ...(address && { address }) }
  const chain = socket.authorized
    ? { certificate: certificate.raw }
    : { certificateError: String(socket.authorizationError ?? 'not verified') }
  return { ...chain, ...(address && { address }) }
}
