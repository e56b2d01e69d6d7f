import { expect, test } from 'vitest'
import { unifiedDiff } from './unified-diff.ts'

test('what is the same makes no text', () => {
  expect(unifiedDiff({ a: 1 }, { a: 1 })).toBe('')
})

test('the order of members is no difference', () => {
  const before = { a: 1, b: { c: 2, d: 3 }, e: [{ f: 4, g: 5 }] }
  const after = { e: [{ g: 5, f: 4 }], b: { d: 3, c: 2 }, a: 0 }
  expect(unifiedDiff(before, after)).toBe(
    '@@ -1,5 +1,5 @@\n {\n- "a": 1,\n+ "a": 0,\n  "b": {\n   "c": 2,\n   "d": 3\n',
  )
})

test('a changed, a removed and an added line are shown with three lines around them', () => {
  const numbers = Array.from({ length: 12 }, (_, i) => i)
  const before = { list: numbers, name: 'x' }
  const after = { list: [...numbers.slice(0, 1), ...numbers.slice(2), 12], name: 'y' }
  expect(unifiedDiff(before, after)).toBe(
    [
      '@@ -1,7 +1,6 @@',
      ' {',
      '  "list": [',
      '   0,',
      '-  1,',
      '   2,',
      '   3,',
      '   4,',
      '@@ -11,7 +10,8 @@',
      '   8,',
      '   9,',
      '   10,',
      '-  11',
      '+  11,',
      '+  12',
      '  ],',
      '- "name": "x"',
      '+ "name": "y"',
      ' }',
      '',
    ].join('\n'),
  )
})

test('very long values are shown as a whole', () => {
  const many = (from: number) => Array.from({ length: 2100 }, (_, i) => from + i)
  const lines = unifiedDiff(many(0), many(5000)).split('\n')
  expect(lines[0]).toBe('@@ -1,2102 +1,2102 @@')
  expect(lines).toHaveLength(4204)
})
