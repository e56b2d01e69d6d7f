/**
 * Where Ensign answers otherwise than the recorded kube-apiserver, and why. A step that is named here must differ: when it
 * no longer does, its line goes.
 */
export interface ExpectedDifference {
  /** `topic/name` of the scenario. */
  readonly scenario: string
  /** Labels of its steps: what stands before the method. */
  readonly steps: readonly string[]
  /** Says it to users too: docs/compatibility.md. */
  readonly why: string
  /** It may be as recorded, too: that depends on what else happened to the plane. */
  readonly sometimes?: true
}

/** On purpose, and to stay. */
export const deliberate: readonly ExpectedDifference[] = [
  {
    scenario: '02-serviceaccounts/as-a-table',
    steps: ['a list', 'one', 'with nothing of the object', 'with the whole object'],
    why: 'kubectl get serviceaccounts keeps the column SECRETS',
  },
  {
    scenario: '22-list-watch/how a watch ends',
    steps: ['too old a revision'],
    why: 'revisions begin at 1 for each resource type, and the first ones of a new plane are not forgotten yet',
    // They are after ten thousand events, or when something was written before the cache was filled.
    sometimes: true,
  },
  {
    scenario: '23-representations/tables of the core kinds',
    steps: ['ReplicationController columns'],
    why: 'workload kinds are not served',
  },
  {
    scenario: '23-representations/tables of other kinds',
    steps: ['ResourceQuota columns', 'LimitRange columns'],
    why: 'quotas are not served',
  },
]

/** What is not built yet. */
export const notYet: readonly ExpectedDifference[] = [
  ...[
    { scenario: 'validating webhooks as objects', steps: ['create, with defaults', 'a change', 'labels alone'] },
    { scenario: 'mutating webhooks as objects', steps: ['create, with defaults', 'a service in place of a URL'] },
    { scenario: 'webhooks that cannot be', steps: ['a bundle that is none'] },
  ].map(({ scenario, steps }) => ({
    scenario: `24-other-kinds/${scenario}`,
    steps,
    why: 'webhooks are not called yet, and a Warning says so',
  })),
  {
    scenario: '24-other-kinds/webhooks that cannot be',
    steps: ['a condition that does not compile', 'a condition that is no boolean'],
    why: 'matchConditions are not compiled',
  },
]

/** Scenarios that are not played, and what they wait for. */
export const notPlayed: Readonly<Record<string, string>> = {
  '24-other-kinds/a webhook that does not answer': 'webhooks are not called yet',
  '24-other-kinds/a mutating webhook that does not answer': 'webhooks are not called yet',
}
