/**
 * What a type of service needs. Used by defaults, allocation and validation alike.
 * Source: kubernetes/kubernetes pkg/api/service/util.go, pkg/registry/core/service/strategy.go
 */
import { jsonEqual } from '@ensign/apimachinery'
import type { Service } from '../../generated/core-v1.ts'

export type Spec = Service['spec']

export const noAddress = 'None'

export const isHeadless = ({ clusterIPs }: Spec): boolean => clusterIPs?.length === 1 && clusterIPs[0] === noAddress

/** Everything but a name for something outside. */
export const needsAddress = ({ type }: Spec): boolean => type !== 'ExternalName'

/** Traffic may come from outside of the cluster. */
export const isExternallyAccessible = ({ type, externalIPs }: Spec): boolean =>
  type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && (externalIPs?.length ?? 0) > 0)

/** A port of every node is opened for each of its ports. */
export const needsNodePorts = ({ type, allocateLoadBalancerNodePorts }: Spec): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false)

/** One more port, at which nodes say whether they have pods of the service. */
export const needsHealthCheckPort = ({ type, externalTrafficPolicy }: Spec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local'

export const sameAddressList = (a: Spec, b: Spec): boolean => jsonEqual(a.clusterIPs ?? [], b.clusterIPs ?? [])

export const sameAddresses = (a: Spec, b: Spec): boolean =>
  (a.clusterIP ?? '') === (b.clusterIP ?? '') && sameAddressList(a, b)

export const sameFamilies = (a: Spec, b: Spec): boolean => jsonEqual(a.ipFamilies ?? [], b.ipFamilies ?? [])
