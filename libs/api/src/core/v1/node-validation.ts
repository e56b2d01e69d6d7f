/**
 * What a node must be, and what of it may change.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (ValidateNode, ValidateNodeUpdate)
 */
import {
  duplicateValue,
  type FieldError,
  type FieldPath,
  forbiddenField,
  invalidValue,
  ipNumber,
  isLabelKey,
  isLabelValue,
  isLegacyCidr,
  jsonEqual,
  missing,
  repeatedIndexes,
  ruleErrors,
  unlisted,
} from '@ensign/apimachinery'
import type { Node, Taint } from '../../generated/core-v1.ts'
import { amountErrors } from './pod-rules/resources.ts'

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
const featureFormat = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/
/** Characters. */
const featureMax = 253

export const validateNode = (node: Node): FieldError[] => [
  ...validateTaints(node.spec.taints, 'metadata.taints'),
  ...validateResources(node),
  ...validateSwap(node),
  ...validateFeatures(node.status.declaredFeatures, 'status.declaredFeatures'),
  ...validatePodRanges(node.spec.podCIDRs),
]

export function validateNodeUpdate(node: Node, old: Node): FieldError[] {
  const { spec, status } = node
  const errors = [...validateResources(node), ...validateFeatures(status.declaredFeatures, 'status.declaredFeatures')]
  const addresses = status.addresses ?? []
  const repeated = repeatedIndexes(addresses, ({ type, address }) => JSON.stringify([type, address]))
  for (const [i, { type, address }] of addresses.entries()) {
    if (repeated.has(i)) errors.push(duplicateValue(`status.addresses[${i}]`, { Type: type, Address: address }))
  }
  if (old.spec.podCIDRs?.length && !jsonEqual(old.spec.podCIDRs, spec.podCIDRs ?? []))
    errors.push(onceSet('spec.podCIDRs', 'podCIDR'))
  if (old.spec.providerID && old.spec.providerID !== spec.providerID)
    errors.push(onceSet('spec.providerID', 'providerID'))
  errors.push(...validateTaints(spec.taints, 'metadata.taints'))
  if ((spec.externalID ?? '') !== (old.spec.externalID ?? ''))
    errors.push(forbiddenField('spec.externalID', 'may not be updated'))
  return errors
}

const onceSet = (field: FieldPath, name: string): FieldError =>
  forbiddenField(field, `node updates may not change ${name} except from "" to valid`)

function validateTaints(taints: readonly Taint[] = [], path: FieldPath): FieldError[] {
  const repeated = repeatedIndexes(taints, ({ key, effect }) => JSON.stringify([key, effect]))
  return taints.flatMap(({ key, value = '', effect, timeAdded }, i) => {
    const at = `${path}[${i}]`
    const errors = ruleErrors(`${at}.key`, key, isLabelKey)
    const problems = isLabelValue(value)
    if (problems.length > 0) errors.push(invalidValue(`${at}.value`, value, problems.join(';')))
    errors.push(...missing(`${at}.effect`, effect))
    if (effect) errors.push(...unlisted(`${at}.effect`, effect, effects))
    if (repeated.has(i)) {
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: timeAdded ?? null }
      errors.push({ ...duplicateValue(at, shown), detail: 'taints must be unique by key and effect pair' })
    }
    return errors
  })
}

const validateResources = ({ status }: Node): FieldError[] =>
  (['capacity', 'allocatable'] as const).flatMap((list) =>
    Object.entries(status[list] ?? {}).flatMap(([name, amount]) =>
      amountErrors(name, amount, `status.${list}.${name}`),
    ),
  )

function validateSwap({ status }: Node): FieldError[] {
  const capacity = status.nodeInfo?.swap?.capacity
  if (capacity === undefined || capacity > 0) return []
  return [invalidValue('metadata.nodeSwapStatus.capacity', capacity, 'must be greater than 0')]
}

function validateFeatures(features: readonly string[] = [], path: FieldPath): FieldError[] {
  return features.flatMap((feature, i) => {
    const at = `${path}[${i}]`
    const before = features[i - 1]
    const problem = featureProblem(feature)
    return [
      ...(before !== undefined && before === feature ? [duplicateValue(at, feature)] : []),
      ...(before !== undefined && before > feature
        ? [invalidValue(at, feature, 'list must be sorted alphabetically')]
        : []),
      ...(problem ? [invalidValue(at, feature, `invalid feature name ${JSON.stringify(feature)}: ${problem}`)] : []),
    ]
  })
}

function featureProblem(feature: string): string | undefined {
  if (feature.length > featureMax) return `must be no more than ${featureMax} characters`
  if (featureFormat.test(feature)) return undefined
  return "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes"
}

function validatePodRanges(ranges: readonly string[] = []): FieldError[] {
  const path = 'spec.podCIDRs'
  const errors = ranges.flatMap((range, i) => ruleErrors(`${path}[${i}]`, range, isLegacyCidr))
  const families = ranges.map((range) => ipNumber(range.split('/')[0] ?? '')?.family)
  if (ranges.length > 2 || new Set(families).size < ranges.length)
    errors.push(invalidValue(path, ranges, 'may specify no more than one CIDR for each IP family'))
  return errors
}
