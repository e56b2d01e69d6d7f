/**
 * Gives a service its addresses and ports. Runs before the kind's own hooks, on create and on update.
 * Source: kubernetes/kubernetes pkg/registry/core/service/storage/{storage,alloc}.go
 */
import { type FieldError, type IpFamily, internalError, invalid, invalidValue, ipNumber } from '@ensign/apimachinery'
import type { Service, ServicePort } from '../../generated/core-v1.ts'
import { validateAddresses } from './service-address-validation.ts'
import {
  needsAddress,
  needsHealthCheckPort,
  needsNodePorts,
  noAddress,
  type Spec,
  sameAddressList,
  sameFamilies,
} from './service-types.ts'

/** What was given, or why nothing was, in upstream's words. */
export type Allocated<T> = { readonly value: T } | { readonly problem: string }

/** Addresses and ports that no other service has. */
export interface ServiceAllocator {
  /** Those that there is a range for, the default first. */
  readonly families: readonly IpFamily[]
  /** @param wanted any, when absent */
  address(family: IpFamily, wanted?: string): Allocated<string>
  /** @param wanted any, when absent */
  nodePort(wanted?: number): Allocated<number>
}

/** @throws StatusError 422 for what cannot be given, 500 when nothing is left */
export function allocateService(sent: Service, old: Service | undefined, allocator: ServiceAllocator): Service {
  const spec: Spec = { ...sent.spec }
  const name = sent.metadata.name ?? ''
  const refuse = (errors: readonly FieldError[]): void => {
    if (errors.length > 0) throw invalid('', 'Service', name, [...errors])
  }
  if (old) keepAllocated(spec, old.spec)
  linkAddresses(spec, old?.spec)
  const keepsBothStacks = old !== undefined && isSamePreferDualStack(spec, old.spec)
  if (needsAddress(spec) && !keepsBothStacks) {
    spec.ipFamilyPolicy ??= defaultPolicy(spec, old?.spec)
    refuse(validateAddresses({ ...sent, spec }, old))
    refuse(fitFamilies(spec, old?.spec, allocator.families))
    allocateAddresses(spec, old?.spec, allocator, name, refuse)
  }
  allocatePorts(spec, old?.spec, allocator, refuse)
  return { ...sent, spec }
}

/** Who sends again what was created gets the same addresses and ports, though they did not name them. */
function keepAllocated(spec: Spec, old: Spec): void {
  if (needsAddress(spec) && needsAddress(old)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP
    if (!spec.clusterIPs?.length && old.clusterIPs?.length) spec.clusterIPs = old.clusterIPs
  }
  if (needsNodePorts(spec) && needsNodePorts(old) && spec.ports) {
    const kept = new Set(spec.ports.map((p) => p.nodePort ?? 0))
    const before = new Map((old.ports ?? []).map((p) => [p.name ?? '', p.nodePort ?? 0]))
    spec.ports = spec.ports.map((port) => {
      const known = before.get(port.name ?? '')
      return !port.nodePort && known && !kept.has(known) ? { ...port, nodePort: known } : port
    })
  }
  if (needsHealthCheckPort(spec) && needsHealthCheckPort(old) && old.healthCheckNodePort)
    spec.healthCheckNodePort ||= old.healthCheckNodePort
}

/** Clients of old know one address alone: what they say of it is meant of the first. */
function linkAddresses(spec: Spec, old: Spec | undefined): void {
  if (!old) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP]
    return
  }
  if (spec.clusterIP === old.clusterIP) {
    if (!spec.clusterIPs?.length && old.clusterIPs?.length) spec.clusterIPs = old.clusterIPs
  } else if (sameAddressList(spec, old)) {
    if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP]
    else delete spec.clusterIPs
  }
}

/** Neither gains nor loses a family because of how the server is configured now. */
const isSamePreferDualStack = (spec: Spec, old: Spec): boolean =>
  spec.ipFamilyPolicy === 'PreferDualStack' &&
  (old.ipFamilyPolicy ?? 'PreferDualStack') === 'PreferDualStack' &&
  spec.type === old.type &&
  sameAddressList(spec, old) &&
  sameFamilies(spec, old)

const isSelectorless = ({ clusterIP, selector }: Spec): boolean =>
  clusterIP === noAddress && Object.keys(selector ?? {}).length === 0

const defaultPolicy = (spec: Spec, old: Spec | undefined): string =>
  old?.ipFamilyPolicy ?? (isSelectorless(spec) ? 'RequireDualStack' : 'SingleStack')

/** Brings policy, families and addresses together; the problems when they contradict each other. */
function fitFamilies(spec: Spec, old: Spec | undefined, configured: readonly IpFamily[]): FieldError[] {
  const policyPath = 'spec.ipFamilyPolicy'
  const { ipFamilyPolicy: policy } = spec
  const isSingle = policy === 'SingleStack'
  const errors: FieldError[] = []
  if (old && isSingle) {
    if (sameAddressList(spec, old) && spec.clusterIPs) spec.clusterIPs = spec.clusterIPs.slice(0, 1)
    if (sameFamilies(spec, old) && spec.ipFamilies) spec.ipFamilies = spec.ipFamilies.slice(0, 1)
  } else if (old) {
    const lost = (list: 'clusterIPs' | 'ipFamilies') => old[list]?.length === 2 && spec[list]?.length === 1
    const why = (what: string) => `must be 'SingleStack' to release the secondary ${what}`
    if (lost('clusterIPs')) errors.push(invalidValue(policyPath, policy, why('cluster IP')))
    if (lost('ipFamilies')) errors.push(invalidValue(policyPath, policy, why('IP family')))
  }
  if (isSingle) {
    const why = (what: string) => `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`
    if (spec.clusterIPs?.length === 2) errors.push(invalidValue(policyPath, policy, why('cluster IPs')))
    if (spec.ipFamilies?.length === 2) errors.push(invalidValue(policyPath, policy, why('IP families')))
  }
  errors.push(...inferFamilies(spec, configured))
  if (errors.length > 0) return errors
  const [fallback = 'IPv4'] = configured
  if (isSelectorless(spec)) {
    spec.ipFamilies = spec.ipFamilies?.length ? spec.ipFamilies : [fallback]
    if (!isSingle) addOtherFamily(spec)
    return []
  }
  if (policy === 'RequireDualStack' && configured.length < 2)
    errors.push(invalidValue(policyPath, policy, 'this cluster is not configured for dual-stack services'))
  for (const [i, family] of (spec.ipFamilies ?? []).entries())
    if (!configured.includes(family as IpFamily))
      errors.push(invalidValue(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'))
  if (errors.length > 0) return errors
  spec.ipFamilies = spec.ipFamilies?.length ? spec.ipFamilies : [fallback]
  if (!isSingle && configured.length === 2) addOtherFamily(spec)
  return []
}

/** Families that the client's addresses tell. */
function inferFamilies(spec: Spec, configured: readonly IpFamily[]): FieldError[] {
  const errors: FieldError[] = []
  for (const [i, ip] of (spec.clusterIPs ?? []).entries()) {
    const family = ipNumber(ip)?.family
    if (!family) break
    if (i < (spec.ipFamilies?.length ?? 0)) continue
    if (configured.includes(family)) spec.ipFamilies = [...(spec.ipFamilies ?? []), family]
    else
      errors.push(invalidValue(`spec.clusterIPs[${i}]`, spec.clusterIPs, `${family} is not configured on this cluster`))
  }
  return errors
}

function addOtherFamily(spec: Spec): void {
  const [first] = spec.ipFamilies ?? []
  if (spec.ipFamilies?.length === 1) spec.ipFamilies = [first as string, first === 'IPv4' ? 'IPv6' : 'IPv4']
}

function allocateAddresses(
  spec: Spec,
  old: Spec | undefined,
  allocator: ServiceAllocator,
  name: string,
  refuse: (errors: readonly FieldError[]) => void,
): void {
  if (spec.clusterIPs?.[0] === noAddress || old?.clusterIPs?.[0] === noAddress) return
  // The first address of a service never changes; validation refuses who tries.
  const kept = old && needsAddress(old) ? (old.clusterIPs ?? []) : []
  if (kept.length > 0 && kept.length >= (spec.ipFamilies?.length ?? 0)) return
  const given = [...(spec.clusterIPs ?? [])]
  for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
    if (given[i] !== undefined && given[i] === kept[i]) continue
    const wanted = given[i]
    const outcome = allocator.address(family as IpFamily, wanted)
    if ('value' in outcome) given[i] = outcome.value
    else if (wanted) {
      const why = `failed to allocate IP ${wanted}: ${outcome.problem}`
      refuse([invalidValue('spec.clusterIPs', spec.clusterIPs, why)])
    } else throw internalError(`failed to allocate a serviceIP for Service ${JSON.stringify(name)}: ${outcome.problem}`)
  }
  spec.clusterIPs = given
  spec.clusterIP = given[0] as string
}

function allocatePorts(
  spec: Spec,
  old: Spec | undefined,
  allocator: ServiceAllocator,
  refuse: (errors: readonly FieldError[]) => void,
): void {
  const held = new Set((old?.ports ?? []).flatMap((p) => p.nodePort ?? []))
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
    /** By port of the service: two protocols on one port share the node's. */
    const shared = new Map<number, number>()
    /** How many ports of the service share it. */
    const shares = new Map<number, number>()
    const share = (nodePort: number, by: 1 | -1) => shares.set(nodePort, (shares.get(nodePort) ?? 0) + by)
    const requested = requestedNodePorts(spec.ports)
    const take = (port: ServicePort, i: number): ServicePort => {
      const wanted = port.nodePort || shared.get(port.port) || requested.get(port.port)
      if (!wanted && !needsNodePorts(spec)) return port
      const isHeld = wanted && (held.has(wanted) || (shares.get(wanted) ?? 0) > 0)
      const outcome: Allocated<number> = isHeld ? { value: wanted } : allocator.nodePort(wanted)
      if ('problem' in outcome) {
        if (wanted) refuse([invalidValue(`spec.ports[${i}].nodePort`, wanted, outcome.problem)])
        throw internalError(`failed to allocate a nodePort: ${outcome.problem}`)
      }
      const before = shared.get(port.port)
      if (before !== undefined) share(before, -1)
      share(outcome.value, 1)
      shared.set(port.port, outcome.value)
      return { ...port, nodePort: outcome.value }
    }
    if (spec.ports) spec.ports = spec.ports.map(take)
  }
  if (!needsHealthCheckPort(spec) || (old && needsHealthCheckPort(old))) return
  const outcome = allocator.nodePort(spec.healthCheckNodePort || undefined)
  if ('problem' in outcome) throw internalError(`failed to allocate a HealthCheck NodePort: ${outcome.problem}`)
  spec.healthCheckNodePort = outcome.value
}

/** By port of the service, the first node port that is asked for. */
function requestedNodePorts(ports: readonly ServicePort[] = []): ReadonlyMap<number, number> {
  const requested = new Map<number, number>()
  for (const { port, nodePort } of ports) if (nodePort && !requested.has(port)) requested.set(port, nodePort)
  return requested
}
