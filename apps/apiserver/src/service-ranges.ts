/** The ranges that services get addresses and ports from, as flags name them. */
import { type IpRange, ipRange } from '@ensign/apimachinery'

/** Of IPv4 and IPv6, the default first. @throws Error when the text names no such ranges. */
export function parseAddressRanges(text: string): IpRange[] {
  const ranges = text.split(',').map((one) => ipRange(one.trim()))
  if (ranges.length > 2 || new Set(ranges.map(({ family }) => family)).size < ranges.length)
    throw new Error('must be one range, or one of IPv4 and one of IPv6')
  return ranges
}

export interface PortRange {
  readonly first: number
  readonly last: number
}

/** @throws Error when the text is no range. */
export function parsePortRange(text: string): PortRange {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? []
  const range = { first: Number(first), last: Number(last) }
  if (!(range.first >= 1 && range.first <= range.last && range.last <= 65_535))
    throw new Error('must be a range of ports such as 30000-32767')
  return range
}

const checked = (placeholder: string, parse: (text: string) => unknown) =>
  Object.assign(
    (text: string): string => {
      parse(text)
      return text
    },
    { placeholder },
  )

export const addressRanges = checked('CIDR,CIDR', parseAddressRanges)
export const portRange = checked('FIRST-LAST', parsePortRange)
