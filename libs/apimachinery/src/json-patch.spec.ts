import { describe, expect, test } from 'vitest'
import { applyJsonPatch, applyMergePatch, type Json, PatchFailed, parseJsonPatch } from './json-patch.ts'
import { keptDepthMax } from './limits.ts'

const patch = (document: Json, ...operations: object[]) => applyJsonPatch(document, parseJsonPatch(operations))

/** Examples of RFC 6902, appendix A. */
describe('a JSON patch', () => {
  test.each<[string, Json, object, Json]>([
    ['A.1 adds a member', { foo: 'bar' }, { op: 'add', path: '/baz', value: 'qux' }, { baz: 'qux', foo: 'bar' }],
    [
      'A.2 adds an element',
      { foo: ['bar', 'baz'] },
      { op: 'add', path: '/foo/1', value: 'qux' },
      { foo: ['bar', 'qux', 'baz'] },
    ],
    ['A.3 removes a member', { baz: 'qux', foo: 'bar' }, { op: 'remove', path: '/baz' }, { foo: 'bar' }],
    [
      'A.4 removes an element',
      { foo: ['bar', 'qux', 'baz'] },
      { op: 'remove', path: '/foo/1' },
      { foo: ['bar', 'baz'] },
    ],
    ['A.5 replaces a value', { baz: 'qux' }, { op: 'replace', path: '/baz', value: 'boo' }, { baz: 'boo' }],
    [
      'A.6 moves a value',
      { foo: { waldo: 'fred' }, qux: {} },
      { op: 'move', from: '/foo/waldo', path: '/qux/thud' },
      { foo: {}, qux: { thud: 'fred' } },
    ],
    [
      'A.7 moves an element',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      { op: 'move', from: '/foo/1', path: '/foo/3' },
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      'A.10 adds a nested object',
      { foo: 'bar' },
      { op: 'add', path: '/child', value: { grandchild: {} } },
      { foo: 'bar', child: { grandchild: {} } },
    ],
    ['A.14 knows escapes', { '/': 9, '~1': 10 }, { op: 'test', path: '/~01', value: 10 }, { '/': 9, '~1': 10 }],
    [
      'A.16 adds a list as one element',
      { foo: ['bar'] },
      { op: 'add', path: '/foo/-', value: ['abc', 'def'] },
      { foo: ['bar', ['abc', 'def']] },
    ],
    [
      'a path whose first slash is missing',
      { data: {} },
      { op: 'add', path: 'x/data/a', value: 1 },
      { data: { a: 1 } },
    ],
  ])('%s', (_, document, operation, result) => {
    expect(patch(document, operation)).toEqual(result)
  })

  test.each<[string, Json, object]>([
    ['A.9 a test that fails', { baz: 'qux' }, { op: 'test', path: '/baz', value: 'bar' }],
    ['A.12 a target that is not there', { foo: 'bar' }, { op: 'add', path: '/baz/bat', value: 'qux' }],
    ['an index too high', { foo: [] }, { op: 'remove', path: '/foo/0' }],
    ['a path without any slash', { data: {} }, { op: 'add', path: 'data', value: 1 }],
    ['an operation that nobody knows', {}, { op: 'twist', path: '/a' }],
  ])('%s is a failure', (_, document, operation) => {
    expect(() => patch(document, operation)).toThrow(PatchFailed)
  })

  test('leaves the document alone, also when it fails half way', () => {
    const document = { a: [1] }
    expect(() => patch(document, { op: 'add', path: '/a/-', value: 2 }, { op: 'test', path: '/a', value: [] })).toThrow(
      PatchFailed,
    )
    expect(document).toEqual({ a: [1] })
  })

  test('cannot reach a prototype', () => {
    expect(() => patch({}, { op: 'add', path: '/__proto__/polluted', value: true })).toThrow(PatchFailed)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

/** Examples of RFC 7396, appendix A. */
describe('a merge patch', () => {
  test.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (document, change, result) => {
    expect(applyMergePatch(document, change)).toEqual(result)
  })
})

test('JSON patch: operations move a bounded number of elements, and paths have a bounded number of parts', () => {
  const list = Array.from({ length: 20_000 }, () => 0)
  const removals = (count: number, path: string) => Array.from({ length: count }, () => ({ op: 'remove', path }))
  expect(applyJsonPatch({ list }, removals(500, '/list/0'))).toHaveProperty('list.length', 19_500)
  expect(applyJsonPatch({ list }, removals(5000, '/list/-1'))).toHaveProperty('list.length', 15_000)
  expect(() => applyJsonPatch({ list }, removals(5000, '/list/0'))).toThrow('Unable to move more than')
  expect(() => applyJsonPatch({}, [{ op: 'add', path: '/a'.repeat(keptDepthMax + 1), value: 1 }])).toThrow('too deep')
})
