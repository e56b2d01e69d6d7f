/** The port on which documents are answered. */

import type { Server as Http1Server } from 'node:http'
import type { Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { type Connections, createPort, type ServingCertificate } from '@ensign/transport'
import { connectionLimits, drainMs, headerFieldsMax, headerSizeBytesMax, streamsPerConnectionMax } from './limits.ts'
import type { Answer, Request } from './respond.ts'

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
  const { host, port, certificate, respond } = options
  const { http1, http2, connections, listen, setCertificate, close } = createPort({
    host,
    port,
    serving: certificate,
    http1: { maxHeaderSize: headerSizeBytesMax },
    http2: {
      settings: { maxConcurrentStreams: streamsPerConnectionMax, maxHeaderListSize: headerSizeBytesMax },
      maxHeaderListPairs: headerFieldsMax,
    },
    connections: connectionLimits,
  })
  serveHttp1(http1, connections, respond)
  serveHttp2(http2, connections, respond)
  return { address: await listen(), setCertificate, close: () => close(drainMs) }
}

function serveHttp1(server: Http1Server, connections: Connections, respond: (request: Request) => Answer): void {
  server.on('request', (message, response) => {
    const connection = connections.find(message.socket)
    connection?.requestBegins()
    response.on('close', () => connection?.requestEnds())
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
}

function serveHttp2(server: Http2Server, connections: Connections, respond: (request: Request) => Answer): void {
  server.on('stream', (stream, requestHeaders) => {
    stream.on('error', () => {})
    const connection = stream.session && connections.find(stream.session.socket)
    connection?.requestBegins()
    stream.on('close', () => connection?.requestEnds())
    const method = requestHeaders[':method'] ?? ''
    const target = requestHeaders[':path'] ?? ''
    const { status, headers, body } = respond({ method, target, ifNoneMatch: requestHeaders['if-none-match'] })
    const empty = method === 'HEAD' || body.length === 0
    stream.respond({ ':status': status, ...headers }, { endStream: empty })
    if (!empty) stream.end(body)
  })
}
