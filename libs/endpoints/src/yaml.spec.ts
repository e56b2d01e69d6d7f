import { describe, expect, test } from 'vitest'
import { yaml } from './yaml.ts'

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

  test('keys come in order', () => {
    expect(yaml({ b: 1, a: 2 })).toBe('a: 2\nb: 1\n')
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
