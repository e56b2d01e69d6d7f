import { valuesMax } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import { parseYamlDocument } from './yaml-document.ts'

describe('YAML is read as Go reads it', () => {
  test.each([
    ['a: yes\nb: "yes"\nc: off', { a: true, b: 'yes', c: false }],
    ['a: 0644\nb: 0x10\nc: 1_000\nd: 1e3', { a: 420, b: 16, c: 1000, d: 1000 }],
    ['a: 1:30\nb: 2020-01-01T00:00:00Z\nc: ~', { a: '1:30', b: '2020-01-01T00:00:00Z', c: null }],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['<<: {a: 1}\nb: 2', { a: 1, b: 2 }],
    ['{"a": {"b": 1}}', { a: { b: 1 } }],
    ['a: 1\n---\nb: [', { a: 1 }],
    ['', null],
    ['- a', ['a']],
  ])('%j', (text, value) => {
    expect(parseYamlDocument(text)).toEqual({ value, duplicates: [] })
  })

  test.each([
    ['a: 1\nb:\n  c: 1\n  c: 2\n', { a: 1, b: { c: 2 } }, 'line 4: key "c" already set in map'],
    ['{"a":1,\n"a":2}', { a: 2 }, 'line 2: key "a" already set in map'],
  ])('%j has a key twice', (text, value, duplicate) => {
    expect(parseYamlDocument(text)).toEqual({ value, duplicates: [duplicate] })
  })

  test.each([
    ['a: [', 'line 1: did not find expected node content'],
    ['{"a":', 'line 1: did not find expected node content'],
    ['a: b: c', 'mapping values are not allowed in this context'],
    ['a: 1\n b: 2', 'line 2: mapping values are not allowed in this context'],
    ['a: @x', 'found character that cannot start any token'],
    ['a: "x', 'found unexpected end of stream'],
    ['a: *x', "unknown anchor 'x' referenced"],
  ])('%j: %s', (text, message) => {
    expect(() => parseYamlDocument(text)).toThrow(expect.objectContaining({ name: 'YamlSyntaxError', message }))
  })

  test('more values than an object may have are not made', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => `k${i}: ''\n`).join('')
    expect(Object.keys(parseYamlDocument(many(valuesMax - 1)).value as object)).toHaveLength(valuesMax - 1)
    const tooMany = `limit is ${valuesMax} values`
    expect(() => parseYamlDocument(many(4 * valuesMax))).toThrow(tooMany)
    expect(() => parseYamlDocument(`a: [${'[],'.repeat(2 * valuesMax)}]`)).toThrow(tooMany)
    expect(() => parseYamlDocument(`{"a": [${'0,'.repeat(valuesMax)}0]}`)).toThrow(tooMany)
  })

  test('a few lines do not become gigabytes', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`)
    expect(() => parseYamlDocument(`a0: &a0 [x]\n${lines.join('\n')}`)).toThrow('excessive aliasing')
  })
})
