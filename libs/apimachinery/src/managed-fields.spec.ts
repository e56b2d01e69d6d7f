import { describe, expect, test } from 'vitest'
import type { ManagedFieldsEntry } from './generated/meta-v1.ts'
import { trackWrite } from './managed-fields-update.ts'
import { type Boat, boat, boatSchema } from './testing/boat.ts'

const now = '2030-01-01T00:00:00Z'
const earlier = '2020-01-01T00:00:00Z'

/** What a write by a manager makes of the live object, tracked. */
function write(
  live: Boat | undefined,
  next: Boat,
  name: string,
  more: { subresource?: string; time?: string; filter?: Parameters<typeof trackWrite>[0]['filter'] } = {},
): Boat {
  const managedFields = trackWrite({
    schema: boatSchema,
    live,
    next,
    manager: { name, apiVersion: 'v1', subresource: more.subresource ?? '' },
    filter: more.filter,
    now: more.time ?? earlier,
  })
  const { managedFields: _, ...metadata } = next.metadata
  return { ...next, metadata: { ...metadata, uid: 'u', ...(managedFields && { managedFields }) } }
}

const owners = ({ metadata }: Boat): [string | undefined, unknown][] =>
  (metadata.managedFields ?? []).map(({ manager, fieldsV1 }) => [manager, fieldsV1])

const made = write(undefined, boat({ name: 'Ida', crew: [{ name: 'ann', rank: 'mate' }] }), 'maker')

describe('managed fields', () => {
  test('of a new object name all that was given, but not its identity', () => {
    expect(made.metadata.managedFields).toEqual([
      {
        manager: 'maker',
        operation: 'Update',
        apiVersion: 'v1',
        time: earlier,
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:crew': { '.': {}, 'k:{"name":"ann"}': { '.': {}, 'f:name': {}, 'f:rank': {} } },
          'f:name': {},
        },
      },
    ])
    expect(Object.keys((made.metadata.managedFields as ManagedFieldsEntry[])[0] as object)).toEqual([
      'manager',
      'operation',
      'apiVersion',
      'time',
      'fieldsType',
      'fieldsV1',
    ])
  })

  test('go over to who changes a field', () => {
    const changed = write(made, { ...made, name: 'Eva', flags: ['q'] }, 'other', { time: now })
    expect(owners(changed)).toEqual([
      ['maker', { 'f:crew': { '.': {}, 'k:{"name":"ann"}': { '.': {}, 'f:name': {}, 'f:rank': {} } } }],
      ['other', { 'f:flags': { '.': {}, 'v:"q"': {} }, 'f:name': {} }],
    ])
    expect(changed.metadata.managedFields?.map(({ time }) => time)).toEqual([earlier, now])
  })

  test('shrink with what is removed, and end with the last of it', () => {
    const { crew: _, ...without } = made
    expect(owners(write(made, without, 'other'))).toEqual([['maker', { 'f:name': {} }]])
    const { name: __, ...bare } = without
    expect(write(made, bare, 'other').metadata.managedFields).toBeUndefined()
  })

  test('keep their time when nothing changes', () => {
    expect(write(made, structuredClone(made), 'maker', { time: now }).metadata.managedFields).toEqual(
      made.metadata.managedFields,
    )
  })

  test('stay when a client does not send them, and are taken when it does', () => {
    const { managedFields, ...metadata } = made.metadata
    expect(owners(write(made, { ...made, metadata }, 'other'))).toEqual(owners(made))
    const renamed = (managedFields ?? []).map((entry) => ({ ...entry, manager: 'renamed' }))
    expect(owners(write(made, { ...made, metadata: { ...metadata, managedFields: renamed } }, 'x'))[0]?.[0]).toBe(
      'renamed',
    )
    const invalid = renamed.map((entry) => ({ ...entry, operation: 'Steal' }))
    expect(owners(write(made, { ...made, metadata: { ...metadata, managedFields: invalid } }, 'x'))).toEqual(
      owners(made),
    )
  })

  test('are forgotten for an empty entry, and then not tracked again', () => {
    const reset = write(made, { ...made, metadata: { ...made.metadata, managedFields: [{}] } }, 'other')
    expect(reset.metadata.managedFields).toBeUndefined()
    expect(write(reset, { ...reset, name: 'Eva' }, 'other').metadata.managedFields).toBeUndefined()
  })

  test('are told apart by subresource, through which nobody writes them', () => {
    const sent = { ...made, name: 'Eva', metadata: { ...made.metadata, managedFields: [{}] } }
    expect(write(made, sent, 'maker', { subresource: 'status' }).metadata.managedFields).toMatchObject([
      { manager: 'maker', fieldsV1: { 'f:crew': {} } },
      { manager: 'maker', subresource: 'status', fieldsV1: { 'f:name': {} } },
    ])
  })

  test('leave out what the write cannot change', () => {
    const filter = () => ({})
    expect(owners(write(made, { ...made, name: 'Eva' }, 'other', { filter }))).toEqual(owners(made))
  })

  test('of an unnamed manager are those of "unknown"', () => {
    expect(owners(write(undefined, boat({ name: 'Ida' }), ''))).toEqual([['unknown', { 'f:name': {} }]])
  })

  test('of versions that are not served are dropped', () => {
    const metadata = {
      ...made.metadata,
      managedFields: made.metadata.managedFields?.map((e) => ({ ...e, apiVersion: 'v0' })),
    }
    const live = { ...made, metadata } as Boat
    expect(owners(write(live, { ...live, name: 'Eva' }, 'other'))).toEqual([['other', { 'f:name': {} }]])
  })

  test('of more than ten updaters are folded, the oldest first', () => {
    let live = write(undefined, boat({ notes: { n0: '0' } }), 'm0', { time: '2020-01-01T00:00:00Z' })
    for (let i = 1; i <= 11; i++) {
      const notes = { ...live.notes, [`n${i}`]: '0' }
      live = write(live, { ...live, notes }, `m${i}`, { time: `2020-01-01T00:00:${String(i).padStart(2, '0')}Z` })
    }
    const [oldest, ...others] = live.metadata.managedFields ?? []
    expect(oldest).toMatchObject({ manager: 'ancient-changes', time: '2020-01-01T00:00:02Z' })
    expect(oldest?.fieldsV1).toEqual({ 'f:notes': { '.': {}, 'f:n0': {}, 'f:n1': {}, 'f:n2': {} } })
    expect(others.map(({ manager }) => manager)).toEqual(['m3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9', 'm10', 'm11'])
  })

  test('are given up for a list whose items lack their keys', () => {
    const next = { ...made, crew: [{ rank: 'mate' }] } as Boat
    expect(write(made, next, 'other').metadata.managedFields).toBeUndefined()
  })

  test('inside of what is atomic become those of the whole', () => {
    const fieldsV1 = { 'f:home': { '.': {}, 'f:port': {} } }
    const metadata = { ...made.metadata, managedFields: [{ ...made.metadata.managedFields?.[0], fieldsV1 }] }
    const live = { ...made, home: { port: 'Kiel' }, metadata } as Boat
    expect(owners(write(live, structuredClone(live), 'other'))).toEqual([['maker', { 'f:home': {} }]])
  })
})
