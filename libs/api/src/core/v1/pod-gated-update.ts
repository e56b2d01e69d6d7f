/**
 * A pod that waits at a gate has no node yet: where it may run can still be narrowed.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (ValidatePodUpdate, validateNodeSelectorMutation,
 * validateNodeAffinityMutation)
 */
import { type FieldError, invalidValue, semanticEqual } from '@ensign/apimachinery'
import type { Affinity, NodeAffinity, NodeSelectorTerm, PodSpec } from '../../generated/core-v1.ts'

/** The errors of what a gated pod may change, and the spec without those changes. */
export function gatedChange(next: PodSpec, old: PodSpec): { spec: PodSpec; errors: FieldError[] } {
  if (!old.schedulingGates?.length) return { spec: next, errors: [] }
  const errors: FieldError[] = []
  const spec = { ...next }
  if (!semanticEqual(spec.nodeSelector ?? {}, old.nodeSelector ?? {}))
    errors.push(...selectorErrors(spec.nodeSelector ?? {}, old.nodeSelector ?? {}))
  replace(spec, 'nodeSelector', old.nodeSelector)
  const [now, before] = [spec.affinity?.nodeAffinity, old.affinity?.nodeAffinity]
  if (!semanticEqual(now, before)) {
    errors.push(...nodeAffinityErrors(now, before))
    replace(spec, 'affinity', withNodeAffinityOf(spec.affinity, old.affinity))
  }
  return { spec, errors }
}

function replace<K extends keyof PodSpec>(spec: PodSpec, member: K, value: PodSpec[K] | undefined): void {
  if (value === undefined) delete spec[member]
  else spec[member] = value
}

function selectorErrors(next: Record<string, string>, old: Record<string, string>): FieldError[] {
  const kept = Object.entries(old).every(([key, value]) => next[key] === value)
  const why = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'
  return kept ? [] : [invalidValue('spec.nodeSelector', next, why)]
}

function nodeAffinityErrors(next: NodeAffinity | undefined, old: NodeAffinity | undefined): FieldError[] {
  const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms'
  const termsOf = (affinity: NodeAffinity | undefined) =>
    affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const [terms, before] = [termsOf(next), termsOf(old)]
  if (before.length === 0) return []
  if (before.length !== terms.length)
    return [invalidValue(path, terms, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')]
  return before.flatMap((term, i) =>
    onlyAdds(terms[i] as NodeSelectorTerm, term)
      ? []
      : [invalidValue(`${path}[${i}]`, terms[i], 'only additions are allowed (no mutations or deletions)')],
  )
}

function onlyAdds(next: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const members = ['matchExpressions', 'matchFields'] as const
  // A term that selects nothing would select something.
  if (members.every((member) => !old[member]?.length)) return members.every((member) => !next[member]?.length)
  return members.every((member) => semanticEqual(next[member]?.slice(0, old[member]?.length ?? 0), old[member]))
}

/** The affinity as it is, but for nodes as it was. */
function withNodeAffinityOf(next: Affinity | undefined, old: Affinity | undefined): Affinity | undefined {
  const { nodeAffinity: before } = old ?? {}
  if (!next) return before && { nodeAffinity: before }
  const { nodeAffinity: _, ...others } = next
  if (!old && !others.podAffinity && !others.podAntiAffinity) return undefined
  return before ? { nodeAffinity: before, ...others } : others
}
