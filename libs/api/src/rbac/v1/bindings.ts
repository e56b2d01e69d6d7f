/**
 * RoleBinding and ClusterRoleBinding, who may do it.
 * Source: kubernetes/kubernetes pkg/registry/rbac/{rolebinding,clusterrolebinding}/strategy.go,
 * pkg/apis/rbac/validation/validation.go, pkg/apis/rbac/v1/defaults.go
 */
import { defineResource, type FieldError, validateObjectMeta } from '@ensign/apimachinery'
import {
  type ClusterRoleBinding,
  ClusterRoleBindingSchema,
  type RoleBinding,
  RoleBindingSchema,
} from '../../generated/rbac-v1.ts'
import {
  bindingColumns,
  bindingUpdateErrors,
  rbacGroup,
  rbacName,
  roleRefErrors,
  subjectErrors,
  withSubjectDefaults,
} from './rules.ts'

const validateBinding = ({ roleRef, subjects }: RoleBinding): FieldError[] => [
  ...roleRefErrors(roleRef, ['Role', 'ClusterRole']),
  ...subjectErrors(subjects, true),
]
const validateClusterBinding = ({ roleRef, subjects }: ClusterRoleBinding): FieldError[] => [
  ...roleRefErrors(roleRef, ['ClusterRole']),
  ...subjectErrors(subjects, false),
]

export const roleBindings = defineResource<RoleBinding>({
  group: rbacGroup,
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  singular: 'rolebinding',
  namespaced: true,
  schema: RoleBindingSchema,
  nameRule: rbacName,
  createOnUpdate: true,
  defaults: withSubjectDefaults,
  validate: validateBinding,
  validateUpdate: (next, old) => [
    ...validateObjectMeta(next.metadata, { namespaced: true, nameRule: rbacName }),
    ...validateBinding(next),
    ...bindingUpdateErrors(next, old),
  ],
  columns: bindingColumns,
})

export const clusterRoleBindings = defineResource<ClusterRoleBinding>({
  group: rbacGroup,
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  namespaced: false,
  schema: ClusterRoleBindingSchema,
  nameRule: rbacName,
  createOnUpdate: true,
  defaults: withSubjectDefaults,
  validate: validateClusterBinding,
  validateUpdate: (next, old) => [
    ...validateObjectMeta(next.metadata, { namespaced: false, nameRule: rbacName }),
    ...validateClusterBinding(next),
    ...bindingUpdateErrors(next, old),
  ],
  columns: bindingColumns,
})
