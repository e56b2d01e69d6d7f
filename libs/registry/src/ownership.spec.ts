import { admissionChain } from '@ensign/admission'
import type { KubeObject } from '@ensign/apimachinery'
import { expect, test } from 'vitest'
import { context, type Flag, type Harbour, harbour } from './testing/index.ts'

const start = Date.UTC(2026, 0, 1)
const by = (fieldManager: string, seconds = 0) => context({ fieldManager, now: start + seconds * 1000 })

const paint = (h: Harbour, colour: string, manager: string, seconds: number) =>
  h.resource.update('ns', 'a', (old) => ({ ...structuredClone(old), colour }) as KubeObject, by(manager, seconds))

const owners = (object: Readonly<KubeObject>) =>
  object.metadata.managedFields?.map(({ manager, time, fieldsV1 }) => [manager, time, fieldsV1])

async function painted(): Promise<Harbour> {
  const h = await harbour()
  await h.resource.create('ns', { metadata: { name: 'a' }, colour: 'red' } as Flag, by('maker'))
  return h
}

test('who makes an object owns its fields, and who changes one owns that', async () => {
  await using h = await painted()
  const { object } = await paint(h, 'blue', 'painter', 60)
  expect(owners(object.object)).toEqual([['painter', '2026-01-01T00:01:00Z', { 'f:colour': {} }]])
})

test('a write that changes nothing writes nothing, whoever makes it and whenever', async () => {
  await using h = await painted()
  const { revision } = h.cache
  const { object } = await paint(h, 'red', 'painter', 60)
  expect(object.revision).toBe(revision)
  expect(owners(object.object)).toEqual([['maker', '2026-01-01T00:00:00Z', { 'f:colour': {} }]])
})

test('times alone are no change: what is turned back on the way is not written', async () => {
  const admission = admissionChain([
    {
      name: 'Red',
      handles: () => true,
      mutate: ({ object }) => {
        if (object) Object.assign(object, { colour: 'red' })
      },
    },
  ])
  await using h = await harbour({ admission })
  await h.resource.create('ns', { metadata: { name: 'a' }, colour: 'red' } as Flag, by('maker'))
  const { revision } = h.cache
  const { object } = await paint(h, 'blue', 'maker', 60)
  expect(object.revision).toBe(revision)
})

test('what admission fills in belongs to nobody', async () => {
  const admission = admissionChain([
    {
      name: 'Green',
      handles: () => true,
      mutate: ({ object }) => {
        if (object) Object.assign(object, { colour: 'green' })
      },
    },
  ])
  await using h = await harbour({ admission })
  const made = await h.resource.create('ns', { metadata: { name: 'a', labels: { x: 'y' } } }, by('maker'))
  expect(made.object).toMatchObject({ colour: 'green' })
  expect(owners(made.object)?.[0]?.[2]).toEqual({ 'f:metadata': { 'f:labels': { '.': {}, 'f:x': {} } } })
})

test('a write in nobody’s name leaves the owners as they are', async () => {
  await using h = await painted()
  await h.change('a', 'blue')
  expect(owners((await h.resource.get('ns', 'a')).object)).toEqual([
    ['maker', '2026-01-01T00:00:00Z', { 'f:colour': {} }],
  ])
})
