import { expect, test } from 'vitest'
import { limits } from './limits.ts'
import { warningHeaders } from './response.ts'

test('warnings are told once each', () => {
  expect(warningHeaders(['a "b"', 'c', 'a "b"'])).toEqual(['299 - "a \\"b\\""', '299 - "c"'])
})

test('warnings that are too long together are cut, and end where their room does', () => {
  const long = Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(300)}`)
  const cut = warningHeaders(long)
  expect(cut).toHaveLength(limits.warningRunesMax / limits.warningRunesCut)
  for (const header of cut) expect(header).toHaveLength('299 - ""'.length + limits.warningRunesCut)
  const short = Array.from({ length: 10_000 }, (_, i) => `warning ${i + 10_000}`)
  expect(warningHeaders(short).join(', ').split(', ')).toHaveLength(
    Math.ceil(limits.warningRunesMax / 'warning 10000'.length),
  )
})

test('warnings: more than 100 stand in 100 header fields, which every HTTP/2 client takes', () => {
  const many = Array.from({ length: 150 }, (_, i) => `299 - "w${i}"`)
  const headers = warningHeaders(many.map((_, i) => `w${i}`))
  expect(headers).toHaveLength(100)
  expect(headers.join(', ')).toBe(many.join(', '))
})
