/**
 * Resources of the pod as a whole: how they follow from those of its containers, and how they must agree (KEP-2837).
 * Source: kubernetes/kubernetes pkg/apis/core/v1/defaults.go (defaultPodRequests, defaultHugePagePodLimits),
 * pkg/apis/core/validation/validation.go (validatePodResources), component-helpers resource/helpers.go
 */
import { type FieldError, type FieldPath, forbiddenField, invalidValue } from '@ensign/apimachinery'
import type { Container, PodSpec, ResourceRequirements } from '../../../generated/core-v1.ts'
import { type Amounts, nanosOf, sumOf } from './amounts.ts'
import { isHugePages, isPodLevel, mayOvercommit, podResourceErrors } from './resources.ts'

type Side = 'requests' | 'limits'
type Total = Record<string, string>

function add(total: Total, amounts: Amounts | undefined): void {
  for (const [name, amount] of Object.entries(amounts ?? {})) {
    const before = total[name]
    total[name] = before === undefined ? amount : sumOf(before, amount)
  }
}

function raise(total: Total, amounts: Amounts): void {
  for (const [name, amount] of Object.entries(amounts)) {
    const before = total[name]
    if (before === undefined || nanosOf(amount) > nanosOf(before)) total[name] = amount
  }
}

/** What the containers need at most at one time: init containers run one by one, beside the sidecars started so far. */
function aggregate({ containers, initContainers }: PodSpec, side: Side): Total {
  const amountsOf = ({ resources }: Container): Amounts | undefined => resources?.[side]
  const total: Total = {}
  for (const container of containers ?? []) add(total, amountsOf(container))
  const sidecars: Total = {}
  const starting: Total = {}
  for (const container of initContainers ?? []) {
    const needed: Total = {}
    if (container.restartPolicy === 'Always') {
      add(total, amountsOf(container))
      add(sidecars, amountsOf(container))
    } else add(needed, amountsOf(container))
    add(needed, sidecars)
    raise(starting, needed)
  }
  raise(total, starting)
  return total
}

/** Containers have their defaults by now. */
export function withPodResourceDefaults(spec: PodSpec): ResourceRequirements | undefined {
  const { resources } = spec
  if (!resources) return resources
  const limits = pageLimits(spec, resources)
  const requests = Object.keys(limits).length > 0 ? defaultRequests(spec, resources, limits) : resources.requests
  return {
    ...resources,
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(requests && Object.keys(requests).length > 0 && { requests }),
  }
}

function pageLimits(spec: PodSpec, { limits, requests }: ResourceRequirements): Total {
  const found: Total = { ...limits }
  if (Object.keys(found).length === 0 && Object.keys(requests ?? {}).length === 0) return found
  for (const [name, amount] of Object.entries(aggregate(spec, 'limits')))
    if (isHugePages(name) && requests?.[name] === undefined) found[name] ??= amount
  return found
}

function defaultRequests(spec: PodSpec, { requests }: ResourceRequirements, limits: Amounts): Total {
  const found: Total = { ...requests }
  for (const [name, amount] of Object.entries(aggregate(spec, 'requests')))
    if (isPodLevel(name) && mayOvercommit(name)) found[name] ??= amount
  for (const [name, amount] of Object.entries(limits)) if (isPodLevel(name)) found[name] ??= amount
  return found
}

/** validatePodResources. */
export function podLevelErrors(spec: PodSpec, claimNames: ReadonlySet<string>): FieldError[] {
  const { resources, os } = spec
  const path = 'spec.resources'
  if (!resources) return []
  if (os?.name === 'windows') return [forbiddenField(path, 'may not be set for a windows pod')]
  return [
    ...(resources.claims ? [forbiddenField(`${path}.claims`, 'claims may not be set for Resources at pod-level')] : []),
    ...podResourceErrors(resources, claimNames, path),
    ...agreementErrors(spec, resources, path),
  ]
}

function agreementErrors(
  spec: PodSpec,
  { limits = {}, requests = {} }: ResourceRequirements,
  path: FieldPath,
): FieldError[] {
  const errors: FieldError[] = []
  const tooLittle = (side: Side, name: string, amount: string, needed: string) => {
    const why = `must be greater than or equal to aggregate container ${side} of ${needed}`
    errors.push(invalidValue(`${path}.${side}[${name}]`, amount, why))
  }
  for (const [name, needed] of Object.entries(aggregate(spec, 'requests'))) {
    const amount = requests[name]
    if (amount !== undefined && nanosOf(needed) > nanosOf(amount)) tooLittle('requests', name, amount, needed)
  }
  for (const [name, needed] of Object.entries(aggregate(spec, 'limits'))) {
    const amount = limits[name]
    if (isHugePages(name) && amount !== undefined && nanosOf(needed) > nanosOf(amount))
      tooLittle('limits', name, amount, needed)
  }
  for (const [i, { resources }] of (spec.containers ?? []).entries()) {
    for (const [name, amount] of Object.entries(resources?.limits ?? {})) {
      const limit = limits[name]
      if (limit !== undefined && nanosOf(amount) > nanosOf(limit))
        errors.push(
          invalidValue(
            `${path}.containers[${i}][${name}].limits`,
            amount,
            `must be less than or equal to pod limits of ${limit}`,
          ),
        )
    }
  }
  return errors
}
