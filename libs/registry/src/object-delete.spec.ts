import type { KubeObject } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import { deletionOf } from './object-delete.ts'
import { flags } from './testing/index.ts'

const now = Date.UTC(2026, 0, 1)
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString().replace('.000', '')
/** Dies as slowly as it is told to, or in ten seconds. */
const slow = { ...flags, gracePeriodSeconds: (_: KubeObject, requested: number | undefined) => requested ?? 10 }
const object = (metadata: KubeObject['metadata'] = {}): KubeObject => ({ metadata: { name: 'a', ...metadata } })
/** One that was given ten seconds nine seconds ago. */
const ending = (metadata: KubeObject['metadata'] = {}) =>
  object({ deletionTimestamp: at(1), deletionGracePeriodSeconds: 10, ...metadata })

describe('an object that dies gracefully', () => {
  test('is marked first, and goes at once only when it has no time', () => {
    expect(deletionOf(object({ generation: 1 }), {}, slow, now)).toEqual({
      marked: object({ deletionTimestamp: at(10), deletionGracePeriodSeconds: 10, generation: 2 }),
      removes: false,
    })
    expect(deletionOf(object(), { gracePeriodSeconds: 0 }, slow, now)).toEqual({
      marked: object({ deletionTimestamp: at(0), deletionGracePeriodSeconds: 0 }),
      removes: true,
    })
  })

  test('with a finalizer stays, whatever time it has', () => {
    const held = object({ finalizers: ['example.com/hold'] })
    expect(deletionOf(held, { gracePeriodSeconds: 0 }, slow, now)).toMatchObject({ removes: false })
  })

  test('is not changed by a later delete that gives it as much time or does not say', () => {
    const request = { propagationPolicy: 'Orphan' } as const
    expect(deletionOf(ending(), request, slow, now)).toEqual({ removes: false })
    expect(deletionOf(ending(), { gracePeriodSeconds: 10 }, slow, now)).toEqual({ removes: false })
  })

  test('gets less time from a later delete, but never an end that is past', () => {
    const later = (gracePeriodSeconds: number, seconds: number) =>
      deletionOf(ending({ deletionTimestamp: at(seconds) }), { gracePeriodSeconds }, slow, now)
    expect(later(5, 8)).toEqual({
      marked: ending({ deletionTimestamp: at(3), deletionGracePeriodSeconds: 5 }),
      removes: false,
    })
    expect(later(5, 1)).toEqual({
      marked: ending({ deletionTimestamp: at(0), deletionGracePeriodSeconds: 1 }),
      removes: false,
    })
    expect(later(0, 1)).toEqual({
      marked: ending({ deletionTimestamp: at(0), deletionGracePeriodSeconds: 0 }),
      removes: true,
    })
  })

  test('whose time is over goes', () => {
    expect(deletionOf(ending({ deletionGracePeriodSeconds: 0 }), {}, slow, now)).toEqual({ removes: true })
  })
})

describe('any other object', () => {
  test('goes unmarked unless something holds it', () => {
    expect(deletionOf(object(), { gracePeriodSeconds: 60 }, flags, now)).toEqual({ removes: true })
    expect(deletionOf(object(), { propagationPolicy: 'Foreground' }, flags, now)).toEqual({
      marked: object({
        deletionTimestamp: at(0),
        deletionGracePeriodSeconds: 0,
        finalizers: ['foregroundDeletion'],
      }),
      removes: false,
    })
  })

  test('goes when a later policy takes off the last finalizer', () => {
    const orphaning = object({ deletionTimestamp: at(0), deletionGracePeriodSeconds: 0, finalizers: ['orphan'] })
    expect(deletionOf(orphaning, { propagationPolicy: 'Background' }, flags, now)).toEqual({ removes: true })
  })
})
