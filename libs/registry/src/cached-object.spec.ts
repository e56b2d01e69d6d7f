import type { KubeObject } from '@ensign/apimachinery'
import type { Revision } from '@ensign/store'
import { expect, test } from 'vitest'
import { CachedObject, kindEncoding, Recent, storedText } from './cached-object.ts'
import { flags } from './testing/index.ts'

const encoding = kindEncoding(flags)
const uid = '00000000-0000-4000-8000-000000000000'
const cached = (metadata: KubeObject['metadata'], revision = 7, recent = new Recent()) =>
  new CachedObject(
    'ns/a',
    revision as Revision,
    storedText({ metadata: { name: 'a', uid, ...metadata }, colour: '"}{' } as KubeObject, encoding),
    encoding,
    recent,
  )

test('metadata alone is what the object has, whatever its strings hold', () => {
  const annotations = { a: '"', b: '\\', c: '\\"}{', d: '}', e: '\\\\' }
  const object = cached({ annotations, ownerReferences: [{ apiVersion: 'v1', kind: 'Flag', name: '{', uid }] })
  expect(JSON.parse(object.metadataJson)).toEqual(object.object.metadata)
  expect(object.object.metadata).toMatchObject({ annotations, resourceVersion: '7' })
})

test('metadata alone of what was not stored has no resourceVersion', () => {
  expect(JSON.parse(cached({}, 0).metadataJson)).toEqual({ name: 'a', uid })
})

test('what is kept of an object goes when so many others were asked for, however much was asked of each', () => {
  const recent = new Recent(2)
  const [first, second, third] = [1, 2, 3].map((revision) => cached({}, revision, recent)) as CachedObject[]
  const json = first!.json
  expect([first!.object, second!.object, second!.json, second!.kept('x', () => new Uint8Array(1))]).toHaveLength(4)
  expect(first!.json).toBe(json)
  expect(third!.object.metadata.resourceVersion).toBe('3')
  expect(first!.json).not.toBe(json)
})

test('bytes that hold for a while are made once in that time', () => {
  const object = cached({})
  const at = (now: number, byte: number) =>
    object.keptUntil('row', now, () => ({ bytes: new Uint8Array([byte]), until: 100 }))
  expect([at(50, 1), at(99, 2), at(100, 3)].map(({ bytes }) => bytes[0])).toEqual([1, 1, 3])
})
