import { describe, expect, test } from 'vitest'
import { canonicalQuantity, parseQuantity } from './quantity.ts'

describe('canonicalQuantity', () => {
  test.each([
    ['0', '0'],
    ['100m', '100m'],
    ['1000m', '1'],
    ['0.5', '500m'],
    ['1.5Gi', '1536Mi'],
    ['1024Ki', '1Mi'],
    ['1023', '1023'],
    ['0.5Ki', '512'],
    ['1e3', '1e3'],
    ['10e2', '1e3'],
    ['12E', '12E'],
    ['0.0000000001', '1n'],
    ['-0.5', '-500m'],
    ['999999999999999999999', '999999999999999999999'],
    ['9999999Ei', '9223372036854775807'],
    // Kept as they are by ParseQuantity, though another form is shorter.
    ['1.500', '1.500'],
    ['+1', '+1'],
  ])('writes %s as %s', (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical)
  })

  test.each(['', 'x', '1.2.3', '1 Gi', '1Gx', '{}', '9'.repeat(1000)])('refuses %j', (text) => {
    expect(() => canonicalQuantity(text)).toThrow(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    )
  })

  test.each(['--1', '1Ki5', '1e', '1e999999999'])('refuses the suffix of %j', (text) => {
    expect(() => canonicalQuantity(text)).toThrow("unable to parse quantity's suffix")
  })
})

test('amounts compare by their nanos, whatever the notation', () => {
  expect(parseQuantity('1Ki').nanos).toBe(parseQuantity('1.024k').nanos)
})
