import { expect, test } from 'vitest'
import { append } from './append.ts'

test('lists of any length are added, in order', () => {
  const list = [0]
  const long = Array.from({ length: 200_000 }, (_, i) => i + 1)
  append(list, long, [200_001])
  expect(list).toHaveLength(200_002)
  expect(list.at(-1)).toBe(200_001)
})
