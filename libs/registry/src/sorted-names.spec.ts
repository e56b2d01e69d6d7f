import { describe, expect, test } from 'vitest'
import { limits } from './limits.ts'
import { SortedNames } from './sorted-names.ts'

/** More than fit into a few blocks, in an order that is far from sorted. */
const many = Array.from(
  { length: limits.nameBlockMax * 5 },
  (_, i) => `n-${((i * 7919) % 100_003).toString().padStart(6, '0')}`,
)

describe('sorted names', () => {
  test('stay in order over many blocks, whatever comes and goes', () => {
    const names = new SortedNames()
    for (const name of many) names.add(name)
    expect([...names.above(undefined)]).toEqual(many.toSorted())
    const gone = many.filter((_, i) => i % 3 !== 0)
    for (const name of gone) names.delete(name)
    const left = many.filter((_, i) => i % 3 === 0).toSorted()
    expect(names.size).toBe(left.length)
    expect([...names.above(undefined)]).toEqual(left)
    for (const name of left) names.delete(name)
    expect([...names.above(undefined)]).toEqual([])
    names.add('a')
    expect([...names.above(undefined)]).toEqual(['a'])
  })

  test('go on behind any name, whether it is there or not', () => {
    const names = new SortedNames()
    for (const name of many) names.add(name)
    const sorted = many.toSorted()
    for (const after of [...sorted.filter((_, i) => i % 97 === 0), 'a', 'n-0', 'n-050000x', 'z']) {
      const rest = sorted.filter((name) => name > after)
      expect([...names.above(after)]).toEqual(rest)
      expect(names.countAbove(after)).toBe(rest.length)
    }
  })
})
