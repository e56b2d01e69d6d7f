/**
 * Which requests a webhook is asked about.
 * Source: kubernetes/kubernetes pkg/apis/admissionregistration/validation/validation.go (validateRuleWithOperations)
 */
import { type FieldError, type FieldPath, invalidValue, missing, required, unlisted } from '@ensign/apimachinery'
import type { RuleWithOperations } from '../../generated/admissionregistration-v1.ts'

const operationNames = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const scopes = ['*', 'Cluster', 'Namespaced']

export function validateRule(
  { operations, apiGroups, apiVersions, resources, scope }: RuleWithOperations,
  path: FieldPath,
): FieldError[] {
  return [
    ...filled(operations, `${path}.operations`, 'operations'),
    ...(operations ?? []).flatMap((operation, i) => unlisted(`${path}.operations[${i}]`, operation, operationNames)),
    ...filled(apiGroups, `${path}.apiGroups`, 'API groups'),
    ...filled(apiVersions, `${path}.apiVersions`, 'API versions'),
    ...(apiVersions ?? []).flatMap((version, i) => missing(`${path}.apiVersions[${i}]`, version)),
    ...validateResources(resources ?? [], `${path}.resources`),
    ...(scope === undefined ? [] : unlisted(`${path}.scope`, scope, scopes)),
  ]
}

/** Something, and nothing beside everything. */
function filled(values: readonly string[] | null | undefined, path: FieldPath, what: string): FieldError[] {
  if (!values?.length) return [required(path)]
  const isMixed = values.length > 1 && values.includes('*')
  return isMixed ? [invalidValue(path, values, `if '*' is present, must not specify other ${what}`)] : []
}

/** `pods`, `pods/status`, `pods/*`, `*\/status`, `*` and `*\/*`. */
function validateResources(resources: readonly string[], path: FieldPath): FieldError[] {
  const errors = resources.length === 0 ? [required(path)] : []
  /** Resources of which all subresources, and subresources of which all resources were named. */
  const [whole, everywhere] = [new Set<string>(), new Set<string>()]
  let lastIsPlain = false
  for (const [i, name] of resources.entries()) {
    const at = `${path}[${i}]`
    if (name === '') {
      errors.push(required(at))
      continue
    }
    const slash = name.indexOf('/')
    if (slash < 0) {
      // The last one without a subresource decides, as upstream has it.
      lastIsPlain = name !== '*'
      continue
    }
    const [resource, subresource] = [name.slice(0, slash), name.slice(slash + 1)]
    if (whole.has(resource))
      errors.push(invalidValue(at, name, `if '${resource}/*' is present, must not specify ${name}`))
    if (everywhere.has(subresource))
      errors.push(invalidValue(at, name, `if '*/${subresource}' is present, must not specify ${name}`))
    if (subresource === '*') whole.add(resource)
    if (resource === '*') everywhere.add(subresource)
  }
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(invalidValue(path, resources, "if '*/*' is present, must not specify other resources"))
  if (resources.includes('*') && lastIsPlain)
    errors.push(
      invalidValue(path, resources, "if '*' is present, must not specify other resources without subresources"),
    )
  return errors
}
