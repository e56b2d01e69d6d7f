/**
 * What a default role or binding must become so that it grants at least what the default grants, and to whom.
 * What was added to it by others stays, except where that would hand the default's rules or subjects to something else.
 * Source: kubernetes/kubernetes staging/src/k8s.io/component-helpers/auth/rbac/reconciliation
 */
import { isDeepStrictEqual } from 'node:util'
import type { ClusterRole, RoleBinding } from '@ensign/api'
import type { KubeObject } from '@ensign/apimachinery'
import { missingRules, type PolicyRule } from '@ensign/authorization'

export const autoUpdate = 'rbac.authorization.kubernetes.io/autoupdate'

/** The administrator has taken it over. */
export const isProtected = ({ metadata }: Readonly<KubeObject>): boolean =>
  metadata.annotations?.[autoUpdate] === 'false'

/** A Role is a ClusterRole without an aggregationRule. Returns `stored` itself when it lacks nothing. */
export function reconciledRole(stored: Readonly<ClusterRole>, expected: Readonly<ClusterRole>): Readonly<ClusterRole> {
  const labelled = withMetadata(stored, expected)
  const held = stored.rules ?? []
  const missing = missingFrom(held, expected.rules ?? [])
  const ruled = missing.length > 0 ? { ...labelled, rules: [...held, ...missing] } : labelled
  return withAggregation(ruled, expected)
}

function missingFrom(held: Rules, wanted: Rules): Rules {
  // Nearly always, and this is done at every start.
  if (isDeepStrictEqual(held, wanted)) return []
  const { rules, complete } = missingRules([held as readonly PolicyRule[]], wanted as readonly PolicyRule[])
  if (complete) return rules as Rules
  const known = new Set(held.map(ruleKey))
  return wanted.filter((rule) => !known.has(ruleKey(rule)))
}

type Rules = NonNullable<ClusterRole['rules']>

const ruleKey = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: Rules[number]): string =>
  JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs])

function withAggregation(role: Readonly<ClusterRole>, expected: Readonly<ClusterRole>): Readonly<ClusterRole> {
  if (!expected.aggregationRule) {
    if (!role.aggregationRule) return role
    const { aggregationRule: _, ...rest } = role
    return rest
  }
  const selectors = role.aggregationRule?.clusterRoleSelectors ?? []
  const missing = (expected.aggregationRule.clusterRoleSelectors ?? []).filter(
    (wanted) => !selectors.some((selector) => isDeepStrictEqual(selector, wanted)),
  )
  return missing.length === 0
    ? role
    : { ...role, aggregationRule: { ...role.aggregationRule, clusterRoleSelectors: [...selectors, ...missing] } }
}

/**
 * Returns `stored` itself when it lacks nothing, and `recreate` when it binds another role: a roleRef cannot be changed, and
 * the default subjects must not get what somebody else has bound.
 */
export function reconciledBinding(
  stored: Readonly<RoleBinding>,
  expected: Readonly<RoleBinding>,
): Readonly<RoleBinding> | 'recreate' {
  const [a, b] = [stored.roleRef, expected.roleRef]
  if (a.apiGroup !== b.apiGroup || a.kind !== b.kind || a.name !== b.name) return 'recreate'
  const labelled = withMetadata(stored, expected)
  const bound = new Set(stored.subjects?.map(subjectKey))
  const missing = (expected.subjects ?? []).filter((subject) => !bound.has(subjectKey(subject)))
  return missing.length > 0 ? { ...labelled, subjects: [...(stored.subjects ?? []), ...missing] } : labelled
}

const subjectKey = ({ kind, apiGroup = '', namespace = '', name }: NonNullable<RoleBinding['subjects']>[number]) =>
  JSON.stringify([kind, apiGroup, namespace, name])

/** The object itself when it has every label and annotation of the default; the values of those that it has are its own. */
function withMetadata<T extends KubeObject>(stored: Readonly<T>, { metadata: expected }: Readonly<T>): Readonly<T> {
  const { labels = {}, annotations = {} } = stored.metadata
  const lacks = (has: Record<string, string>, all: Record<string, string> = {}) =>
    Object.keys(all).some((key) => !Object.hasOwn(has, key))
  if (!lacks(labels, expected.labels) && !lacks(annotations, expected.annotations)) return stored
  return {
    ...stored,
    metadata: {
      ...stored.metadata,
      labels: { ...expected.labels, ...labels },
      annotations: { ...expected.annotations, ...annotations },
    },
  }
}
