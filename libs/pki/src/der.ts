/**
 * Writes as much of DER (ITU-T X.690) as a certificate needs; `der-reader.ts` reads it. Written here rather than taken from an ASN.1 library because
 * such a library costs more start-up time and memory than the rest of a plane together.
 */

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** One element: tag, length, contents. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents)
  return Buffer.concat([Buffer.of(tag), lengthOf(body.length), body])
}

export const sequence = (...contents: readonly Uint8Array[]) => element(tags.sequence, ...contents)
export const set = (...contents: readonly Uint8Array[]) => element(tags.set, ...contents)
export const octetString = (content: Uint8Array) => element(tags.octetString, content)
export const utf8String = (text: string) => element(tags.utf8String, Buffer.from(text, 'utf8'))
export const boolean = (value: boolean) => element(tags.boolean, Buffer.of(value ? 0xff : 0))
/** `[n]` around whole elements. */
export const explicit = (n: number, ...contents: readonly Uint8Array[]) => element(0xa0 | n, ...contents)
/** `[n]` in place of an element's own tag; only for contents that are no elements themselves. */
export const implicit = (n: number, content: Uint8Array) => element(0x80 | n, content)
/** Whole bytes; `unusedBits` of the last one do not count. */
export const bitString = (content: Uint8Array, unusedBits = 0) =>
  element(tags.bitString, Buffer.of(unusedBits), content)

/** A number that is not negative, from its big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  const digits = Buffer.from(bytes.subarray(start))
  const negativeLooking = ((digits[0] ?? 0) & 0x80) !== 0
  return element(tags.integer, negativeLooking ? Buffer.concat([Buffer.of(0), digits]) : digits)
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return element(tags.oid, Buffer.from([first * 40 + second, ...rest].flatMap(base128)))
}

/** RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050, both in whole seconds of UTC. */
export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  const inUtcTime = new Date(ms).getUTCFullYear() < 2050
  return element(inUtcTime ? tags.utcTime : tags.generalizedTime, Buffer.from(inUtcTime ? digits.slice(2) : digits))
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}

function base128(value: number): number[] {
  const digits = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest % 128) | 0x80)
  return digits
}
