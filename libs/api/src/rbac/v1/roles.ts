/**
 * Role and ClusterRole, what may be done.
 * Source: kubernetes/kubernetes pkg/registry/rbac/{role,clusterrole}/strategy.go, pkg/apis/rbac/validation/validation.go
 */
import {
  defineResource,
  type FieldError,
  invalidValue,
  required,
  validateLabelSelector,
  validateObjectMeta,
} from '@ensign/apimachinery'
import { type ClusterRole, ClusterRoleSchema, type Role, RoleSchema } from '../../generated/rbac-v1.ts'
import { rbacGroup, rbacName, roleColumns, ruleErrors } from './rules.ts'

const validateRole = ({ rules }: Role): FieldError[] => ruleErrors(rules, true)

function validateClusterRole({ rules, aggregationRule }: ClusterRole): FieldError[] {
  const errors = ruleErrors(rules, false)
  if (!aggregationRule) return errors
  const path = 'aggregationRule.clusterRoleSelectors'
  const selectors = aggregationRule.clusterRoleSelectors ?? []
  if (selectors.length === 0)
    errors.push(required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil'))
  for (const [index, selector] of selectors.entries()) {
    const problems = validateLabelSelector(selector, `${path}[${index}]`)
    // What upstream made of it by then is nil.
    if (problems.some(({ field }) => field.includes('matchExpressions')))
      problems.push(invalidValue(`${path}[${index}]`, null, 'invalid label selector.'))
    errors.push(...problems)
  }
  return errors
}

export const roles = defineResource<Role>({
  group: rbacGroup,
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  singular: 'role',
  namespaced: true,
  schema: RoleSchema,
  nameRule: rbacName,
  createOnUpdate: true,
  validate: validateRole,
  validateUpdate: (next) => [
    ...validateObjectMeta(next.metadata, { namespaced: true, nameRule: rbacName }),
    ...validateRole(next),
  ],
  columns: roleColumns,
})

export const clusterRoles = defineResource<ClusterRole>({
  group: rbacGroup,
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  singular: 'clusterrole',
  namespaced: false,
  schema: ClusterRoleSchema,
  nameRule: rbacName,
  createOnUpdate: true,
  validate: validateClusterRole,
  validateUpdate: (next) => [
    ...validateObjectMeta(next.metadata, { namespaced: false, nameRule: rbacName }),
    ...validateClusterRole(next),
  ],
  columns: roleColumns,
})
