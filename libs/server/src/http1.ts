import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { andThen } from '@ensign/apimachinery'
import { type ApiRequest, type ApiResponse, errorResponse, type Handler, type PeerConnection } from '@ensign/endpoints'
import { readBody } from './body.ts'
import { compressed } from './gzip.ts'
import { sending } from './sending.ts'
import { urlTooLong } from './url.ts'

export function serveHttp1(server: Server, handler: Handler, peerOf: (socket: Socket) => PeerConnection): void {
  const peers = new WeakMap<Socket, PeerConnection>()
  server.on('request', (message: IncomingMessage, response: ServerResponse) => {
    let peer = peers.get(message.socket)
    if (!peer) {
      peer = peerOf(message.socket)
      peers.set(message.socket, peer)
    }
    const request = apiRequest(message, peer)
    response.on('error', () => {})
    const send = sending(
      (answer) => respond(message, response, answer),
      () => response.destroy(),
    )
    if (urlTooLong(request)) return send(errorResponse(urlTooLong(request)))
    const answer = andThen(handler(request), (said) => compressed(message.headers['accept-encoding'], said))
    void andThen(answer, send)
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return socket.destroy()
    // What cannot be parsed has no request to answer, so this is said on the bare connection.
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request'
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
  })
}

function apiRequest(message: IncomingMessage, peer: PeerConnection): ApiRequest {
  const target = message.url ?? '/'
  const question = target.indexOf('?')
  let body: Promise<Uint8Array> | undefined
  return {
    method: message.method ?? 'GET',
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? '' : target.slice(question + 1),
    headers: withRepeated(message),
    peer,
    body: () => {
      body ??= readBody(message, message.headers['content-length'])
      return body
    },
  }
}

/** Headers that may be sent several times, as lists: joined by commas they could not be told apart again. */
function withRepeated(message: IncomingMessage): ApiRequest['headers'] {
  if (message.headers['impersonate-user'] === undefined && message.headers['impersonate-group'] === undefined)
    return message.headers
  return {
    ...message.headers,
    ...Object.fromEntries(Object.entries(message.headersDistinct).filter(([name]) => name.startsWith('impersonate-'))),
  }
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
