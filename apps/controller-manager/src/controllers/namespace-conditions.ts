/**
 * How far the deletion of a namespace is, as its status tells it.
 * Source: kubernetes/kubernetes pkg/controller/namespace/deletion/status_condition_utils.go
 */
import type { Namespace } from '@ensign/api'

type Condition = NonNullable<Namespace['status']['conditions']>[number]
interface Finding {
  readonly reason: string
  readonly message: string
}

/** In the order in which they stand in the status, with what is told when nothing is wrong. */
const fine = {
  NamespaceDeletionDiscoveryFailure: {
    reason: 'ResourcesDiscovered',
    message: 'All resources successfully discovered',
  },
  NamespaceDeletionGroupVersionParsingFailure: {
    reason: 'ParsedGroupVersions',
    message: 'All legacy kube types successfully parsed',
  },
  NamespaceDeletionContentFailure: {
    reason: 'ContentDeleted',
    message: 'All content successfully deleted, may be waiting on finalization',
  },
  NamespaceContentRemaining: { reason: 'ContentRemoved', message: 'All content successfully removed' },
  NamespaceFinalizersRemaining: {
    reason: 'ContentHasNoFinalizers',
    message: 'All content-preserving finalizers finished',
  },
} as const satisfies Record<string, Finding>

type ConditionType = keyof typeof fine

/** What is still there: counts by `<resource>.<group>` (with the dot also for the core group) and by finalizer. */
export interface Remaining {
  readonly resources: ReadonlyMap<string, number>
  readonly finalizers: ReadonlyMap<string, number>
}

/** What one round of deleting has found. */
export interface Findings {
  /** Why it is not known what there is to delete. */
  readonly discoveryError?: string
  readonly contentErrors: readonly string[]
  /** Absent while pods hold everything up: then nobody has looked at the rest. */
  readonly remaining?: Remaining
}

/** The conditions after a round; the same array when nothing has changed. */
export function conditionsAfter(
  before: readonly Condition[] | undefined,
  findings: Findings,
  now: string,
): readonly Condition[] {
  const found = problems(findings)
  const old = before ?? []
  let changed = false
  const ours = (Object.keys(fine) as ConditionType[]).map((type) => {
    const status = found[type] ? 'True' : 'False'
    const { reason, message } = found[type] ?? fine[type]
    const known = old.find((condition) => condition.type === type)
    if (known && known.status === status && known.reason === reason && known.message === message) return known
    changed = true
    const lastTransitionTime = known?.status === status ? known.lastTransitionTime : now
    return { type, status, lastTransitionTime, reason, message }
  })
  if (!changed) return old
  // Each in its old place, new ones behind: conditions of others stay where they are.
  const replaced = old.map((condition) => ours.find(({ type }) => type === condition.type) ?? condition)
  return [...replaced, ...ours.filter(({ type }) => !old.some((condition) => condition.type === type))]
}

function problems({ discoveryError, contentErrors, remaining }: Findings): Partial<Record<ConditionType, Finding>> {
  const found: Partial<Record<ConditionType, Finding>> = {}
  if (discoveryError !== undefined) {
    found.NamespaceDeletionDiscoveryFailure = { reason: 'DiscoveryFailed', message: discoveryError }
  }
  if (contentErrors.length > 0) {
    const list = [...contentErrors].sort().join(', ')
    found.NamespaceDeletionContentFailure = {
      reason: 'ContentDeletionFailed',
      message: `Failed to delete all resource types, ${contentErrors.length} remaining: ${list}`,
    }
  }
  if (remaining && remaining.resources.size > 0) {
    const list = listed(remaining.resources, (resource, count) => `${resource} has ${count} resource instances`)
    found.NamespaceContentRemaining = {
      reason: 'SomeResourcesRemain',
      message: `Some resources are remaining: ${list}`,
    }
  }
  if (remaining && remaining.finalizers.size > 0) {
    const list = listed(remaining.finalizers, (finalizer, count) => `${finalizer} in ${count} resource instances`)
    found.NamespaceFinalizersRemaining = {
      reason: 'SomeFinalizersRemain',
      message: `Some content in the namespace has finalizers remaining: ${list}`,
    }
  }
  return found
}

/** Sorted, so that the same findings make the same text. */
function listed(counts: ReadonlyMap<string, number>, text: (name: string, count: number) => string): string {
  return [...counts]
    .map(([name, count]) => text(name, count))
    .sort()
    .join(', ')
}
