import { expect, test } from 'vitest'
import { compareKeys, lowerBound } from './order.ts'

const keys = [
  '',
  '/',
  '/a',
  '/a-b',
  '/a/b',
  '/aa',
  '/b',
  '/é',
  '/\ud7ff',
  '/\ue000',
  '/\uffee',
  '/🎏',
  '/🎏a',
  '/\u{10ffff}',
]

test('keys are ordered as their UTF-8 bytes', () => {
  for (const a of keys) {
    for (const b of keys) expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
  }
})

test('the lower bound is the first key that is not less', () => {
  for (const [i, key] of keys.entries()) expect(lowerBound(keys, key)).toBe(i)
  expect(lowerBound(keys, '/zz')).toBe(keys.indexOf('/é'))
  expect(lowerBound([], 'x')).toBe(0)
})
