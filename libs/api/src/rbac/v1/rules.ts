/** Checks that all four RBAC kinds share. Source: kubernetes/kubernetes pkg/apis/rbac/validation/validation.go */
import {
  type Column,
  type FieldError,
  invalidValue,
  isDns1123Subdomain,
  isPathSegment,
  type KubeObject,
  type NameRule,
  notSupported,
  required,
} from '@ensign/apimachinery'
import type { PolicyRule, RoleRef, Subject } from '../../generated/rbac-v1.ts'

export const rbacGroup = 'rbac.authorization.k8s.io'

/** Names of RBAC objects may hold colons and capitals. */
export const rbacName: NameRule = isPathSegment

export function ruleErrors(rules: readonly PolicyRule[] | null, namespaced: boolean): FieldError[] {
  return (rules ?? []).flatMap((rule, i) => {
    const path = `rules[${i}]`
    const errors: FieldError[] = []
    if (!rule.verbs?.length) errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'))
    if (rule.nonResourceURLs?.length) {
      const refuse = (why: string) => errors.push(invalidValue(`${path}.nonResourceURLs`, rule.nonResourceURLs, why))
      if (namespaced) refuse('namespaced rules cannot apply to non-resource URLs')
      if (rule.apiGroups?.length || rule.resources?.length || rule.resourceNames?.length) {
        refuse('rules cannot apply to both regular resources and non-resource URLs')
      }
      return errors
    }
    if (!rule.apiGroups?.length)
      errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'))
    if (!rule.resources?.length)
      errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'))
    return errors
  })
}

export function roleRefErrors(roleRef: RoleRef, kinds: readonly string[]): FieldError[] {
  const errors: FieldError[] = []
  if (roleRef.apiGroup !== rbacGroup) errors.push(notSupported('roleRef.apiGroup', roleRef.apiGroup, [rbacGroup]))
  if (!kinds.includes(roleRef.kind)) errors.push(notSupported('roleRef.kind', roleRef.kind, kinds))
  if (!roleRef.name) errors.push(required('roleRef.name'))
  else for (const p of rbacName(roleRef.name)) errors.push(invalidValue('roleRef.name', roleRef.name, p))
  return errors
}

export function subjectErrors(subjects: readonly Subject[] | undefined, namespaced: boolean): FieldError[] {
  return (subjects ?? []).flatMap((subject, i) => {
    const path = `subjects[${i}]`
    const { kind, name, apiGroup = '', namespace = '' } = subject
    const errors: FieldError[] = []
    if (!name) errors.push(required(`${path}.name`))
    if (kind === 'ServiceAccount') {
      if (name) for (const p of isDns1123Subdomain(name)) errors.push(invalidValue(`${path}.name`, name, p))
      if (apiGroup) errors.push(notSupported(`${path}.apiGroup`, apiGroup, ['']))
      if (!namespaced && !namespace) errors.push(required(`${path}.namespace`))
    } else if (kind === 'User' || kind === 'Group') {
      if (apiGroup !== rbacGroup) errors.push(notSupported(`${path}.apiGroup`, apiGroup, [rbacGroup]))
    } else errors.push(notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group']))
    return errors
  })
}

/** Users and groups belong to the RBAC group unless said otherwise. Source: pkg/apis/rbac/v1/defaults.go */
export function withSubjectDefaults<T extends { roleRef: RoleRef; subjects?: Subject[] }>(binding: T): T {
  const { roleRef, subjects } = binding
  return {
    ...binding,
    ...(subjects && {
      subjects: subjects.map((s) =>
        s.apiGroup || (s.kind !== 'User' && s.kind !== 'Group')
          ? s
          : { kind: s.kind, apiGroup: rbacGroup, name: s.name, ...(s.namespace && { namespace: s.namespace }) },
      ),
    }),
    roleRef: { ...roleRef, apiGroup: roleRef.apiGroup || rbacGroup },
  }
}

interface Binding extends KubeObject {
  subjects?: Subject[]
  roleRef: RoleRef
}

export function bindingUpdateErrors(next: Binding, old: Binding): FieldError[] {
  const [a, b] = [next.roleRef, old.roleRef]
  if (a.apiGroup === b.apiGroup && a.kind === b.kind && a.name === b.name) return []
  // Printed with the names of upstream's internal type.
  return [invalidValue('roleRef', { APIGroup: a.apiGroup, Kind: a.kind, Name: a.name }, 'cannot change roleRef')]
}

const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name of the object.',
  cell: ({ metadata }) => metadata.name ?? '',
}

/** Roles are printed by the default converter: when they were made, not how long ago. */
export const roleColumns: readonly Column<KubeObject>[] = [
  nameColumn,
  {
    name: 'Created At',
    type: 'date',
    description: 'When the object was made.',
    cell: ({ metadata }) => metadata.creationTimestamp ?? null,
  },
]

const named = ({ subjects }: Binding, kind: string, show = ({ name }: Subject): string => name): string =>
  (subjects ?? [])
    .filter((s) => s.kind === kind)
    .map(show)
    .join(', ')

export const bindingColumns: readonly Column<Binding>[] = [
  nameColumn,
  {
    name: 'Role',
    type: 'string',
    description: 'What is granted.',
    cell: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`,
  },
  {
    name: 'Age',
    type: 'string',
    description: 'Time since the object was made.',
    cell: ({ metadata }, at) => at.age(metadata.creationTimestamp),
  },
  {
    name: 'Users',
    type: 'string',
    priority: 1,
    description: 'Users to whom it is granted.',
    cell: (b) => named(b, 'User'),
  },
  {
    name: 'Groups',
    type: 'string',
    priority: 1,
    description: 'Groups to whose members it is granted.',
    cell: (b) => named(b, 'Group'),
  },
  {
    name: 'ServiceAccounts',
    type: 'string',
    priority: 1,
    description: 'Accounts to which it is granted.',
    cell: (b) => named(b, 'ServiceAccount', (s) => `${s.namespace}/${s.name}`),
  },
]
