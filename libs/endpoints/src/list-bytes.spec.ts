import { decodeProtobuf, ListMetaSchema, type MessageSchema, unwrapUnknown } from '@ensign/apimachinery'
import type { ListResult } from '@ensign/registry'
import { flags, type Harbour, harbour } from '@ensign/registry/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { keptListBytes } from './list-bytes.ts'
import { negotiate } from './media-type.ts'
import { createRepresentations } from './representations.ts'
import type { IncludeObject } from './table.ts'

const made = Date.UTC(2026, 0, 1)
const asTable = 'application/json;as=Table;g=meta.k8s.io;v=v1'

const FlagListSchema: MessageSchema = {
  name: 'test.FlagList',
  goName: 'v1.FlagList',
  fields: [
    { name: 'metadata', number: 1, type: () => ListMetaSchema, presence: 'always' },
    { name: 'items', number: 2, type: () => flags.schema, presence: 'always', repeated: true },
  ],
}

function reader({ resource }: Harbour) {
  const served = { definition: flags, resource, representations: createRepresentations(flags) }
  const found = async () => (await resource.list({ selection: { namespace: 'ns' }, limit: 0 })) as ListResult
  const bytes = async (accept: string, include: IncludeObject = 'Metadata') =>
    keptListBytes(served, await found(), negotiate(accept, 'list'), include)
  return { served, found, bytes }
}

const parsed = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString())

afterEach(() => vi.useRealTimers())

describe('a list as a table', () => {
  test('is made once while its ages hold, and shows the new ones after that', async () => {
    await using h = await harbour()
    await h.make('a')
    await h.cache.fresh()
    const { bytes } = reader(h)
    vi.useFakeTimers({ toFake: ['Date'], now: made + 5_000 })
    const first = await bytes(asTable)
    expect(parsed(first).rows[0].cells).toEqual(['a', '5s'])
    vi.setSystemTime(made + 5_999)
    expect(await bytes(asTable)).toBe(first)
    vi.setSystemTime(made + 6_000)
    expect(parsed(await bytes(asTable)).rows[0].cells).toEqual(['a', '6s'])
  })

  test('makes only the row anew of which the object has changed', async () => {
    await using h = await harbour()
    await h.make('a')
    await h.make('b')
    await h.cache.fresh()
    const { bytes, found } = reader(h)
    vi.useFakeTimers({ toFake: ['Date'], now: made + 3_600_000 * 24 * 10 })
    await bytes(asTable, 'Object')
    await h.change('b', 'red')
    await h.cache.fresh()
    const [kept, changed] = (await found()).items
    const rows = [vi.spyOn(kept!, 'text', 'get'), vi.spyOn(changed!, 'text', 'get')]
    expect(parsed(await bytes(asTable, 'Object')).rows).toHaveLength(2)
    expect(rows.map(({ mock }) => mock.calls.length > 0)).toEqual([false, true])
  })

  test.each(['Metadata', 'Object', 'None'] as const)('shows of its objects what was asked for: %s', async (include) => {
    await using h = await harbour()
    await h.make('a', { colour: 'red', labels: { x: 'y' } })
    await h.cache.fresh()
    const { bytes, found } = reader(h)
    const { rows, columnDefinitions } = parsed(await bytes(asTable, include))
    const [item] = (await found()).items
    const { metadata } = item!.object
    expect(columnDefinitions.map(({ name }: { name: string }) => name)).toEqual(['Name', 'Age'])
    expect(rows[0].object).toEqual(
      {
        None: null,
        Object: item!.object,
        Metadata: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata },
      }[include],
    )
  })
})

test('a list in protobuf holds the messages of its objects', async () => {
  await using h = await harbour()
  await h.make('a', { colour: 'red' })
  await h.make('b')
  await h.cache.fresh()
  const { bytes, found } = reader(h)
  const { items, resourceVersion } = await found()
  const { kind, apiVersion, raw } = unwrapUnknown(await bytes('application/vnd.kubernetes.protobuf'))
  expect({ kind, apiVersion }).toEqual({ kind: 'FlagList', apiVersion: 'v1' })
  const list = decodeProtobuf<{ metadata: object; items: readonly object[] }>(FlagListSchema, raw)
  expect(list.metadata).toEqual({ resourceVersion })
  expect(list.items.map((item) => ({ kind: 'Flag', apiVersion: 'v1', ...item }))).toEqual(
    items.map(({ object }) => object),
  )
})
