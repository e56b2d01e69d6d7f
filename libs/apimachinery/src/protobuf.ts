/**
 * Objects as protobuf: to and from the same canonical JSON form that decodeJson makes, and the envelope around them.
 * What Go's generated code writes for unset strings, lists and times (empty values) counts as unset.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/runtime/serializer/protobuf/protobuf.go,
 * pkg/runtime/generated.proto (Unknown)
 */
import { protobufDepthMax } from './limits.ts'
import { ProtobufError, ProtobufReader, wireBytes, wireFixed64, wireVarint } from './protobuf-reader.ts'
import { readScalar, writeScalar } from './protobuf-scalar.ts'
import { ProtobufWriter } from './protobuf-writer.ts'
import type { MessageSchema, ScalarType } from './schema.ts'
import {
  type Member,
  objectFromSlots,
  type Plan,
  planOf,
  sortedKeys,
  type WireFields,
  zeroElementOf,
} from './schema-plan.ts'

/** What comes before an object in protobuf form: `k8s` and a zero byte. */
const envelopePrefix = Buffer.from([0x6b, 0x38, 0x73, 0x00])

/** Fields 3 and 4 are empty. Go writes them nevertheless, and some clients compare bytes. */
const envelopeTail = Buffer.from([0x1a, 0, 0x22, 0])

export interface Envelope {
  readonly apiVersion: string
  readonly kind: string
  /** The object's message, or what `contentType` says. */
  readonly raw: Uint8Array
  readonly contentEncoding: string
  readonly contentType: string
}

/**
 * @param message without the envelope
 * @throws ProtobufError; StatusError 413 when there are more than `valuesMax` values
 */
export function decodeProtobuf<T = Record<string, unknown>>(schema: MessageSchema, message: Uint8Array): T {
  return readMessage(planOf(schema), new ProtobufReader(message), 0) as T
}

/**
 * The message without the envelope. Members that the schema lacks, `kind` and `apiVersion` are not written.
 *
 * @param object in canonical form; the value of a rawExtension may also be bytes, which are written as they are
 * @throws ProtobufError when a member is not of its schema's type
 */
export function encodeProtobuf(schema: MessageSchema, object: object): Uint8Array {
  const writer = new ProtobufWriter()
  writeFields(planOf(schema).wire, object as Record<string, unknown>, writer, 0)
  return writer.finish()
}

/** @throws ProtobufError */
export function unwrapUnknown(body: Uint8Array): Envelope {
  if (body.length < envelopePrefix.length || !envelopePrefix.equals(body.subarray(0, envelopePrefix.length))) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  }
  if (body.length === envelopePrefix.length) throw new ProtobufError('empty body')
  const reader = new ProtobufReader(body.subarray(envelopePrefix.length))
  let raw: Uint8Array = new Uint8Array()
  const envelope = { apiVersion: '', kind: '', contentEncoding: '', contentType: '' }
  while (!reader.isAtEnd) {
    const tag = reader.tag()
    if (tag === 0x0a) {
      const outerEnd = reader.enter()
      while (!reader.isAtEnd) {
        const inner = reader.tag()
        if (inner === 0x0a) envelope.apiVersion = reader.string()
        else if (inner === 0x12) envelope.kind = reader.string()
        else reader.skip(inner & 7)
      }
      reader.leave(outerEnd)
    } else if (tag === 0x12) raw = reader.bytes()
    else if (tag === 0x1a) envelope.contentEncoding = reader.string()
    else if (tag === 0x22) envelope.contentType = reader.string()
    else reader.skip(tag & 7)
  }
  return { ...envelope, raw }
}

/** The message in an envelope that this process has made itself: nothing is copied, and nothing else is read. */
export function messageInUnknown(body: Uint8Array): Uint8Array {
  const reader = new ProtobufReader(body.subarray(envelopePrefix.length))
  while (!reader.isAtEnd) {
    const tag = reader.tag()
    if (tag === 0x12) return reader.bytes()
    reader.skip(tag & 7)
  }
  throw new ProtobufError('proto: an envelope without a message')
}

/** @param raw the message, as encodeProtobuf gives it */
export function wrapUnknown(type: { apiVersion: string; kind: string }, raw: Uint8Array): Uint8Array {
  const [head, tail] = envelopeAround(type, raw.length)
  return Buffer.concat([head, raw, tail])
}

/** What stands before and behind a message of so many bytes in its envelope. */
export function envelopeAround(
  { apiVersion, kind }: { apiVersion: string; kind: string },
  messageBytes: number,
): readonly [Uint8Array, Uint8Array] {
  const writer = new ProtobufWriter()
  writer.varint(messageBytes)
  writer.tag(2, wireBytes)
  const mark = writer.length
  writer.string(kind)
  writer.tag(2, wireBytes)
  writer.string(apiVersion)
  writer.tag(1, wireBytes)
  writer.endMessage(1, mark)
  writer.raw(envelopePrefix)
  return [writer.finish(), envelopeTail]
}

function readMessage(plan: Plan, reader: ProtobufReader, depth: number): Record<string, unknown> {
  const slots: unknown[] = new Array(plan.members.length).fill(undefined)
  readFields(plan.wire, reader, slots, depth)
  for (const { slot } of plan.maps)
    if (slots[slot] !== undefined) slots[slot] = withSortedKeys(slots[slot] as Record<string, unknown>)
  return objectFromSlots(plan, slots)
}

/** Not every client writes the entries of a map in the order of their keys. */
function withSortedKeys(map: Record<string, unknown>): Record<string, unknown> {
  const keys = Object.keys(map)
  const sorted = sortedKeys(map)
  if (keys.every((key, i) => key === sorted[i])) return map
  return Object.fromEntries(sorted.map((key) => [key, map[key]]))
}

function readFields(wire: WireFields, reader: ProtobufReader, slots: unknown[], depth: number): void {
  if (depth > protobufDepthMax) throw new ProtobufError('proto: messages too deep inside each other')
  while (!reader.isAtEnd) {
    reader.count()
    const tag = reader.tag()
    const known = wire.byNumber[tag >>> 3]
    if (!known) reader.skip(tag & 7)
    else if (known.inline) {
      expectWire(tag, wireBytes, known.field.name)
      const outerEnd = reader.enter()
      readFields(known.inline, reader, slots, depth + 1)
      reader.leave(outerEnd)
    } else readMember(known.member, tag, reader, slots, depth)
  }
}

function readMember(member: Member, tag: number, reader: ProtobufReader, slots: unknown[], depth: number): void {
  switch (member.shape) {
    case 'one':
      slots[member.slot] = readElement(member, tag, reader, depth)
      return
    case 'list': {
      let list = slots[member.slot] as unknown[] | undefined
      if (!list) {
        list = []
        slots[member.slot] = list
      }
      if ((tag & 7) === wireBytes && wireTypeOf(member) !== wireBytes) readPacked(member, reader, list, depth)
      else list.push(readElement(member, tag, reader, depth) ?? zeroElementOf(member))
      return
    }
    case 'map': {
      let map = slots[member.slot] as Record<string, unknown> | undefined
      if (!map) {
        map = {}
        slots[member.slot] = map
      }
      readEntry(member, tag, reader, map, depth)
    }
  }
}

/** Numbers of a list may come one by one or together. */
function readPacked(member: Member, reader: ProtobufReader, list: unknown[], depth: number): void {
  const outerEnd = reader.enter()
  while (!reader.isAtEnd) {
    reader.count()
    list.push(readElement(member, wireTypeOf(member), reader, depth))
  }
  reader.leave(outerEnd)
}

function readEntry(
  member: Member,
  tag: number,
  reader: ProtobufReader,
  map: Record<string, unknown>,
  depth: number,
): void {
  expectWire(tag, wireBytes, member.name)
  const outerEnd = reader.enter()
  let key = ''
  let value: unknown
  while (!reader.isAtEnd) {
    const inner = reader.tag()
    if (inner >>> 3 === 1) {
      expectWire(inner, wireBytes, member.name)
      key = reader.string()
    } else if (inner >>> 3 === 2) value = readElement(member, inner, reader, depth)
    else reader.skip(inner & 7)
  }
  reader.leave(outerEnd)
  value ??= zeroElementOf(member)
  if (key !== '__proto__') map[key] = value
  else Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true })
}

/** Undefined for the zero time. */
function readElement(member: Member, tag: number, reader: ProtobufReader, depth: number): unknown {
  expectWire(tag, wireTypeOf(member), member.name)
  if (member.scalar !== undefined) return readScalar(member.scalar, reader)
  const outerEnd = reader.enter()
  const object = readMessage(member.message, reader, depth + 1)
  reader.leave(outerEnd)
  return object
}

/** Bytes are absent or empty, and an empty text is not the number zero. */
const alwaysWritten: ReadonlySet<ScalarType | undefined> = new Set(['bytes', 'intOrString'])

function writeFields(wire: WireFields, object: Record<string, unknown>, writer: ProtobufWriter, depth: number): void {
  if (depth > protobufDepthMax) throw new ProtobufError('proto: messages too deep inside each other')
  for (const known of wire.descending) {
    if (known.inline) {
      const mark = writer.length
      writeFields(known.inline, object, writer, depth + 1)
      if (writer.length > mark) writer.endMessage(known.field.number, mark)
      continue
    }
    const { member } = known
    const value = object[member.name]
    if (value === undefined || value === null) continue
    if (member.shape === 'one') {
      // A member without presence need not be written when it is zero; readers assume it. Not so where absent is not the same as empty.
      const { presence } = member.field
      const hasPresence = presence === 'pointer' || presence === 'nullable' || alwaysWritten.has(member.scalar)
      if (hasPresence || (value !== '' && value !== 0 && value !== false)) writeElement(member, value, writer, depth)
    } else if (member.shape === 'list') {
      const list = value as readonly unknown[]
      for (let i = list.length - 1; i >= 0; i--) writeElement(member, list[i], writer, depth)
    } else writeMap(member, value as Record<string, unknown>, writer, depth)
  }
}

/** Entries in the order of their keys, as Go's generated code writes them. */
function writeMap(member: Member, map: Record<string, unknown>, writer: ProtobufWriter, depth: number): void {
  const keys = sortedKeys(map)
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i] as string
    const mark = writer.length
    writeValue(member, 2, map[key], writer, depth)
    writer.string(key)
    writer.tag(1, wireBytes)
    writer.endMessage(member.field.number, mark)
  }
}

function writeElement(member: Member, value: unknown, writer: ProtobufWriter, depth: number): void {
  writeValue(member, member.field.number, value, writer, depth)
}

function writeValue(member: Member, number: number, value: unknown, writer: ProtobufWriter, depth: number): void {
  if (member.scalar !== undefined) {
    writeScalar(member.scalar, value, writer, member.name)
    writer.tag(number, wireTypeOf(member))
    return
  }
  if (typeof value !== 'object' || value === null) throw new ProtobufError(`proto: ${member.name} is not an object`)
  const mark = writer.length
  writeFields(member.message.wire, value as Record<string, unknown>, writer, depth + 1)
  writer.endMessage(number, mark)
}

function wireTypeOf({ scalar }: Member): number {
  switch (scalar) {
    case 'bool':
    case 'int32':
    case 'int64':
      return wireVarint
    case 'double':
      return wireFixed64
    default:
      return wireBytes
  }
}

function expectWire(tag: number, wireType: number, name: string): void {
  if ((tag & 7) === wireType) return
  throw new ProtobufError(
    `proto: wrong wireType = ${tag & 7} for field ${name.charAt(0).toUpperCase()}${name.slice(1)}`,
  )
}
