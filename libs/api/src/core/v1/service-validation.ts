/**
 * What a service must be.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validateService and what it calls)
 */
import {
  duplicateValue,
  endpointIpErrors,
  type FieldError,
  type FieldPath,
  forbiddenField,
  invalidValue,
  ipNumber,
  isDns1123Label,
  isDns1123Subdomain,
  isLabelKey,
  isLegacyCidr,
  isLegacyIp,
  isPortName,
  isPortNumber,
  missing,
  required,
  ruleErrors,
  unlisted,
  validateLabels,
} from '@ensign/apimachinery'
import type { Service, ServicePort } from '../../generated/core-v1.ts'
import { protocols } from './endpoints-validation.ts'
import { validateAddressChange, validateAddresses } from './service-address-validation.ts'
import { isExternallyAccessible, isHeadless, needsAddress, needsHealthCheckPort, type Spec } from './service-types.ts'

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const affinities = ['ClientIP', 'None']
const policies = ['Cluster', 'Local']
const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
/** Seconds (1 day). */
const affinityTimeoutMax = 86_400
const balancedOnly = "may only be used when `type` is 'LoadBalancer'"

const hints = 'service.kubernetes.io/topology-aware-hints'
const mode = 'service.kubernetes.io/topology-mode'
const sourceRanges = 'service.beta.kubernetes.io/load-balancer-source-ranges'

export function validateService(service: Service, old?: Service): FieldError[] {
  const { spec } = service
  return [
    ...validateTopology(service),
    ...validateType(spec),
    ...validatePorts(spec),
    ...validateLabels(spec.selector, 'spec.selector'),
    ...validateAffinity(spec),
    ...validateAddresses(service, old),
    ...validateExternalAddresses(spec, old?.spec),
    ...(spec.type ? unlisted('spec.type', spec.type, types) : [required('spec.type')]),
    ...validateUniquePorts(spec),
    ...validateSourceRanges(service, old),
    ...validateBalancing(spec),
    ...validateTraffic(spec),
  ]
}

export function validateServiceUpdate(next: Service, old: Service): FieldError[] {
  const { spec } = next
  const isFixed = needsHealthCheckPort(spec) && needsHealthCheckPort(old.spec)
  const isBalanced = spec.type === 'LoadBalancer' && old.spec.type === 'LoadBalancer'
  return [
    ...validateAddressChange(next, old),
    ...(isBalanced && spec.loadBalancerClass !== old.spec.loadBalancerClass
      ? [invalidValue('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set')]
      : []),
    ...validateBalancerClass(spec),
    ...(isFixed && spec.healthCheckNodePort !== old.spec.healthCheckNodePort
      ? [forbiddenField('spec.healthCheckNodePort', 'field is immutable')]
      : []),
    ...validateService(next, old),
  ]
}

/** What a load balancer says of itself. Source: ValidateLoadBalancerStatus */
export function validateServiceStatus({ spec, status }: Service, old: Service): FieldError[] {
  const ingress = status.loadBalancer?.ingress ?? []
  const path = 'status.loadBalancer.ingress'
  if (spec.type !== 'LoadBalancer' && ingress.length > 0)
    return [forbiddenField(path, "may only be used when `spec.type` is 'LoadBalancer'")]
  const known = new Set(old.status.loadBalancer?.ingress?.map((i) => i.ip))
  return ingress.flatMap(({ ip, ipMode, hostname }, i) => {
    const at = `${path}[${i}]`
    const errors = ip && !known.has(ip) ? ruleErrors(`${at}.ip`, ip, isLegacyIp) : []
    if (ip && ipMode === undefined) errors.push(required(`${at}.ipMode`, 'must be specified when `ip` is set'))
    else if (!ip && ipMode !== undefined)
      errors.push(forbiddenField(`${at}.ipMode`, 'may not be specified when `ip` is not set'))
    else if (ipMode !== undefined) errors.push(...unlisted(`${at}.ipMode`, ipMode, ['Proxy', 'VIP']))
    if (!hostname) return errors
    errors.push(...ruleErrors(`${at}.hostname`, hostname, isDns1123Subdomain))
    if (ipNumber(hostname))
      errors.push(invalidValue(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address'))
    return errors
  })
}

function validateTopology({ metadata: { annotations = {} } }: Service): FieldError[] {
  const [wanted, older] = [annotations[mode], annotations[hints]]
  if (wanted === undefined || older === undefined || wanted === older) return []
  const why = `must match annotations[${hints}] when both are specified`
  return [invalidValue(`metadata.annotations[${mode}]`, wanted, why)]
}

function validateType(spec: Spec): FieldError[] {
  const { type, ports = [], clusterIPs = [], externalName } = spec
  const errors = ports.length === 0 && !isHeadless(spec) && needsAddress(spec) ? [required('spec.ports')] : []
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(spec))
    errors.push(invalidValue('spec.clusterIPs[0]', clusterIPs[0], `may not be set to 'None' for ${type} services`))
  if (type !== 'ExternalName') return errors
  const unset = {
    clusterIPs: clusterIPs.length > 0,
    ipFamilies: (spec.ipFamilies?.length ?? 0) > 0,
    ipFamilyPolicy: spec.ipFamilyPolicy !== undefined,
  }
  for (const [field, isSet] of Object.entries(unset))
    if (isSet) errors.push(forbiddenField(`spec.${field}`, 'may not be set for ExternalName services'))
  // A dot at the end says that the name is complete.
  const name = externalName?.replace(/\.$/, '')
  errors.push(...(name ? ruleErrors('spec.externalName', name, isDns1123Subdomain) : [required('spec.externalName')]))
  return errors
}

function validatePorts({ ports = [] }: Spec): FieldError[] {
  const names = new Set<string | undefined>()
  return ports.flatMap((port, i) => {
    const isRepeated = names.has(port.name)
    names.add(port.name)
    return validatePort(port, { nameRequired: ports.length > 1, isRepeated }, `spec.ports[${i}]`)
  })
}

function validatePort(
  { name, port, protocol, targetPort, appProtocol }: ServicePort,
  { nameRequired, isRepeated }: { nameRequired: boolean; isRepeated: boolean },
  path: FieldPath,
): FieldError[] {
  const errors = name ? ruleErrors(`${path}.name`, name, isDns1123Label) : []
  if (name && isRepeated) errors.push(duplicateValue(`${path}.name`, name))
  if (!name && nameRequired) errors.push(required(`${path}.name`))
  errors.push(...isPortNumber(port).map((problem) => invalidValue(`${path}.port`, port, problem)))
  errors.push(...(protocol ? unlisted(`${path}.protocol`, protocol, protocols) : [required(`${path}.protocol`)]))
  const targetProblems = typeof targetPort === 'number' ? isPortNumber(targetPort) : isPortName(targetPort)
  errors.push(...targetProblems.map((problem) => invalidValue(`${path}.targetPort`, targetPort, problem)))
  if (appProtocol !== undefined) errors.push(...ruleErrors(`${path}.appProtocol`, appProtocol, isLabelKey))
  return errors
}

function validateAffinity({ sessionAffinity, sessionAffinityConfig }: Spec): FieldError[] {
  if (!sessionAffinity) return [required('spec.sessionAffinity')]
  const path = 'spec.sessionAffinityConfig'
  if (sessionAffinity === 'None') {
    const why = 'must not be set when session affinity is None'
    return sessionAffinityConfig ? [forbiddenField(path, why)] : []
  }
  if (sessionAffinity !== 'ClientIP') return unlisted('spec.sessionAffinity', sessionAffinity, affinities)
  const why = 'when session affinity type is ClientIP'
  if (!sessionAffinityConfig) return [required(path, why)]
  if (!sessionAffinityConfig.clientIP) return [required(`${path}.clientIP`, why)]
  const { timeoutSeconds } = sessionAffinityConfig.clientIP
  const field = `${path}.clientIP.timeoutSeconds`
  if (timeoutSeconds === undefined) return [required(field, why)]
  if (timeoutSeconds > 0 && timeoutSeconds <= affinityTimeoutMax) return []
  return [invalidValue(field, timeoutSeconds, `must be greater than 0 and less than ${affinityTimeoutMax}`)]
}

function validateExternalAddresses({ externalIPs = [] }: Spec, old: Spec | undefined): FieldError[] {
  const known = new Set(old?.externalIPs)
  return externalIPs.flatMap((ip, i) => {
    const path = `spec.externalIPs[${i}]`
    const problems = known.has(ip) ? [] : ruleErrors(path, ip, isLegacyIp)
    return problems.length > 0 ? problems : endpointIpErrors(path, ip)
  })
}

/** Ports of a node and ports of the service, each unique among those of its protocol. */
function validateUniquePorts({ type, ports = [] }: Spec): FieldError[] {
  const seen = new Set<string>()
  const isRepeated = (member: 'port' | 'nodePort', { protocol, [member]: number }: ServicePort): boolean => {
    const before = seen.size
    return seen.add(`${member} ${protocol} ${number}`).size === before
  }
  const errors: FieldError[] = []
  for (const [i, { nodePort }] of ports.entries())
    if (nodePort && type === 'ClusterIP')
      errors.push(forbiddenField(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"))
  for (const [i, port] of ports.entries()) {
    const { nodePort } = port
    if (nodePort && isRepeated('nodePort', port)) errors.push(duplicateValue(`spec.ports[${i}].nodePort`, nodePort))
  }
  for (const [i, each] of ports.entries()) {
    const { protocol, port } = each
    // As upstream prints what it compares.
    const shown = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 }
    if (isRepeated('port', each)) errors.push(duplicateValue(`spec.ports[${i}]`, shown))
  }
  return errors
}

function validateSourceRanges({ metadata, spec }: Service, old: Service | undefined): FieldError[] {
  const { loadBalancerSourceRanges: ranges = [], type } = spec
  const misused = (path: FieldPath) => (type === 'LoadBalancer' ? [] : [forbiddenField(path, balancedOnly)])
  if (ranges.length > 0) {
    const path = 'spec.LoadBalancerSourceRanges'
    const known = new Set(old?.spec.loadBalancerSourceRanges?.map((range) => range.trim()))
    const bad = ranges
      .map((range) => range.trim())
      .map((range, i) => (known.has(range) ? [] : ruleErrors(`${path}[${i}]`, range, isLegacyCidr)))
    return [...misused(path), ...bad.flat()]
  }
  const annotation = metadata.annotations?.[sourceRanges]
  if (annotation === undefined) return []
  const path = `metadata.annotations[${sourceRanges}]`
  if (annotation.trim() === '' || annotation === old?.metadata.annotations?.[sourceRanges]) return misused(path)
  return [...misused(path), ...annotation.split(',').flatMap((range) => ruleErrors(path, range.trim(), isLegacyCidr))]
}

function validateBalancing(spec: Spec): FieldError[] {
  const { type, allocateLoadBalancerNodePorts: allocates } = spec
  const errors: FieldError[] = []
  if (allocates !== undefined && type !== 'LoadBalancer')
    errors.push(forbiddenField('spec.allocateLoadBalancerNodePorts', balancedOnly))
  if (allocates === undefined && type === 'LoadBalancer') errors.push(required('allocateLoadBalancerNodePorts'))
  return [...errors, ...validateBalancerClass(spec)]
}

function validateBalancerClass({ type, loadBalancerClass }: Spec): FieldError[] {
  if (loadBalancerClass === undefined) return []
  const path = 'spec.loadBalancerClass'
  return type === 'LoadBalancer'
    ? ruleErrors(path, loadBalancerClass, isLabelKey)
    : [forbiddenField(path, balancedOnly)]
}

function validateTraffic(spec: Spec): FieldError[] {
  const { type = '', externalTrafficPolicy: external, internalTrafficPolicy: internal } = spec
  const errors: FieldError[] = []
  if (isExternallyAccessible(spec)) {
    errors.push(...missing('spec.externalTrafficPolicy', external))
    if (external) errors.push(...unlisted('spec.externalTrafficPolicy', external, policies))
  } else if (external) {
    const why = 'may only be set for externally-accessible services'
    errors.push(invalidValue('spec.externalTrafficPolicy', external, why))
  }
  errors.push(...validateHealthCheckPort(spec))
  if (internal === undefined && type !== 'ExternalName' && types.includes(type))
    errors.push(required('spec.internalTrafficPolicy'))
  if (internal !== undefined) errors.push(...unlisted('spec.internalTrafficPolicy', internal, policies))
  if (spec.trafficDistribution !== undefined)
    errors.push(...unlisted('spec.trafficDistribution', spec.trafficDistribution, distributions))
  return errors
}

function validateHealthCheckPort(spec: Spec): FieldError[] {
  const { healthCheckNodePort: port } = spec
  const path = 'spec.healthCheckNodePort'
  if (!needsHealthCheckPort(spec)) {
    const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    return port ? [invalidValue(path, port, why)] : []
  }
  return port ? isPortNumber(port).map((problem) => invalidValue(path, port, problem)) : [required(path)]
}
