import { isDeepStrictEqual } from 'node:util'
import type { ClusterRole } from '@ensign/api'
import { compareStrings, labelSelectorMatcher } from '@ensign/apimachinery'
import { type Controller, controller, type Informer, ignore, on, type ResourceClient } from '@ensign/controller'
import type { Logger } from '@ensign/process'

type Rule = NonNullable<ClusterRole['rules']>[number]

/**
 * Keeps the rules of a ClusterRole with an aggregationRule at the sum of those it selects: so `view` grows with every role
 * that is labelled as a part of it.
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
    name: 'clusterrole-aggregation-controller',
    // A change of any role may be one of what it is a part of.
    sources: [on(clusterRoles, aggregated)],
    workers: 1,
    log,
    async reconcile(name) {
      const role = clusterRoles.lister.get('', name)
      if (!role?.aggregationRule) return undefined
      const rules = sumOf(role, clusterRoles.lister.list())
      if (isDeepStrictEqual(rules, role.rules ?? [])) return undefined
      // A newer version brings its own event.
      await client.update({ ...role, rules }).catch((error: unknown) => ignore(error, 'Conflict', 'NotFound'))
      return undefined
    },
  })
}

/** In the order of the selectors and then of the names, each rule once. */
function sumOf({ metadata, aggregationRule }: Readonly<ClusterRole>, all: readonly Readonly<ClusterRole>[]): Rule[] {
  const byName = all
    .filter((other) => other.metadata.name !== metadata.name)
    .sort((a, b) => compareStrings(a.metadata.name ?? '', b.metadata.name ?? ''))
  const rules: Rule[] = []
  for (const selector of aggregationRule?.clusterRoleSelectors ?? []) {
    const selects = labelSelectorMatcher(selector)
    for (const { rules: parts } of byName.filter((other) => selects(other.metadata.labels))) {
      for (const part of parts ?? []) if (!rules.some((rule) => isDeepStrictEqual(rule, part))) rules.push(part)
    }
  }
  return rules
}
