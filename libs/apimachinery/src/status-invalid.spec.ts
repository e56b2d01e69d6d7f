import { expect, test } from 'vitest'
import { invalidValue } from './field-error.ts'
import { errorTextMax } from './limits.ts'
import { invalid } from './status.ts'

test('problems are told once, and each is a cause', () => {
  const error = invalidValue('spec.a', 1, 'must be 2')
  const { status } = invalid('', 'Pod', 'p', [error, error])
  expect(status.message).toBe('Pod "p" is invalid: spec.a: Invalid value: 1: must be 2')
  expect(status.details?.causes).toHaveLength(2)
})

test('of many long problems as many are told as fit, one at least', () => {
  const long = (characters: number) => invalidValue('a', 'x'.repeat(characters), '')
  const tenth = errorTextMax / 10
  expect(
    invalid(
      '',
      'Pod',
      'p',
      Array.from({ length: 50 }, () => long(tenth)),
    ).status.details?.causes,
  ).toHaveLength(9)
  expect(invalid('', 'Pod', 'p', [long(2 * errorTextMax)]).status.details?.causes).toHaveLength(1)
})
