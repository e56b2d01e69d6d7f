/** Values that are not messages of a kind, between their protobuf and their canonical JSON form. */
import { bytesFromBase64 } from './base64.ts'
import { parseJson } from './json-text.ts'
import { ProtobufError, type ProtobufReader, wireBytes, wireVarint } from './protobuf-reader.ts'
import type { ProtobufWriter } from './protobuf-writer.ts'
import { canonicalQuantity } from './quantity.ts'
import type { ScalarType } from './schema.ts'
import {
  type Instant,
  microTimeFromInstant,
  parseMicroTime,
  parseTime,
  timeFromSeconds,
  zeroTimeSeconds,
} from './time.ts'

/** Undefined for the zero time and for a rawExtension without bytes. */
export function readScalar(scalar: ScalarType, reader: ProtobufReader): unknown {
  switch (scalar) {
    case 'string':
      return reader.string()
    case 'bool':
      return reader.bool()
    case 'int32':
      return reader.int32()
    case 'int64':
      return reader.int64()
    case 'double':
      return reader.double()
    case 'bytes':
      return reader.bytes().toString('base64')
    case 'time':
      return timeFromSeconds(readInstant(reader).seconds)
    case 'microTime':
      return microTimeFromInstant(readInstant(reader))
    case 'quantity':
      return readQuantity(reader)
    case 'intOrString':
      return readIntOrString(reader)
    case 'rawExtension':
    case 'fieldsV1':
      return readRaw(reader)
    case 'stringList':
      return readStringList(reader)
  }
}

/** @param name of the member, for the error when the value is not of its type */
export function writeScalar(scalar: ScalarType, value: unknown, writer: ProtobufWriter, name: string): void {
  switch (scalar) {
    case 'string':
      return writer.string(expectType(value, 'string', name))
    case 'bool':
      return writer.varint(expectType(value, 'boolean', name) ? 1 : 0)
    case 'int32':
      return writer.varint(expectType(value, 'number', name))
    case 'int64':
      return writer.varint(typeof value === 'bigint' ? value : expectType(value, 'number', name))
    case 'double':
      return writer.double(expectType(value, 'number', name))
    case 'bytes':
      return writer.bytes(bytesFromBase64(expectType(value, 'string', name)))
    case 'time':
      return writeInstant({ ...parseTime(expectType(value, 'string', name)), nanos: 0 }, writer)
    case 'microTime':
      return writeInstant(parseMicroTime(expectType(value, 'string', name)), writer)
    case 'quantity':
      return message(writer, () => stringField(1, expectType(value, 'string', name), writer))
    case 'intOrString':
      return writeIntOrString(value, writer, name)
    case 'rawExtension':
    case 'fieldsV1':
      return message(writer, () => {
        writer.bytes(value instanceof Uint8Array ? value : Buffer.from(JSON.stringify(value)))
        writer.tag(1, wireBytes)
      })
    case 'stringList':
      if (!Array.isArray(value)) throw new ProtobufError(`proto: ${name} is not a list`)
      return message(writer, () => {
        for (const item of value.toReversed()) stringField(1, expectType(item, 'string', name), writer)
      })
  }
}

/** Calls back for each field of the message that comes next; what it does not read must be skipped by it. */
function readInside(reader: ProtobufReader, field: (number: number, wireType: number) => boolean): void {
  const outerEnd = reader.enter()
  while (!reader.isAtEnd) {
    const tag = reader.tag()
    if (!field(tag >>> 3, tag & 7)) reader.skip(tag & 7)
  }
  reader.leave(outerEnd)
}

/** An empty message is the zero time, a message without seconds the epoch. */
function readInstant(reader: ProtobufReader): Instant {
  let isEmpty = true
  let seconds = 0
  let nanos = 0
  readInside(reader, (number, wireType) => {
    isEmpty = false
    if (wireType !== wireVarint || number > 2) return false
    if (number === 1) seconds = reader.integer()
    else nanos = reader.int32()
    return true
  })
  return isEmpty ? { seconds: zeroTimeSeconds, nanos: 0 } : { seconds, nanos }
}

function readQuantity(reader: ProtobufReader): string {
  let text = ''
  readInside(reader, (number, wireType) => {
    if (number !== 1 || wireType !== wireBytes) return false
    text = reader.string()
    return true
  })
  try {
    return text === '' ? '0' : canonicalQuantity(text)
  } catch (error) {
    throw new ProtobufError((error as Error).message)
  }
}

function readIntOrString(reader: ProtobufReader): number | string {
  let isString = false
  let number = 0
  let text = ''
  readInside(reader, (field, wireType) => {
    if (field === 1 && wireType === wireVarint) isString = reader.integer() === 1
    else if (field === 2 && wireType === wireVarint) number = reader.int32()
    else if (field === 3 && wireType === wireBytes) text = reader.string()
    else return false
    return true
  })
  return isString ? text : number
}

function readRaw(reader: ProtobufReader): unknown {
  let raw: Uint8Array | undefined
  readInside(reader, (number, wireType) => {
    if (number !== 1 || wireType !== wireBytes) return false
    raw = reader.bytes()
    return true
  })
  if (raw === undefined || raw.length === 0) return undefined
  try {
    return parseJson(raw).value ?? undefined
  } catch (error) {
    throw new ProtobufError(`an embedded object is not JSON: ${(error as Error).message}`)
  }
}

function readStringList(reader: ProtobufReader): string[] {
  const items: string[] = []
  readInside(reader, (number, wireType) => {
    if (number !== 1 || wireType !== wireBytes) return false
    items.push(reader.string())
    return true
  })
  return items
}

function writeInstant({ seconds, nanos }: Instant, writer: ProtobufWriter): void {
  message(writer, () => {
    // Go writes both, and an empty message would be the zero time.
    writer.varint(nanos)
    writer.tag(2, wireVarint)
    writer.varint(seconds)
    writer.tag(1, wireVarint)
  })
}

function writeIntOrString(value: unknown, writer: ProtobufWriter, name: string): void {
  message(writer, () => {
    if (typeof value === 'string') stringField(3, value, writer)
    else {
      writer.varint(expectType(value, 'number', name))
      writer.tag(2, wireVarint)
    }
    writer.varint(typeof value === 'string' ? 1 : 0)
    writer.tag(1, wireVarint)
  })
}

function message(writer: ProtobufWriter, writeFields: () => void): void {
  const mark = writer.length
  writeFields()
  writer.varint(writer.length - mark)
}

function stringField(number: number, value: string, writer: ProtobufWriter): void {
  writer.string(value)
  writer.tag(number, wireBytes)
}

interface PrimitiveOf {
  string: string
  number: number
  boolean: boolean
}

/** A null in a list or map counts as the zero value, as in Go. */
function expectType<K extends keyof PrimitiveOf>(value: unknown, type: K, name: string): PrimitiveOf[K] {
  const zero: PrimitiveOf = { string: '', number: 0, boolean: false }
  if (value === null || value === undefined) return zero[type]
  if (typeof value !== type) throw new ProtobufError(`proto: ${name} is a ${typeof value} where a ${type} is due`)
  return value as PrimitiveOf[K]
}
