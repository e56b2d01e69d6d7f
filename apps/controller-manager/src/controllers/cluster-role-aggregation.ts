import { isDeepStrictEqual } from 'node:util'
import type { ClusterRole } from '@ensign/api'
import { compareStrings, labelSelectorMatcher } from '@ensign/apimachinery'
import { type Controller, controller, type Informer, ignore, on, type ResourceClient } from '@ensign/controller'
import type { Logger } from '@ensign/process'

type Rule = NonNullable<ClusterRole['rules']>[number]

const name = 'clusterrole-aggregation-controller'

/**
 * Keeps the rules of a ClusterRole with an aggregationRule at the sum of those it selects: so `view` grows with every role
 * that is labelled as a part of it. The rules are applied: this controller owns them as long as there are any, and where
 * nothing is selected those stay that others own.
 * Source: kubernetes/kubernetes pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go
 */
export function clusterRoleAggregationController(deps: {
  readonly clusterRoles: Informer<ClusterRole>
  readonly client: ResourceClient<ClusterRole>
  readonly log: Logger
}): Controller {
  const { clusterRoles, client, log } = deps
  const aggregated = () =>
    clusterRoles.lister
      .list()
      .filter(({ aggregationRule }) => aggregationRule)
      .map(({ metadata }) => metadata.name ?? '')

  return controller({
    name,
    // A change of any role may be one of what it is a part of.
    sources: [on(clusterRoles, aggregated)],
    workers: 1,
    log,
    async reconcile(roleName) {
      const role = clusterRoles.lister.get('', roleName)
      if (!role?.aggregationRule) return undefined
      const rules = sumOf(role, clusterRoles.lister.list())
      if (isDeepStrictEqual(rules, role.rules ?? [])) return undefined
      const { uid } = role.metadata
      const wanted = {
        kind: 'ClusterRole',
        apiVersion: 'rbac.authorization.k8s.io/v1',
        // With the UID: a role that was deleted meanwhile is not made again.
        metadata: { name: roleName, ...(uid && { uid }) },
        ...(rules.length > 0 && { rules }),
      }
      await client
        .apply(wanted, { fieldManager: name, force: true })
        .catch((error: unknown) => ignore(error, 'Conflict', 'NotFound'))
      return undefined
    },
  })
}

/** In the order of the selectors and then of the names, each rule once. */
function sumOf({ metadata, aggregationRule }: Readonly<ClusterRole>, all: readonly Readonly<ClusterRole>[]): Rule[] {
  const byName = all
    .filter((other) => other.metadata.name !== metadata.name)
    .sort((a, b) => compareStrings(a.metadata.name ?? '', b.metadata.name ?? ''))
  const rules = new Map<string, Rule>()
  for (const selector of aggregationRule?.clusterRoleSelectors ?? []) {
    const selects = labelSelectorMatcher(selector)
    for (const { rules: parts } of byName.filter((other) => selects(other.metadata.labels))) {
      for (const part of parts ?? []) {
        const key = ruleKey(part)
        if (!rules.has(key)) rules.set(key, part)
      }
    }
  }
  return [...rules.values()]
}

const ruleKey = ({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: Rule): string =>
  JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs])
