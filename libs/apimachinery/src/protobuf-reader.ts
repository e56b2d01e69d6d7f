import { type Int64, int64From } from './int64.ts'
import { valuesMax } from './limits.ts'
import { tooManyValues } from './status.ts'

/** Reads the protobuf wire format, with the errors of gogo-protobuf's generated code. Nothing is read past the end. */

export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
}

export const wireVarint = 0
export const wireFixed64 = 1
export const wireBytes = 2
const wireGroupStart = 3
const wireGroupEnd = 4
export const wireFixed32 = 5

const varintBytesMax = 10
const high32 = 2 ** 32

export class ProtobufReader {
  readonly #bytes: Buffer
  #at: number
  #end: number
  #values = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = 0
    this.#end = this.#bytes.length
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end
  }

  /** Takes note of one more value. StatusError 413 when there are more than `valuesMax`. */
  count(): void {
    if (++this.#values > valuesMax) throw tooManyValues(valuesMax)
  }

  /** Narrows the reader to the message that comes next; the returned end is for `leave`. */
  enter(): number {
    const length = this.#length()
    const outerEnd = this.#end
    this.#end = this.#at + length
    return outerEnd
  }

  leave(outerEnd: number): void {
    this.#at = this.#end
    this.#end = outerEnd
  }

  /** Field number shifted left by three, with the wire type in the lower bits. */
  tag(): number {
    const tag = this.#varint32()
    const number = tag >>> 3
    if ((tag & 7) === wireGroupEnd) throw new ProtobufError('proto: wiretype end group for non-group')
    if (number === 0) throw new ProtobufError(`proto: illegal tag 0 (wire type ${tag & 7})`)
    return tag
  }

  /** Skips the value of a field that nobody asked for. Groups are no part of Kubernetes' messages. */
  skip(wireType: number): void {
    switch (wireType) {
      case wireVarint:
        this.integer()
        return
      case wireFixed64:
        this.#advance(8)
        return
      case wireBytes:
        this.#advance(this.#length())
        return
      case wireFixed32:
        this.#advance(4)
        return
      case wireGroupStart:
        throw new ProtobufError('proto: unexpected end of group')
      default:
        throw new ProtobufError(`proto: illegal wireType ${wireType}`)
    }
  }

  bool(): boolean {
    return this.integer() !== 0
  }

  int32(): number {
    return this.#varint32() | 0
  }

  /** Exactly: beyond 2⁵³ as a bigint. */
  int64(): Int64 {
    const at = this.#at
    const number = this.integer()
    if (Number.isSafeInteger(number)) return number
    this.#at = at
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return int64From(BigInt.asIntN(64, value))
    }
  }

  /** Beyond 2⁵³ the nearest number that JavaScript has. */
  integer(): number {
    let low = 0
    let high = 0
    for (let i = 0; i < varintBytesMax; i++) {
      const byte = this.#byte()
      const bits = byte & 0x7f
      if (i < 4) low |= bits << (7 * i)
      else if (i === 4) {
        low |= bits << 28
        high = bits >>> 4
      } else high |= bits << (7 * i - 32)
      if (byte < 0x80) return (high | 0) * high32 + (low >>> 0)
    }
    throw new ProtobufError('proto: integer overflow')
  }

  double(): number {
    const at = this.#at
    this.#advance(8)
    return this.#bytes.readDoubleLE(at)
  }

  string(): string {
    const length = this.#length()
    const start = this.#at
    this.#at += length
    return this.#bytes.toString('utf8', start, this.#at)
  }

  /** A view on the input, not a copy. */
  bytes(): Buffer {
    const length = this.#length()
    const start = this.#at
    this.#at += length
    return this.#bytes.subarray(start, this.#at)
  }

  #length(): number {
    const length = this.integer()
    if (length < 0) throw new ProtobufError('proto: negative length found during unmarshaling')
    if (length > this.#end - this.#at) throw new ProtobufError('unexpected EOF')
    return length
  }

  #varint32(): number {
    const byte = this.#byte()
    if (byte < 0x80) return byte
    this.#at--
    return this.integer() | 0
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new ProtobufError('unexpected EOF')
    return this.#bytes[this.#at++] as number
  }

  #advance(count: number): void {
    if (count > this.#end - this.#at) throw new ProtobufError('unexpected EOF')
    this.#at += count
  }
}
