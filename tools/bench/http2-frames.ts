/**
 * As much of HTTP/2 (RFC 9113) as it takes to hold many GET requests open and read their answers. Node's own client
 * spends more on a frame than its server does, and would be what is measured.
 */

export const frameTypes = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
} as const
export const flags = { ack: 1, endStream: 1, endHeaders: 4 } as const

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
const headBytes = 9
const streamWindowMax = 2 ** 31 - 1
/** RFC 9113 §6.9.2: what a connection's window is at first. */
const connectionWindowFirst = 65_535
const initialWindowSizeSetting = 4

export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

export function frame(type: number, flag: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(headBytes)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flag
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** What a client says first: no stream shall ever wait for its window. */
export function greeting(): Buffer {
  const settings = Buffer.alloc(6)
  settings.writeUInt16BE(initialWindowSizeSetting, 0)
  settings.writeUInt32BE(streamWindowMax, 2)
  return Buffer.concat([
    preface,
    frame(frameTypes.settings, 0, 0, settings),
    windowUpdate(streamWindowMax - connectionWindowFirst),
  ])
}

/** Lets the server send so many more bytes on this connection. */
export function windowUpdate(bytes: number): Buffer {
  const increment = Buffer.alloc(4)
  increment.writeUInt32BE(bytes)
  return frame(frameTypes.windowUpdate, 0, 0, increment)
}

/** A request without a body. */
export function requestHeaders(stream: number, headers: Readonly<Record<string, string>>): Buffer {
  const block = Buffer.concat(Object.entries(headers).map(([name, value]) => literal(name, value)))
  return frame(frameTypes.headers, flags.endStream | flags.endHeaders, stream, block)
}

/** RFC 7541 §6.2.2: a literal field without indexing, and without Huffman coding. */
function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0]), text(name), text(value)])
}

/** RFC 7541 §5.2 */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1')
  return Buffer.concat([Buffer.from(integer(bytes.length)), bytes])
}

/** RFC 7541 §5.1, with a prefix of seven bits. */
function integer(value: number): number[] {
  if (value < 127) return [value]
  const bytes = [127]
  let rest = value - 127
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128)
  bytes.push(rest)
  return bytes
}

/** RFC 7541 appendix A has `:status 200` as its eighth entry; a server sends it first and as one byte. */
export const isOk = ({ payload }: Frame): boolean => payload[0] === 0x88

/** Cuts a connection's bytes into frames. Payloads share memory with the chunks: read them at once. */
export function createFrameReader(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  let rest: Buffer | undefined
  return (chunk) => {
    const bytes = rest ? Buffer.concat([rest, chunk]) : chunk
    let at = 0
    while (bytes.length - at >= headBytes) {
      const end = at + headBytes + bytes.readUIntBE(at, 3)
      if (end > bytes.length) break
      const stream = bytes.readUInt32BE(at + 5) & 0x7fffffff
      const payload = bytes.subarray(at + headBytes, end)
      onFrame({ type: bytes[at + 3] as number, flags: bytes[at + 4] as number, stream, payload })
      at = end
    }
    rest = at < bytes.length ? bytes.subarray(at) : undefined
  }
}
