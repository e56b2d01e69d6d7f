import { describe, expect, test } from 'vitest'
import { decodeJson } from './json-decode.ts'
import { parseJson } from './json-text.ts'
import type { MessageSchema } from './schema.ts'

const HandleSchema: MessageSchema = {
  name: 'example.v1.Handle',
  goName: 'v1.Handle',
  fields: [
    { name: 'size', number: 1, type: 'int32', presence: 'pointer' },
    { name: 'command', number: 2, type: 'string', presence: 'omitempty', repeated: true },
  ],
}

const LidSchema: MessageSchema = {
  name: 'example.v1.Lid',
  goName: 'v1.Lid',
  fields: [
    { name: 'name', number: 1, type: 'string', presence: 'always', goType: 'v1.LidName' },
    { name: 'handle', number: 2, type: () => HandleSchema, presence: 'always', inline: true },
  ],
}

const PotSchema: MessageSchema = {
  name: 'example.v1.Pot',
  goName: 'v1.Pot',
  kind: { group: '', version: 'v1', kind: 'Pot' },
  fields: [
    { name: 'labels', number: 1, type: 'string', presence: 'omitempty', map: true },
    { name: 'lids', number: 2, type: () => LidSchema, presence: 'omitempty', repeated: true },
    { name: 'lid', number: 3, type: () => LidSchema, presence: 'pointer' },
    { name: 'made', number: 4, type: 'time', presence: 'omitempty' },
    { name: 'seen', number: 5, type: 'time', presence: 'always' },
    { name: 'holds', number: 6, type: 'bytes', presence: 'omitempty', map: true },
    { name: 'isOpen', number: 7, type: 'bool', presence: 'pointer' },
    { name: 'guests', number: 8, type: 'string', presence: 'always', repeated: true },
    { name: 'owner', number: 9, type: 'string', presence: 'nullable' },
    { name: 'status', number: 10, type: () => HandleSchema, presence: 'always' },
    { name: 'port', number: 11, type: 'intOrString', presence: 'pointer' },
    { name: 'weight', number: 12, type: 'quantity', presence: 'pointer' },
    { name: 'extra', number: 13, type: 'rawExtension', presence: 'pointer' },
  ],
}

const written = { seen: null, guests: null, owner: null, status: {} }
const decode = (text: string) => decodeJson(PotSchema, parseJson(text, { exactNumbers: true }).value)

describe('decodeJson', () => {
  test('orders members as the schema has them, kind and apiVersion first', () => {
    const object = decode('{"isOpen":true,"labels":{"b":"2","a":"1"},"apiVersion":"v1","kind":"Pot"}')
    expect(JSON.stringify(object)).toBe(
      '{"kind":"Pot","apiVersion":"v1","labels":{"a":"1","b":"2"},"seen":null,"isOpen":true,"guests":null,"owner":null,"status":{}}',
    )
  })

  test('writes or omits a member as its presence says', () => {
    expect(
      decode('{"kind":"","labels":{},"lids":[],"isOpen":false,"guests":[],"owner":"","made":"0001-01-01T00:00:00Z"}'),
    ).toEqual({
      ...written,
      isOpen: false,
      // Until who wrote it is known to own it.
      guests: [],
      owner: '',
    })
  })

  test('takes null for absent, and for the zero value in lists and maps', () => {
    expect(decode('{"labels":{"a":null},"lids":[null],"isOpen":null,"lid":null}')).toEqual({
      ...written,
      labels: { a: '' },
      lids: [{ name: '' }],
    })
  })

  test('puts the members of an inline message into its parent', () => {
    expect(decode('{"lid":{"size":0,"command":["a"],"name":"x"}}')).toEqual({
      ...written,
      lid: { name: 'x', size: 0, command: ['a'] },
    })
  })

  test('normalizes times, quantities and base64', () => {
    expect(decode('{"made":"2024-01-02T03:04:05+01:00","weight":0.50,"holds":{"a":"YR=="},"port":"http"}')).toEqual({
      ...written,
      made: '2024-01-02T02:04:05Z',
      weight: '500m',
      holds: { a: 'YQ==' },
      port: 'http',
    })
  })

  test('passes parts without a schema on as plain JSON', () => {
    expect(decode('{"extra":{"__proto__":1,"b":[1.50,null]}}').extra).toEqual(
      JSON.parse('{"__proto__":1,"b":[1.5,null]}'),
    )
  })

  test('drops unknown members and reports them with their path', () => {
    const unknown: string[] = []
    const { value } = parseJson('{"Kind":"x","lids":[{"name":"a"},{"foo":1}],"labels":{"c":"d"},"status":{"x":{}}}')
    const object = decodeJson(PotSchema, value, { unknownField: (path) => unknown.push(path) })
    expect(unknown).toEqual(['Kind', 'lids[1].foo', 'status.x'])
    expect(object).toEqual({ ...written, labels: { c: 'd' }, lids: [{ name: 'a' }, { name: '' }] })
  })

  test('reports duplicate keys, but not inside what it drops', () => {
    const duplicate: string[] = []
    const { value, duplicates } = parseJson(
      '{"labels":{"a":"1","a":"2"},"foo":{"a":1,"a":2},"lid":{"size":1,"size":2}}',
    )
    decodeJson(PotSchema, value, { duplicates, duplicateField: (path) => duplicate.push(path) })
    expect(duplicate).toEqual(['labels.a', 'lid.size'])
  })

  test.each([
    ['{"labels":{"a":1}}', 'json: cannot unmarshal number into Go struct field Pot.labels of type string'],
    ['{"labels":[]}', 'json: cannot unmarshal array into Go struct field Pot.labels of type map[string]string'],
    ['{"lids":{}}', 'json: cannot unmarshal object into Go struct field Pot.lids of type []v1.Lid'],
    ['{"lids":["a"]}', 'json: cannot unmarshal string into Go struct field Pot.lids of type v1.Lid'],
    ['{"lids":[{"name":true}]}', 'json: cannot unmarshal bool into Go struct field Lid.lids.name of type v1.LidName'],
    [
      '{"lid":{"size":1e3}}',
      'json: cannot unmarshal number 1e3 into Go struct field Lid.lid.Handle.size of type int32',
    ],
    [
      '{"lid":{"size":2147483648}}',
      'json: cannot unmarshal number 2147483648 into Go struct field Lid.lid.Handle.size of type int32',
    ],
    ['{"holds":{"a":5}}', 'json: cannot unmarshal number into Go struct field Pot.holds of type []uint8'],
    ['{"holds":{"a":"!"}}', 'illegal base64 data at input byte 0'],
    ['{"made":5}', 'json: cannot unmarshal number into Go struct field Pot.made of type string'],
    ['{"port":true}', 'json: cannot unmarshal bool into Go struct field Pot.port of type int32'],
    ['{"isOpen":"a","status":"b"}', 'json: cannot unmarshal string into Go struct field Pot.isOpen of type bool'],
    ['[]', 'json: cannot unmarshal array into Go value of type v1.Pot'],
  ])('refuses %s with the words of Go', (text, message) => {
    expect(() => decode(text)).toThrow(message)
  })
})
