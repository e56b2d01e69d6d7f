/**
 * One TLS port for HTTP/2 and HTTP/1.1. Client certificates are asked for, and believed only when their chain leads to the
 * client CA.
 */
import type { X509Certificate } from 'node:crypto'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Handler, PeerConnection } from '@ensign/endpoints'
import { authoritiesOf, isIssuedToClient } from '@ensign/pki'
import { systemClock } from '@ensign/process'
import { type Connection, type Connections, createPort, type ServingCertificate } from '@ensign/transport'
import { serveHttp1 } from './http1.ts'
import { serveHttp2 } from './http2.ts'
import { limits } from './limits.ts'
import { asksForWebSocket } from './websocket.ts'

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
  const { host, port, serving, clientCa, handler, unexpected } = options
  const { http1, http2, connections, listen, setCertificate, close } = createPort({
    host,
    port,
    serving,
    tls: {
      ...(clientCa && { ca: clientCa }),
      requestCert: clientCa !== undefined,
      // A bad certificate does not end the connection: its holder may have a good token.
      rejectUnauthorized: false,
    },
    http1: {
      maxHeaderSize: limits.headerBytesMax,
      // What is no watch has no use for one, and is answered as if it had not asked.
      shouldUpgradeCallback: ({ headers, url }) => asksForWebSocket(headers) && /[?&/]watch\b/.test(url ?? ''),
    },
    http2: {
      settings: {
        maxConcurrentStreams: limits.streamsPerConnectionMax,
        initialWindowSize: 1 << 20,
        maxHeaderListSize: limits.headerBytesMax,
      },
      maxSessionMemory: limits.sessionMemoryMibMax,
      maxHeaderListPairs: limits.headerFieldsMax,
    },
    connections: limits.connections,
  })
  const authorities = authoritiesOf(String(clientCa ?? ''))
  const peer = (socket: Socket) => peerOf(socket as TLSSocket, connections, authorities)
  serveHttp2(http2, handler, (session) => peer(session.socket as Socket), unexpected)
  serveHttp1(http1, handler, peer, unexpected)
  return { address: await listen(), setCertificate, close: () => close(limits.drainTimeoutMs) }
}

export interface Peer {
  readonly peer: PeerConnection
  /** Absent when the connection was closed meanwhile. */
  readonly connection: Connection | undefined
}

function peerOf(socket: TLSSocket, connections: Connections, authorities: readonly X509Certificate[]): Peer {
  const address = socket.remoteAddress
  const connection = connections.find(socket)
  const identify = (user: string): boolean => connection?.identify(user) ?? true
  return { connection, peer: { ...identityOf(socket, authorities), ...(address && { address }), identify } }
}

function identityOf(socket: TLSSocket, authorities: readonly X509Certificate[]): PeerConnection {
  const certificate = socket.getPeerX509Certificate?.()
  if (!certificate) return {}
  if (socket.authorized) return { certificate: certificate.raw }
  const problem = String(socket.authorizationError ?? 'not verified')
  // The one thing that OpenSSL asks and Kubernetes does not.
  if (problem === 'INVALID_PURPOSE' && isIssuedToClient(certificate, authorities, systemClock.now()))
    return { certificate: certificate.raw }
  return { certificateError: problem }
}
