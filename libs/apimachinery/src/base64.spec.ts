import { expect, test } from 'vitest'
import { bytesFromBase64, canonicalBase64 } from './base64.ts'

test.each([
  ['', ''],
  ['YWJj', 'YWJj'],
  ['YQ==', 'YQ=='],
  ['YWJj\nZA==\n', 'YWJjZA=='],
  ['YR==', 'YQ=='],
])('reads %j', (text, canonical) => {
  expect(canonicalBase64(text)).toBe(canonical)
  expect(bytesFromBase64(text).toString('base64')).toBe(canonical)
})

test.each([
  ['!', 0],
  ['YWJ', 0],
  ['YWJjZ', 4],
  ['YQ=', 3],
  ['YQ=x', 2],
  ['YQ==x', 4],
  ['Y===', 1],
])('refuses %j at byte %i', (text, at) => {
  expect(() => canonicalBase64(text)).toThrow(`illegal base64 data at input byte ${at}`)
})
