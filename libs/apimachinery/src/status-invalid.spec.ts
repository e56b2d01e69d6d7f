import { expect, test } from 'vitest'
import { invalidValue } from './field-error.ts'
import { errorTextMax, shownValueMax, statusMessageMax, statusNameMax } from './limits.ts'
import { invalid, StatusError } from './status.ts'

test('problems are told once, and each is a cause', () => {
  const error = invalidValue('spec.a', 1, 'must be 2')
  const { status } = invalid('', 'Pod', 'p', [error, error])
  expect(status.message).toBe('Pod "p" is invalid: spec.a: Invalid value: 1: must be 2')
  expect(status.details?.causes).toHaveLength(2)
})

test('of many long problems as many are told as fit, one at least', () => {
  const long = (characters: number) => ({ ...invalidValue('a', '', ''), value: 'x'.repeat(characters) })
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

test('errors: a value is repeated up to its limit, and so are message, causes and name', () => {
  expect(invalidValue('a', 'x'.repeat(2 * shownValueMax), '').value).toHaveLength(shownValueMax + '"..."'.length)
  const long = 'x'.repeat(4 * statusMessageMax)
  const { status } = new StatusError('Invalid', long, {
    name: long,
    causes: Array(4).fill({ message: long, field: long }),
  })
  expect(status.message).toHaveLength(statusMessageMax + '...'.length)
  expect(status.details?.name).toHaveLength(statusNameMax + '...'.length)
  expect(JSON.stringify(status.details?.causes).length).toBeLessThan(4 * shownValueMax)
})
