/**
 * What a container asks for, and may not go beyond.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validateResourceRequirements and what it calls),
 * pkg/apis/core/helper/helpers.go
 */
import {
  append,
  duplicateValue,
  type FieldError,
  type FieldPath,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isLabelKey,
  notFoundValue,
  notSupported,
  own,
  parseQuantity,
  QuantityError,
  required,
  ruleErrors,
} from '@ensign/apimachinery'
import type { ResourceClaim, ResourceRequirements } from '../../../generated/core-v1.ts'
import { type Amounts, isFractional, isNegative, nanosOf, nanosPerOne, wholeOf } from './amounts.ts'

const hugePagesPrefix = 'hugepages-'
const quotaPrefix = 'requests.'

export const isHugePages = (name: string): boolean => name.startsWith(hugePagesPrefix)

/** Of the whole, not of a vendor: Kubernetes' own resources, which have no prefix or one of its domain. */
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')

/** Whether more may be promised than there is. */
export const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name)

const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith(quotaPrefix) && isLabelKey(quotaPrefix + name).length === 0

const containerResources: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage'])
/** Counted things, which a quota limits. */
const countedResources: ReadonlySet<string> = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
])
const standardResources: ReadonlySet<string> = new Set([
  ...containerResources,
  ...countedResources,
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'storage',
  'requests.storage',
])

const isStandard = (name: string): boolean =>
  standardResources.has(name) || isHugePages(name) || name.startsWith(`${quotaPrefix}${hugePagesPrefix}`)

/** validateResourceName. */
function resourceNameErrors(name: string, path: FieldPath): FieldError[] {
  const errors = ruleErrors(path, name, isLabelKey)
  if (errors.length > 0 || name.includes('/') || isStandard(name)) return errors
  return [invalidValue(path, name, 'must be a standard resource type or fully qualified')]
}

type NameErrors = (name: string, path: FieldPath) => FieldError[]

/** validateContainerResourceName. */
const containerNameErrors: NameErrors = (name, path) => {
  // The names that nearly every pod uses need no further look.
  if (containerResources.has(name)) return []
  const errors = resourceNameErrors(name, path)
  if (!name.includes('/')) {
    if (!isHugePages(name)) errors.push(invalidValue(path, name, 'must be a standard resource for containers'))
  } else if (!isNative(name) && !isExtended(name))
    errors.push(invalidValue(path, name, "doesn't follow extended resource name standard"))
  return errors
}

/** Whether a pod as a whole can ask for it. Source: component-helpers resource/helpers.go, IsSupportedPodLevelResource. */
export const isPodLevel = (name: string): boolean => name === 'cpu' || name === 'memory' || isHugePages(name)

/** validatePodResourceName. */
const podNameErrors: NameErrors = (name, path) => {
  const errors = resourceNameErrors(name, path)
  if (errors.length > 0 || isPodLevel(name)) return errors
  return [notSupported(path, name, ['cpu', hugePagesPrefix, 'memory'])]
}

export const containerResourceErrors = (
  requirements: ResourceRequirements | undefined,
  claimNames: ReadonlySet<string>,
  path: FieldPath,
): FieldError[] => (requirements ? requirementErrors(requirements, containerNameErrors, claimNames, path) : [])

export const podResourceErrors = (
  requirements: ResourceRequirements,
  claimNames: ReadonlySet<string>,
  path: FieldPath,
): FieldError[] => requirementErrors(requirements, podNameErrors, claimNames, path)

function requirementErrors(
  { limits = {}, requests = {}, claims }: ResourceRequirements,
  nameErrors: NameErrors,
  claimNames: ReadonlySet<string>,
  path: FieldPath,
): FieldError[] {
  const errors: FieldError[] = []
  for (const [name, amount] of Object.entries(limits)) {
    const at = `${path}.limits[${name}]`
    append(errors, nameErrors(name, at), amountErrors(name, amount, at), pageErrors(name, amount, at))
  }
  for (const [name, amount] of Object.entries(requests)) {
    const at = `${path}.requests[${name}]`
    append(errors, nameErrors(name, at), amountErrors(name, amount, at))
    append(errors, limitErrors(name, amount, limits, path), pageErrors(name, amount, at))
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  if (names.some(isHugePages) && !names.some((n) => n === 'cpu' || n === 'memory'))
    errors.push(forbiddenField(path, 'HugePages require cpu or memory'))
  return [...errors, ...claimErrors(claims ?? [], claimNames, `${path}.claims`)]
}

/** ValidateResourceQuantityValue. */
export function amountErrors(name: string, amount: string, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  if (isNegative(amount)) errors.push(invalidValue(path, amount, 'must be greater than or equal to 0'))
  if (!containerResources.has(name) && (countedResources.has(name) || isExtended(name)) && isFractional(amount))
    errors.push(invalidValue(path, amount, 'must be an integer'))
  return errors
}

function limitErrors(name: string, amount: string, limits: Amounts, path: FieldPath): FieldError[] {
  const limit = own(limits, name)
  if (limit === undefined)
    return mayOvercommit(name) ? [] : [required(`${path}.limits`, 'Limit must be set for non overcommitable resources')]
  // What was not given is what the limit is, word for word.
  if (amount === limit) return []
  const difference = nanosOf(amount) - nanosOf(limit)
  const wrong = (how: string) => [invalidValue(`${path}.requests`, amount, `must be ${how} ${name} limit of ${limit}`)]
  if (difference !== 0n && !mayOvercommit(name)) return wrong('equal to')
  return difference > 0n ? wrong('less than or equal to') : []
}

function pageErrors(name: string, amount: string, path: FieldPath): FieldError[] {
  if (!isHugePages(name)) return []
  const size = pageSize(name)
  if (size !== undefined && wholeOf(nanosOf(amount)) % size === 0n) return []
  return [invalidValue(path, amount, `${amount} is not positive integer multiple of ${name}`)]
}

/** Bytes of a page; undefined when the name says no whole number of them. */
function pageSize(name: string): bigint | undefined {
  try {
    const { nanos } = parseQuantity(name.slice(hugePagesPrefix.length))
    return nanos > 0n && nanos % nanosPerOne === 0n ? nanos / nanosPerOne : undefined
  } catch (error) {
    if (error instanceof QuantityError) return undefined
    throw error
  }
}

/** validateResourceClaimNames. */
function claimErrors(claims: readonly ResourceClaim[], known: ReadonlySet<string>, path: FieldPath): FieldError[] {
  const used = new Set<string>()
  const parts = new Map<string, number>()
  const unknown = claims.some(({ name }) => name && !known.has(name)) ? knownClaims(known) : ''
  return claims.flatMap(({ name, request }, i) => {
    const at = `${path}[${i}]`
    if (!name) return [required(at)]
    const errors: FieldError[] = []
    if (used.has(name)) errors.push(duplicateValue(at, name))
    else {
      const key = request ? `${name}/${request}` : name
      if (request) append(errors, ruleErrors(`${at}.request`, request, isDns1123Label))
      if (used.has(key)) errors.push(duplicateValue(at, key))
      // All of a claim includes whatever part of it was named before, and that is told once for each.
      else if (!request)
        append(
          errors,
          Array.from({ length: parts.get(name) ?? 0 }, () => duplicateValue(at, name)),
        )
      if (request && !used.has(key)) parts.set(name, (parts.get(name) ?? 0) + 1)
      used.add(key)
    }
    if (!known.has(name)) errors.push(notFoundValue(at, name, unknown))
    return errors
  })
}

const knownClaims = (known: ReadonlySet<string>): string =>
  `must be one of the names in pod.spec.resourceClaims${known.size === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`}`
