/**
 * Variables of a container's environment, each with a value or a source.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (ValidateEnv, ValidateEnvFrom)
 */
import {
  append,
  type FieldError,
  type FieldPath,
  invalidValue,
  isConfigKey,
  isDns1123Label,
  isDns1123Subdomain,
  isRelaxedEnvironmentName,
  type NameRule,
  ruleErrors,
  ruleErrorsWhenSet,
} from '@ensign/apimachinery'
import type {
  EnvFromSource,
  EnvVar,
  FileKeySelector,
  LocalObjectReference,
  SecretKeySelector,
} from '../../../generated/core-v1.ts'
import { environmentFieldErrors, resourceFieldErrors } from './downward.ts'
import { staysBelow } from './paths.ts'

export const environmentErrors = (variables: readonly EnvVar[] | undefined, path: FieldPath): FieldError[] =>
  (variables ?? []).flatMap((variable, i) => [
    ...ruleErrorsWhenSet(`${path}[${i}].name`, variable.name, isRelaxedEnvironmentName),
    ...sourceErrors(variable, `${path}[${i}].valueFrom`),
  ])

function sourceErrors({ value, valueFrom }: EnvVar, path: FieldPath): FieldError[] {
  if (!valueFrom) return []
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom
  const errors: FieldError[] = []
  if (fieldRef) append(errors, environmentFieldErrors(fieldRef, `${path}.fieldRef`))
  if (resourceFieldRef) append(errors, resourceFieldErrors(resourceFieldRef, false, `${path}.resourceFieldRef`))
  if (configMapKeyRef) append(errors, keyErrors(configMapKeyRef, `${path}.configMapKeyRef`))
  if (secretKeyRef) append(errors, keyErrors(secretKeyRef, `${path}.secretKeyRef`))
  if (fileKeyRef) append(errors, fileKeyErrors(fileKeyRef, `${path}.fileKeyRef`))
  const count = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(Boolean).length
  const problem = sourceCountProblem(count, Boolean(value))
  if (problem) errors.push(invalidValue(path, '', problem))
  return errors
}

function sourceCountProblem(count: number, hasValue: boolean): string | undefined {
  if (count === 0)
    return 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
  if (hasValue) return 'may not be specified when `value` is not empty'
  return count > 1 ? 'may not have more than one field specified at a time' : undefined
}

const keyErrors = ({ name = '', key }: SecretKeySelector, path: FieldPath): FieldError[] => [
  ...ruleErrors(`${path}.name`, name, isDns1123Subdomain),
  ...ruleErrorsWhenSet(`${path}.key`, key, isConfigKey),
]

const fileKeyErrors = (selector: FileKeySelector, path: FieldPath): FieldError[] => [
  ...ruleErrorsWhenSet(`${path}.key`, selector.key, isRelaxedEnvironmentName),
  ...ruleErrorsWhenSet(`${path}.volumeName`, selector.volumeName, isDns1123Label),
  ...ruleErrorsWhenSet(`${path}.path`, selector.path, staysBelow),
]

export const environmentFromErrors = (sources: readonly EnvFromSource[] | undefined, path: FieldPath): FieldError[] =>
  (sources ?? []).flatMap(({ prefix, configMapRef, secretRef }, i) => {
    const at = `${path}[${i}]`
    const errors = prefix ? ruleErrors(`${at}.prefix`, prefix, isRelaxedEnvironmentName) : []
    if (configMapRef) append(errors, referenceErrors(configMapRef, `${at}.configMapRef`))
    if (secretRef) append(errors, referenceErrors(secretRef, `${at}.secretRef`))
    // Upstream tells these of the whole list.
    if (!configMapRef && !secretRef)
      errors.push(invalidValue(path, '', 'must specify one of: `configMapRef` or `secretRef`'))
    if (configMapRef && secretRef)
      errors.push(invalidValue(path, '', 'may not have more than one field specified at a time'))
    return errors
  })

/** These names are checked as prefixes of names, which may end with a dash. */
const isSubdomainPrefix: NameRule = (name) =>
  isDns1123Subdomain(name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name)

const referenceErrors = ({ name }: LocalObjectReference, path: FieldPath): FieldError[] =>
  ruleErrorsWhenSet(`${path}.name`, name, isSubdomainPrefix)
