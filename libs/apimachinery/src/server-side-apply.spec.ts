import { describe, expect, test } from 'vitest'
import { decodeJson } from './json-decode.ts'
import { trackWrite } from './managed-fields-update.ts'
import { applyConfiguration } from './server-side-apply.ts'
import { StatusError } from './status.ts'
import { type Boat, boat, boatSchema } from './testing/boat.ts'

const now = '2030-01-01T00:00:00Z'
const earlier = '2020-01-01T00:00:00Z'
const by = (name: string) => ({ name, apiVersion: 'v1', subresource: '' })

/** The live object after a manager applied a configuration. */
function apply(
  live: Boat | undefined,
  manager: string,
  config: object,
  { force = false, time = earlier }: { force?: boolean; time?: string } = {},
): Boat {
  const sent = { kind: 'Boat', apiVersion: 'v1', metadata: { name: 'b' }, ...config }
  const applied = applyConfiguration({
    schema: boatSchema,
    live,
    config: sent,
    manager: by(manager),
    force,
    filter: undefined,
    now: time,
  })
  const object = decodeJson<Boat>(boatSchema, applied.object ?? live ?? { metadata: {} })
  const { managedFields: _, ...metadata } = object.metadata
  const { managedFields } = applied
  return { ...object, metadata: { ...metadata, uid: 'u', ...(managedFields && { managedFields }) } }
}

function update(live: Boat, manager: string, change: Partial<Boat>): Boat {
  const next = { ...live, ...change }
  const managedFields = trackWrite({ schema: boatSchema, live, next, manager: by(manager), filter: undefined, now })
  return { ...next, metadata: { ...next.metadata, ...(managedFields && { managedFields }) } }
}

const owners = ({ metadata }: Boat): Record<string, unknown> =>
  Object.fromEntries((metadata.managedFields ?? []).map((e) => [`${e.manager} ${e.operation}`, e.fieldsV1]))

function refusal(run: () => unknown): StatusError {
  try {
    run()
  } catch (error) {
    if (error instanceof StatusError) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('apply', () => {
  test('makes an object whose manager owns what it named', () => {
    const made = apply(undefined, 'one', { name: 'Ida', notes: { a: '1' }, rig: { sails: { jib: 'red' } } })
    expect(made).toMatchObject({ name: 'Ida', notes: { a: '1' }, rig: { sails: { jib: 'red' } } })
    expect(owners(made)).toEqual({
      'one Apply': { 'f:name': {}, 'f:notes': { 'f:a': {} }, 'f:rig': { 'f:sails': { 'f:jib': {} } } },
    })
  })

  test('removes what the manager named before and nobody else owns', () => {
    const one = apply(undefined, 'one', { name: 'Ida', notes: { a: '1', b: '2' }, rig: { sails: { jib: 'red' } } })
    const shared = apply(one, 'two', { notes: { a: '1' } })
    const dropped = apply(shared, 'one', { name: 'Ida' })
    expect(dropped.notes).toEqual({ a: '1' })
    expect(dropped.rig).toBeUndefined()
    expect(owners(dropped)).toEqual({ 'one Apply': { 'f:name': {} }, 'two Apply': { 'f:notes': { 'f:a': {} } } })
    expect(apply(dropped, 'two', {}).notes).toBeUndefined()
  })

  test('removes an item with what others put into it, unless they own the item too', () => {
    const one = apply(undefined, 'one', { crew: [{ name: 'ann', rank: 'mate' }, { name: 'bob' }] })
    const dogWatch = update(one, 'hand', {
      crew: [
        { name: 'ann', rank: 'mate' },
        { name: 'bob', watches: ['dog'] },
      ],
    })
    const two = apply(dogWatch, 'two', { crew: [{ name: 'ann' }] })
    expect(apply(two, 'one', { tons: 3 }).crew).toEqual([{ name: 'ann' }])
  })

  test('merges lists by their keys, sets by value, and takes atomic lists whole', () => {
    const one = apply(undefined, 'one', { crew: [{ name: 'ann' }], flags: ['a'], stops: ['x'], home: { port: 'Kiel' } })
    const two = apply(one, 'two', { crew: [{ name: 'bob' }, { name: 'ann', rank: 'mate' }], flags: ['b', 'a'] })
    expect(two.crew).toEqual([{ name: 'bob' }, { name: 'ann', rank: 'mate' }])
    expect(two.flags).toEqual(['b', 'a'])
    expect(refusal(() => apply(two, 'two', { stops: ['y'] })).message).toBe(
      'Apply failed with 1 conflict: conflict with "one": .stops',
    )
    expect(apply(two, 'two', { stops: ['y'], home: { country: 'DE' } }, { force: true })).toMatchObject({
      stops: ['y'],
      home: { country: 'DE' },
    })
  })

  test('takes a key that is left out for its default', () => {
    const one = apply(undefined, 'one', { berths: [{ deck: 1, sailor: 'ann' }] })
    expect(owners(one)).toEqual({
      'one Apply': { 'f:berths': { 'k:{"deck":1,"side":"port"}': { '.': {}, 'f:deck': {}, 'f:sailor': {} } } },
    })
    expect(apply(one, 'one', { berths: [{ deck: 1, side: 'port', sailor: 'bob' }] }).berths).toEqual([
      { deck: 1, side: 'port', sailor: 'bob' },
    ])
  })

  test('keeps items that only the server has before what they stood before', () => {
    const live = boat({ crew: ['a', 'x', 'b', 'y'].map((name) => ({ name })) })
    const merged = apply(live, 'one', { crew: ['c', 'b', 'a'].map((name) => ({ name })) }, { force: true })
    expect(merged.crew?.map(({ name }) => name)).toEqual(['x', 'c', 'b', 'y', 'a'])
  })
})

describe('conflicts', () => {
  const one = apply(undefined, 'one', { notes: { a: '1', b: '2' }, crew: [{ name: 'ann', rank: 'mate' }] })

  test('name owner and field, and change nothing', () => {
    const { status } = refusal(() =>
      apply(one, 'two', { notes: { a: '9', b: '9' }, crew: [{ name: 'ann', rank: 'cook' }] }),
    )
    expect(status).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 3 conflicts: conflicts with "one":\n- .crew[name="ann"].rank\n- .notes.a\n- .notes.b',
    })
    expect(status.details?.causes?.[0]).toEqual({
      reason: 'FieldManagerConflict',
      message: 'conflict with "one"',
      field: '.crew[name="ann"].rank',
    })
  })

  test('with an updater name its version', () => {
    const changed = update(one, 'hand', { notes: { a: '2', b: '2' } })
    expect(refusal(() => apply(changed, 'one', { notes: { a: '1' } })).message).toBe(
      'Apply failed with 1 conflict: conflict with "hand" using v1: .notes.a',
    )
  })

  test('are none for an equal value, which is then shared, without a time of its own', () => {
    const shared = apply(one, 'two', { notes: { a: '1' } }, { time: now })
    expect(owners(shared)).toMatchObject({ 'two Apply': { 'f:notes': { 'f:a': {} } } })
    expect(shared.metadata.managedFields?.find(({ manager }) => manager === 'two')?.time).toBeUndefined()
  })

  test('are overridden by force, which takes the fields away', () => {
    const taken = apply(one, 'two', { notes: { a: '9' } }, { force: true })
    expect(taken.notes).toEqual({ a: '9', b: '2' })
    expect(owners(taken)).toMatchObject({
      'one Apply': { 'f:notes': { 'f:b': {} } },
      'two Apply': { 'f:notes': { 'f:a': {} } },
    })
  })
})

describe('an object that was not tracked', () => {
  const untracked = boat({ name: 'Ida', notes: { a: '1' }, metadata: { uid: 'u' } })

  test('belongs to who wrote before the first apply', () => {
    expect(refusal(() => apply(untracked, 'one', { name: 'Eva' })).message).toContain(
      'conflict with "before-first-apply" using v1: .name',
    )
    expect(owners(apply(untracked, 'one', { name: 'Ida', tons: 3 }))).toEqual({
      'one Apply': { 'f:name': {}, 'f:tons': {} },
      'before-first-apply Update': { 'f:name': {}, 'f:notes': { '.': {}, 'f:a': {} } },
    })
  })
})

describe('kubectl', () => {
  const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
  const config = { notes: { a: '1' } }
  const annotated = (last: object) => ({ annotations: { [lastApplied]: `${JSON.stringify(last)}\n` } })
  const last = { apiVersion: 'v1', kind: 'Boat', metadata: { annotations: {}, name: 'b' }, ...config }
  const live = update(boat({ metadata: { uid: 'u', ...annotated(last) }, ...config }), 'x', {})
  const owned = apply(live, 'kubectl-client-side-apply', { ...config, metadata: { name: 'b', ...annotated(last) } })

  test('takes over without conflicts what it last applied from the client', () => {
    const applied = apply(owned, 'kubectl', { notes: { a: '2' } })
    expect(applied.notes).toEqual({ a: '2' })
    expect(applied.metadata.annotations?.[lastApplied]).toBe(
      '{"apiVersion":"v1","kind":"Boat","metadata":{"name":"b"},"notes":{"a":"2"}}\n',
    )
    expect(refusal(() => apply(owned, 'somebody', { notes: { a: '2' } })).reason).toBe('Conflict')
  })

  test('but not what somebody changed since', () => {
    const changed = update(owned, 'hand', { notes: { a: '3' } })
    expect(refusal(() => apply(changed, 'kubectl', { notes: { a: '2' } })).message).toBe(
      'Apply failed with 1 conflict: conflict with "hand" using v1: .notes.a',
    )
  })
})

describe('a configuration is refused', () => {
  test.each([
    [{ kind: 'Ship' }, 'invalid object type: /v1, Kind=Ship'],
    [{ apiVersion: 'a/b/c' }, 'invalid object type: /, Kind=Boat'],
    [{ apiVersion: undefined, kind: undefined }, 'invalid object type: /, Kind='],
    [{ metadata: { name: 'b', managedFields: [] } }, 'metadata.managedFields must be nil'],
  ])('%j: %s', (config, message) => {
    expect(refusal(() => apply(undefined, 'one', config)).status).toMatchObject({ code: 400, message })
  })

  test.each([
    [{ colour: 'red' }, '.colour: field not declared in schema'],
    [{ crew: [{ name: 'ann', age: 3 }] }, '.crew[name="ann"].age: field not declared in schema'],
    [{ crew: [{ name: 'a' }, { name: 'a' }] }, '.crew: duplicate entries for key [name="a"]'],
    [
      { crew: [{ rank: 'mate' }] },
      '.crew: element 0: associative list with keys has an element that omits all key fields ["name"] (and doesn\'t have default values for any key fields)',
    ],
    [{ notes: 'x' }, '.notes: expected map, got &{x}'],
    [{ notes: { a: 1 } }, '.notes.a: expected string, got &value.valueUnstructured{Value:1}'],
    [{ tons: 'x' }, '.tons: expected numeric (int or float), got string'],
    [{ flags: { a: 'b' } }, '.flags: expected list, got &{map[a:b]}'],
    [{ stops: [1] }, '.stops[0]: expected string, got &value.valueUnstructured{Value:1}'],
    [
      { name: ['x'], tons: true },
      'errors:\n  .name: expected string, got &value.valueUnstructured{Value:[]interface {}{"x"}}\n  .tons: expected numeric (int or float), got bool',
    ],
  ])('%j: %s', (config, message) => {
    expect(refusal(() => apply(undefined, 'one', config)).status).toMatchObject({
      code: 500,
      message: `failed to create typed patch object (/b; /v1, Kind=Boat): ${message}`,
    })
  })
})
