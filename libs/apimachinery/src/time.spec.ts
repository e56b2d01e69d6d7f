import { describe, expect, test } from 'vitest'
import { canonicalMicroTime, canonicalTime } from './time.ts'

describe('canonicalTime', () => {
  test.each([
    ['2024-01-02T03:04:05Z', '2024-01-02T03:04:05Z'],
    ['2024-01-02T03:04:05.999Z', '2024-01-02T03:04:05Z'],
    ['2024-01-02T03:04:05+01:30', '2024-01-02T01:34:05Z'],
    ['2024-01-02T3:04:05Z', '2024-01-02T03:04:05Z'],
    ['0001-01-01T00:00:00Z', undefined],
  ])('reads %s', (text, canonical) => {
    expect(canonicalTime(text)).toBe(canonical)
  })

  test.each([
    ['soon', 'parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006"'],
    ['2024-01-02', 'parsing time "2024-01-02" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
    ['2024-13-01T00:00:00Z', 'parsing time "2024-13-01T00:00:00Z": month out of range'],
    ['2024-02-30T00:00:00Z', 'parsing time "2024-02-30T00:00:00Z": day out of range'],
    ['2024-02-20T00:00:00Zx', 'parsing time "2024-02-20T00:00:00Zx": extra text: "x"'],
  ])('refuses %s with the words of Go', (text, message) => {
    expect(() => canonicalTime(text)).toThrow(message)
  })
})

describe('canonicalMicroTime', () => {
  test('keeps six digits', () => {
    expect(canonicalMicroTime('2024-01-02T03:04:05.123456Z')).toBe('2024-01-02T03:04:05.123456Z')
    expect(canonicalMicroTime('2024-01-02T03:04:05.123456-01:00')).toBe('2024-01-02T04:04:05.123456Z')
  })

  test('needs six digits', () => {
    expect(() => canonicalMicroTime('2024-01-02T03:04:05Z')).toThrow(
      'parsing time "2024-01-02T03:04:05Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
    )
  })
})
