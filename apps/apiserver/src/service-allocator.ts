/**
 * Addresses and node ports of services. What is stored is the truth about what is taken; beside that only what was given
 * a moment ago is remembered, until the object that it was given to is stored. Two apiservers may give the same in the
 * same moment: of addresses there are so many that this does not happen, and nothing routes to either.
 * Source: kubernetes/kubernetes pkg/registry/core/service/{ipallocator,portallocator}
 */
import { allocateService, type Service, type ServiceAllocator } from '@ensign/api'
import { type IpFamily, type IpRange, ipNumber, ipText } from '@ensign/apimachinery'
import { systemClock } from '@ensign/process'
import type { CachedObject, Completion, WatchCache } from '@ensign/registry'
import type { ApiserverOptions } from './options.ts'
import { type PortRange, parseAddressRanges, parsePortRange } from './service-ranges.ts'

/** Milliseconds for which what was given is kept from others before its object is stored. */
const reservedMs = 30_000
/** Random guesses before the whole range is searched. */
const guessesMax = 32

export const serviceCompletion =
  (options: Pick<ApiserverOptions, 'service-cluster-ip-range' | 'service-node-port-range'>) =>
  (cache: WatchCache): Completion => {
    const ranges = parseAddressRanges(options['service-cluster-ip-range'])
    const ports = parsePortRange(options['service-node-port-range'])
    const addresses = createLedger()
    const nodePorts = createLedger()
    cache.follow({
      set(object) {
        addresses.record(object.key, addressesOf(object))
        nodePorts.record(object.key, portsOf(object))
      },
      delete({ key }) {
        addresses.record(key, [])
        nodePorts.record(key, [])
      },
    })
    return (next, old, dryRun) => {
      const { namespace, name = '' } = next.metadata
      const owner = `${namespace}/${name}`
      const allocator: ServiceAllocator = {
        families: ranges.map(({ family }) => family),
        address: (family, wanted) => giveAddress(addresses, rangeOf(ranges, family), wanted, { owner, dryRun }),
        nodePort: (wanted) => givePort(nodePorts, ports, wanted, { owner, dryRun }),
      }
      return allocateService(next as Service, old as Service | undefined, allocator)
    }
  }

const rangeOf = (ranges: readonly IpRange[], family: IpFamily): IpRange =>
  ranges.find((range) => range.family === family) as IpRange

/** In canonical form, whatever the object has. */
const addressesOf = (object: CachedObject): string[] =>
  ((object.object as Service).spec.clusterIPs ?? []).flatMap((ip) => {
    const number = ipNumber(ip)
    return number ? ipText(number) : []
  })

function portsOf(object: CachedObject): string[] {
  const { ports = [], healthCheckNodePort } = (object.object as Service).spec
  return [...ports.map((p) => p.nodePort), healthCheckNodePort].flatMap((port) => (port ? String(port) : []))
}

interface Ask {
  readonly owner: string
  readonly dryRun: boolean
}

interface Ledger {
  /** What the stored object holds from now on. */
  record(key: string, held: readonly string[]): void
  /** False when somebody else has it. */
  take(value: string, ask: Ask): boolean
}

function createLedger(): Ledger {
  const holders = new Map<string, string>()
  const heldBy = new Map<string, readonly string[]>()
  const reserved = new Map<string, { owner: string; until: number }>()
  return {
    record(key, held) {
      for (const value of heldBy.get(key) ?? []) if (holders.get(value) === key) holders.delete(value)
      for (const value of held) {
        holders.set(value, key)
        reserved.delete(value)
      }
      if (held.length > 0) heldBy.set(key, held)
      else heldBy.delete(key)
    },
    take(value, { owner, dryRun }) {
      const now = systemClock.now()
      // The oldest come first, so that what is still held is not walked through for every candidate.
      for (const [other, { until }] of reserved) {
        if (until > now) break
        reserved.delete(other)
      }
      const waiting = reserved.get(value)
      if (holders.has(value) || (waiting && waiting.owner !== owner)) return false
      if (!dryRun) {
        reserved.delete(value)
        reserved.set(value, { owner, until: now + reservedMs })
      }
      return true
    },
  }
}

function giveAddress(ledger: Ledger, range: IpRange, wanted: string | undefined, ask: Ask) {
  const { family } = range
  // The first address names the network, and the last one of IPv4 means everybody.
  const first = range.first + 1n
  const last = family === 'IPv4' ? range.last - 1n : range.last
  if (wanted) {
    const number = ipNumber(wanted)
    if (!number || number.family !== family || number.value < first || number.value > last)
      return { problem: 'the provided network does not match the current range' }
    return ledger.take(ipText(number), ask) ? { value: wanted } : { problem: 'provided IP is already allocated' }
  }
  // The lower end is left to those who choose for themselves, as long as there is more.
  const size = last - first + 1n
  const reservedForChoice = size / 16n < 16n ? 16n : size / 16n > 256n ? 256n : size / 16n
  const upper = size > reservedForChoice ? reservedForChoice : 0n
  const candidate = (offset: bigint): string => ipText({ family, value: first + offset })
  const found = search(size, upper, (offset) => ledger.take(candidate(offset), ask))
  return found === undefined ? { problem: 'range is full' } : { value: candidate(found) }
}

function givePort(ledger: Ledger, { first, last }: PortRange, wanted: number | undefined, ask: Ask) {
  if (wanted) {
    if (wanted < first || wanted > last) {
      const problem = `provided port is not in the valid range. The range of valid ports is ${first}-${last}`
      return { problem }
    }
    return ledger.take(String(wanted), ask) ? { value: wanted } : { problem: 'provided port is already allocated' }
  }
  const found = search(BigInt(last - first + 1), 0n, (offset) => ledger.take(String(first + Number(offset)), ask))
  return found === undefined ? { problem: 'range is full' } : { value: first + Number(found) }
}

/** Some guesses from `from` up, then everything in order. */
function search(size: bigint, from: bigint, take: (offset: bigint) => boolean): bigint | undefined {
  const span = size - from > 0xffff_ffffn ? 0xffff_ffffn : size - from
  for (let i = 0; i < guessesMax; i++) {
    const offset = from + BigInt(Math.floor(Math.random() * Number(span)))
    if (take(offset)) return offset
  }
  for (let offset = 0n; offset < size && offset < searchedMax; offset++) if (take(offset)) return offset
  return undefined
}

/** Candidates that are looked at in order: a full range of more is never seen. */
const searchedMax = 1n << 20n
