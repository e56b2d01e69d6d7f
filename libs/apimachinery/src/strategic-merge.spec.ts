import { describe, expect, test } from 'vitest'
import { conversionProblem } from './conversion-problem.ts'
import type { Json } from './json-patch.ts'
import { mergedValuesMax } from './limits.ts'
import { applyStrategicMergePatch } from './strategic-merge.ts'
import { boatSchema } from './testing/boat.ts'

type Members = { [key: string]: Json }
const merge = (document: Members, patch: Members) => applyStrategicMergePatch(boatSchema, document, patch)
const crew = (...names: string[]) => names.map((name) => ({ name }))

describe('a strategic merge patch', () => {
  test.each<[string, Members, Members, Members]>([
    ['sets and removes members', { name: 'Ida', tons: 3 }, { name: 'Eva', tons: null }, { name: 'Eva' }],
    ['merges maps', { notes: { a: '1', b: '2' } }, { notes: { a: null, c: '3' } }, { notes: { b: '2', c: '3' } }],
    ['replaces lists without a strategy', { stops: ['x', 'y'] }, { stops: ['z'] }, { stops: ['z'] }],
    ['adds to sets, its own values first', { flags: ['a'] }, { flags: ['b', 'a'] }, { flags: ['b', 'a'] }],
    ['merges lists by their key', { crew: crew('a', 'b') }, { crew: crew('c', 'a') }, { crew: crew('c', 'a', 'b') }],
    [
      'changes one element',
      { crew: [{ name: 'a', rank: 'mate', watches: ['dog'] }] },
      { crew: [{ name: 'a', rank: 'cook' }] },
      { crew: [{ name: 'a', rank: 'cook', watches: ['dog'] }] },
    ],
    ['deletes an element', { crew: crew('a', 'b') }, { crew: [{ name: 'b', $patch: 'delete' }] }, { crew: crew('a') }],
    [
      'replaces a list',
      { crew: crew('a', 'b') },
      { crew: [{ name: 'c' }, { $patch: 'replace' }] },
      { crew: crew('c') },
    ],
    ['replaces a map', { notes: { a: '1' } }, { notes: { $patch: 'replace', b: '2' } }, { notes: { b: '2' } }],
    ['empties a map', { notes: { a: '1' } }, { notes: { $patch: 'delete' } }, { notes: {} }],
    ['drops a directive for what is not there', {}, { notes: { $patch: 'shuffle' } }, {}],
    ['deletes from a set', { flags: ['a', 'b'] }, { '$deleteFromPrimitiveList/flags': ['b', 'x'] }, { flags: ['a'] }],
    [
      'orders a list, and keeps what only the server has in its place',
      { crew: crew('x', 'a', 'y', 'b') },
      { '$setElementOrder/crew': crew('b', 'a', 'c'), crew: crew('c') },
      { crew: crew('x', 'y', 'b', 'a', 'c') },
    ],
    [
      'retains keys',
      { rig: { masts: 2, sails: {} } },
      { rig: { $retainKeys: ['masts'], masts: 3 } },
      { rig: { masts: 3 } },
    ],
    ['takes a value of another form as it is', { notes: { a: '1' } }, { notes: 'text' }, { notes: 'text' }],
  ])('%s', (_, document, patch, result) => {
    const before = structuredClone(document)
    expect(merge(document, patch)).toEqual(result)
    expect(document).toEqual(before)
  })

  test.each<[Members, Members, number, string]>([
    [
      { crew: crew('a') },
      { crew: [{ rank: 'mate' }] },
      500,
      'map: map[rank:mate] does not contain declared merge key: name',
    ],
    [{ crew: crew('a') }, { '$setElementOrder/crew': 1 }, 500, 'expected a []interface {}, but received a int64'],
    [
      { notes: { a: '1' } },
      { notes: { $patch: 'shuffle' } },
      500,
      'unknown patch type: shuffle in map: map[$patch:shuffle]',
    ],
    [{ rig: { masts: 2 } }, { rig: { $retainKeys: ['sails'], masts: 3 } }, 400, 'invalid patch format of retainKeys'],
    [{}, { $setElementOrder: [] }, 400, 'invalid patch format of setElementOrder list'],
    [{ flags: ['a'] }, { flags: [['b']] }, 422, 'lists of lists are not supported'],
  ])('of %j with %j is refused', (document, patch, code, message) => {
    expect(() => merge(document, patch)).toThrow(expect.objectContaining({ code, message }))
  })

  test('merges an element again and again up to a limit of what is copied', () => {
    const notes = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`n${i}`, '']))
    const again = (times: number) => ({
      crew: Array.from({ length: times }, () => ({ name: 'ann', notes: { x: '' } })),
    })
    const document = { crew: [{ name: 'ann', notes }] }
    expect(merge(document, again(mergedValuesMax / 2000))).toHaveProperty('crew.0.notes.x', '')
    expect(() => merge(document, again(mergedValuesMax / 900))).toThrow('Request entity too large')
  })

  test('merges tens of thousands of elements', () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `s${i}`)
    const patch = { crew: crew(...names.toReversed()), '$setElementOrder/crew': crew(...names.toReversed()) }
    expect((merge({ crew: crew(...names) }, patch)['crew'] as Members[])[0]).toEqual({ name: 's19999' })
  })
})

test.each([
  [{ metadata: 'text' }, 'cannot restore struct from: string'],
  [{ notes: 'text' }, 'cannot restore map from string'],
  [{ crew: {} }, 'cannot restore slice from map'],
  [{ notes: { a: 1 } }, 'cannot convert int64 to string'],
  [{ name: true }, 'unrecognized type: string'],
  [{ tons: 1.5 }, 'cannot convert float64 to int32'],
  [{ tons: 'x' }, 'unrecognized type: int32'],
  [{ name: null, tons: 3 }, undefined],
])('%j cannot be converted: %s', (object, problem) => {
  expect(conversionProblem(boatSchema, object)).toBe(problem)
})
