/**
 * What a node may report of a pod.
 * Source: kubernetes/kubernetes pkg/registry/core/pod/strategy.go, podStatusStrategy;
 * pkg/apis/core/validation/validation.go, ValidatePodStatusUpdate
 */
import {
  duplicateValue,
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Subdomain,
  isLabelKey,
  isLegacyIp,
  nonStandardIp,
  ruleErrors,
  type ViewSubresource,
} from '@ensign/apimachinery'
import type { Container, ContainerStatus, Pod, PodSpec, PodStatus } from '../../generated/core-v1.ts'
import { allocationErrors, extendedClaimErrors, userErrors } from './pod-status-resources.ts'
import { annotationChangeErrors } from './pod-update.ts'

const idMessage = 'must be a non-negative integer'

export const status: ViewSubresource<Pod> = {
  verbs: ['get', 'patch', 'update'],
  resetFields: ['spec', 'metadata.deletionTimestamp', 'metadata.ownerReferences'],
  prepareForUpdate(next, old) {
    const { ownerReferences } = old.metadata
    const { ownerReferences: _, ...metadata } = next.metadata
    const { qosClass = old.status.qosClass, observedGeneration = old.status.observedGeneration } = next.status
    return {
      ...next,
      spec: old.spec,
      metadata: { ...metadata, ...(ownerReferences && { ownerReferences }) },
      status: {
        ...withGenerations(withOneAddress(next.status), old.status),
        ...(qosClass && { qosClass }),
        ...(observedGeneration && { observedGeneration }),
      },
    }
  },
  validateUpdate(next, old) {
    const { status: now, spec } = next
    const before = old.status
    return [
      ...annotationChangeErrors(next, old),
      ...conditionErrors(now),
      ...nominationErrors(next, old),
      ...((now.observedGeneration ?? 0) < 0
        ? [invalidValue('status.observedGeneration', now.observedGeneration, idMessage)]
        : []),
      ...((now.qosClass ?? '') === (before.qosClass ?? '')
        ? []
        : [invalidValue('status.qosClass', now.qosClass ?? '', 'field is immutable')]),
      ...transitionErrors(now, before, old.spec),
      ...claimErrors(now, spec),
      ...extendedClaimErrors(now, spec),
      ...addressErrors('podIPs', now.podIPs, before.podIPs),
      ...hostAddressErrors(now, before),
      ...userErrors(now, spec),
      ...allocationErrors(now, spec),
    ]
  },
  warnings: ({ status: { podIPs = [], hostIPs = [] } }) => [
    ...podIPs.flatMap(({ ip = '' }, i) => nonStandardIp(`status.podIPs[${i}].ip`, ip)),
    ...hostIPs.flatMap(({ ip = '' }, i) => nonStandardIp(`status.hostIPs[${i}].ip`, ip)),
  ],
}

/** `podIP` is an old name of the first of `podIPs`, and has the last word. Source: pkg/apis/core/v1/conversion.go */
function withOneAddress(status: PodStatus): PodStatus {
  const { podIP, podIPs = [] } = status
  if (podIP && podIPs[0]?.ip !== podIP) return { ...status, podIPs: [{ ip: podIP }] }
  return podIPs[0]?.ip && !podIP ? { ...status, podIP: podIPs[0].ip } : status
}

/** Who does not know of generations does not erase them. Source: strategy.go, preserveOldObservedGeneration */
function withGenerations(next: PodStatus, old: PodStatus): PodStatus {
  if (!next.conditions) return next
  const known = Map.groupBy(old.conditions ?? [], ({ type }) => type)
  const conditions = next.conditions.map((condition) => {
    const observedGeneration = known.get(condition.type)?.shift()?.observedGeneration
    return condition.observedGeneration || !observedGeneration ? condition : { ...condition, observedGeneration }
  })
  return { ...next, conditions }
}

/** Types that Kubernetes itself sets, whose names are fixed. */
const systemConditions: ReadonlySet<string> = new Set(['PodScheduled', 'Ready', 'Initialized'])

const conditionErrors = ({ conditions = [] }: PodStatus): FieldError[] =>
  conditions.flatMap(({ type, observedGeneration = 0 }, i) => {
    const path = `status.conditions[${i}]`
    const errors =
      observedGeneration < 0 ? [invalidValue(`${path}.observedGeneration`, observedGeneration, idMessage)] : []
    if (!systemConditions.has(type)) errors.push(...ruleErrors(`${path}.Type`, type ?? '', isLabelKey))
    return errors
  })

function nominationErrors({ status: next }: Pod, { status: old, spec }: Pod): FieldError[] {
  const path = 'status.nominatedNodeName'
  const name = next.nominatedNodeName
  if (!name || name === old.nominatedNodeName) return []
  const errors = ruleErrors(path, name, isDns1123Subdomain)
  if (spec.nodeName) errors.push(forbiddenField(path, 'may not be set on pods that are already bound to a node'))
  return errors
}

/** Containers that ended stay ended unless something would start them again. */
function transitionErrors(next: PodStatus, old: PodStatus, spec: PodSpec): FieldError[] {
  const restart = restartOf(spec)
  return [
    ...ended('containerStatuses', next, old, restart(spec.containers)),
    ...ended('initContainerStatuses', next, old, restart(spec.initContainers)),
    ...ended('ephemeralContainerStatuses', next, old, () => false),
  ]
}

type Restarts = (name: string, exitCode: number) => boolean

/** Source: pkg/api/v1/pod/util.go (AllContainersCouldRestart, ContainerShouldRestart) */
function restartOf(spec: PodSpec): (containers: readonly Container[] | null | undefined) => Restarts {
  const all = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].some(({ restartPolicyRules }) =>
    restartPolicyRules?.some(({ action }) => action === 'RestartAllContainers'),
  )
  return (containers) => {
    const byName = firstByName(containers)
    return (name, exitCode) => {
      if (all) return true
      const container = byName.get(name)
      return container !== undefined && restarts(container, spec, exitCode)
    }
  }
}

function restarts({ restartPolicy, restartPolicyRules = [] }: Container, spec: PodSpec, exitCode: number): boolean {
  if (restartPolicy) {
    const rule = restartPolicyRules.find(({ exitCodes }) => {
      if (!exitCodes) return false
      const isListed = exitCodes.values?.includes(exitCode) ?? false
      return exitCodes.operator === 'In' ? isListed : exitCodes.operator === 'NotIn' && !isListed
    })
    if (rule?.action === 'Restart') return true
  }
  const policy = restartPolicy || spec.restartPolicy
  return policy === 'Never' ? false : policy === 'OnFailure' ? exitCode !== 0 : true
}

type StatusList = 'containerStatuses' | 'initContainerStatuses' | 'ephemeralContainerStatuses'

const firstByName = <T extends { name: string }>(list: readonly T[] | null | undefined): ReadonlyMap<string, T> =>
  new Map((list ?? []).toReversed().map((element) => [element.name, element]))

function ended(list: StatusList, next: PodStatus, old: PodStatus, mayRestart: Restarts): FieldError[] {
  const byName = firstByName<ContainerStatus>(next[list])
  return (old[list] ?? []).flatMap(({ name, state }, i) => {
    if (!state.terminated) return []
    const now = byName.get(name)
    if (!now || now.state.terminated || mayRestart(name, state.terminated.exitCode)) return []
    return [forbiddenField(`status.${list}[${i}].state`, 'may not be transitioned to non-terminated state')]
  })
}

function claimErrors({ resourceClaimStatuses = [] }: PodStatus, { resourceClaims = [] }: PodSpec): FieldError[] {
  const names = new Set<string>()
  const claimed = new Set(resourceClaims.map(({ name }) => name))
  return resourceClaimStatuses.flatMap(({ name, resourceClaimName }, i) => {
    const path = `status.resourceClaimStatuses[${i}]`
    const errors: FieldError[] = []
    if (!claimed.has(name))
      errors.push(invalidValue(`${path}.name`, name, 'must match the name of an entry in `spec.resourceClaims`'))
    if (names.has(name)) errors.push(duplicateValue(`${path}.name`, name))
    names.add(name)
    if (resourceClaimName !== undefined)
      errors.push(...ruleErrors(`${path}.resourceClaimName`, resourceClaimName, isDns1123Subdomain))
    return errors
  })
}

type Addresses = readonly { ip?: string }[] | undefined

/** New addresses have to be right, and at most one of each family. */
function addressErrors(list: 'podIPs' | 'hostIPs', next: Addresses = [], old: Addresses = []): FieldError[] {
  const path = `status.${list}`
  const known = new Set(old.map(({ ip }) => ip))
  const errors = next.flatMap(({ ip = '' }, i) => (known.has(ip) ? [] : ruleErrors(`${path}[${i}]`, ip, isLegacyIp)))
  if (next.length < 2 || errors.length > 0) return errors
  const families = new Set(next.map(({ ip = '' }) => ip.includes(':')))
  if (families.size < 2 || next.length > 2) {
    const shown = next.map(({ ip = '' }) => ({ IP: ip }))
    errors.push(invalidValue(path, shown, 'may specify no more than one IP for each IP family'))
  }
  return errors
}

function hostAddressErrors({ hostIP = '', hostIPs = [] }: PodStatus, old: PodStatus): FieldError[] {
  const first = hostIPs[0]
  if (!first) return []
  const isFirst = first.ip === hostIP
  return [
    ...(isFirst ? [] : [invalidValue('status.hostIPs[0].ip', first.ip ?? '', 'must be equal to `hostIP`')]),
    ...addressErrors('hostIPs', hostIPs, old.hostIPs),
  ]
}
