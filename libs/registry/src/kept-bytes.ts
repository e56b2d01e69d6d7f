/**
 * Where bytes lie that are kept with objects: close together, in slabs that hold nothing else.
 *
 * Node cuts small Buffers from slabs that the whole process shares, so that one which is kept may hold a slab of 8 KiB
 * with it. What is kept here goes in about the order in which it came, and a slab with the last of its bytes.
 */
import { limits } from './limits.ts'

export class KeptBytes {
  #slab: Buffer = Buffer.alloc(0)
  /** Where the free part of the slab begins. */
  #at = 0

  text(text: string): Buffer {
    const place = this.#place(Buffer.byteLength(text))
    place.write(text)
    return place
  }

  /** A copy, with nothing around it. */
  copy(bytes: Uint8Array): Buffer {
    const place = this.#place(bytes.length)
    place.set(bytes)
    return place
  }

  #place(length: number): Buffer {
    if (length > limits.keptInSlabBytesMax) return Buffer.allocUnsafeSlow(length)
    if (this.#at + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(limits.keptSlabBytes)
      this.#at = 0
    }
    const from = this.#at
    this.#at += length
    return this.#slab.subarray(from, this.#at)
  }
}
