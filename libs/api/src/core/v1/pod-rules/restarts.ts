/**
 * When a container is started again: by its own policy and rules, and when its resources change.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validateContainerRestartPolicy, validateResizePolicy)
 */
import {
  append,
  duplicateValue,
  type FieldError,
  type FieldPath,
  invalidValue,
  required,
  tooMany,
  unlisted,
} from '@ensign/apimachinery'
import type { Container, ContainerRestartRule } from '../../../generated/core-v1.ts'

const policies = ['Always', 'Never', 'OnFailure'] as const
const actions = ['Restart', 'RestartAllContainers'] as const
const operators = ['In', 'NotIn'] as const
const rulesMax = 20
const exitCodesMax = 255

export function restartErrors(
  { restartPolicy, restartPolicyRules: rules = [] }: Container,
  path: FieldPath,
): FieldError[] {
  const errors: FieldError[] = []
  if (restartPolicy !== undefined) append(errors, unlisted(`${path}.restartPolicy`, restartPolicy, policies))
  else if (rules.length > 0)
    errors.push(required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used'))
  if (rules.length > rulesMax) errors.push(tooMany(`${path}.restartPolicyRules`, rules.length, rulesMax))
  return [...errors, ...rules.flatMap((rule, i) => ruleErrors(rule, `${path}.restartPolicyRules[${i}]`))]
}

function ruleErrors({ action = '', exitCodes }: ContainerRestartRule, path: FieldPath): FieldError[] {
  const errors = unlisted(`${path}.action`, action, actions)
  if (!exitCodes) return [...errors, required(`${path}.exitCodes`, 'must be specified')]
  const { operator = '', values = [] } = exitCodes
  append(errors, unlisted(`${path}.exitCodes.operator`, operator, operators))
  if (values.length > exitCodesMax) errors.push(tooMany(`${path}.exitCodes.values`, values.length, exitCodesMax))
  return errors
}

/** An init container without a policy is only told that its rules need one. */
export const initRestartErrors = (container: Container, path: FieldPath): FieldError[] => {
  if (container.restartPolicy !== undefined || !container.restartPolicyRules?.length)
    return container.restartPolicy === undefined ? [] : restartErrors(container, path)
  return [required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used')]
}

const resizable = ['cpu', 'memory'] as const
const resizePolicies = ['NotRequired', 'RestartContainer'] as const

/** Most problems are told of the whole list: `path` without an index. */
export function resizeErrors(
  { resizePolicy }: Pick<Container, 'resizePolicy'>,
  podRestartPolicy: string | undefined,
  path: FieldPath,
): FieldError[] {
  const named = new Set<string>()
  return (resizePolicy ?? []).flatMap(({ resourceName, restartPolicy }, i) => {
    const errors = named.has(resourceName) ? [duplicateValue(`${path}[${i}]`, resourceName)] : []
    named.add(resourceName)
    append(errors, resourceName ? unlisted(path, resourceName, resizable) : [required(path)])
    append(errors, restartPolicy ? unlisted(path, restartPolicy, resizePolicies) : [required(path)])
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired')
      errors.push(invalidValue(path, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"))
    return errors
  })
}
