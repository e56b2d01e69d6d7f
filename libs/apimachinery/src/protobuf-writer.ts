/**
 * Writes the protobuf wire format from the end to the beginning, so that the length of a nested message is known by the
 * time its prefix is due: one pass, one growing buffer, no sizes computed ahead.
 */
import type { Int64 } from './int64.ts'
import { ProtobufError } from './protobuf-reader.ts'

const firstSizeBytes = 1024

export class ProtobufWriter {
  #buffer = Buffer.allocUnsafe(firstSizeBytes)
  /** Where the output begins; it ends at the end of the buffer. */
  #at = firstSizeBytes

  /** Bytes written so far: the mark to give to `endMessage` before what comes inside is written. */
  get length(): number {
    return this.#buffer.length - this.#at
  }

  finish(): Buffer {
    return this.#buffer.subarray(this.#at)
  }

  /** Writes the length of what came after the mark, and the tag before it. */
  endMessage(number: number, mark: number): void {
    this.varint(this.length - mark)
    this.tag(number, 2)
  }

  tag(number: number, wireType: number): void {
    this.varint(number * 8 + wireType)
  }

  /** A non-negative integer, or a negative one as its 64-bit two's complement. */
  varint(value: Int64): void {
    if (typeof value === 'number' && !Number.isInteger(value)) throw new ProtobufError('proto: not an integer')
    if (typeof value === 'number' && value >= 0 && value < 0x80) {
      this.#reserve(1)
      this.#buffer[--this.#at] = value
      return
    }
    let rest = BigInt.asUintN(64, BigInt(value))
    const groups: number[] = []
    for (; rest > 0x7fn; rest >>= 7n) groups.push(Number(rest & 0x7fn) | 0x80)
    groups.push(Number(rest))
    this.raw(groups)
  }

  double(value: number): void {
    this.#reserve(8)
    this.#at -= 8
    this.#buffer.writeDoubleLE(value, this.#at)
  }

  string(value: string): void {
    const length = Buffer.byteLength(value)
    this.#reserve(length)
    this.#at -= length
    this.#buffer.write(value, this.#at, length, 'utf8')
    this.varint(length)
  }

  bytes(value: Uint8Array): void {
    this.raw(value)
    this.varint(value.length)
  }

  /** Bytes as they are, in their order, before everything that was written. */
  raw(value: ArrayLike<number>): void {
    this.#reserve(value.length)
    this.#at -= value.length
    this.#buffer.set(value, this.#at)
  }

  #reserve(count: number): void {
    if (this.#at >= count) return
    const used = this.length
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, used + count))
    this.#buffer.copy(larger, larger.length - used, this.#at)
    this.#at = larger.length - used
    this.#buffer = larger
  }
}
