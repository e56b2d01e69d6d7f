import { expect, test } from 'vitest'
import { durationText } from './help.ts'
import { boolean, durationMs, list, positiveDurationMs } from './values.ts'

test.each([
  ['0', 0],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['.5s', 500],
  ['500ms', 500],
  ['1us', 0.001],
  ['-2m', -120_000],
  ['+3s', 3000],
  ['8760h', 31_536_000_000],
])('durationMs reads %s as Go does', (text, ms) => {
  expect(durationMs(text)).toBe(ms)
})

test.each(['', '1', '1d', 'h', '1h 30m', '-', 's1', '1.2.3s'])('durationMs refuses %j', (text) => {
  expect(() => durationMs(text)).toThrow('must be a duration such as 1h30m, 10s or 500ms')
})

test('durationText writes what durationMs reads', () => {
  for (const ms of [0, 1, 1500, 5_400_000, 31_536_000_000, -60_000]) expect(durationMs(durationText(ms))).toBe(ms)
})

test('the small parsers', () => {
  expect(() => positiveDurationMs('-1s')).toThrow('must not be negative')
  expect(list(' a, b,,c ')).toEqual(['a', 'b', 'c'])
  expect([boolean('T'), boolean('0')]).toEqual([true, false])
  expect(() => boolean('yes')).toThrow('must be true or false')
})
