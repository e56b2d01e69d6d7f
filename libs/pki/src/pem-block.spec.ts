import { describe, expect, test } from 'vitest'
import { firstPemBlock } from './pem-block.ts'

const block = (type: string, body = 'AAAA') => `-----BEGIN ${type}-----\n${body}\n-----END ${type}-----\n`

describe('a PEM block', () => {
  test('is found behind text, beginnings without an end, and blocks that are none', () => {
    for (const before of ['words\n', '-----BEGIN A-----\n', '-----BEGIN A-----\n-----END B-----\n', block('A', 'no!')])
      expect(firstPemBlock(before + block('B'))?.type).toBe('B')
  })

  test('has headers, blanks at the ends of lines, and whatever stands behind it', () => {
    const found = firstPemBlock('-----BEGIN A----- \t\r\nK: v:w\r\n\r\nAA\r\nAA \n-----END A-----\t\nrest')
    expect(found).toEqual({ type: 'A', headers: new Map([['K', 'v:w']]), bytes: Buffer.alloc(3), rest: 'rest' })
  })

  test.each([
    ['', 'nothing'],
    ['x-----BEGIN A-----\nAAAA\n-----END A-----', 'a beginning within a line'],
    ['-----BEGIN A\nAAAA\n-----END A-----', 'an open beginning'],
    ['-----BEGIN A-----\nAAA\n-----END A-----', 'base64 that is cut off'],
    ['-----BEGIN A-----\nAAAA\n-----END A----- x', 'an end with something behind it'],
    ['-----BEGIN A-----\nAAAA', 'no end'],
  ])('is not %j: %s', (text) => {
    expect(firstPemBlock(text)).toBeUndefined()
  })

  test('is looked for once in every part of the text: many beginnings, headers and ends cost what their length does', () => {
    const cost = (text: string): number => {
      const before = process.cpuUsage()
      expect(firstPemBlock(text)).toBeUndefined()
      const { user, system } = process.cpuUsage(before)
      return user + system
    }
    const least = (text: string) => Math.min(cost(text), cost(text), cost(text))
    const size = 100_000
    const parse = (): number => {
      const json = JSON.stringify(Array.from({ length: size }, (_, i) => `begin ${i} of ${size}`))
      const before = process.cpuUsage()
      JSON.parse(json)
      const { user, system } = process.cpuUsage(before)
      return user + system
    }
    const reference = Math.max(5_000, Math.min(parse(), parse(), parse()))
    const lines = (line: (i: number) => string) => Array.from({ length: size }, (_, i) => line(i)).join('\n')
    expect(least(lines((i) => `-----BEGIN A${i}-----`))).toBeLessThan(reference * 20)
    expect(least(`${lines((i) => `-----BEGIN A:${i}-----`)}\n-----END B-----`)).toBeLessThan(reference * 20)
    expect(least(lines((i) => `-----BEGIN A-----\n-----END ${i}-----`))).toBeLessThan(reference * 20)
  })
})
