import { keptDepthMax, valuesMax } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import { limits } from './limits.ts'
import { parseYamlDocument } from './yaml-document.ts'

describe('YAML is read as Go reads it', () => {
  test.each([
    ['a: yes\nb: "yes"\nc: off', { a: true, b: 'yes', c: false }],
    ['a: 0644\nb: 0x10\nc: 1_000\nd: 1e3', { a: 420, b: 16, c: 1000, d: 1000 }],
    [
      'a: 9223372036854775807\nb: -0x20000000000001\nc: 18446744073709551616',
      { a: 2n ** 63n - 1n, b: -(2n ** 53n) - 1n, c: 2 ** 64 },
    ],
    ['a: -0\nb: +1\nc: 08\nd: 0b11\ne: 0xg', { a: 0, b: 1, c: 8, d: 3, e: '0xg' }],
    ['a: 1:30\nb: 2020-01-01T00:00:00Z\nc: ~', { a: '1:30', b: '2020-01-01T00:00:00Z', c: null }],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['<<: {a: 1}\nb: 2', { a: 1, b: 2 }],
    ['{"a": {"b": 1}}', { a: { b: 1 } }],
    ['a: 1\n---\nb: [', { a: 1 }],
    ['', null],
    ["a: \"x\\\n  y\\u0041\\x42\"\nb: 'it''s\n\n  z'", { a: 'xyAB', b: "it's\nz" }],
    ['a: |\n  x\n   y\n\n  z\n\nb: >-\n  x\n  y\n\n  z\n', { a: 'x\n y\n\nz\n', b: 'x y\nz' }],
    ['a: |2+\n   x\n\n# end\n', { a: ' x\n\n' }],
    ['a:\n- b\n-\n  c: 1\n  d:\n  - e\n', { a: ['b', { c: 1, d: ['e'] }] }],
    ['? a\n: b\n? h\n', { a: 'b', h: null }],
    ['a: [c, {d: e, "f":1}, g: h,]', { a: ['c', { d: 'e', f: 1 }, { g: 'h' }] }],
    ['a: x\n  y # z\nb: http://x#y', { a: 'x y', b: 'http://x#y' }],
    ['a: !!str 12\nb: ! "12"\nc: !!float 1\nd: !own x\ne: !!binary aGk=', { a: '12', b: 12, c: 1, d: 'x', e: 'hi' }],
    ['1: a\ntrue: b\n1.5: c', { 1: 'a', true: 'b', 1.5: 'c' }],
    ['%YAML 1.1\n%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 1\n...\nb', { a: '1' }],
    ['a: &x {b: [1]}\nc: {<<: *x, d: 2}', { a: { b: [1] }, c: { b: [1], d: 2 } }],
    ['__proto__: {a: 1}', JSON.parse('{"__proto__":{"a":1}}')],
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
    ['a: &x [*x]', "anchor 'x' value contains itself"],
    ['"a":\n[]', "line 2: could not find expected ':'"],
    ['- a\nb: c', "line 1: did not find expected '-' indicator"],
    ['a: 1\n- b', 'line 1: did not find expected key'],
    ['[a b: c d', "line 1: did not find expected ',' or ']'"],
    ['a: |0\n', 'found an indentation indicator equal to 0'],
    ['a: "\\/"', 'found unknown escape character'],
    ['a: !x!y z', 'found undefined tag handle'],
    ['a: .inf', 'json: unsupported value: +Inf'],
    ['a: !!int x', 'cannot decode !!str as a !!int'],
    ['<<: 1', 'map merge requires map or sequence of maps as the value'],
    ['{[a]: 1}', 'invalid map key'],
    ['a: \u0001', 'control characters are not allowed'],
  ])('%j: %s', (text, message) => {
    expect(() => parseYamlDocument(text)).toThrow(expect.objectContaining({ name: 'YamlSyntaxError', message }))
  })

  test('more values than an object may have are not made', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => `k${i}: ''\n`).join('')
    expect(Object.keys(parseYamlDocument(many(valuesMax - 1)).value as object)).toHaveLength(valuesMax - 1)
    const tooMany = `limit is ${valuesMax} values`
    expect(() => parseYamlDocument(many(valuesMax))).toThrow(tooMany)
    expect(() => parseYamlDocument(`a: [${'[],'.repeat(2 * valuesMax)}]`)).toThrow(tooMany)
    expect(() => parseYamlDocument(`{"a": [${'0,'.repeat(valuesMax)}0]}`)).toThrow(tooMany)
  })

  test('a few lines do not become gigabytes', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`)
    expect(() => parseYamlDocument(`a0: &a0 [x]\n${lines.join('\n')}`)).toThrow('excessive aliasing')
  })

  test('yaml: a merge of aliases of merges takes the members of each once', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: [${Array(9).fill(`*a${i}`)}]}`)
    const { value } = parseYamlDocument(`a0: &a0 {x: 1}\n${lines.join('\n')}`)
    expect(value).toHaveProperty('a30', { x: 1 })
    const wide = Array.from({ length: 1000 }, (_, i) => `k${i}: 1`)
    expect(() => parseYamlDocument(`a: &a {${wide}}\nb: {<<: [${Array(100).fill('*a')}]}`)).toThrow(
      'excessive aliasing',
    )
  })

  test('yaml: aliases of a long text bring no more of it than a body may have', () => {
    const text = `a: &a ${'x'.repeat(limits.requestBodyBytesMax / 4)}\n`
    const aliases = (count: number) => Array.from({ length: count }, (_, i) => `k${i}: *a\n`).join('')
    expect(Object.keys(parseYamlDocument(text + aliases(4)).value as object)).toHaveLength(5)
    expect(() => parseYamlDocument(text + aliases(5))).toThrow('excessive aliasing')
  })

  test('yaml: the values of two aliases share nothing', () => {
    const { value } = parseYamlDocument('a: &x {b: 1}\nc: *x\nd: *x')
    const { a, c, d } = value as Record<string, object>
    expect(new Set([a, c, d]).size).toBe(3)
  })

  test.each(['[', '{a: ', '- ', '? '])(
    'yaml: %j inside of itself is read to the depth that objects may have',
    (open) => {
      expect(() => parseYamlDocument(open.repeat(2 * keptDepthMax))).toThrow(`exceeded max depth of ${keptDepthMax}`)
    },
  )
})
