/**
 * Reads DER (ITU-T X.690) strictly: lengths, tag numbers and integers in their shortest form, nothing indefinite. What a
 * stranger sends is accepted or refused exactly as by Go's encoding/asn1, and a fault is told in its words, since clients
 * of Kubernetes get to see them.
 * Source: golang/go src/encoding/asn1/asn1.go, parseTagAndLength, parseField, parseSequenceOf
 */
import { tags } from './der.ts'

/** What is wrong with the bytes. */
export class DerError extends Error {
  override readonly name = 'DerError'
}

const syntaxError = (what: string): DerError => new DerError(`asn1: syntax error: ${what}`)
const structuralError = (what: string): DerError => new DerError(`asn1: structure error: ${what}`)

/** An element that was read: its identifier and contents. */
export interface Element {
  /** 0 universal, 1 application, 2 context-specific, 3 private. */
  readonly tagClass: number
  readonly number: number
  readonly isConstructed: boolean
  readonly content: Buffer
  /** Identifier, length and contents, as they stood there. */
  readonly raw: Buffer
}

/** How a member is declared on Go's side: its texts show that. */
interface Member {
  /** The name of the type. */
  readonly type: string
  readonly isOptional?: boolean
  /** A SET, which Go has no type for. */
  readonly isSet?: boolean
}

interface Header {
  readonly tagClass: number
  readonly number: number
  readonly isConstructed: boolean
  readonly length: number
  /** Where the contents begin. */
  readonly start: number
}

/** Tag numbers are four bytes at most, so that each is a 31-bit integer. */
const base128DigitsMax = 5
const int32Max = 2 ** 31 - 1
/** A length that is not below this cannot take another byte. */
const lengthBeforeShiftMax = 2 ** 23

/** Reads one element after the other. Every method throws a DerError. */
export class DerReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** The next element, whatever it is. */
  any(): Element {
    if (this.isAtEnd) throw syntaxError('sequence truncated')
    return this.#take(readHeader(this.#bytes, this.#at))
  }

  /** The next element when there is one. */
  optional(): Element | undefined {
    return this.isAtEnd ? undefined : this.any()
  }

  /** The members of a SEQUENCE, or of a SET. What stands behind the ones that are read is not looked at. */
  structure(member: Member): DerReader {
    return new DerReader(this.expect(member.isSet ? tags.set : tags.sequence, member).content)
  }

  /** The elements of a SEQUENCE OF or a SET OF, each of the tag; of any when there is none. */
  listOf(tag: number | undefined, member: Member): Element[] {
    return elementsOf(this.expect(member.isSet ? tags.set : tags.sequence, member).content, tag)
  }

  oid(): string {
    return oidText(this.expect(tags.oid, { type: 'ObjectIdentifier' }).content)
  }

  /** A BOOLEAN that may be left out. */
  optionalBoolean(): boolean {
    if (this.isAtEnd || this.#bytes[this.#at] !== tags.boolean) return false
    return booleanOf(this.any().content)
  }

  /** An INTEGER of any length: its bytes, the most significant first. */
  anyInteger(): Buffer {
    const { content } = this.expect(tags.integer, { type: 'int' })
    checkInteger(content)
    return content
  }

  /** An INTEGER that fits into 64 bits: its bytes. */
  integer(): Buffer {
    const content = this.anyInteger()
    if (content.length > 8) throw structuralError('integer too large')
    return content
  }

  /** What stands inside of `[n]`. */
  explicit(n: number): DerReader {
    return new DerReader(this.expect(0xa0 | n, { type: '' }).content)
  }

  /** A BIT STRING, its bits shifted so that none is unused. */
  bitString(): Buffer {
    return rightAligned(this.expect(tags.bitString, { type: 'BitString' }).content)
  }

  octetString(): Buffer {
    return this.expect(tags.octetString, { type: '' }).content
  }

  /** `[0]` in place of a SEQUENCE OF. */
  implicitList(member: Member): Element[] {
    return elementsOf(this.expect(0xa0, member).content, undefined)
  }

  /** The next element, which must have the tag: an identifier of one byte. */
  expect(tag: number, member: Member): Element {
    if (this.isAtEnd) throw syntaxError('sequence truncated')
    const header = readHeader(this.#bytes, this.#at)
    if (!hasTag(header, tag)) throw tagsDoNotMatch(tag, header, member)
    return this.#take(header)
  }

  #take(header: Header): Element {
    const { tagClass, number, isConstructed, start, length } = header
    const end = start + length
    if (end > this.#bytes.length) throw syntaxError('data truncated')
    const raw = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return { tagClass, number, isConstructed, content: this.#bytes.subarray(start, end), raw }
  }
}

/** The elements that fill the bytes, in order. @throws DerError when they do not fill them exactly. */
export function readAll(bytes: Buffer): Element[] {
  const reader = new DerReader(bytes)
  const elements: Element[] = []
  while (!reader.isAtEnd) elements.push(reader.any())
  return elements
}

/** Tells whatever is wrong with what is read in the given words. */
export function inWords<T>(problem: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new DerError(problem, { cause })
  }
}

/** Whether the element's identifier is that byte. */
export function hasTag({ tagClass, number, isConstructed }: Omit<Header, 'length' | 'start'>, tag: number): boolean {
  return tagClass === tag >> 6 && isConstructed === ((tag & 0x20) !== 0) && number === (tag & 0x1f)
}

/** All headers are looked at before any element is. */
function elementsOf(content: Buffer, tag: number | undefined): Element[] {
  for (let at = 0; at < content.length; ) {
    const header = readHeader(content, at)
    if (tag !== undefined && !hasTag(header, tag)) throw structuralError('sequence tag mismatch')
    at = header.start + header.length
    if (at > content.length) throw syntaxError('truncated sequence')
  }
  return readAll(content)
}

function readHeader(bytes: Buffer, from: number): Header {
  let at = from
  const first = bytes[at++] ?? 0
  let number = first & 0x1f
  if (number === 0x1f) {
    const read = readBase128(bytes, at)
    number = read.value
    at = read.next
    if (number < 0x1f) throw syntaxError('non-minimal tag')
  }
  const byte = bytes[at++]
  if (byte === undefined) throw syntaxError('truncated tag or length')
  let length = byte
  if (byte >= 0x80) {
    const size = byte & 0x7f
    if (size === 0) throw syntaxError('indefinite length found (not DER)')
    length = 0
    for (let i = 0; i < size; i++) {
      const next = bytes[at++]
      if (next === undefined) throw syntaxError('truncated tag or length')
      if (length >= lengthBeforeShiftMax) throw structuralError('length too large')
      length = length * 256 + next
      if (length === 0) throw structuralError('superfluous leading zeros in length')
    }
    if (length < 0x80) throw structuralError('non-minimal length')
  }
  return { tagClass: first >> 6, number, isConstructed: (first & 0x20) !== 0, length, start: at }
}

function readBase128(bytes: Buffer, from: number): { value: number; next: number } {
  let value = 0
  for (let at = from; at < bytes.length; at++) {
    if (at - from === base128DigitsMax) throw structuralError('base 128 integer too large')
    const byte = bytes[at] ?? 0
    if (at === from && byte === 0x80) throw syntaxError('integer is not minimally encoded')
    value = value * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    if (value > int32Max) throw structuralError('base 128 integer too large')
    return { value, next: at + 1 }
  }
  throw syntaxError('truncated base 128 integer')
}

/** The dotted form of an object identifier's contents. @throws DerError */
export function oidText(content: Buffer): string {
  if (content.length === 0) throw syntaxError('zero length OBJECT IDENTIFIER')
  const numbers: number[] = []
  for (let at = 0; at < content.length; ) {
    const { value, next } = readBase128(content, at)
    numbers.push(value)
    at = next
  }
  const [joined = 0, ...rest] = numbers
  const first = Math.min(2, Math.floor(joined / 40))
  return [first, joined - first * 40, ...rest].join('.')
}

/** @throws DerError when the contents are no INTEGER in its shortest form */
function checkInteger(content: Buffer): void {
  const [first, second = 0] = content
  if (first === undefined) throw structuralError('empty integer')
  if (content.length === 1) return
  const isPadded = (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)
  if (isPadded) throw structuralError('integer not minimally-encoded')
}

function booleanOf(content: Buffer): boolean {
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw syntaxError('invalid boolean')
  return content[0] === 0xff
}

/** The first byte says how many bits of the last one are unused; they must be zero. */
function rightAligned(content: Buffer): Buffer {
  const [unused] = content
  if (unused === undefined) throw syntaxError('zero length BIT STRING')
  const last = content.at(-1) ?? 0
  if (unused > 7 || (content.length === 1 && unused > 0) || (last & ((1 << unused) - 1)) !== 0)
    throw syntaxError('invalid padding bits in BIT STRING')
  const bytes = content.subarray(1)
  if (unused === 0) return bytes
  return Buffer.from(bytes.map((byte, at) => (byte >> unused) | ((bytes[at - 1] ?? 0) << (8 - unused))))
}

/**
 * The text of a string of any of ASN.1's types; undefined when the element is of another type.
 * @throws DerError when it holds what its type has no room for, or is any other malformed primitive value
 */
export function stringOf(element: Element): string | undefined {
  const { tagClass, number, isConstructed, content } = element
  if (tagClass !== 0 || isConstructed) return undefined
  switch (number) {
    case 0x01:
      booleanOf(content)
      return undefined
    case 0x02:
      checkInteger(content)
      if (content.length > 8) throw structuralError('integer too large')
      return undefined
    case 0x03:
      rightAligned(content)
      return undefined
    case 0x06:
      oidText(content)
      return undefined
    case 0x0c:
      return utf8(content)
    case 0x12:
      if (content.some((byte) => byte !== 0x20 && !(byte >= 0x30 && byte <= 0x39)))
        throw syntaxError('NumericString contains invalid character')
      return content.toString('latin1')
    case 0x13:
      if (!content.every((byte) => printable.has(byte))) throw syntaxError('PrintableString contains invalid character')
      return content.toString('latin1')
    case 0x14: // TeletexString, which everybody reads as Latin-1
      return content.toString('latin1')
    case 0x16:
      if (content.some((byte) => byte >= 0x80)) throw syntaxError('IA5String contains invalid character')
      return content.toString('latin1')
    case 0x17:
      checkTime(content, /^\d{10}(\d\d)?(Z|[+-]\d{4})$/)
      return undefined
    case 0x18:
      checkTime(content, /^\d{14}(\.\d+)?(Z|[+-]\d{4})$/)
      return undefined
    case 0x1e:
      return basicMultilingual(content)
    default:
      return undefined
  }
}

/** With the asterisk and the ampersand, which certificates in use hold against X.680 §41.4. */
const printable: ReadonlySet<number> = new Set(
  Buffer.from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 '()+,-./:=?*&"),
)

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function utf8(content: Buffer): string {
  try {
    return strictUtf8.decode(content)
  } catch (cause) {
    throw new DerError('asn1: invalid UTF-8 string', { cause })
  }
}

function checkTime(content: Buffer, form: RegExp): void {
  const text = content.toString('latin1')
  if (!form.test(text)) throw new DerError(`parsing time ${JSON.stringify(text)}: not of the form of its type`)
}

/** UTF-16, most significant byte first, without surrogates and what is no character. */
function basicMultilingual(content: Buffer): string {
  const units: number[] = []
  if (content.length % 2 !== 0) throw new DerError('invalid BMPString')
  const isTerminated = content.length >= 2 && content.readUInt16BE(content.length - 2) === 0
  for (let at = 0; at < content.length - (isTerminated ? 2 : 0); at += 2) {
    const unit = content.readUInt16BE(at)
    const isReserved = unit >= 0xfffe || (unit >= 0xfdd0 && unit <= 0xfdef) || (unit >= 0xd800 && unit <= 0xdfff)
    if (isReserved) throw new DerError('invalid BMPString')
    units.push(unit)
  }
  return units.map((unit) => String.fromCharCode(unit)).join('')
}

/** As Go prints what it wanted, what it found, how the member is declared, and where the contents begin. */
function tagsDoNotMatch(tag: number, found: Header, { type, isOptional = false, isSet = false }: Member): DerError {
  const { tagClass, number, length, isConstructed, start } = found
  const header = `{class:${tagClass} tag:${number} length:${length} isCompound:${isConstructed}}`
  const declared = [
    `optional:${isOptional} explicit:false application:false private:false defaultValue:<nil> tag:<nil>`,
    `stringType:0 timeType:0 set:${isSet} omitEmpty:false`,
  ].join(' ')
  return structuralError(`tags don't match (${tag & 0x1f} vs ${header}) {${declared}} ${type} @${start}`)
}
