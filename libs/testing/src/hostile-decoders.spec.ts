/** No decoder takes much longer for what was written to be expensive than for plain JSON of that size. */
import { servedKinds } from '@ensign/api'
import {
  type AnyResourceDefinition,
  decodeJson,
  type KubeObject,
  type MessageSchema,
  parseFieldSelector,
  parseLabelSelector,
} from '@ensign/apimachinery'
import {
  durationProblem,
  type Expected,
  mediaTypes,
  negotiate,
  objectFromBytes,
  patchTypes,
  readApply,
  readPatch,
  writeOptions,
  yaml,
} from '@ensign/endpoints/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { hostileInputs, type Part } from './hostile-inputs.ts'
import { processorTime, retainedBytes } from './processor-time.ts'

const definitionOf = (kind: string) => servedKinds.find((k) => k.kind === kind) as AnyResourceDefinition
const expectedOf = (kind: string): Expected => {
  const { group, version, schema } = definitionOf(kind)
  return { group, version, kind, schema }
}
const configMaps = definitionOf('ConfigMap')
const configMap = expectedOf('ConfigMap')
const pod = expectedOf('Pod')

const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))
const decoded = (schema: MessageSchema, value: object) => decodeJson<KubeObject>(schema, value)

/** An object with as many values as one may have, which patches change. */
const stored = decoded(configMap.schema, {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'hostile', finalizers: many(20_000, (i) => `a.b/c${i}`) },
  data: { a: 'b' },
})
const storedPod = decoded(pod.schema, {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'hostile' },
  spec: { containers: [{ name: 'a', env: many(10_000, (i) => ({ name: `E${i}`, value: 'v' })) }] },
})
const fields = {
  ...stored,
  metadata: { name: 'hostile' },
  data: Object.fromEntries(many(30_000, (i) => [`key-${i}`, 'v'])),
}

const noWarning = () => {}
const object = (expected: Expected, mediaType: string) => (bytes: Uint8Array) =>
  objectFromBytes(bytes, mediaType, expected, 'Warn', noWarning)
const patch = (type: Parameters<typeof readPatch>[0], expected: Expected, old: KubeObject) => (bytes: Uint8Array) =>
  readPatch(type, { bytes, expected, schemaOf: () => undefined, validation: 'Warn', warn: noWarning })(old)

const apply = (bytes: Uint8Array, old: KubeObject, manager: string): KubeObject =>
  readApply(bytes, {
    definition: configMaps,
    manager,
    force: false,
    validation: 'Warn',
    context: { now: Date.now(), subresource: '', warn: noWarning } as never,
  }).apply(old)

const optionsOf = (query: Record<string, string>) =>
  writeOptions(new URLSearchParams(query), { headers: {} } as never, 'CreateOptions')

const readers: Readonly<Record<Part, (bytes: Uint8Array, text: string) => unknown>> = {
  JSON: object(configMap, mediaTypes.json),
  'pod as JSON': object(pod, mediaTypes.json),
  YAML: object(configMap, mediaTypes.yaml),
  protobuf: object(configMap, mediaTypes.protobuf),
  'JSON patch': patch(patchTypes.json, configMap, stored),
  'merge patch': patch(patchTypes.merge, configMap, stored),
  'strategic merge patch': patch(patchTypes.strategic, configMap, stored),
  'strategic merge patch of a pod': patch(patchTypes.strategic, pod, storedPod),
  apply: (bytes) => apply(bytes, stored, 'hostile'),
  'delete options': object({ ...configMap, isOptions: true }, mediaTypes.json),
  'label selector': (_, text) => parseLabelSelector(text),
  'field selector': (_, text) => parseFieldSelector(text),
  timeout: (_, text) => durationProblem(text),
  'field manager': (_, text) => optionsOf({ fieldManager: text }),
  'dry run': (_, text) =>
    writeOptions(new URLSearchParams(`dryRun=${text}`), { headers: {} } as never, 'CreateOptions'),
  Accept: (_, text) => negotiate(text),
}

/** The parts that work on a stored object, which costs what it costs to read it. */
const storedBytes: Partial<Record<Part, number>> = {
  'JSON patch': JSON.stringify(stored).length,
  'merge patch': JSON.stringify(stored).length,
  'strategic merge patch': JSON.stringify(stored).length,
  'strategic merge patch of a pod': JSON.stringify(storedPod).length,
  // Its fields as owned, and the passes over them.
  apply: 2 * JSON.stringify(fields).length,
}

/** Times what plain JSON of the size takes: the faults for which this was written took a hundred times as much and more. */
const ratioMax = 10
/** Smaller bodies count as of this size, whose plain JSON takes some 10 ms; what stands in a URL or a header as of this one. */
const bytesMin = 512 * 1024
const headBytesMin = 64 * 1024
const headParts: readonly Part[] = ['label selector', 'field selector', 'timeout', 'field manager', 'dry run', 'Accept']

let plain: { readonly msPerByte: number; readonly retainedPerByte: number }
beforeAll(async () => {
  const data = Object.fromEntries(many(45_000, (i) => [`key-${i}`, 'some text']))
  const bytes = Buffer.from(JSON.stringify({ metadata: { name: 'plain' }, data }))
  const read = () => readers.JSON(bytes, '')
  plain = {
    msPerByte: (await processorTime(read)) / bytes.length,
    retainedPerByte: retainedBytes(read) / bytes.length,
  }
})

const allowedMs = (bytes: number, least = bytesMin): number => ratioMax * plain.msPerByte * Math.max(bytes, least)
const allowedBytes = (bytes: number): number => 2 * plain.retainedPerByte * Math.max(bytes, bytesMin)

function outcome(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    return error
  }
}

/** How an error is told, which must not be longer than what was sent by much. */
const toldLength = (error: unknown): number =>
  error instanceof Error && 'status' in error ? JSON.stringify(error.status).length : 0

describe.each(Object.keys(readers) as Part[])('%s: reading takes processor time in proportion to its size', (part) => {
  test.each(hostileInputs.filter((input) => input.part === part).map(({ name, make }) => [name, make] as const))(
    '%s',
    async (_, make) => {
      const input = make()
      const bytes = typeof input === 'string' ? Buffer.from(input) : input
      const text = bytes.toString()
      let found: unknown
      const least = headParts.includes(part) ? headBytesMin : bytesMin
      const allowed = allowedMs(bytes.length + (storedBytes[part] ?? 0), least)
      const took = await processorTime(() => {
        found = outcome(() => readers[part](bytes, text))
      }, allowed)
      expect(took).toBeLessThan(allowed)
      expect(retainedBytes(() => outcome(() => readers[part](bytes, text)))).toBeLessThan(
        allowedBytes(bytes.length + (storedBytes[part] ?? 0)),
      )
      if (found instanceof Error) expect(found.name).toBe('StatusError')
      expect(toldLength(found)).toBeLessThan(1 << 20)
    },
  )
})

describe('what is made of a stored object takes processor time in proportion to its size', () => {
  const size = JSON.stringify(fields).length

  test('apply: 30,000 fields are taken back, and kept', async () => {
    const config = (data: object) =>
      Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'hostile' }, ...data }))
    const owned = apply(config({ data: fields.data }), decoded(configMap.schema, { ...fields, data: {} }), 'hostile')
    // Its fields as owned, and the passes over them.
    const allowed = allowedMs(4 * size)
    expect(await processorTime(() => apply(config({}), owned, 'hostile'), allowed)).toBeLessThan(allowed)
    expect(await processorTime(() => apply(config({ data: fields.data }), owned, 'hostile'), allowed)).toBeLessThan(
      allowed,
    )
  })

  test('YAML: 10 MB of a list are written', async () => {
    const item = {
      metadata: { name: 'a', labels: { 'a.b/c': 'd' } },
      data: { text: 'some: text', lines: 'two\nlines\n', number: '1' },
    }
    const value = { kind: 'ConfigMapList', items: many(80_000, () => item) }
    const text = yaml(value)
    const allowed = allowedMs(text.length) / 4
    expect(await processorTime(() => yaml(value), allowed)).toBeLessThan(allowed)
  })
})
