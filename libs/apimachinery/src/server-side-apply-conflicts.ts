/**
 * Conflicts of an apply: fields that others own and that it would change.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go
 */
import { type FieldSet, hasPath, pathsOf, showPath } from './field-set.ts'
import type { PathElement } from './field-set-element.ts'
import { goQuote } from './go-text.ts'
import { conflictsMax } from './limits.ts'
import type { ManagedEntry } from './managed-fields.ts'
import { StatusError, toTell } from './status.ts'

export interface Conflict {
  readonly owner: ManagedEntry
  readonly path: readonly PathElement[]
}

export const conflictsOver = (owner: ManagedEntry, fields: FieldSet): Conflict[] =>
  pathsOf(fields).map((path) => ({ owner, path }))

export const conflictsOutside = (conflicts: readonly Conflict[], allowed: FieldSet): Conflict[] =>
  conflicts.filter(({ path }) => !hasPath(allowed, path))

/** The 409 that names the conflicts, as many as an answer has room for. */
export function applyConflict(conflicts: readonly Conflict[]): StatusError {
  const causes = conflicts.slice(0, conflictsMax).map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${showManager(owner)}`,
    field: showPath(path),
  }))
  const told = toTell(causes, ({ message, field }) => message.length + field.length)
  return new StatusError('Conflict', conflictText(conflicts.slice(0, told.length), conflicts.length), {
    causes: [...told],
  })
}

function conflictText(conflicts: readonly Conflict[], count: number): string {
  const [only] = conflicts
  if (count === 1 && only)
    return `Apply failed with 1 conflict: conflict with ${showManager(only.owner)}: ${showPath(only.path)}`
  const lines: string[] = []
  let last: ManagedEntry | undefined
  for (const { owner, path } of conflicts) {
    if (owner !== last) lines.push(`conflicts with ${showManager(owner)}:`)
    lines.push(`- ${showPath(path)}`)
    last = owner
  }
  return `Apply failed with ${count} conflicts: ${lines.join('\n')}`
}

function showManager({ manager = '', operation, apiVersion, subresource }: ManagedEntry): string {
  const door = subresource ? ` with subresource ${goQuote(subresource)}` : ''
  return `${goQuote(manager)}${door}${operation === 'Update' ? ` using ${apiVersion}` : ''}`
}
