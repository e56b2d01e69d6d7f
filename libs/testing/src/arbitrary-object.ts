/** Random objects of a kind, from its schema: what a client may send by mistake, by malice or in good faith. */
import { type FieldSchema, type Int64, int64From, type MessageSchema, type ScalarType } from '@ensign/apimachinery'
import fc, { type Arbitrary } from 'fast-check'

type Json = null | boolean | Int64 | string | Json[] | { [name: string]: Json }

/** How far objects go into each other. */
const depthMax = 6

/** Words that mean something somewhere in the API, beside all others. */
const words = fc.constantFrom(
  '',
  'a',
  'default',
  'kube-system',
  'kubernetes.io/service-account-token',
  'kubernetes.io/kube-apiserver-client',
  'Always',
  'ClusterIP',
  'ClusterRole',
  'ServiceAccount',
  'In',
  'Exists',
  '*',
  '/x/../y',
  '10.0.0.1',
  'fd00::1',
  '2026-01-02T03:04:05Z',
  'example.com/x',
  'A_b',
  '-1',
  '\u0000',
  '__proto__',
  'constructor',
  'x'.repeat(254),
)
const text: Arbitrary<string> = fc.oneof(words, words, fc.string({ maxLength: 20 }), fc.string({ unit: 'binary' }))
const time = fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
const isoTime = (date: Date, digits: number): string =>
  `${date.toISOString().slice(0, 19)}${digits > 0 ? `.${'123456'.slice(0, digits)}` : ''}Z`

const scalars: Readonly<Record<ScalarType, Arbitrary<Json>>> = {
  string: text,
  bool: fc.boolean(),
  int32: fc.oneof(fc.integer({ min: -1, max: 70_000 }), fc.integer()),
  int64: fc.oneof(fc.integer({ min: -1, max: 100_000 }), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(int64From)),
  double: fc.double({ noDefaultInfinity: true, noNaN: true }),
  bytes: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  time: time.map((date) => isoTime(date, 0)),
  microTime: time.map((date) => isoTime(date, 6)),
  intOrString: fc.oneof(fc.integer({ min: -1, max: 70_000 }), text),
  quantity: fc.oneof(fc.constantFrom('0', '1', '100m', '1Gi', '1e3', '0.5', '-1', '12E'), fc.nat().map(String)),
  rawExtension: fc.jsonValue({ maxDepth: 2 }) as Arbitrary<Json>,
  fieldsV1: fc.constantFrom<Json>(
    {},
    { 'f:metadata': { 'f:labels': { '.': {} } } },
    { 'f:x': {} },
    { 'k:{"a":1}': {} },
  ),
  stringList: fc.array(text, { maxLength: 3 }),
}

export interface ArbitraryOptions {
  /** Every value is of its type: without it, some are not, and some members are unknown. */
  readonly wellTyped?: boolean
}

/** Bodies of this schema, with few of their members each. */
export function objectOf(schema: MessageSchema, options: ArbitraryOptions = {}): Arbitrary<{ [name: string]: Json }> {
  return message(schema, depthMax, options)
}

function message(schema: MessageSchema, depth: number, options: ArbitraryOptions): Arbitrary<{ [name: string]: Json }> {
  const members: Record<string, Arbitrary<Json>> = {}
  for (const field of schema.fields) {
    if (field.inline) Object.assign(members, inlined(field, depth, options))
    else if (depth > 0 || typeof field.type === 'string') members[field.name] = memberOf(field, depth, options)
  }
  const names = Object.keys(members)
  const some = fc
    .uniqueArray(fc.constantFrom(...(names.length > 0 ? names : ['none'])), { maxLength: 5 })
    .chain((chosen) =>
      fc.record(Object.fromEntries(chosen.flatMap((name) => (members[name] ? [[name, members[name]]] : [])))),
    )
  if (options.wellTyped) return some
  return fc.oneof(
    { weight: 9, arbitrary: some },
    { weight: 1, arbitrary: fc.tuple(some, text, fc.jsonValue()).map(([o, name, v]) => ({ ...o, [name]: v as Json })) },
  )
}

function inlined({ type }: FieldSchema, depth: number, options: ArbitraryOptions): Record<string, Arbitrary<Json>> {
  if (typeof type === 'string') return {}
  return Object.fromEntries(
    type()
      .fields.filter((field) => !field.inline)
      .map((field) => [field.name, memberOf(field, depth, options)]),
  )
}

function memberOf(field: FieldSchema, depth: number, options: ArbitraryOptions): Arbitrary<Json> {
  const { type } = field
  const one: Arbitrary<Json> =
    typeof type !== 'string'
      ? // Made when asked for: kinds refer to themselves.
        fc.constant(null).chain(() => message(type(), depth - 1, options))
      : field.enum && options.wellTyped
        ? fc.constantFrom(...field.enum)
        : scalars[type]
  const value: Arbitrary<Json> = field.repeated
    ? fc.array(one, { maxLength: 3 })
    : field.map
      ? fc.dictionary(text, one, { maxKeys: 3 })
      : one
  if (options.wellTyped) return value
  return fc.oneof({ weight: 19, arbitrary: value }, { weight: 1, arbitrary: fc.jsonValue() as Arbitrary<Json> })
}
