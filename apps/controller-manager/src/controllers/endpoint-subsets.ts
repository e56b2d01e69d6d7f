/**
 * The addresses of a Service as Endpoints tell them: those with the same ports together.
 * Source: kubernetes/kubernetes pkg/controller/endpoint/endpoints_controller.go, pkg/api/v1/endpoints/util.go (RepackSubsets)
 */
import type { EndpointAddress, EndpointSubset, Pod, Service } from '@ensign/api'
import {
  addressesOf,
  type FoundPort,
  hostnameOf,
  ipFamilies,
  isReachable,
  isReady,
  isTerminating,
  portsAt,
  referenceTo,
} from './service-endpoints.ts'

interface Group {
  readonly ports: readonly FoundPort[]
  readonly addresses: EndpointAddress[]
  readonly notReadyAddresses: EndpointAddress[]
}

export function subsetsOf(service: Readonly<Service>, pods: readonly Readonly<Pod>[]): Group[] {
  const { publishNotReadyAddresses = false, ports: wanted = [], clusterIP } = service.spec
  const [family = 'IPv4'] = ipFamilies(service)
  const groups = new Map<string, Group>()
  for (const pod of pods) {
    if (!isReachable(pod) || (isTerminating(pod) && !publishNotReadyAddresses)) continue
    const [ip] = addressesOf(pod, family)
    const ports = portsAt(service, pod)
    if (ip === undefined || (ports.length === 0 && !(wanted.length === 0 && clusterIP === 'None'))) continue
    const key = JSON.stringify(ports)
    const group = groups.get(key) ?? { ports, addresses: [], notReadyAddresses: [] }
    groups.set(key, group)
    const address = addressOf(pod, service, ip)
    group[publishNotReadyAddresses || isReady(pod) ? 'addresses' : 'notReadyAddresses'].push(address)
  }
  // The order of pods is that of their arrival here, which is another one after a restart.
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
  for (const { addresses, notReadyAddresses } of sorted) {
    addresses.sort(byAddress)
    notReadyAddresses.sort(byAddress)
  }
  return sorted
}

function addressOf(pod: Readonly<Pod>, service: Readonly<Service>, ip: string): EndpointAddress {
  const hostname = hostnameOf(pod, service)
  const { nodeName } = pod.spec
  return { ip, ...(hostname && { hostname }), ...(nodeName && { nodeName }), targetRef: referenceTo(pod) }
}

function byAddress(a: EndpointAddress, b: EndpointAddress): number {
  const [left, right] = [`${a.ip} ${a.targetRef?.uid}`, `${b.ip} ${b.targetRef?.uid}`]
  return left < right ? -1 : 1
}

/**
 * At most `max` addresses, the ready ones first. Where some of one kind must go, each group keeps a share of what it has,
 * rounded up.
 */
export function truncated(groups: readonly Group[], max: number): { subsets: EndpointSubset[]; isTruncated: boolean } {
  const count = (list: 'addresses' | 'notReadyAddresses') => groups.reduce((sum, group) => sum + group[list].length, 0)
  const [ready, notReady] = [count('addresses'), count('notReadyAddresses')]
  const keptReady = shares(groups, 'addresses', ready, max)
  const keptNotReady = shares(groups, 'notReadyAddresses', notReady, max - Math.min(ready, max))
  const subsets = groups.flatMap(({ ports }, i): EndpointSubset[] => {
    const [addresses = [], notReadyAddresses = []] = [keptReady[i], keptNotReady[i]]
    if (addresses.length + notReadyAddresses.length === 0) return []
    return [
      {
        ...(addresses.length > 0 && { addresses }),
        ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
        ...(ports.length > 0 && { ports: ports.map(({ name, ...port }) => ({ ...(name && { name }), ...port })) }),
      },
    ]
  })
  return { subsets, isTruncated: ready + notReady > max }
}

function shares(groups: readonly Group[], list: 'addresses' | 'notReadyAddresses', total: number, max: number) {
  let left = max
  return groups.map(({ [list]: all }) => {
    const kept = total <= max ? all : all.slice(0, Math.min(left, Math.ceil((all.length / total) * max)))
    left -= kept.length
    return kept
  })
}
