/**
 * Owner references that an object has twice are dropped, with a warning.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go, dedupOwnerReferences
 */
import type { KubeObject } from '@ensign/apimachinery'

/** @param when empty, or that the duplicates were there only `after mutating admission happens` */
export function dropDuplicateOwners(
  { metadata }: KubeObject,
  warn: (text: string) => void,
  when: '' | 'after mutating admission happens' = '',
): void {
  const { ownerReferences } = metadata
  if (!ownerReferences || ownerReferences.length < 2) return
  const seen = new Set<string>()
  const duplicates: string[] = []
  const kept = ownerReferences.filter((reference) => {
    // Decoded objects have their members in one order.
    const text = JSON.stringify(reference)
    if (seen.has(text)) duplicates.push(reference.uid)
    return seen.size !== seen.add(text).size
  })
  if (duplicates.length === 0) return
  metadata.ownerReferences = kept
  warn(
    `.metadata.ownerReferences contains duplicate entries${when && ` ${when}`}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${duplicates.join(', ')}`,
  )
}
