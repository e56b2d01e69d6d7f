import { describe, expect, test } from 'vitest'
import { DeleteOptionsSchema, ObjectMetaSchema, StatusSchema, WatchEventSchema } from './generated/meta-v1.ts'
import { protobufDepthMax, valuesMax } from './limits.ts'
import {
  decodeProtobuf,
  encodeProtobuf,
  envelopeAround,
  messageInUnknown,
  unwrapUnknown,
  wrapUnknown,
} from './protobuf.ts'
import { ProtobufError } from './protobuf-reader.ts'
import type { MessageSchema } from './schema.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

const NestSchema: MessageSchema = {
  name: 'example.v1.Nest',
  goName: 'v1.Nest',
  fields: [
    { name: 'inner', number: 1, type: () => NestSchema, presence: 'pointer' },
    { name: 'eggs', number: 2, type: 'int64', presence: 'omitempty', repeated: true },
    { name: 'weight', number: 3, type: 'double', presence: 'pointer' },
  ],
}

describe('decodeProtobuf', () => {
  test('takes the empty values that Go writes for unset ones', () => {
    // name "a", generateName "", namespace "", creationTimestamp {}
    expect(decodeProtobuf(ObjectMetaSchema, hex('0a0161 1200 1a00 4200'))).toEqual({ name: 'a' })
  })

  test('reads maps, times, lists and negative numbers', () => {
    const bytes = hex('38ffffffffffffffffff01 4206 088081c8ac06 5a06 0a0161 120162 7203 666f6f')
    expect(decodeProtobuf(ObjectMetaSchema, bytes)).toEqual({
      generation: -1,
      creationTimestamp: '2024-01-01T00:00:00Z',
      labels: { a: 'b' },
      finalizers: ['foo'],
    })
  })

  test('sorts the keys of a map', () => {
    expect(
      Object.keys(decodeProtobuf<{ labels: object }>(ObjectMetaSchema, hex('5a030a0162 5a030a0161')).labels),
    ).toEqual(['a', 'b'])
  })

  test('skips fields it does not know, of every wire type', () => {
    expect(decodeProtobuf(ObjectMetaSchema, hex('f83f01 f93f0000000000000000 fa3f0161 fd3f00000000 0a0161'))).toEqual({
      name: 'a',
    })
  })

  test('reads lists of numbers packed and one by one', () => {
    expect(decodeProtobuf(NestSchema, hex('1001 1202 0203 1004'))).toEqual({ eggs: [1, 2, 3, 4] })
  })

  test.each([
    ['0a', 'unexpected EOF'],
    ['0aff', 'unexpected EOF'],
    ['0a05 61', 'unexpected EOF'],
    ['0affffffffffffffffff01', 'proto: negative length found during unmarshaling'],
    ['38ffffffffffffffffffff01', 'proto: integer overflow'],
    ['00', 'proto: illegal tag 0 (wire type 0)'],
    ['0c', 'proto: wiretype end group for non-group'],
    ['0f', 'proto: wrong wireType = 7 for field Name'],
    ['f73f', 'proto: illegal wireType 7'],
    ['0801', 'proto: wrong wireType = 0 for field Name'],
    ['5a05 0a05 616263', 'unexpected EOF'],
  ])('refuses %s: %s', (bytes, message) => {
    expect(() => decodeProtobuf(ObjectMetaSchema, hex(bytes))).toThrow(new ProtobufError(message))
  })

  test('bounds the number of values, one by one and packed', () => {
    const tooMany = `Request entity too large: limit is ${valuesMax} values`
    const eggs = Buffer.alloc(valuesMax + 1)
    const packed = Buffer.concat([hex('12'), hex('d18603'), eggs])
    expect(() => decodeProtobuf(NestSchema, packed)).toThrow(tooMany)
    const single = Buffer.alloc(2 * (valuesMax + 1)).fill(hex('1000'))
    expect(decodeProtobuf(NestSchema, single.subarray(2))).toMatchObject({ eggs: { length: valuesMax } })
    expect(() => decodeProtobuf(NestSchema, single)).toThrow(tooMany)
  })

  test('bounds the nesting', () => {
    let bytes = Buffer.alloc(0)
    for (let i = 0; i <= protobufDepthMax; i++) bytes = Buffer.from(nest(bytes))
    expect(() => decodeProtobuf(NestSchema, bytes)).toThrow('proto: messages too deep inside each other')
  })
})

describe('encodeProtobuf', () => {
  test('writes fields in the order of their numbers, and map entries in the order of their keys', () => {
    expect(
      Buffer.from(encodeProtobuf(ObjectMetaSchema, { labels: { b: '2', a: '1' }, uid: 'u', name: 'n' })).toString(
        'hex',
      ),
    ).toBe('0a016e2a01755a060a01611201315a060a0162120132')
  })

  test.each([
    [NestSchema, { inner: { eggs: [0, -1, 2 ** 53 - 1, -(2 ** 53) + 1], weight: 0 }, weight: -1.5 }],
    [
      DeleteOptionsSchema,
      { gracePeriodSeconds: 0, preconditions: { uid: '' }, orphanDependents: false, dryRun: ['All'] },
    ],
    [
      StatusSchema,
      { metadata: {}, status: 'Failure', message: '日本 😀', details: { causes: [{ field: 'a' }, {}] }, code: 404 },
    ],
    [WatchEventSchema, { type: 'ADDED', object: { kind: 'Pod', list: [1, null, { a: 'b' }] } }],
    [
      ObjectMetaSchema,
      {
        creationTimestamp: '1969-12-31T23:59:59Z',
        deletionTimestamp: '1970-01-01T00:00:00Z',
        annotations: { long: 'x'.repeat(100_000) },
      },
    ],
  ])('is undone by decodeProtobuf (%#)', (schema, object) => {
    expect(decodeProtobuf(schema, encodeProtobuf(schema, object))).toEqual(object)
  })

  test('refuses a value of the wrong type', () => {
    expect(() => encodeProtobuf(ObjectMetaSchema, { name: 5 })).toThrow('proto: name is a number where a string is due')
    expect(() => encodeProtobuf(ObjectMetaSchema, { generation: 1.5 })).toThrow('proto: not an integer')
  })
})

describe('the envelope', () => {
  test('is what kubectl sends', () => {
    const body = wrapUnknown({ apiVersion: 'v1', kind: 'Pod' }, hex('0a00'))
    expect(Buffer.from(body).toString('hex')).toBe('6b387300' + '0a090a0276311203506f64' + '12020a00' + '1a00' + '2200')
    expect(unwrapUnknown(body)).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      raw: hex('0a00'),
      contentEncoding: '',
      contentType: '',
    })
    expect(messageInUnknown(body)).toEqual(hex('0a00'))
  })

  test('can be put around a message that is written later', () => {
    const type = { apiVersion: 'v1', kind: 'PodList' }
    const message = Buffer.alloc(300, 7)
    const [head, tail] = envelopeAround(type, message.length)
    expect(Buffer.concat([head, message, tail])).toEqual(wrapUnknown(type, message))
  })

  test.each([
    ['', 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]'],
    ['7b7d', 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]'],
    ['6b387300', 'empty body'],
    ['6b3873000a140a027631', 'unexpected EOF'],
  ])('of %j is refused: %s', (body, message) => {
    expect(() => unwrapUnknown(hex(body))).toThrow(new ProtobufError(message))
  })
})

/** A field 1 with the given content. */
function nest(content: Buffer): number[] {
  const length = content.length < 0x80 ? [content.length] : [(content.length & 0x7f) | 0x80, content.length >> 7]
  return [0x0a, ...length, ...content]
}
