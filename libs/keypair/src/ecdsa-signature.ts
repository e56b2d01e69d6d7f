import type { Algorithm } from './algorithm.ts'

/** Bytes of R and of S: as long as the curve's order (RFC 7518 §3.4). */
const partBytes: Readonly<Partial<Record<Algorithm, number>>> = { ES256: 32, ES384: 48, ES512: 66 }

/**
 * The signature as a token has it. ECDSA signatures come as two DER integers (RFC 3279 §2.2.3), and JOSE wants R and S
 * side by side in full length; RSA signatures are the same in both.
 *
 * Node can do this too (`dsaEncoding`), at twice the processor time of the whole signature.
 */
export function joseSignature(signature: Buffer, algorithm: Algorithm): Buffer {
  const size = partBytes[algorithm]
  return size === undefined ? signature : sideBySide(signature, size)
}

function sideBySide(der: Buffer, size: number): Buffer {
  const raw = Buffer.alloc(2 * size)
  // Behind tag and length of the SEQUENCE; one of more than 127 bytes, P-521's, has a length of two.
  let at = der.readUInt8(1) > 0x80 ? 3 : 2
  for (const end of [size, 2 * size]) {
    const from = at + 2
    at = from + der.readUInt8(from - 1)
    // A number that would look negative has a zero before it; a small one is short.
    const start = Math.max(from, at - size)
    der.copy(raw, end - (at - start), start, at)
  }
  return raw
}
