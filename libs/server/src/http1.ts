import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { andThen } from '@ensign/apimachinery'
import { type ApiRequest, type ApiResponse, errorResponse, type Handler, type PeerConnection } from '@ensign/endpoints'
import { type Connection, limits as timeouts } from '@ensign/transport'
import { readBody } from './body.ts'
import { compressed } from './gzip.ts'
import { limits } from './limits.ts'
import type { Peer } from './listener.ts'
import { tooManyFields, tooManyOpen, tooMuchUnread, urlTooLong } from './refusals.ts'
import { withRepeated } from './repeated.ts'
import { sending } from './sending.ts'
import { acceptance, endFully, webSocketMessages } from './websocket.ts'

export function serveHttp1(
  server: Server,
  handler: Handler,
  peerOf: (socket: Socket) => Peer,
  unexpected: (error: unknown) => void,
): void {
  const peers = new WeakMap<Socket, Peer>()
  const answer = (
    message: IncomingMessage,
    carrier: ServerResponse | Socket,
    respond: (answer: ApiResponse) => void,
  ): void => {
    let from = peers.get(message.socket)
    if (!from) {
      from = peerOf(message.socket)
      peers.set(message.socket, from)
    }
    const { peer, connection } = from
    if (!connection) return void carrier.destroy()
    const mayAsk = connection.requestBegins()
    carrier.on('close', () => connection.requestEnds())
    const request = apiRequest(message, peer)
    const send = sending(
      (said) => respond(bounded(said, connection, carrier, message.socket)),
      () => carrier.destroy(),
      unexpected,
    )
    const refusal = mayAsk ? (tooManyFields(message.rawHeaders) ?? urlTooLong(request)) : tooManyOpen()
    if (refusal) return send(errorResponse(refusal))
    const answered = andThen(handler(request), (said) => compressed(message.headers['accept-encoding'], said))
    void andThen(answered, send)
  }
  // More are refused instead of left out: without one that says whom to impersonate, the rest would mean something else.
  server.maxHeadersCount = 0
  server.on('request', (message: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => {})
    answer(message, response, (said) => respond(message, response, said))
  })
  // Which requests come here is the server's `shouldUpgradeCallback` to say.
  server.on('upgrade', (message: IncomingMessage, socket: Socket, head: Buffer) => {
    const respondOnce = (said: ApiResponse) => respond(message, lastResponse(message, socket), said)
    const accepted = acceptance(message.headers)
    if (accepted === undefined) return respondOnce({ status: 400, headers: { 'sec-websocket-version': '13' } })
    answer(message, socket, (said) => (said.events ? sendMessages(socket, head, accepted, said) : respondOnce(said)))
  })
}

/** A long answer takes room until it is sent, and is ended when nothing of it is read; without room, the refusal. */
function bounded(
  answer: ApiResponse,
  connection: Connection,
  carrier: ServerResponse | Socket,
  socket: Socket,
): ApiResponse {
  const length = answer.body?.length ?? 0
  if (length < limits.longAnswerBytes || carrier.destroyed) return answer
  if (!connection.holds(length)) return errorResponse(tooMuchUnread())
  const looking = setTimeout(() => endUnread(socket), limits.longAnswerReadMs)
  carrier.on('close', () => {
    clearTimeout(looking)
    connection.sent(length)
  })
  return answer
}

/** Node's server then destroys the socket, unless something was sent meanwhile; it sets another time for the next request. */
function endUnread(socket: Socket): void {
  socket.setTimeout(timeouts.unreadTimeoutMs)
}

function apiRequest(message: IncomingMessage, peer: PeerConnection): ApiRequest {
  const target = message.url ?? '/'
  const question = target.indexOf('?')
  let body: Promise<Uint8Array> | undefined
  return {
    method: message.method ?? 'GET',
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? '' : target.slice(question + 1),
    headers: withRepeated(message.headers, message.rawHeaders),
    peer,
    body: (mayTake) => {
      body ??= readBody(message, message.headers['content-length'], mayTake)
      return body
    },
  }
}

/** A response on a connection that the server has let go of, which ends with it. */
function lastResponse(message: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(message)
  response.on('error', () => {})
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.on('finish', () => endFully(socket))
  return response
}

/** Sends each event as one message: what the transport frames needs none of the framing that streams have. */
function sendMessages(socket: Socket, head: Buffer, accepted: string, { events, headers }: ApiResponse): void {
  if (socket.destroyed) return events?.stop()
  const isBinary = String(headers['content-type']).startsWith('application/vnd.kubernetes.protobuf')
  socket.write(accepted)
  const messages = webSocketMessages(socket, head)
  socket.on('close', () => events?.stop())
  events?.start({
    send: ({ frame }) => messages.send(isBinary ? frame.subarray(4) : frame, isBinary ? 'binary' : 'text'),
    queuedBytes: () => socket.writableLength,
    end: () => {
      messages.end()
      socket.setTimeout(timeouts.unreadTimeoutMs, () => socket.destroy())
    },
  })
}

function respond(message: IncomingMessage, response: ServerResponse, answer: ApiResponse): void {
  if (response.destroyed) return answer.events?.stop()
  if (answer.events) {
    const { events } = answer
    response.writeHead(answer.status, answer.headers)
    response.flushHeaders()
    response.on('close', () => events.stop())
    events.start({
      send: ({ frame }) => {
        response.write(frame)
      },
      queuedBytes: () => response.writableLength,
      end: () => {
        response.end()
        endUnread(message.socket)
      },
    })
    return
  }
  const { body, headers } = answer
  response.writeHead(answer.status, {
    ...headers,
    ...(body ? { 'content-length': body.length } : answer.status === 304 ? {} : { 'content-length': 0 }),
  })
  // What the client still sends of a body that nobody reads would be taken for the next request.
  if (!message.complete) message.resume()
  response.end(message.method === 'HEAD' ? undefined : body)
}
