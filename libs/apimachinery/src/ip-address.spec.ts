import { expect, test } from 'vitest'
import { isLegacyIp, nonStandardIp } from './ip-address.ts'

test.each([
  ['10.0.0.1', []],
  ['2001:db8::1', []],
  ['FE80:0:0:0:0:0:0:abc', []],
  ['010.0.0.1', ['must not have leading 0s']],
  ['::ffff:192.0.2.1', ['must not be an IPv4-mapped IPv6 address']],
  ['1.2.3', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  ['fe80::1%eth0', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
])('%s as an address: %j', (text, problems) => {
  expect(isLegacyIp(text)).toEqual(problems)
})

test.each([
  ['10.0.0.1', []],
  ['010.0.0.1', ['p: non-standard IP address "010.0.0.1" is invalid: use "10.0.0.1"']],
  ['::ffff:192.0.2.1', ['p: non-standard IP address "::ffff:192.0.2.1" is invalid: use "192.0.2.1"']],
  [
    'FE80:0:0:0:0:0:0:abc',
    ['p: IPv6 address "FE80:0:0:0:0:0:0:abc" should be in RFC 5952 canonical format ("fe80::abc")'],
  ],
])('of %s the user is told %j', (text, warnings) => {
  expect(nonStandardIp('p', text)).toEqual(warnings)
})
