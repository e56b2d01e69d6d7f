/**
 * Bindings by subject, so that a request looks only at what is bound to its user and groups. Kept up to date object by
 * object; roles are looked up when a binding of theirs applies.
 */
import type { PolicyRule } from './rules.ts'

export interface RoleRef {
  readonly kind: string
  readonly name: string
}

export interface BindingSubject {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

/** The members of a RoleBinding or ClusterRoleBinding that decide. */
export interface Binding {
  readonly metadata: { readonly name?: string; readonly namespace?: string }
  readonly roleRef: RoleRef
  readonly subjects?: readonly BindingSubject[]
}

/** Where roles are found; undefined when there is none of that name. */
export interface RoleLookup {
  role(namespace: string, name: string): { readonly rules: readonly PolicyRule[] | null } | undefined
  clusterRole(name: string): { readonly rules: readonly PolicyRule[] | null } | undefined
}

/** A binding, and which of its subjects it was found by. */
export interface Bound {
  readonly binding: Binding
  readonly subject: BindingSubject
}

/** Bindings of one namespace, or of the cluster, by subject and in the order in which they came. */
class Scope {
  // Two maps and no prefix: the names of users and groups are looked up as they are, which V8 has hashed already.
  readonly #users = new Map<string, Map<string, Bound>>()
  readonly #groups = new Map<string, Map<string, Bound>>()
  readonly #subjects = new Map<string, { subjects: Map<string, Map<string, Bound>>; key: string }[]>()

  set(name: string, binding: Binding): void {
    this.delete(name)
    const places = []
    for (const subject of binding.subjects ?? []) {
      const subjects = subject.kind === 'Group' ? this.#groups : this.#users
      const key = subjectName(subject, binding.metadata.namespace ?? '')
      if (key === undefined) continue
      const bound = subjects.get(key) ?? new Map<string, Bound>()
      subjects.set(key, bound.set(name, { binding, subject }))
      places.push({ subjects, key })
    }
    this.#subjects.set(name, places)
  }

  delete(name: string): void {
    for (const { subjects, key } of this.#subjects.get(name) ?? []) {
      const bound = subjects.get(key)
      bound?.delete(name)
      if (bound?.size === 0) subjects.delete(key)
    }
    this.#subjects.delete(name)
  }

  get empty(): boolean {
    return this.#subjects.size === 0
  }

  find(username: string, groups: readonly string[], holds: (bound: Bound) => boolean): Bound | undefined {
    const found = firstOf(this.#users.get(username), holds)
    if (found) return found
    for (const group of groups) {
      const foundByGroup = firstOf(this.#groups.get(group), holds)
      if (foundByGroup) return foundByGroup
    }
    return undefined
  }
}

function firstOf(all: ReadonlyMap<string, Bound> | undefined, holds: (bound: Bound) => boolean): Bound | undefined {
  if (all) for (const bound of all.values()) if (holds(bound)) return bound
  return undefined
}

/** An account is bound by its name or as the user that it is. Undefined for what can be nobody. */
function subjectName({ kind, name, namespace }: BindingSubject, bindingNamespace: string): string | undefined {
  if (kind === 'ServiceAccount') return `system:serviceaccount:${namespace || bindingNamespace}:${name}`
  return kind === 'User' || kind === 'Group' ? name : undefined
}

export class RbacIndex {
  readonly #cluster = new Scope()
  readonly #namespaces = new Map<string, Scope>()

  /** `binding` undefined removes it. An empty namespace is a ClusterRoleBinding's. */
  set(namespace: string, name: string, binding: Binding | undefined): void {
    const scope = namespace === '' ? this.#cluster : (this.#namespaces.get(namespace) ?? new Scope())
    if (binding) scope.set(name, binding)
    else scope.delete(name)
    if (namespace === '') return
    if (scope.empty) this.#namespaces.delete(namespace)
    else this.#namespaces.set(namespace, scope)
  }

  /**
   * Of all that is bound to a user or to one of these groups, the first that `holds`: cluster-wide first, then in
   * `namespace` unless that is empty.
   */
  find(
    username: string,
    groups: readonly string[],
    namespace: string,
    holds: (bound: Bound) => boolean,
  ): Bound | undefined {
    return (
      this.#cluster.find(username, groups, holds) ??
      (namespace === '' ? undefined : this.#namespaces.get(namespace)?.find(username, groups, holds))
    )
  }
}
