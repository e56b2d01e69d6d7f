import { describe, expect, test } from 'vitest'
import { yaml } from './yaml.ts'
import { parseYamlDocument } from './yaml-document.ts'

describe('YAML is written as Kubernetes writes it', () => {
  test.each([
    ['text as it is', 'a', 'v: a\n'],
    ['text that would be a number', '123', 'v: "123"\n'],
    ['text that would be base 60', '12:30', 'v: "12:30"\n'],
    ['text that would be a bool', 'yes', 'v: "yes"\n'],
    ['text that would be a time', '2026-01-02T03:04:05Z', 'v: "2026-01-02T03:04:05Z"\n'],
    ['text that would be null', '~', 'v: "~"\n'],
    ['nothing', '', 'v: ""\n'],
    ['text with a sign of YAML', 'a: b', "v: 'a: b'\n"],
    ['several lines', 'a\nb\n', 'v: |\n  a\n  b\n'],
    ['a list as far left as its key', ['a', 'b'], 'v:\n- a\n- b\n'],
    ['empty collections', { list: [], map: {} }, 'v:\n  list: []\n  map: {}\n'],
  ])('%s', (_, value, text) => {
    expect(yaml({ v: value })).toBe(text)
  })

  test('keys come in order, numbers in them by their value, letters last', () => {
    expect(yaml({ b: 1, a: 2 })).toBe('a: 2\nb: 1\n')
    const keys = ['a10', 'a9', 'a-b', 'ab', 'a', 'a010', 'a/b', 'aB']
    expect(yaml(Object.fromEntries(keys.map((key) => [key, 1])))).toBe(
      ['a', 'a-b', 'a/b', 'a9', 'a10', 'a010', 'aB', 'ab'].map((key) => `${key}: 1\n`).join(''),
    )
  })

  test('a key that is long or has line ends stands behind a sign', () => {
    const long = 'k'.repeat(129)
    expect(yaml({ a: { [long]: ['x', 'z z'] } })).toBe(`a:\n  ? ${long}\n  : - x\n    - z z\n`)
  })

  test.each([
    [0, '0'],
    [-5, '-5'],
    [1.25, '1.25'],
    [1234567.5, '1.2345675e+06'],
    [1e21, '1e+21'],
    [2n ** 63n - 1n, '9223372036854775807'],
    [0.00001, '1e-05'],
  ])('the number %s is written as Go writes it', (number, text) => {
    expect(yaml({ a: number })).toBe(`a: ${text}\n`)
  })

  test.each([
    ["it's: so", "'it''s: so'"],
    ['a\tb', '"a\\tb"'],
    ['\u{1F600}', '"\\U0001F600"'],
    [' a', "' a'"],
    ['a \nb', '"a \\nb"'],
    ['\na', '|2-\n\n  a'],
    ['a\n\n', '|+\n  a\n'],
    ['---', "'---'"],
    ['-a?b,c]', '-a?b,c]'],
    ['1__2', '"1__2"'],
    ['.', '.'],
  ])('%j is %s', (value, text) => {
    expect(yaml({ a: value, b: 1 })).toBe(`a: ${text}\nb: 1\n`)
  })

  test('what is written reads back', () => {
    const parts = [
      'a',
      ' ',
      '\n',
      ':',
      '#',
      '-',
      '"',
      "'",
      '\\',
      '{',
      '\u{1F600}',
      '\u2028',
      '\t',
      '1',
      '~',
      'long words ',
    ]
    let seed = 1
    const random = (below: number) => {
      seed = (seed * 16_807) % 2_147_483_647
      return seed % below
    }
    const text = () => Array.from({ length: random(40) }, () => parts[random(parts.length)]).join('')
    for (let i = 0; i < 500; i++) {
      const value = { [text()]: [text(), { [text()]: text() }], [text()]: text() }
      expect(parseYamlDocument(yaml(value)).value).toEqual(value)
    }
  })

  test('a long line is broken at the first blank behind its 80th column', () => {
    const message =
      'only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch'
    expect(yaml({ message })).toBe(
      "message: 'only the following media types are accepted: application/json;stream=watch,\n  application/vnd.kubernetes.protobuf;stream=watch'\n",
    )
    expect(yaml({ a: { long: 'word '.repeat(20).trim() } })).toBe(
      `a:\n  long: ${'word '.repeat(15).trim()}\n    ${'word '.repeat(5).trim()}\n`,
    )
  })
})
