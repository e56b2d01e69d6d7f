import { expect, test } from 'vitest'
import { durationProblem } from './go-duration.ts'

test.each(['32s', '1h', '1h30m', '-5s', '0', '1.5s', '.5m', '100ms'])('%s is a duration', (text) => {
  expect(durationProblem(text)).toBeUndefined()
})

test.each([
  ['soon', 'time: invalid duration "soon"'],
  ['', 'time: invalid duration ""'],
  ['5', 'time: missing unit in duration "5"'],
  ['1s.', 'time: invalid duration "1s."'],
  ['1.5.s', 'time: missing unit in duration "1.5.s"'],
  ['1s2', 'time: missing unit in duration "1s2"'],
  ['5x', 'time: unknown unit "x" in duration "5x"'],
])('%j is none', (text, problem) => {
  expect(durationProblem(text)).toBe(problem)
})
