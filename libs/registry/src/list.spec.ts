import { StatusError } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import { limits } from './limits.ts'
import type { ListRequest } from './list.ts'
import { selectionOf } from './selection.ts'
import { flags, type Harbour, harbour } from './testing/index.ts'

const list = async (h: Harbour, more: Partial<ListRequest> & { labelSelector?: string } = {}) => {
  const { labelSelector, ...request } = more
  return h.resource.list({
    selection: selectionOf(flags, { namespace: 'ns', ...(labelSelector && { labelSelector }) }),
    limit: 0,
    ...request,
  })
}
const names = (result: { items: readonly { name: string }[] }) => result.items.map((i) => i.name)

describe('a list', () => {
  test('is in the byte order of the keys', async () => {
    await using h = await harbour()
    for (const name of ['b', 'a.b', 'a-b', 'a']) await h.make(name)
    expect(names(await list(h))).toEqual(['a', 'a-b', 'a.b', 'b'])
  })

  test('over all namespaces is in the byte order of namespace/name', async () => {
    await using h = await harbour()
    for (const namespace of ['a-b', 'a', 'a0']) await h.make('x', { namespace })
    const all = await h.resource.list({ selection: selectionOf(flags, { namespace: undefined }), limit: 0 })
    expect(all.items.map((i) => i.key)).toEqual(['a-b/x', 'a/x', 'a0/x'])
  })

  test('shows what was written before it', async () => {
    await using h = await harbour()
    await h.make('a')
    expect(names(await list(h))).toEqual(['a'])
  })

  test('in pages tells on each how much is left', async () => {
    await using h = await harbour()
    for (const namespace of ['a-b', 'a', 'c']) for (const name of ['x', 'y']) await h.make(name, { namespace })
    const left = async (namespace: string | undefined, limit: number) => {
      const told: (number | undefined)[] = []
      let continueToken: string | undefined
      do {
        const selection = selectionOf(flags, { namespace })
        const page = await h.resource.list({ selection, limit, ...(continueToken && { continueToken }) })
        told.push(page.remaining)
        continueToken = page.continueToken
      } while (continueToken)
      return told
    }
    expect(await left(undefined, 1)).toEqual([5, 4, 3, 2, 1, undefined])
    expect(await left(undefined, 4)).toEqual([2, undefined])
    expect(await left('a', 1)).toEqual([1, undefined])
  })

  test('in pages shows one revision, whatever happens between them', async () => {
    await using h = await harbour()
    for (const name of ['a', 'c', 'e', 'g']) await h.make(name)
    const first = await list(h, { limit: 2 })
    expect(names(first)).toEqual(['a', 'c'])
    expect(first.remaining).toBe(2)
    await h.remove('e')
    await h.make('f')
    await h.change('g', 'red')
    const second = await list(h, { limit: 2, continueToken: first.continueToken! })
    expect(names(second)).toEqual(['e', 'g'])
    expect(second.items[1]!.object).not.toHaveProperty('colour')
    expect(second.resourceVersion).toBe(first.resourceVersion)
    expect(second.continueToken).toBeUndefined()
  })

  test('whose next page is forgotten is refused with a token for the rest', async () => {
    await using h = await harbour({ historyEventsMax: 1 })
    for (const name of ['a', 'b', 'c']) await h.make(name)
    const first = await list(h, { limit: 1 })
    await h.make('d')
    await h.make('e')
    await h.cache.fresh()
    const refusal = (await list(h, { limit: 1, continueToken: first.continueToken! }).catch(
      (e: unknown) => e,
    )) as StatusError
    expect(refusal).toBeInstanceOf(StatusError)
    expect(refusal.status).toMatchObject({ reason: 'Expired', code: 410 })
    const rest = await list(h, { limit: 0, continueToken: refusal.status.metadata.continue! })
    expect(names(rest)).toEqual(['b', 'c', 'd', 'e'])
  })

  test('asked for again is the same, with its bytes, until something changes', async () => {
    await using h = await harbour()
    await h.make('a')
    const first = await list(h)
    const bytes = first.encoded('json', () => new Uint8Array([1]))
    const again = await list(h)
    expect(again.encoded('json', () => new Uint8Array([2]))).toBe(bytes)
    await h.make('b')
    const changed = await list(h)
    expect(names(changed)).toEqual(['a', 'b'])
    expect(changed.encoded('json', () => new Uint8Array([3]))).toEqual(new Uint8Array([3]))
  })

  test('is forgotten when the kept answers hold too much together', async () => {
    await using h = await harbour()
    const form = new Uint8Array(limits.keptListBytesMax)
    const first = await list(h)
    const fits = limits.keptListsBytesMax / limits.keptListBytesMax
    for (let i = 0; i < fits; i++) first.encoded(`form ${i}`, () => form)
    expect(await list(h)).toBe(first)
    first.encoded('one more', () => form)
    expect(await list(h)).not.toBe(first)
  })

  test('keeps bytes that hold for a while no longer than that', async () => {
    await using h = await harbour()
    const found = await list(h)
    const at = (now: number, byte: number) =>
      found.encodedUntil('table', now, () => ({ bytes: new Uint8Array([byte]), until: 100 }))
    expect([at(50, 1), at(99, 2), at(100, 3)].map(([byte]) => byte)).toEqual([1, 1, 3])
  })

  test('by label tells that there is more, but not how much', async () => {
    await using h = await harbour()
    for (const name of ['a', 'b', 'c']) await h.make(name, { labels: { tier: name === 'b' ? 'db' : 'web' } })
    const page = await list(h, { labelSelector: 'tier=web', limit: 1 })
    expect(names(page)).toEqual(['a'])
    expect(page.continueToken).toBeDefined()
    expect(page.remaining).toBeUndefined()
  })

  test('at a revision that is not there yet is refused after a while, with 504', async () => {
    await using h = await harbour()
    const refusal = (await list(h, { resourceVersion: '999' }).catch((e: unknown) => e)) as StatusError
    expect(refusal.status).toMatchObject({
      code: 504,
      reason: 'Timeout',
      message: 'Timeout: Too large resource version: 999, current: 1',
    })
  })
})
