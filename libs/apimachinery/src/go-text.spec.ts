import { expect, test } from 'vitest'
import { compareStrings, goJson, goQuote, goSyntax, goValue } from './go-text.ts'

test.each([
  ['plain', '"plain"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['a\x01\n\x7f', '"a\\x01\\n\\x7f"'],
  ['é 世\u200b\u{1f600}', '"é 世\\u200b\u{1f600}"'],
])('%j is quoted as %s', (text, quoted) => {
  expect(goQuote(text)).toBe(quoted)
})

test('values are printed as Go prints them', () => {
  const value = { b: [1, 'x', null], a: { c: true } }
  expect(goValue(value)).toBe('map[a:map[c:true] b:[1 x <nil>]]')
  expect(goSyntax(value)).toBe(
    'map[string]interface {}{"a":map[string]interface {}{"c":true}, "b":[]interface {}{1, "x", interface {}(nil)}}',
  )
})

test('JSON has its keys in order and no markup', () => {
  expect(goJson({ b: '<a&b>\u2028\b', a: [1, { d: null, c: 1.5 }] })).toBe(
    '{"a":[1,{"c":1.5,"d":null}],"b":"\\u003ca\\u0026b\\u003e\\u2028\\u0008"}',
  )
  const kept = { z: 1, a: 2 }
  expect(goJson({ kept, b: '\\b' }, (object) => object !== kept)).toBe('{"b":"\\\\b","kept":{"z":1,"a":2}}')
})

test('strings are ordered by code points', () => {
  expect(['\u{1f600}', '\uffff', 'b', 'a', 'ab'].sort(compareStrings)).toEqual(['a', 'ab', 'b', '\uffff', '\u{1f600}'])
})
