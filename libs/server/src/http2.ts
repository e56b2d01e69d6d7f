/** HTTP/2 by node's core stream API, which is measurably faster than its request and response objects. */
import {
  constants,
  type Http2Server,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { andThen } from '@ensign/apimachinery'
import {
  type ApiRequest,
  type ApiResponse,
  type EventSink,
  errorResponse,
  type Handler,
  type PeerConnection,
} from '@ensign/endpoints'
import { type Connection, limits as timeouts } from '@ensign/transport'
import { readBody } from './body.ts'
import { compressed } from './gzip.ts'
import { limits } from './limits.ts'
import type { Peer } from './listener.ts'
import { tooManyOpen, tooMuchUnread, urlTooLong } from './refusals.ts'
import { withRepeated } from './repeated.ts'
import { sending } from './sending.ts'

export function serveHttp2(
  server: Http2Server,
  handler: Handler,
  peerOf: (session: ServerHttp2Session) => Peer,
  unexpected: (error: unknown) => void,
): void {
  const peers = new WeakMap<Http2Session, Peer>()
  server.on('session', (session) => {
    peers.set(session, peerOf(session))
  })
  server.on('stream', (stream, headers, _flags, rawHeaders) => {
    stream.on('error', () => {})
    const { session } = stream
    const from = session && peers.get(session)
    if (!from?.connection) return stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    const { peer, connection } = from
    const mayAsk = connection.requestBegins()
    stream.on('close', () => connection.requestEnds())
    const request = apiRequest(stream, withRepeated(headers, rawHeaders), peer)
    const send = sending(
      (answer) => respond(stream, headers, bounded(answer, connection, stream)),
      () => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
      unexpected,
    )
    const refusal = mayAsk ? urlTooLong(request) : tooManyOpen()
    if (refusal) return send(errorResponse(refusal))
    const answer = andThen(handler(request), (said) => compressed(headers['accept-encoding'], said))
    void andThen(answer, send)
  })
}

/** A long answer takes room until it is sent, and is ended when nothing of it is read; without room, the refusal. */
function bounded(answer: ApiResponse, connection: Connection, stream: ServerHttp2Stream): ApiResponse {
  const length = answer.body?.length ?? 0
  if (length < limits.longAnswerBytes || stream.destroyed) return answer
  if (!connection.holds(length)) return errorResponse(tooMuchUnread())
  // Looking after a stream costs something with each of its frames, and nearly all are read at once.
  const looking = setTimeout(() => endUnread(stream), limits.longAnswerReadMs)
  stream.on('close', () => {
    clearTimeout(looking)
    connection.sent(length)
  })
  return answer
}

/** Node looks whether anything was sent meanwhile before it calls this. */
function endUnread(stream: ServerHttp2Stream): void {
  stream.setTimeout(timeouts.unreadTimeoutMs, () => stream.close(constants.NGHTTP2_CANCEL))
}

function apiRequest(stream: ServerHttp2Stream, headers: ApiRequest['headers'], peer: PeerConnection): ApiRequest {
  const target = String(headers[':path'] ?? '/')
  const question = target.indexOf('?')
  const declared = headers['content-length'] as string | undefined
  let body: Promise<Uint8Array> | undefined
  return {
    method: String(headers[':method'] ?? 'GET'),
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? '' : target.slice(question + 1),
    headers,
    peer,
    body: (mayTake) => {
      body ??= readBody(stream, declared, mayTake)
      return body
    },
  }
}

function respond(stream: ServerHttp2Stream, requestHeaders: IncomingHttpHeaders, answer: ApiResponse): void {
  if (stream.destroyed || stream.closed) return answer.events?.stop()
  if (answer.events) {
    stream.respond({ ':status': answer.status, ...answer.headers })
    const { events } = answer
    stream.on('close', () => events.stop())
    events.start(sinkOf(stream))
    return
  }
  const { body, headers } = answer
  if (!body || requestHeaders[':method'] === 'HEAD') {
    stream.respond(
      { ':status': answer.status, ...headers, ...(body && { 'content-length': body.length }) },
      { endStream: true },
    )
    return
  }
  stream.respond({ ':status': answer.status, ...headers, 'content-length': body.length })
  // Who is refused before the end of a body may never come to it (RFC 9113 §8.1).
  if (!stream.endAfterHeaders && !stream.readableEnded)
    stream.once('finish', () => stream.close(constants.NGHTTP2_NO_ERROR))
  if (requestHeaders[':method'] === 'GET') {
    stream.end(body)
    return
  }
  // Behind a request whose body was read, Node destroys a stream in the moment in which its last frame leaves, before
  // the write has called back, and makes an error for whoever still waits: nobody, and a tenth of the whole request.
  // An end of its own comes after the write.
  stream.write(body)
  process.nextTick(() => stream.end())
}

function sinkOf(stream: ServerHttp2Stream): EventSink {
  return {
    send: ({ frame }) => {
      if (!stream.destroyed) stream.write(frame)
    },
    queuedBytes: () => stream.writableLength,
    end: () => {
      if (stream.destroyed) return
      stream.end()
      endUnread(stream)
    },
  }
}
