/**
 * What a pod tells a scheduler beside its affinity: tolerations, spread, gates and claims.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (ValidateTolerations,
 * validateTopologySpreadConstraints, validateSchedulingGates, validatePodResourceClaims)
 */
import {
  append,
  duplicateValue,
  type FieldError,
  type FieldPath,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  isLabelKey,
  isLabelValue,
  missing,
  notSupported,
  required,
  ruleErrors,
  unlisted,
  validateLabelSelector,
} from '@ensign/apimachinery'
import type {
  Pod,
  PodReadinessGate,
  PodResourceClaim,
  PodSchedulingGate,
  Toleration,
  TopologySpreadConstraint,
} from '../../../generated/core-v1.ts'
import { labelKeysErrors } from './affinity.ts'
import { internalClaim } from './internal-forms.ts'
import { mirrorAnnotation } from './mirror.ts'

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const

export const tolerationErrors = (
  tolerations: readonly Toleration[] | undefined,
  path: FieldPath = 'spec.tolerations',
): FieldError[] =>
  (tolerations ?? []).flatMap(({ key, operator = '', value = '', effect = '', tolerationSeconds }, i) => {
    const at = `${path}[${i}]`
    const errors = key ? ruleErrors(`${at}.key`, key, isLabelKey) : []
    if (!key && operator !== 'Exists')
      errors.push(
        invalidValue(
          `${at}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      )
    if (tolerationSeconds !== undefined && effect !== 'NoExecute')
      errors.push(invalidValue(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    append(errors, operatorErrors(operator, value, `${at}.operator`))
    if (effect) append(errors, unlisted(`${at}.effect`, effect, effects))
    return errors
  })

function operatorErrors(operator: string, value: string, path: FieldPath): FieldError[] {
  switch (operator) {
    case '':
    case 'Equal': {
      const problems = isLabelValue(value)
      return problems.length > 0 ? [invalidValue(path, value, problems.join(';'))] : []
    }
    case 'Exists':
      return value ? [invalidValue(path, value, "value must be empty when `operator` is 'Exists'")] : []
    // Known, but only to those who open the gate TaintTolerationComparisonOperators.
    case 'Lt':
    case 'Gt':
      return [notSupported(path, operator, ['Equal', 'Exists', 'Lt', 'Gt'])]
    default:
      return [notSupported(path, operator, ['Equal', 'Exists'])]
  }
}

const spreadActions = ['DoNotSchedule', 'ScheduleAnyway'] as const
const inclusionPolicies = ['Honor', 'Ignore'] as const

export function spreadErrors(constraints: readonly TopologySpreadConstraint[] | undefined): FieldError[] {
  if (!constraints) return []
  // The first of two that are about the same is told of the second.
  const last = new Map(constraints.map((constraint, i) => [topicOf(constraint), i]))
  return constraints.flatMap((constraint, i) => {
    const path = `spec.topologySpreadConstraints[${i}]`
    const { topologyKey, whenUnsatisfiable: action, nodeAffinityPolicy, nodeTaintsPolicy } = constraint
    const errors = [
      ...notPositive(`${path}.maxSkew`, constraint.maxSkew),
      ...missing(`${path}.topologyKey`, topologyKey, 'can not be empty'),
      ...unlisted(`${path}.whenUnsatisfiable`, action, spreadActions),
    ]
    const topic = topicOf(constraint)
    if (last.get(topic) !== i) errors.push(duplicateValue(`${path}.{topologyKey, whenUnsatisfiable}`, topic))
    append(errors, minDomainsErrors(constraint, `${path}.minDomains`))
    if (nodeAffinityPolicy !== undefined)
      append(errors, unlisted(`${path}.nodeAffinityPolicy`, nodeAffinityPolicy, inclusionPolicies))
    if (nodeTaintsPolicy !== undefined)
      append(errors, unlisted(`${path}.nodeTaintsPolicy`, nodeTaintsPolicy, inclusionPolicies))
    return [
      ...errors,
      ...labelKeysErrors(constraint, path),
      ...validateLabelSelector(constraint.labelSelector, `${path}.labelSelector`),
    ]
  })
}

const topicOf = ({ topologyKey, whenUnsatisfiable }: TopologySpreadConstraint): string =>
  `{${topologyKey}, ${whenUnsatisfiable}}`

const notPositive = (path: FieldPath, value: number): FieldError[] =>
  value > 0 ? [] : [invalidValue(path, value, 'must be greater than zero')]

function minDomainsErrors({ minDomains, whenUnsatisfiable }: TopologySpreadConstraint, path: FieldPath): FieldError[] {
  if (minDomains === undefined) return []
  const errors = notPositive(path, minDomains)
  if (whenUnsatisfiable !== 'DoNotSchedule')
    errors.push(
      invalidValue(
        path,
        minDomains,
        `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
      ),
    )
  return errors
}

export const readinessGateErrors = (gates: readonly PodReadinessGate[] | undefined): FieldError[] =>
  (gates ?? []).flatMap(({ conditionType }, i) =>
    ruleErrors(`spec.readinessGates[${i}].conditionType`, conditionType, isLabelKey),
  )

export function schedulingGateErrors(gates: readonly PodSchedulingGate[] | undefined): FieldError[] {
  const names = new Set<string>()
  return (gates ?? []).flatMap(({ name }, i) => {
    const path = `spec.schedulingGates[${i}]`
    const errors = ruleErrors(path, name, isLabelKey)
    if (names.has(name)) errors.push(duplicateValue(path, name))
    names.add(name)
    return errors
  })
}

export function resourceClaimErrors({ metadata, spec }: Pod): FieldError[] {
  const names = new Set<string>()
  const isMirror = metadata.annotations?.[mirrorAnnotation] !== undefined
  return (spec.resourceClaims ?? []).flatMap((claim, i) =>
    // Upstream names no field here, and an empty path is printed so.
    isMirror
      ? [forbiddenField('', 'static pods do not support resource claims')]
      : claimErrors(claim, names, `spec.resourceClaims[${i}]`),
  )
}

function claimErrors(claim: PodResourceClaim, names: Set<string>, path: FieldPath): FieldError[] {
  const { name, resourceClaimName, resourceClaimTemplateName } = claim
  const errors: FieldError[] = []
  if (!name) errors.push(required(`${path}.name`))
  else if (names.has(name)) errors.push(duplicateValue(`${path}.name`, name))
  else append(errors, ruleErrors(`${path}.name`, name, isDns1123Label))
  names.add(name)
  const wrong = (why: string) => errors.push(invalidValue(path, internalClaim(claim), why))
  if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined)
    wrong('at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified')
  if (resourceClaimName === undefined && resourceClaimTemplateName === undefined)
    wrong('must specify one of: `resourceClaimName`, `resourceClaimTemplateName`')
  if (resourceClaimName !== undefined)
    append(errors, ruleErrors(`${path}.resourceClaimName`, resourceClaimName, isDns1123Subdomain))
  if (resourceClaimTemplateName !== undefined)
    append(errors, ruleErrors(`${path}.resourceClaimTemplateName`, resourceClaimTemplateName, isDns1123Subdomain))
  return errors
}
