import { describe, expect, test } from 'vitest'
import {
  difference,
  emptySet,
  type FieldSet,
  hasPath,
  intersection,
  parseFieldSet,
  pathsOf,
  recursiveDifference,
  setOfMembers,
  showPath,
  union,
} from './field-set.ts'
import { fieldFilter } from './field-set-filter.ts'

const set = (...paths: string[]): FieldSet => setOfMembers(...paths.map((path) => path.split('.')))
const shown = (fields: FieldSet): string[] => pathsOf(fields).map(showPath)

describe('a set of fields', () => {
  test('tells a field that is a member from one that only leads to members', () => {
    const fields = parseFieldSet({ 'f:data': { '.': {}, 'f:a': {} }, 'f:metadata': { 'f:labels': { 'f:x': {} } } })
    expect(shown(fields)).toEqual(['.data', '.data.a', '.metadata.labels.x'])
    expect(hasPath(fields, ['f:metadata', 'f:labels'])).toBe(false)
    expect(hasPath(fields, ['f:data'])).toBe(true)
  })

  test('unites, with the elements in their order', () => {
    expect(JSON.stringify(union(set('b', 'd.x'), set('a', 'd')))).toBe('{"f:a":{},"f:b":{},"f:d":{".":{},"f:x":{}}}')
    const same = set('a.b')
    expect(union(same, emptySet)).toBe(same)
  })

  test('loses what another one has, but nothing above or below that', () => {
    expect(shown(difference(set('a', 'a.b', 'c.d'), set('a', 'c')))).toEqual(['.a.b', '.c.d'])
    expect(shown(difference(set('a', 'a.b'), set('a.b')))).toEqual(['.a'])
    expect(difference(set('a'), set('a'))).toEqual({})
    const same = set('a.b')
    expect(difference(same, set('a', 'x.y'))).toBe(same)
  })

  test('loses what is below too, when asked', () => {
    expect(shown(recursiveDifference(set('a', 'a.b', 'a.b.c', 'd'), set('a.b')))).toEqual(['.a', '.d'])
  })

  test('has in common with another one what both have', () => {
    expect(shown(intersection(set('a', 'b', 'b.c', 'd.e'), set('b', 'd', 'd.e', 'x')))).toEqual(['.b', '.d.e'])
  })

  test('is brought into the one order and text form', () => {
    const fields = parseFieldSet({
      'i:10': {},
      'i:9': {},
      'v:"b"': {},
      'v:2': {},
      'k:{"protocol": "TCP", "containerPort":80}': { 'f:b': {}, 'f:a': {} },
      'x:unknown': {},
      'f:z': {},
      'f:ä': {},
    })
    expect(Object.keys(fields)).toEqual([
      'f:z',
      'f:ä',
      'k:{"containerPort":80,"protocol":"TCP"}',
      'v:2',
      'v:"b"',
      'i:9',
      'i:10',
    ])
    expect(shown(fields).slice(2)).toEqual([
      '[=2]',
      '[="b"]',
      '[9]',
      '[10]',
      '[containerPort=80,protocol="TCP"].a',
      '[containerPort=80,protocol="TCP"].b',
    ])
  })

  test.each([[3], [[]], [{ '': {} }], [{ data: {} }], [{ 'k:{': {} }], [{ 'i:x': {} }], [{ 'f:a': 'text' }]])(
    'is not %j',
    (fields) => expect(() => parseFieldSet(fields)).toThrow(SyntaxError),
  )
})

describe('what a door lets change', () => {
  test('is everything but what is reset', () => {
    const filter = fieldFilter({ resetFields: ['status', 'metadata.ownerReferences'] })
    expect(shown(filter?.(set('status.phase', 'metadata.ownerReferences.x', 'metadata.labels', 'spec')) ?? {})).toEqual(
      ['.spec', '.metadata.labels'],
    )
    expect(fieldFilter({})).toBeUndefined()
  })

  test('or only what is named, of any item', () => {
    const filter = fieldFilter({ settableFields: ['spec.containers.*.resources'] })
    const fields = parseFieldSet({
      'f:spec': {
        'f:nodeName': {},
        'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:image': {}, 'f:resources': {} } },
      },
      'f:status': {},
    })
    expect(filter?.(fields)).toEqual({
      'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:resources': {} } } },
    })
  })
})

test('a field set with lists of lists in a key, deeper than an object may be, is none', () => {
  const deep = `v:${'['.repeat(5000)}${']'.repeat(5000)}`
  expect(() => parseFieldSet({ [deep]: {} })).toThrow('exceeded max depth')
})
