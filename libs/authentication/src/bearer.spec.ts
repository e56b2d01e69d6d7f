import { expect, test } from 'vitest'
import { bearerToken } from './bearer.ts'

test.each([
  ['Bearer abc', { token: 'abc' }],
  ['bearer abc', { token: 'abc' }],
  ['  BEARER abc  ', { token: 'abc' }],
  ['Bearer abc def', { token: 'abc' }],
  [['Bearer abc', 'Bearer def'], { token: 'abc' }],
  ['Bearer', {}],
  ['Bearer ', {}],
  ['Basic abc', {}],
  ['', {}],
  [undefined, {}],
  [
    'Bearer  abc',
    { warning: 'the provided Authorization header contains extra space before the bearer token, and is ignored' },
  ],
])('%j', (header, expected) => {
  expect(bearerToken(header)).toEqual(expected)
})
