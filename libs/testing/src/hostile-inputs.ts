/**
 * What one request can hold that was written to be expensive: one line each, at the largest size that is accepted. Each is
 * read by its decoder alone (hostile-decoders.spec.ts) and sent to a plane over every transport (hostile-requests.spec.ts).
 */
import { valuesMax } from '@ensign/apimachinery'
import { limits } from '@ensign/endpoints'
import { concat, configMapMessage, mapEntry, member, nested, unknownOf } from './protobuf-bytes.ts'

/** Which part of a request it stands in, and so which decoder reads it. */
export type Part =
  | 'JSON'
  | 'pod as JSON'
  | 'YAML'
  | 'protobuf'
  | 'JSON patch'
  | 'merge patch'
  | 'strategic merge patch'
  | 'strategic merge patch of a pod'
  | 'apply'
  | 'delete options'
  | 'label selector'
  | 'field selector'
  | 'timeout'
  | 'field manager'
  | 'dry run'
  | 'Accept'

export interface HostileInput {
  readonly part: Part
  readonly name: string
  readonly make: () => string | Uint8Array
}

/** Bytes of a body, with room for what stands around it. */
const bodyMax = limits.requestBodyBytesMax - 4096
const queryMax = 15_000
const headerMax = 60_000

const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))
const members = (count: number, make: (i: number) => [string, unknown]) => Object.fromEntries(many(count, make))
const fill = (text: string, bytes = bodyMax) => text.repeat(Math.floor(bytes / text.length))
const json = JSON.stringify
const configMap = (data: unknown, metadata: object = {}) => json({ metadata: { name: 'hostile', ...metadata }, data })
const duplicates = many(24_000, (i) => `"k${i}":"1","k${i}":"2"`).join(',')
const fieldsOf = (fieldsV1: unknown) =>
  configMap(
    {},
    { managedFields: [{ manager: 'm', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1 }] },
  )
const pod = (spec: object) =>
  json({ metadata: { name: 'hostile' }, spec: { containers: [{ name: 'a', image: 'a' }], ...spec } })
const podEnv = (env: unknown[]) => json({ spec: { containers: [{ name: 'a', env }] } })
const operations = (count: number, make: (i: number) => object) => json(many(count, make))
const list = '/metadata/finalizers'

type Made = readonly [name: string, make: () => string | Uint8Array]

const inputs: Readonly<Record<Part, readonly Made[]>> = {
  JSON: [
    ['24,000 keys twice', () => `{"metadata":{"name":"hostile"},"data":{${duplicates}}}`],
    ['one key 48,000 times', () => `{"metadata":{"name":"hostile"},"data":{${many(48_000, () => '"k":"1"')}}}`],
    ['duplicates below a key of 1 MB', () => `{"${'x'.repeat(1e6)}":{${duplicates}}}`],
    ['unknown members', () => json(members(valuesMax - 10, (i) => [`u${i}`, 1]))],
    ['unknown members of 14,000 characters', () => json(members(200, (i) => [`${'u'.repeat(14_000)}${i}`, 1]))],
    ['lists in lists', () => fill('[')],
    ['objects in objects', () => fill('{"a":')],
    ['a number of 3 MB', () => `{"metadata":{"name":"a","generation":${'9'.repeat(bodyMax)}}}`],
    ['an exponent of 3 MB', () => `{"metadata":{"name":"a","generation":1e${'9'.repeat(bodyMax)}}}`],
    ['a text of escapes', () => `{"metadata":{"name":"a"},"data":{"a":"${fill('\\u0041')}"}}`],
    ['a text without end', () => `{"data":"${fill('x')}`],
    ['base64 with line ends and no end', () => `{"binaryData":{"a":"${fill('A\\n')}!"}}`],
    ['a time of 3 MB', () => configMap({}, { creationTimestamp: fill('2') })],
    ['a name of 3 MB', () => configMap({}, { name: fill('a.') })],
    ['keys that are none', () => configMap(members(20_000, (i) => [`$${i}`, 'v']))],
    ['labels that are none', () => configMap({}, { labels: members(20_000, (i) => [`$${i}`, '$']) })],
    [
      'labels of 70,000 characters',
      () => configMap({}, { labels: members(20, (i) => [`$${i}${'$'.repeat(7e4)}`, '$'.repeat(7e4)]) }),
    ],
    ['finalizers that are none', () => configMap({}, { finalizers: many(40_000, (i) => `$${i}`) })],
    [
      'owners without names',
      () => configMap({}, { ownerReferences: many(9_000, () => ({ apiVersion: '', kind: '', name: '', uid: '' })) }),
    ],
    ['owned values of a set', () => fieldsOf({ 'f:data': members(40_000, (i) => [`v:"${i}"`, {}]) })],
    ['owned keys of a list', () => fieldsOf({ 'f:data': members(25_000, (i) => [`k:{"a":"${i}"}`, {}]) })],
    ['an owned key of lists of lists', () => fieldsOf({ [`v:${'['.repeat(9_000)}${']'.repeat(9_000)}`]: {} })],
    [
      'array indexes as keys',
      () => json({ metadata: { name: 'a' }, ...members(40_000, (i) => [String(i * 65_536 + 7), 1]) }),
    ],
  ],
  'pod as JSON': [
    [
      'quantities of 1e999999999',
      () =>
        pod({
          containers: [{ name: 'a', resources: { limits: members(9_000, (i) => [`a.b/c${i}`, '1e999999999']) } }],
        }),
    ],
    ['a quantity of 3 MB', () => pod({ containers: [{ name: 'a', resources: { limits: { cpu: fill('9') } } }] })],
    [
      'names of initiators',
      () =>
        pod({
          volumes: many(1_200, (i) => ({
            name: `v${i}`,
            iscsi: { iqn: fill('iqn.2000-01.', 1000), initiatorName: fill('iqn.2000-01.', 1000) },
          })),
        }),
    ],
    [
      'environment without names',
      () => pod({ containers: [{ name: 'a', env: many(15_000, () => ({ name: '=', value: 'v' })) }] }),
    ],
    ['containers of one name', () => pod({ containers: many(10_000, () => ({ name: '$', image: '' })) })],
    ['tolerations that are none', () => pod({ tolerations: many(10_000, () => ({ key: '$', operator: 'X' })) })],
    [
      'host names that are none',
      () => pod({ hostAliases: many(10_000, () => ({ ip: fill(':', 30), hostnames: ['$'] })) }),
    ],
    [
      'ports that are one',
      () => pod({ containers: [{ name: 'a', image: 'a', ports: many(15_000, () => ({ containerPort: 80 })) }] }),
    ],
  ],
  YAML: [
    ['blank lines', () => fill('\n')],
    ['blank lines behind a value', () => `a: 1\n${fill('\n')}`],
    ['comments', () => fill(' #\n')],
    [
      'merges of aliases of merges',
      () => `a0: &a0 {x: 1}\n${many(30, (i) => `a${i + 1}: &a${i + 1} {<<: [${many(9, () => `*a${i}`)}]}`).join('\n')}`,
    ],
    ['8,000 aliases in a merge', () => `a: &a {x: 1}\nb: {<<: [${many(8_000, () => '*a')}]}`],
    [
      'aliases of aliases',
      () => `a0: &a0 [x]\n${many(30, (i) => `a${i + 1}: &a${i + 1} [${many(9, () => `*a${i}`)}]`).join('\n')}`,
    ],
    [
      '16,000 anchors and aliases',
      () => `${many(16_000, (i) => `k${i}: &a${i} x\n`).join('')}${many(16_000, (i) => `l${i}: *a${i}\n`).join('')}`,
    ],
    ['aliases of 1 MB', () => `a: &a ${'x'.repeat(1e6)}\n${many(40_000, (i) => `k${i}: *a\n`).join('')}`],
    ['a chain of anchors', () => `a0: &a0 [x]\n${many(30_000, (i) => `a${i + 1}: &a${i + 1} [*a${i}]\n`).join('')}`],
    ['lists in lists', () => fill('[')],
    ['maps in maps', () => fill('{a: ')],
    ['blocks in blocks', () => fill('- ')],
    ['keys in keys', () => fill('? ')],
    ['stairs', () => many(2_000, (i) => `${' '.repeat(i)}a:`).join('\n')],
    ['a long flow list', () => `a: [${fill('1,')}]`],
    ['words of a flow list', () => `a: [${fill('x ')}]`],
    ['a key of 3 MB', () => `${fill('k')}: 1`],
    ['a key of 3 MB behind its sign', () => `? ${fill('k')}\n: 1`],
    ['documents', () => fill('---\n')],
    ['ends of documents', () => fill('...\n')],
    ['a block of lines', () => `a: |\n${fill(' x\n')}`],
    ['a block of blank lines', () => `a: |\n${fill('\n')}`],
    ['a folded block', () => `a: >\n${fill(' x\n')}`],
    ['a plain text of lines', () => `a:\n${fill(' x\n')}`],
    ['quoted lines', () => `a: "${fill('\n x')}"`],
    ['quoted text without end', () => `"${fill('x ')}`],
    ['quoted escapes', () => `a: "${fill('\\u0041')}"`],
    ['tags', () => fill('- !!str x\n', 490_000)],
    ['a tag of 3 MB', () => `a: !<${fill('x')}`],
    ['anchors of nothing', () => fill('&a ')],
    ['directives', () => fill('%TAG !e! x\n')],
    ['keys and values behind signs', () => fill('? a\n: b\n', 190_000)],
    ['one key again and again', () => fill('a: 1\n', 240_000)],
    ['a number of 3 MB', () => `a: ${fill('9')}`],
    ['a number of 3 MB with underscores', () => `a: ${fill('1_')}`],
    ['base64 of 3 MB', () => `a: !!binary ${fill('A')}`],
    ['keys', () => many(valuesMax - 10, (i) => `k${i}: v\n`).join('')],
  ],
  protobuf: [
    ['one key again and again', () => configMapMessage(...many(40_000, () => mapEntry(2, 'a', 'b')))],
    ['keys', () => configMapMessage(...many(40_000, (i) => mapEntry(2, `a${i}`, 'b')))],
    ['unknown members', () => configMapMessage(Buffer.alloc(bodyMax, Buffer.from([0xf8, 0x07, 0x01])))],
    ['metadata again and again', () => configMapMessage(...many(40_000, () => member(1, mapEntry(11, 'a', 'b'))))],
    [
      'empty metadata behind many labels',
      () =>
        configMapMessage(
          member(1, concat(many(20_000, (i) => mapEntry(11, `a${i}`, 'b')))),
          Buffer.alloc(bodyMax >> 1, Buffer.from([0x0a, 0])),
        ),
    ],
    ['groups', () => unknownOf(Buffer.alloc(bodyMax, 0x0b))],
    ['messages in messages', () => unknownOf(nested(3_000))],
    ['a number without end', () => configMapMessage(Buffer.alloc(bodyMax, 0xff))],
  ],
  'JSON patch': [
    [
      'additions at the start of a long list',
      () => operations(9_000, (i) => ({ op: 'add', path: `${list}/0`, value: `a.b/d${i}` })),
    ],
    ['removals from the start of a long list', () => operations(10_000, () => ({ op: 'remove', path: `${list}/0` }))],
    [
      'moves to the end of a long list',
      () => operations(9_000, () => ({ op: 'move', from: `${list}/0`, path: `${list}/-` })),
    ],
    [
      'copies that double',
      () =>
        json([
          { op: 'add', path: '/x', value: [1, 2, 3] },
          ...many(40, () => ({ op: 'copy', from: '/x', path: '/x/-' })),
        ]),
    ],
    ['copies of all', () => operations(10_000, () => ({ op: 'copy', from: '/metadata', path: '/x' }))],
    [
      'tests of a copied list',
      () =>
        json([{ op: 'copy', from: list, path: '/x' }, ...many(9_000, () => ({ op: 'test', path: list, value: [] }))]),
    ],
    ['a path of 12,000 parts', () => operations(100, () => ({ op: 'add', path: `/${fill('a/', 24_000)}`, value: 1 }))],
    [
      'operations that go deeper',
      () => operations(2_000, (i) => ({ op: 'add', path: `/data${'/a'.repeat(i)}`, value: {} })),
    ],
    ['an index of 3 MB', () => operations(1, () => ({ op: 'add', path: `${list}/${fill('9')}`, value: 1 }))],
    [
      'operations with a member twice',
      () => `[${many(8_000, () => '{"op":"add","op":"add","path":"/data/a","value":"b"}')}]`,
    ],
  ],
  'merge patch': [
    ['members', () => json({ data: members(40_000, (i) => [`k${i}`, 'v']) })],
    ['nulls', () => json({ data: members(40_000, (i) => [`k${i}`, null]) })],
    ['24,000 keys twice', () => `{"data":{${duplicates}}}`],
    ['duplicates below a key of 1 MB', () => `{"${'x'.repeat(1e6)}":{${duplicates}}}`],
    ['text that is shown in an error', () => json({ data: { a: fill('\u0001', 400_000) }, immutable: 'x' })],
  ],
  'strategic merge patch': [
    ['a set of 20,000', () => json({ metadata: { finalizers: many(20_000, (i) => `a.b/x${i}`) } })],
    [
      'what is taken from a set',
      () => json({ metadata: { '$deleteFromPrimitiveList/finalizers': many(30_000, (i) => `a.b/c${i}`) } }),
    ],
    ['keys to retain', () => json({ $retainKeys: many(40_000, (i) => `k${i}`) })],
  ],
  'strategic merge patch of a pod': [
    [
      'one container 3,000 times',
      () => json({ spec: { containers: many(3_000, (i) => ({ name: 'a', env: [{ name: `G${i}`, value: '1' }] })) } }),
    ],
    ['one container 10,000 times', () => json({ spec: { containers: many(10_000, () => ({ name: 'a' })) } })],
    ['other environment', () => podEnv(many(15_000, (i) => ({ name: `F${i}`, value: 'w' })))],
    ['environment to delete', () => podEnv(many(10_000, (i) => ({ name: `E${i}`, $patch: 'delete' })))],
    ['directives that are none', () => podEnv(many(15_000, (i) => ({ name: `F${i}`, $patch: 'none' })))],
  ],
  apply: [
    [
      '30,000 fields',
      () =>
        json({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'hostile' },
          data: members(30_000, (i) => [`k${i}`, 'v']),
        }),
    ],
    [
      'fields that somebody else owns',
      () =>
        json({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'hostile' },
          data: members(15_000, (i) => [`key-${i}`, 'w']),
        }),
    ],
    ['blank lines', () => fill('\n')],
    [
      'merges of aliases of merges',
      () => `a0: &a0 {x: 1}\n${many(30, (i) => `a${i + 1}: &a${i + 1} {<<: [${many(9, () => `*a${i}`)}]}`).join('\n')}`,
    ],
    ['16,000 anchors', () => many(16_000, (i) => `k${i}: &a${i} x\n`).join('')],
  ],
  'delete options': [
    ['members that are none', () => json(members(45_000, (i) => [`x${i}`, 1]))],
    ['dry runs that are none', () => json({ dryRun: many(40_000, () => 'x') })],
    ['a policy of 300,000 characters', () => json({ propagationPolicy: fill('$', 300_000) })],
    ['24,000 keys twice', () => `{${duplicates}}`],
  ],
  'label selector': [
    ['terms', () => many(480, (i) => `label-${i}!=b`).join(',')],
    ['values', () => `a in (${many(2_000, (i) => `b${i}`)})`],
    ['blanks', () => fill(' ', queryMax)],
    ['parentheses', () => fill('(', queryMax)],
    ['commas', () => fill(',', queryMax)],
    ['exclamation marks', () => fill('!', queryMax)],
  ],
  'field selector': [
    ['terms', () => many(480, (i) => `metadata.name!=b${i}`).join(',')],
    ['escapes', () => `metadata.name=${fill('\\\\', queryMax / 3)}`],
    ['commas', () => fill(',', queryMax)],
  ],
  timeout: [
    ['digits', () => fill('1', queryMax)],
    ['digits and dots', () => fill('1.', queryMax)],
    ['units', () => `${fill('1ms', queryMax)}x`],
    ['quotes', () => fill('"', queryMax / 3)],
  ],
  'field manager': [
    ['line ends', () => fill('\n', queryMax / 3)],
    ['control characters', () => fill('\u0001', queryMax / 3)],
    ['snow', () => fill('☃', queryMax / 9)],
  ],
  'dry run': [['many', () => fill('x&dryRun=', queryMax)]],
  Accept: [
    ['media types', () => fill('a/b,', headerMax)],
    ['parameters', () => `application/json${fill(';a=b', headerMax)}`],
    ['quotes', () => fill('"', headerMax)],
    ['qualities', () => many(4_000, (i) => `a/b;q=0.${i}`).join(',')],
  ],
}

export const hostileInputs: readonly HostileInput[] = Object.entries(inputs).flatMap(([part, made]) =>
  made.map(([name, make]) => ({ part: part as Part, name, make })),
)
