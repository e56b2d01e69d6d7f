/**
 * Which nodes a pod wants, and near which other pods.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validateAffinity and what it calls)
 */
import {
  append,
  type FieldError,
  type FieldPath,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  isLabelKey,
  isLabelValue,
  type LabelSelector,
  outOfRange,
  required,
  ruleErrors,
  validateLabelSelector,
} from '@ensign/apimachinery'
import type {
  Affinity,
  NodeAffinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
} from '../../../generated/core-v1.ts'

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution'

export function affinityErrors(affinity: Affinity | undefined): FieldError[] {
  if (!affinity) return []
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity
  return [
    ...(nodeAffinity ? nodeAffinityErrors(nodeAffinity, 'spec.affinity.nodeAffinity') : []),
    ...(podAffinity ? podAffinityErrors(podAffinity, 'spec.affinity.podAffinity') : []),
    ...(podAntiAffinity ? podAffinityErrors(podAntiAffinity, 'spec.affinity.podAntiAffinity') : []),
  ]
}

function nodeAffinityErrors(affinity: NodeAffinity, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  const selector = affinity[requiredTerms]
  if (selector) {
    const at = `${path}.${requiredTerms}.nodeSelectorTerms`
    const terms = selector.nodeSelectorTerms ?? []
    if (terms.length === 0) errors.push(required(at, 'must have at least one node selector term'))
    append(
      errors,
      terms.flatMap((term, i) => termErrors(term, { checkValues: true }, `${at}[${i}]`)),
    )
  }
  affinity[preferredTerms]?.forEach(({ weight, preference }, i) => {
    const at = `${path}.${preferredTerms}[${i}]`
    // A value that no label can have is let through here: some other node may do.
    append(errors, weightErrors(weight, at), termErrors(preference, { checkValues: false }, `${at}.preference`))
  })
  return errors
}

const weightErrors = (weight: number, path: FieldPath): FieldError[] =>
  outOfRange(`${path}.weight`, weight, 1, 100, 'must be in the range 1-100')

const termErrors = (
  { matchExpressions, matchFields }: NodeSelectorTerm,
  { checkValues }: { checkValues: boolean },
  path: FieldPath,
): FieldError[] => [
  ...(matchExpressions ?? []).flatMap((e, i) => expressionErrors(e, checkValues, `${path}.matchExpressions[${i}]`)),
  ...(matchFields ?? []).flatMap((e, i) => fieldErrors(e, `${path}.matchFields[${i}]`)),
]

/** ValidateNodeSelectorRequirement. */
function expressionErrors(
  { key, operator, values = [] }: NodeSelectorRequirement,
  checkValues: boolean,
  path: FieldPath,
): FieldError[] {
  return [
    ...operatorErrors(operator, values.length, path),
    ...ruleErrors(`${path}.key`, key, isLabelKey),
    ...(checkValues ? values.flatMap((value, i) => ruleErrors(`${path}.values[${i}]`, value, isLabelValue)) : []),
  ]
}

function operatorErrors(operator: string, valueCount: number, path: FieldPath): FieldError[] {
  const at = `${path}.values`
  switch (operator) {
    case 'In':
    case 'NotIn':
      return valueCount > 0 ? [] : [required(at, "must be specified when `operator` is 'In' or 'NotIn'")]
    case 'Exists':
    case 'DoesNotExist':
      return valueCount === 0
        ? []
        : [forbiddenField(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
    case 'Gt':
    case 'Lt':
      return valueCount === 1 ? [] : [required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'")]
    default:
      return [invalidValue(`${path}.operator`, operator, 'not a valid selector operator')]
  }
}

/** ValidateNodeFieldSelectorRequirement: only the name of a node can be matched. */
function fieldErrors({ key, operator, values = [] }: NodeSelectorRequirement, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  if (operator !== 'In' && operator !== 'NotIn')
    errors.push(invalidValue(`${path}.operator`, operator, 'not a valid selector operator'))
  else if (values.length !== 1)
    errors.push(
      required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"),
    )
  if (key !== 'metadata.name') errors.push(invalidValue(`${path}.key`, key, 'not a valid field selector key'))
  else
    append(
      errors,
      values.flatMap((value, i) => ruleErrors(`${path}.values[${i}]`, value, isDns1123Subdomain)),
    )
  return errors
}

const podAffinityErrors = (affinity: PodAffinity, path: FieldPath): FieldError[] => [
  ...(affinity[requiredTerms] ?? []).flatMap((term, i) => podTermErrors(term, `${path}.${requiredTerms}[${i}]`)),
  ...(affinity[preferredTerms] ?? []).flatMap(({ weight, podAffinityTerm }, i) => [
    ...weightErrors(weight, `${path}.${preferredTerms}[${i}]`),
    ...podTermErrors(podAffinityTerm, `${path}.${preferredTerms}[${i}].podAffinityTerm`),
  ]),
]

const podTermErrors = (term: PodAffinityTerm, path: FieldPath): FieldError[] => [
  ...validateLabelSelector(term.labelSelector, `${path}.labelSelector`),
  ...validateLabelSelector(term.namespaceSelector, `${path}.namespaceSelector`),
  ...(term.namespaces ?? []).flatMap((name) => ruleErrors(`${path}.namespace`, name, isDns1123Label)),
  ...labelKeysErrors(term, path),
  ...(term.topologyKey ? [] : [required(`${path}.topologyKey`, 'can not be empty')]),
  ...ruleErrors(`${path}.topologyKey`, term.topologyKey, isLabelKey),
]

/** ValidateMatchLabelKeysAndMismatchLabelKeys: labels of the pod itself that its selector goes by. */
export function labelKeysErrors(
  {
    matchLabelKeys = [],
    mismatchLabelKeys = [],
    labelSelector,
  }: { matchLabelKeys?: string[]; mismatchLabelKeys?: string[]; labelSelector?: LabelSelector },
  path: FieldPath,
): FieldError[] {
  if (matchLabelKeys.length === 0 && mismatchLabelKeys.length === 0) return []
  const mismatched = new Set(mismatchLabelKeys)
  return [
    ...keysErrors(matchLabelKeys, labelSelector, `${path}.matchLabelKeys`),
    ...keysErrors(mismatchLabelKeys, labelSelector, `${path}.mismatchLabelKeys`),
    ...repeatedErrors(matchLabelKeys, labelSelector, path),
    ...matchLabelKeys.flatMap((key, i) =>
      mismatched.has(key)
        ? [invalidValue(`${path}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys')]
        : [],
    ),
  ]
}

function keysErrors(keys: readonly string[], selector: LabelSelector | undefined, path: FieldPath): FieldError[] {
  if (keys.length === 0) return []
  if (!selector) return [forbiddenField(path, 'must not be specified when labelSelector is not set')]
  return keys.flatMap((key, i) => ruleErrors(`${path}[${i}]`, key, isLabelKey))
}

/** By now each key has an expression in the selector; a key that the selector knew before has it twice. */
function repeatedErrors(keys: readonly string[], selector: LabelSelector | undefined, path: FieldPath): FieldError[] {
  const seen = new Set(Object.keys(selector?.matchLabels ?? {}))
  const indexes = new Map(keys.map((key, i) => [key, i]))
  return (selector?.matchExpressions ?? []).flatMap(({ key }) => {
    const i = indexes.get(key)
    const isRepeated = i !== undefined && seen.has(key)
    seen.add(key)
    return isRepeated ? [invalidValue(`${path}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector')] : []
  })
}
