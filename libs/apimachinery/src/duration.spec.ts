import { expect, test } from 'vitest'
import { ageOf, humanDuration } from './duration.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

test.each([
  [-2 * second, '<invalid>'],
  [-1 * second, '0s'],
  [0, '0s'],
  [119 * second, '119s'],
  [2 * minute, '2m'],
  [9 * minute + 5 * second, '9m5s'],
  [179 * minute, '179m'],
  [3 * hour + 20 * minute, '3h20m'],
  [47 * hour, '47h'],
  [2 * day + 5 * hour, '2d5h'],
  [100 * day, '100d'],
  [3 * 365 * day + 4 * day, '3y4d'],
  [9 * 365 * day, '9y'],
])('%i ms reads %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text)
})

test('no time has no age', () => {
  expect([ageOf(undefined, 0), ageOf(null, 0)]).toEqual(['<unknown>', '<unknown>'])
})
