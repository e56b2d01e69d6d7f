import { describe, expect, test } from 'vitest'
import { findDuplicateKeys, JsonNumber, parseJson } from './json-text.ts'
import { errorTextMax, jsonDepthMax, keptDepthMax, strictErrorsMax, valuesMax } from './limits.ts'

describe('parseJson', () => {
  test.each([
    ['{"a":[1,-2,0.5,1e3,true,false,null,"x"],"b":{}}'],
    [' [ ] '],
    ['"\\u00fc\\n\\"\\\\\\/\\ud83d\\ude00"'],
    ['12345678901234567890'],
  ])('reads %s as JSON.parse does', (text) => {
    expect(parseJson(text).value).toEqual(JSON.parse(text))
  })

  test.each([
    ['', 'unexpected end of JSON input'],
    ['{"a":1', 'unexpected end of JSON input'],
    ['"abc', 'unexpected end of JSON input'],
    ['hello', "invalid character 'h' looking for beginning of value"],
    ['token', "invalid character 'o' in literal true (expecting 'r')"],
    ['{"a":1}{', "invalid character '{' after top-level value"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ['tru', "invalid character ' ' in literal true (expecting 'e')"],
    ['ü', "invalid character 'Ã' looking for beginning of value"],
  ])('refuses %j with the words of Go', (text, message) => {
    expect(() => parseJson(text)).toThrow(message)
  })

  test('refuses a byte order mark', () => {
    expect(() => parseJson(Buffer.from('\ufeff{}'))).toThrow("invalid character 'ï' looking for beginning of value")
  })

  test('turns invalid UTF-8 and half surrogates into U+FFFD', () => {
    expect(parseJson(Buffer.from([0x22, 0xff, 0x22])).value).toBe('\ufffd')
    expect(parseJson('"\\ud800"').value).toBe('\ufffd')
  })

  test('bounds the nesting', () => {
    expect(parseJson('['.repeat(jsonDepthMax) + ']'.repeat(jsonDepthMax)).value).toHaveLength(1)
    expect(() => parseJson('['.repeat(jsonDepthMax + 1))).toThrow("invalid character '[' exceeded max depth")
    const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
    expect(parseJson(objects(jsonDepthMax)).value).toHaveProperty('a.a.a')
    expect(() => parseJson(objects(jsonDepthMax + 1))).toThrow("invalid character '{' exceeded max depth")
  })

  test('has so many values and no more, however short they are', () => {
    const values = (count: number) => parseJson(`[${Array.from({ length: count - 1 }, () => '{}').join(',')}]`)
    expect(values(valuesMax).value).toHaveLength(valuesMax - 1)
    expect(() => values(valuesMax + 1)).toThrow(`Request entity too large: limit is ${valuesMax} values`)
  })

  test('reads past what is too deep for any kind, and still knows what is no JSON', () => {
    const deep = (inner: string) => `${'['.repeat(keptDepthMax)}${inner}${']'.repeat(keptDepthMax)}`
    const innermost = (value: unknown): unknown =>
      Array.isArray(value) && value.length > 0 ? innermost(value[0]) : value
    expect(innermost(parseJson(deep('[1,[2],{"a":[],"b":{}}]')).value)).toBe(null)
    expect(parseJson(`{"deep":${deep('[{}]')},"next":1}`).value).toHaveProperty('next', 1)
    expect(() => parseJson(deep('[1,]'))).toThrow("invalid character ']' looking for beginning of value")
    expect(() => parseJson(deep('[1 2]'))).toThrow("invalid character '2' after array element")
    expect(() => parseJson(deep('{"a" 1}'))).toThrow("invalid character '1' after object key")
    expect(() => parseJson(deep('{"a":1 "b"}'))).toThrow("invalid character '\"' after object key:value pair")
  })

  test('keeps the text of numbers that are not plain integers, on request', () => {
    const { value } = parseJson('[1,1e3,601.0,92233720368547758070]', { exactNumbers: true })
    expect(value).toEqual([1, new JsonNumber('1e3'), new JsonNumber('601.0'), new JsonNumber('92233720368547758070')])
    expect(JSON.stringify(value)).toBe('[1,1000,601,92233720368547760000]')
  })

  test('takes __proto__ for a name like any other', () => {
    const value = parseJson('{"__proto__":{"a":1}}').value as object
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(JSON.stringify(value)).toBe('{"__proto__":{"a":1}}')
  })
})

describe('findDuplicateKeys', () => {
  test('names each key once, with its path', () => {
    expect(findDuplicateKeys('{"a":1,"b":[{"c":{"d":1,"d":2,"d":3}}],"a":2}')).toEqual(['a', 'b[0].c.d'])
    expect(findDuplicateKeys('{"a":{"b":1},"b":1}')).toEqual([])
  })

  test('names a hundred keys at most, and no more text than an error may have', () => {
    const twice = Array.from({ length: 200 }, (_, i) => `"k${i}":1,"k${i}":2`).join(',')
    expect(findDuplicateKeys(`{${twice}}`)).toHaveLength(strictErrorsMax)
    const long = 'x'.repeat(errorTextMax / 4)
    expect(findDuplicateKeys(`{"${long}":{${twice}}}`)).toHaveLength(4)
  })
})
