import { describe, expect, test } from 'vitest'
import { parseFieldSelector } from './field-selector.ts'

describe('a field selector', () => {
  test('is a list of terms', () => {
    expect(parseFieldSelector('metadata.name=a,status.phase!=Running,type==x')).toEqual([
      { field: 'metadata.name', equal: true, value: 'a' },
      { field: 'status.phase', equal: false, value: 'Running' },
      { field: 'type', equal: true, value: 'x' },
    ])
  })

  test('may hold commas and equal signs behind a backslash', () => {
    expect(parseFieldSelector('a=x\\,y\\=z\\\\')).toEqual([{ field: 'a', equal: true, value: 'x,y=z\\' }])
  })

  test('without an operator is refused', () => {
    expect(() => parseFieldSelector('metadata.name')).toThrow(
      "invalid selector: 'metadata.name'; can't understand 'metadata.name'",
    )
  })
})

test('a field selector of too many terms is refused', () => {
  const many = (count: number) => Array.from({ length: count }, () => 'metadata.name!=x').join(',')
  expect(parseFieldSelector(many(500))).toHaveLength(500)
  expect(() => parseFieldSelector(many(501))).toThrow('the field selector has more than 500 terms')
})
