/**
 * Ranges of IP addresses (CIDR), and what kind of address one is.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go,
 * pkg/apis/core/validation/validation.go (ValidateEndpointIP), k8s.io/utils/net
 */
import { isIPv4 } from 'node:net'
import { type FieldError, type FieldPath, invalidValue } from './field-error.ts'
import { parseIp } from './ip-address.ts'
import type { NameRule } from './names.ts'

export type IpFamily = 'IPv4' | 'IPv6'

export interface IpNumber {
  readonly family: IpFamily
  readonly value: bigint
}

export interface IpRange {
  readonly family: IpFamily
  readonly first: bigint
  readonly last: bigint
}

const bitsOf = { IPv4: 32, IPv6: 128 } as const

/** The address as a number; undefined for what is no address. An IPv4 address in IPv6 notation is one of IPv4. */
export function ipNumber(text: string): IpNumber | undefined {
  const address = parseIp(text)
  if (!address) return undefined
  const { canonical } = address
  if (isIPv4(canonical)) return { family: 'IPv4', value: BigInt(`0x${hexOf(canonical.split('.').map(Number), 2)}`) }
  const [head = '', tail] = canonical.split('::')
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const zeros = new Array<number>(8 - left.length - right.length).fill(0)
  return { family: 'IPv6', value: BigInt(`0x${hexOf([...left, ...zeros, ...right], 4)}`) }
}

const hexOf = (parts: readonly number[], digits: number): string =>
  parts.map((part) => part.toString(16).padStart(digits, '0')).join('')

/** The address in its canonical form. */
export function ipText({ family, value }: IpNumber): string {
  const hex = value.toString(16).padStart(bitsOf[family] / 4, '0')
  if (family === 'IPv4') return (hex.match(/../g) as string[]).map((byte) => Number.parseInt(byte, 16)).join('.')
  return new URL(`http://[${(hex.match(/..../g) as string[]).join(':')}]`).hostname.slice(1, -1)
}

interface Cidr extends IpRange {
  readonly address: bigint
  readonly prefixLength: number
  /** Read only because zeros before a decimal part are forgiven. */
  readonly hasLeadingZeros: boolean
  readonly isMapped: boolean
}

/** ParseCIDRSloppy; undefined for what is no range. */
function parseCidr(text: string): Cidr | undefined {
  const [ip = '', length = '', ...rest] = text.split('/')
  const address = parseIp(ip)
  const number = ipNumber(ip)
  if (!address || !number || rest.length > 0 || !/^\d+$/.test(length)) return undefined
  // Of a mapped address the prefix counts the 96 bits before it.
  const prefixLength = Number(length) - (address.isMapped ? bitsOf.IPv6 - bitsOf.IPv4 : 0)
  const bits = bitsOf[number.family]
  if (prefixLength < 0 || prefixLength > bits) return undefined
  const size = 1n << BigInt(bits - prefixLength)
  const first = (number.value / size) * size
  return {
    family: number.family,
    first,
    last: first + size - 1n,
    address: number.value,
    prefixLength,
    hasLeadingZeros: address.hasLeadingZeros || (length.length > 1 && length.startsWith('0')),
    isMapped: address.isMapped,
  }
}

/** @throws RangeError when the text is no range. */
export function ipRange(text: string): IpRange {
  const range = parseCidr(text)
  if (!range) throw new RangeError('must be a range of addresses such as 10.96.0.0/12')
  return range
}

/** IsValidCIDRForLegacyField with StrictIPCIDRValidation, which is on by default. */
export const isLegacyCidr: NameRule = (value) => {
  const range = parseCidr(value)
  if (!range) return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']
  if (range.hasLeadingZeros) return ['must not have leading 0s in IP or prefix length']
  if (range.isMapped) return ['must not have an IPv4-mapped IPv6 address']
  return range.address === range.first ? [] : ['must not have bits set beyond the prefix length']
}

/** GetWarningsForCIDR: what to tell of a range that is right but not written as it should be. */
export function nonStandardCidr(path: FieldPath, value: string): string[] {
  const range = parseCidr(value)
  if (!range) return []
  const { family, first, address, prefixLength } = range
  const canonical = `${ipText({ family, value: first })}/${prefixLength}`
  const warnings: string[] = []
  if (address !== first) {
    const single = `${ipText({ family, value: address })}/${bitsOf[family]}`
    warnings.push(
      `${path}: CIDR value ${JSON.stringify(value)} is ambiguous in this context (should be "${canonical}" or "${single}"?)`,
    )
  }
  if (range.hasLeadingZeros || range.isMapped)
    warnings.push(`${path}: non-standard CIDR value ${JSON.stringify(value)} is invalid: use "${canonical}"`)
  if (warnings.length === 0 && family === 'IPv6' && canonical !== value)
    warnings.push(
      `${path}: IPv6 CIDR value ${JSON.stringify(value)} should be in RFC 5952 canonical format ("${canonical}")`,
    )
  return warnings
}

const within = ({ family, value }: IpNumber, cidr: string): boolean => {
  const range = ipRange(cidr)
  return family === range.family && value >= range.first && value <= range.last
}

/** Addresses that no endpoint has, with what is said of them. */
const special: readonly { ranges: readonly string[]; text: (ip: string) => string }[] = [
  { ranges: ['0.0.0.0/32', '::/128'], text: (ip) => `may not be unspecified (${ip})` },
  { ranges: ['127.0.0.0/8', '::1/128'], text: () => 'may not be in the loopback range (127.0.0.0/8, ::1/128)' },
  {
    ranges: ['169.254.0.0/16', 'fe80::/10'],
    text: () => 'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
  },
  {
    ranges: ['224.0.0.0/24', 'ff02::/16'],
    text: () => 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
  },
]

/** An address that traffic can be sent to. */
export function endpointIpErrors(path: FieldPath, value: string): FieldError[] {
  const number = ipNumber(value)
  if (!number) return [invalidValue(path, value, 'must be a valid IP address')]
  return special.flatMap(({ ranges, text }) =>
    ranges.some((range) => within(number, range)) ? [invalidValue(path, value, text(value))] : [],
  )
}
