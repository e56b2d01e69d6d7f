/**
 * Resources of the pod as a whole: how they follow from those of its containers, and how they must agree (KEP-2837).
 * Source: kubernetes/kubernetes pkg/apis/core/v1/defaults.go (defaultPodRequests, defaultHugePagePodLimits),
 * pkg/apis/core/validation/validation.go (validatePodResources), component-helpers resource/helpers.go
 */
import { type FieldError, type FieldPath, forbiddenField, invalidValue, own } from '@ensign/apimachinery'
import type { Container, PodSpec, ResourceRequirements } from '../../../generated/core-v1.ts'
import { type Amounts, nanosOf, sumOf } from './amounts.ts'
import { isHugePages, isPodLevel, mayOvercommit, podResourceErrors } from './resources.ts'

type Side = 'requests' | 'limits'
/** Amounts by the names of resources, which clients choose. */
type Totals = Map<string, string>

const entriesOf = (amounts: Amounts | undefined): [string, string][] => Object.entries(amounts ?? {})

function add(totals: Totals, amounts: Iterable<[string, string]>): void {
  for (const [name, amount] of amounts) {
    const before = totals.get(name)
    totals.set(name, before === undefined ? amount : sumOf(before, amount))
  }
}

function raise(totals: Totals, amounts: Totals): void {
  for (const [name, amount] of amounts) {
    const before = totals.get(name)
    if (before === undefined || nanosOf(amount) > nanosOf(before)) totals.set(name, amount)
  }
}

/** What the containers need at most at one time: init containers run one by one, beside the sidecars started so far. */
function aggregate({ containers, initContainers }: PodSpec, side: Side): Totals {
  const amountsOf = ({ resources }: Container) => entriesOf(resources?.[side])
  const totals: Totals = new Map()
  for (const container of containers ?? []) add(totals, amountsOf(container))
  const sidecars: Totals = new Map()
  const starting: Totals = new Map()
  for (const container of initContainers ?? []) {
    const needed: Totals = new Map()
    if (container.restartPolicy === 'Always') {
      add(totals, amountsOf(container))
      add(sidecars, amountsOf(container))
    } else add(needed, amountsOf(container))
    add(needed, sidecars)
    raise(starting, needed)
  }
  raise(totals, starting)
  return totals
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

function pageLimits(spec: PodSpec, { limits, requests }: ResourceRequirements): Record<string, string> {
  const found: Record<string, string> = { ...limits }
  if (Object.keys(found).length === 0 && Object.keys(requests ?? {}).length === 0) return found
  for (const [name, amount] of aggregate(spec, 'limits'))
    if (isHugePages(name) && requests?.[name] === undefined) found[name] ??= amount
  return found
}

function defaultRequests(spec: PodSpec, { requests }: ResourceRequirements, limits: Amounts): Record<string, string> {
  const found: Record<string, string> = { ...requests }
  for (const [name, amount] of aggregate(spec, 'requests'))
    if (isPodLevel(name) && mayOvercommit(name)) found[name] ??= amount
  for (const [name, amount] of entriesOf(limits)) if (isPodLevel(name)) found[name] ??= amount
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
  for (const [name, needed] of aggregate(spec, 'requests')) {
    const amount = own(requests, name)
    if (amount !== undefined && nanosOf(needed) > nanosOf(amount)) tooLittle('requests', name, amount, needed)
  }
  for (const [name, needed] of aggregate(spec, 'limits')) {
    const amount = own(limits, name)
    if (isHugePages(name) && amount !== undefined && nanosOf(needed) > nanosOf(amount))
      tooLittle('limits', name, amount, needed)
  }
  for (const [i, { resources }] of (spec.containers ?? []).entries()) {
    for (const [name, amount] of entriesOf(resources?.limits)) {
      const limit = own(limits, name)
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
