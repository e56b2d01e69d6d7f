/**
 * What is let through of a service, but not without a word.
 * Source: kubernetes/kubernetes pkg/api/service/warnings.go
 */
import { nonStandardCidr, nonStandardIp } from '@ensign/apimachinery'
import type { Service } from '../../generated/core-v1.ts'
import { noAddress } from './service-types.ts'

const hints = 'service.kubernetes.io/topology-aware-hints'

export function serviceWarnings({ metadata, spec }: Service): string[] {
  const { clusterIP, clusterIPs = [], externalIPs = [], loadBalancerIP, type } = spec
  const isHeadless = type === 'ClusterIP' && clusterIP === noAddress
  const warnings: string[] = []
  const when = (isSo: unknown, text: string) => isSo && warnings.push(text)
  when(
    metadata.annotations?.[hints] !== undefined,
    `annotation ${hints} is deprecated, please use service.kubernetes.io/topology-mode instead`,
  )
  if (clusterIP && !isHeadless)
    for (const [i, ip] of clusterIPs.entries()) warnings.push(...nonStandardIp(`spec.clusterIPs[${i}]`, ip))
  when(isHeadless && loadBalancerIP, 'spec.loadBalancerIP is ignored for headless services')
  when(isHeadless && externalIPs.length, 'spec.externalIPs is ignored for headless services')
  when(isHeadless && spec.sessionAffinity !== 'None', 'spec.SessionAffinity is ignored for headless services')
  for (const [i, ip] of externalIPs.entries()) warnings.push(...nonStandardIp(`spec.externalIPs[${i}]`, ip))
  when(
    externalIPs.length && !isHeadless && type !== 'ExternalName',
    'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
  )
  if (loadBalancerIP) warnings.push(...nonStandardIp('spec.loadBalancerIP', loadBalancerIP))
  for (const [i, range] of (spec.loadBalancerSourceRanges ?? []).entries())
    warnings.push(...nonStandardCidr(`spec.loadBalancerSourceRanges[${i}]`, range))
  when(type === 'ExternalName' && externalIPs.length, 'spec.externalIPs is ignored when spec.type is "ExternalName"')
  when(
    type !== 'ExternalName' && spec.externalName,
    'spec.externalName is ignored when spec.type is not "ExternalName"',
  )
  when(
    spec.trafficDistribution === 'PreferClose',
    'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
  )
  return warnings
}

export const serviceStatusWarnings = ({ status }: Service): string[] =>
  (status.loadBalancer?.ingress ?? []).flatMap(({ ip }, i) =>
    ip ? nonStandardIp(`status.loadBalancer.ingress[${i}]`, ip) : [],
  )
