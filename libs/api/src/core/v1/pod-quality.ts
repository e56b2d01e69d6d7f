/**
 * Which pods go first when a node runs short.
 * Source: kubernetes/kubernetes pkg/apis/core/helper/qos/qos.go, ComputePodQOS
 */
import type { PodSpec, ResourceRequirements } from '../../generated/core-v1.ts'
import { nanosOf } from './pod-rules/amounts.ts'

type QualityOfService = 'Guaranteed' | 'Burstable' | 'BestEffort'

const computed = ['cpu', 'memory'] as const

export function qualityOfService({ containers, initContainers, resources }: PodSpec): QualityOfService {
  // What the pod as a whole asks for counts instead of what its containers do.
  if (resources) return qualityOf([resources], { allLimited: hasLimits(resources) || !resources.limits })
  const all = [...(containers ?? []), ...(initContainers ?? [])].map((c) => c.resources ?? {})
  return qualityOf(all, { allLimited: all.every(hasLimits) })
}

function qualityOf(all: readonly ResourceRequirements[], { allLimited }: { allLimited: boolean }): QualityOfService {
  const requests = computed.map((name) => total(all.map((r) => r.requests?.[name])))
  const limits = computed.map((name) => total(all.map((r) => r.limits?.[name])))
  if ([...requests, ...limits].every((amount) => amount === 0n)) return 'BestEffort'
  const areEqual = requests.every((amount, i) => amount === limits[i])
  return allLimited && areEqual ? 'Guaranteed' : 'Burstable'
}

const hasLimits = ({ limits }: ResourceRequirements): boolean => computed.every((name) => positive(limits?.[name]) > 0n)

const total = (amounts: readonly (string | undefined)[]): bigint =>
  amounts.reduce((sum, amount) => sum + positive(amount), 0n)

function positive(amount: string | undefined): bigint {
  const nanos = amount === undefined ? 0n : nanosOf(amount)
  return nanos > 0n ? nanos : 0n
}
