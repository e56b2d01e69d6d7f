import { describe, expect, test } from 'vitest'
import { endpointIpErrors, ipNumber, ipRange, ipText, isLegacyCidr, nonStandardCidr } from './ip-range.ts'

describe('an address', () => {
  test.each(['10.96.0.1', '0.0.0.0', '255.255.255.255', '2001:db8::ffff', '::', '::1'])('%s is its number', (text) => {
    const number = ipNumber(text)
    expect(number && ipText(number)).toBe(text)
  })

  test.each([
    ['10.1.2.3', []],
    ['0.0.0.0', ['may not be unspecified (0.0.0.0)']],
    ['::1', ['may not be in the loopback range (127.0.0.0/8, ::1/128)']],
    ['fe80::1', ['may not be in the link-local range (169.254.0.0/16, fe80::/10)']],
    ['224.0.0.5', ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)']],
    ['x', ['must be a valid IP address']],
  ])('%s can be an endpoint or not', (text, problems) => {
    expect(endpointIpErrors('ip', text).map((e) => e.detail)).toEqual(problems)
  })
})

describe('a range', () => {
  test('has a first and a last address', () => {
    const { family, first, last } = ipRange('10.96.0.0/12')
    expect([ipText({ family, value: first }), ipText({ family, value: last })]).toEqual(['10.96.0.0', '10.111.255.255'])
  })

  test.each([
    ['10.0.0.0/8', []],
    ['2001:db8::/64', []],
    ['10.0.0.1/8', ['must not have bits set beyond the prefix length']],
    ['010.0.0.0/8', ['must not have leading 0s in IP or prefix length']],
    ['::ffff:10.0.0.0/104', ['must not have an IPv4-mapped IPv6 address']],
    ['10.0.0.0', ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
    ['10.0.0.0/33', ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
  ])('%s is right or not', (text, problems) => {
    expect(isLegacyCidr(text)).toEqual(problems)
  })

  test('that is written oddly gets a warning', () => {
    expect(nonStandardCidr('f', '10.0.0.1/8')).toEqual([
      'f: CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)',
    ])
    expect(nonStandardCidr('f', '2001:DB8::/64')).toEqual([
      'f: IPv6 CIDR value "2001:DB8::/64" should be in RFC 5952 canonical format ("2001:db8::/64")',
    ])
  })
})
