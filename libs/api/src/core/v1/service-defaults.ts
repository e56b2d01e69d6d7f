/**
 * What a service gets without being asked, and what it loses when its type changes.
 * Source: kubernetes/kubernetes pkg/apis/core/v1/defaults.go (SetDefaults_Service),
 * pkg/registry/core/service/strategy.go (dropTypeDependentFields)
 */
import type { Service } from '../../generated/core-v1.ts'
import {
  isExternallyAccessible,
  needsAddress,
  needsHealthCheckPort,
  needsNodePorts,
  type Spec,
  sameAddresses,
  sameFamilies,
} from './service-types.ts'

/** Seconds (3 hours). */
const affinityTimeout = 10_800

export function withServiceDefaults(service: Service): Service {
  const spec: Spec = { ...service.spec }
  spec.sessionAffinity ||= 'None'
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined)
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: affinityTimeout } }
  spec.type ||= 'ClusterIP'
  if (spec.ports) {
    // Text of digits is not the number, but nothing and zero are the port itself.
    spec.ports = spec.ports.map((p) => ({ ...p, protocol: p.protocol || 'TCP', targetPort: p.targetPort || p.port }))
  }
  if (isExternallyAccessible(spec)) spec.externalTrafficPolicy ||= 'Cluster'
  if (['NodePort', 'LoadBalancer', 'ClusterIP'].includes(spec.type)) spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type !== 'LoadBalancer') return { ...service, spec }
  spec.allocateLoadBalancerNodePorts ??= true
  return { ...service, spec, status: withIngressModes(service.status) }
}

function withIngressModes(status: Service['status']): Service['status'] {
  const ingress = status?.loadBalancer?.ingress
  if (!ingress) return status
  const modes = ingress.map((i) => (i.ip && !i.ipMode ? { ...i, ipMode: 'VIP' } : i))
  return { ...status, loadBalancer: { ...status.loadBalancer, ingress: modes } }
}

/**
 * A name for something outside has no traffic inside. Upstream once gave it the policy, and drops it whenever it reads one;
 * a policy that does not exist is left for the check to refuse.
 * Source: pkg/registry/core/service/storage/storage.go, defaultOnReadInternalTrafficPolicy
 */
function dropUselessPolicy(spec: Spec): void {
  if (spec.type === 'ExternalName' && ['Cluster', 'Local'].includes(spec.internalTrafficPolicy ?? ''))
    delete spec.internalTrafficPolicy
}

export function prepareNewService(service: Service): Service {
  const spec: Spec = { ...service.spec }
  dropUselessPolicy(spec)
  return { ...service, spec, status: { loadBalancer: {} } }
}

/** Drops what a change of type makes meaningless, where the client did not touch it: what it touched, it gets to hear of. */
export function dropTypeDependentFields(next: Service, old: Service): Service {
  const spec: Spec = { ...next.spec }
  const before = old.spec
  if (needsAddress(before) && !needsAddress(spec)) {
    if (sameAddresses(before, spec)) {
      delete spec.clusterIP
      delete spec.clusterIPs
    }
    if (sameFamilies(before, spec)) delete spec.ipFamilies
    if (before.ipFamilyPolicy === spec.ipFamilyPolicy) delete spec.ipFamilyPolicy
  }
  // Ports may come, go and change, as long as none asks for a node port that was not there.
  const held = new Set((before.ports ?? []).map((p) => p.nodePort ?? 0))
  const asksForMore = spec.ports?.some(({ nodePort }) => nodePort && !held.has(nodePort))
  if (needsNodePorts(before) && !needsNodePorts(spec) && !asksForMore && spec.ports)
    spec.ports = spec.ports.map(({ nodePort: _, ...port }) => port)
  const noLonger = (needs: (spec: Spec) => boolean) => needs(before) && !needs(spec)
  const isBalanced = ({ type }: Spec) => type === 'LoadBalancer'
  const drop = (field: keyof Spec, needs: (spec: Spec) => boolean) => {
    if (noLonger(needs) && spec[field] === before[field]) delete spec[field]
  }
  drop('healthCheckNodePort', needsHealthCheckPort)
  drop('allocateLoadBalancerNodePorts', isBalanced)
  drop('loadBalancerClass', isBalanced)
  drop('externalTrafficPolicy', isExternallyAccessible)
  dropUselessPolicy(spec)
  return { ...next, spec, status: isBalanced(spec) ? old.status : { ...old.status, loadBalancer: {} } }
}
