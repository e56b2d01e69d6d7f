import { admissionChain } from '@ensign/admission'
import { type KubeObject, StatusError } from '@ensign/apimachinery'
import { createConnection, createMemoryBackend, StoreError } from '@ensign/store'
import { describe, expect, test } from 'vitest'
import { context, harbour } from './testing/index.ts'

const refusalOf = async (promise: Promise<unknown>): Promise<StatusError> => {
  const error = await promise.catch((e: unknown) => e)
  expect(error).toBeInstanceOf(StatusError)
  return error as StatusError
}
const object = (metadata: KubeObject['metadata']): KubeObject => ({ metadata })

describe('create', () => {
  test('sets identity and time, and answers with the resourceVersion', async () => {
    await using h = await harbour()
    const made = await h.resource.create(
      'ns',
      object({ name: 'a', uid: 'mine', deletionTimestamp: '2020-01-01T00:00:00Z' }),
      context(),
    )
    expect(made.object.metadata).toEqual({
      name: 'a',
      namespace: 'ns',
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      resourceVersion: String(h.cache.revision),
      creationTimestamp: '2026-01-01T00:00:00Z',
    })
  })

  test('writes metadata in the order of Kubernetes', async () => {
    await using h = await harbour()
    const made = await h.resource.create('ns', object({ labels: { a: 'b' }, name: 'a' }), context())
    expect(Object.keys(JSON.parse(made.json.toString()).metadata)).toEqual([
      'name',
      'namespace',
      'uid',
      'resourceVersion',
      'creationTimestamp',
      'labels',
    ])
  })

  test('refuses a name twice', async () => {
    await using h = await harbour()
    await h.make('a')
    expect((await refusalOf(h.make('a'))).status).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'flags "a" already exists',
    })
  })

  test('a store without space left: 500 InternalError, and nothing was written', async () => {
    const backend = createMemoryBackend()
    let isFull = true
    const connection = createConnection({
      open: () => ({
        ...backend,
        commit: async (...write) => {
          if (isFull) throw new StoreError('Full', 'the disk is full')
          return backend.commit(...write)
        },
      }),
      ping: async () => {},
      state: () => ({ available: true }),
      close: async () => {},
    })
    await using h = await harbour({ connection })
    const { status } = await refusalOf(h.make('a'))
    const message = 'Internal error occurred: the object store has no space left; nothing was written'
    expect(status).toMatchObject({ code: 500, reason: 'InternalError', message })
    isFull = false
    await h.make('a')
  })

  test('makes a name of a prefix', async () => {
    await using h = await harbour()
    const made = await h.resource.create('ns', object({ generateName: 'a-' }), context())
    expect(made.name).toMatch(/^a-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })

  test('as a dry run stores nothing and has no resourceVersion', async () => {
    await using h = await harbour()
    const made = await h.resource.create('ns', object({ name: 'a' }), context({ dryRun: true }))
    expect(made.object.metadata.resourceVersion).toBeUndefined()
    expect((await refusalOf((async () => h.resource.get('ns', 'a'))())).code).toBe(404)
  })
})

describe('update', () => {
  test('with a stale resourceVersion is refused', async () => {
    await using h = await harbour()
    await h.make('a')
    const { object: stale } = await h.resource.get('ns', 'a')
    await h.change('a', 'red')
    const refusal = await refusalOf(h.resource.update('ns', 'a', () => structuredClone(stale) as KubeObject, context()))
    expect(refusal.message).toBe(
      'Operation cannot be fulfilled on flags "a": the object has been modified; please apply your changes to the latest version and try again',
    )
  })

  test('that changes nothing makes no revision', async () => {
    await using h = await harbour()
    await h.make('a')
    await h.cache.fresh()
    const before = h.cache.revision
    await h.resource.update('ns', 'a', (old) => structuredClone(old) as KubeObject, context())
    expect(await h.connection.store('core/flags').head()).toBe(before)
  })

  test('of one object by many at once loses none of them', async () => {
    await using h = await harbour()
    await h.make('a', { labels: { count: '0' } })
    const add = () =>
      h.resource.update(
        'ns',
        'a',
        (old) => {
          const next = structuredClone(old) as KubeObject
          delete next.metadata.resourceVersion
          next.metadata.labels = { count: String(Number(next.metadata.labels?.['count']) + 1) }
          return next
        },
        context(),
      )
    await Promise.all(Array.from({ length: 10 }, add))
    expect((await h.resource.get('ns', 'a')).object.metadata.labels).toEqual({ count: '10' })
  })
})

describe('delete', () => {
  test('with a finalizer marks, and removing the finalizer removes', async () => {
    await using h = await harbour()
    await h.resource.create('ns', object({ name: 'a', finalizers: ['example.com/keep'] }), context())
    const first = await h.resource.delete('ns', 'a', {}, context())
    expect(first.removed).toBe(false)
    expect(first.object.object.metadata.deletionTimestamp).toBe('2026-01-01T00:00:00Z')
    await h.resource.update(
      'ns',
      'a',
      (old) => ({ ...structuredClone(old), metadata: { ...old.metadata, finalizers: [] } }) as KubeObject,
      context(),
    )
    expect((await refusalOf((async () => h.resource.get('ns', 'a'))())).code).toBe(404)
  })

  test('with the uid of another object is refused', async () => {
    await using h = await harbour()
    await h.make('a')
    const refusal = await refusalOf(h.resource.delete('ns', 'a', { preconditions: { uid: 'other' } }, context()))
    expect(refusal.status).toMatchObject({
      code: 409,
      message: expect.stringContaining('the UID in the precondition (other) does not match the UID in record'),
    })
  })
})

test('admission sees the object before it is checked and after, and may refuse it', async () => {
  const seen: string[] = []
  const admission = admissionChain([
    {
      name: 'Witness',
      handles: () => true,
      mutate: ({ operation, object: o }) => {
        seen.push(`mutate ${operation}`)
        if (o) o.metadata.labels = { seen: 'yes' }
      },
      validate: ({ operation, object: o }) => {
        seen.push(`validate ${operation} ${o?.metadata.labels?.['seen'] ?? ''}`.trim())
      },
    },
  ])
  await using h = await harbour({ admission })
  await h.make('a')
  await h.remove('a')
  expect(seen).toEqual(['mutate CREATE', 'validate CREATE yes', 'validate DELETE'])
})
