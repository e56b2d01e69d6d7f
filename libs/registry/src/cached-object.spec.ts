import type { KubeObject } from '@ensign/apimachinery'
import type { Revision } from '@ensign/store'
import { expect, test } from 'vitest'
import { CachedObject, kindEncoding, Recent, storedText } from './cached-object.ts'
import { flags } from './testing/index.ts'

const encoding = kindEncoding(flags)
const uid = '00000000-0000-4000-8000-000000000000'
const cached = (metadata: KubeObject['metadata'], revision = 7) =>
  new CachedObject(
    'ns/a',
    revision as Revision,
    storedText({ metadata: { name: 'a', uid, ...metadata }, colour: '"}{' } as KubeObject, encoding),
    encoding,
    new Recent(),
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
