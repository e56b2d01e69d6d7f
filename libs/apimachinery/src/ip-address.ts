/**
 * IP addresses in fields that are older than the strict rules for them.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go
 */
import { isIPv4, isIPv6 } from 'node:net'
import type { FieldPath } from './field-error.ts'
import type { NameRule } from './names.ts'

/** Characters: any address has fewer, zeros that lead included. */
const lengthMax = 100
const leadingZeros = /(^|[.:])0+(?=[0-9]+(?:\.|$))/g

interface Address {
  /** As Kubernetes would write it. */
  readonly canonical: string
  readonly isV6: boolean
  /** Read only because zeros before a decimal part are forgiven. */
  readonly hasLeadingZeros: boolean
  /** An IPv4 address in IPv6 notation, `::ffff:192.0.2.1`. */
  readonly isMapped: boolean
}

/** ParseIPSloppy and what netip.ParseAddr says beyond it; undefined for what is no address. Zones are not known here. */
export function parseIp(text: string): Address | undefined {
  if (text.length > lengthMax || text.includes('%')) return undefined
  const plain = text.includes('.') ? text.replace(leadingZeros, '$1') : text
  const hasLeadingZeros = plain !== text
  if (isIPv4(plain)) return { canonical: plain, isV6: false, hasLeadingZeros, isMapped: false }
  if (!isIPv6(plain)) return undefined
  // A URL's host is written as RFC 5952 asks, but with mapped addresses in hexadecimal.
  const canonical = new URL(`http://[${plain}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical)
  if (!mapped) return { canonical, isV6: true, hasLeadingZeros, isMapped: false }
  const parts = mapped.slice(1).flatMap((half) => [Number.parseInt(half, 16) >> 8, Number.parseInt(half, 16) & 0xff])
  return { canonical: parts.join('.'), isV6: true, hasLeadingZeros, isMapped: true }
}

/** IsValidIPForLegacyField with StrictIPCIDRValidation, which is on by default. */
export const isLegacyIp: NameRule = (value) => {
  const address = parseIp(value)
  if (!address) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']
  if (address.hasLeadingZeros) return ['must not have leading 0s']
  return address.isMapped ? ['must not be an IPv4-mapped IPv6 address'] : []
}

/** GetWarningsForIP: what to tell of an address that is right but not written as it should be. */
export function nonStandardIp(path: FieldPath, value: string): string[] {
  const address = parseIp(value)
  if (!address) return []
  const { canonical, isV6, hasLeadingZeros, isMapped } = address
  if (hasLeadingZeros || isMapped)
    return [`${path}: non-standard IP address ${JSON.stringify(value)} is invalid: use ${JSON.stringify(canonical)}`]
  if (!isV6 || canonical === value) return []
  return [
    `${path}: IPv6 address ${JSON.stringify(value)} should be in RFC 5952 canonical format (${JSON.stringify(canonical)})`,
  ]
}
