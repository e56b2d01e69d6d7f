/**
 * The server's half of WebSocket (RFC 6455), as far as a watch needs it: events go out as one message each, and what the
 * client says is heard only for its pings and its goodbye.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/watch.go, HandleWS
 */
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'

/** RFC 6455 §5.2. */
const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** RFC 6455 §7.4.1: normal closure. */
const closedNormally = Buffer.from([1000 >> 8, 1000 & 0xff])

/** Who offers a token among the subprotocols must not get it back as the one that was chosen. */
const tokenProtocol = 'base64url.bearer.authorization.k8s.io.'

export function asksForWebSocket(headers: IncomingHttpHeaders): boolean {
  const has = (value: string | undefined, token: string) =>
    value?.split(',').some((part) => part.trim().toLowerCase() === token) ?? false
  return has(headers.upgrade, 'websocket') && has(headers.connection, 'upgrade')
}

/** RFC 6455 §4.2.2: the answer that makes a connection a WebSocket; undefined when the request is not one for it. */
export function acceptance(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['sec-websocket-key']
  if (key === undefined || headers['sec-websocket-version'] !== '13') return undefined
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim())
  const chosen = protocols.find((protocol) => protocol !== '' && !protocol.startsWith(tokenProtocol))
  return [
    'HTTP/1.1 101 Switching Protocols',
    'upgrade: websocket',
    'connection: Upgrade',
    `sec-websocket-accept: ${createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')}`,
    ...(chosen === undefined ? [] : [`sec-websocket-protocol: ${chosen}`]),
    '\r\n',
  ].join('\r\n')
}

export interface WebSocketMessages {
  send(message: Uint8Array, kind: 'text' | 'binary'): void
  /** Says goodbye and ends the connection. */
  end(): void
}

/** @param head what the client sent behind its handshake */
export function webSocketMessages(socket: Duplex, head: Uint8Array): WebSocketMessages {
  const write = (opcode: number, payload: Uint8Array) => {
    if (!socket.writable) return
    socket.cork()
    socket.write(frameHead(opcode, payload.length))
    socket.write(payload)
    socket.uncork()
  }
  const end = () => {
    write(opcodes.close, closedNormally)
    endFully(socket)
  }
  const hear = frameReader((opcode, payload) => {
    // A client that asks without reading the answers gets none: they would be kept for it.
    if (opcode === opcodes.ping && !socket.writableNeedDrain) write(opcodes.pong, payload)
    if (opcode === opcodes.close) end()
  })
  const listen = (chunk: Uint8Array) => {
    if (!hear(chunk)) socket.destroy()
  }
  socket.on('data', listen)
  listen(head)
  return { send: (message, kind) => write(opcodes[kind], message), end }
}

/** Ends a connection that no server looks after any more, also when the client keeps its half open. */
export function endFully(socket: Duplex): void {
  socket.end(() => socket.destroy())
}

/** RFC 6455 §5.2: final, and unmasked as all that servers send. */
function frameHead(opcode: number, length: number): Buffer {
  const first = 0x80 | opcode
  if (length < 126) return Buffer.of(first, length)
  const head = Buffer.alloc(length <= 0xffff ? 4 : 10)
  head[0] = first
  if (length <= 0xffff) {
    head[1] = 126
    head.writeUInt16BE(length, 2)
  } else {
    head[1] = 127
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  return head
}

/**
 * Cuts what comes in into frames.
 * @returns false when the client broke the protocol, or sent a frame longer than its 16-bit length may say: 64 KiB bound
 * what is kept of a client that has nothing to say.
 */
function frameReader(onFrame: (opcode: number, payload: Buffer) => void): (chunk: Uint8Array) => boolean {
  let pending = Buffer.alloc(0)
  return (chunk) => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 2) {
      const [first = 0, second = 0] = pending
      const isMasked = second >= 0x80
      const short = second & 0x7f
      if (!isMasked || short === 127) return false
      const lengthEnd = short === 126 ? 4 : 2
      if (pending.length < lengthEnd) return true
      const length = short === 126 ? pending.readUInt16BE(2) : short
      const start = lengthEnd + 4
      if (pending.length < start + length) return true
      const mask = pending.subarray(lengthEnd, start)
      const payload = pending.subarray(start, start + length).map((byte, at) => byte ^ (mask[at % 4] ?? 0))
      pending = pending.subarray(start + length)
      onFrame(first & 0x0f, Buffer.from(payload))
    }
    return true
  }
}
