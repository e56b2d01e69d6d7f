import { expect, test } from 'vitest'
import {
  isDns1123SubdomainWithUnderscore,
  isHttpHeaderName,
  isPortName,
  isPortNumber,
  isRelaxedEnvironmentName,
} from './value-rules.ts'

test.each([
  ['http', 0],
  ['a-name-with-fifteen', 1],
  ['HTTP', 2],
  ['80', 1],
  ['a--b', 1],
  ['-a', 1],
  ['', 2],
])('the port name %j has %i problems', (name, count) => {
  expect(isPortName(name)).toHaveLength(count)
})

test.each([
  [1, true],
  [65535, true],
  [0, false],
  [65536, false],
])('port %i is one: %s', (port, fine) => {
  expect(isPortNumber(port)).toEqual(fine ? [] : ['must be between 1 and 65535, inclusive'])
})

test('a header of letters, digits and hyphens is one', () => {
  expect(isHttpHeaderName('X-Forwarded-For')).toEqual([])
  expect(isHttpHeaderName('X_Y')).toEqual([
    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')",
  ])
})

test.each([
  ['PATH', true],
  ['1 odd:name', true],
  ['..', true],
  ['a=b', false],
  ['tab\t', false],
  ['ä', false],
  ['', false],
])('a process can have a variable %j: %s', (name, fine) => {
  expect(isRelaxedEnvironmentName(name)).toHaveLength(fine ? 0 : 1)
})

test('search domains may hold underscores', () => {
  expect(isDns1123SubdomainWithUnderscore('_tcp.example.com')).toEqual([])
  expect(isDns1123SubdomainWithUnderscore('Example.com')).toHaveLength(1)
})
