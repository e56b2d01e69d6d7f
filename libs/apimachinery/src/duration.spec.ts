import { expect, test } from 'vitest'
import { ageOf, humanDuration, Moment } from './duration.ts'

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

test.each([
  -90 * second,
  0,
  1.5 * second,
  119.9 * second,
  9 * minute + 59 * second,
  10 * minute,
  179.5 * minute,
  7.99 * hour,
  8 * hour,
  47.5 * hour,
  7 * day + 23.5 * hour,
  8 * day,
  2 * 365 * day - 1,
  9 * 365 * day + 1,
])('an age of %i ms reads the same until the moment says, and is no longer sure then', (ms) => {
  const made = Date.UTC(2020, 0, 1)
  const timestamp = '2020-01-01T00:00:00Z'
  const at = new Moment(made + ms)
  const text = at.age(timestamp)
  expect(at.until).toBeGreaterThan(at.now)
  expect(ageOf(timestamp, at.until - 1)).toBe(text)
  expect(new Moment(at.until).until).toBe(Number.POSITIVE_INFINITY)
})

test('a moment knows the first of several changes, and none where no age was asked for', () => {
  const at = new Moment(Date.UTC(2020, 0, 2))
  expect([at.age(undefined), at.until]).toEqual(['<unknown>', Number.POSITIVE_INFINITY])
  at.age('2019-01-01T00:00:00Z')
  at.age('2020-01-01T23:59:59.500Z')
  expect(at.until).toBe(at.now + second / 2)
})
