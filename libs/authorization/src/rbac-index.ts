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

export interface Bound {
  readonly binding: Binding
  readonly subject: BindingSubject
}

/** Bindings of one namespace, or of the cluster, by subject and in the order in which they came. */
class Scope {
  readonly #bySubject = new Map<string, Map<string, Bound>>()
  readonly #keys = new Map<string, string[]>()

  set(name: string, binding: Binding): void {
    this.delete(name)
    const keys = (binding.subjects ?? []).map((subject) => {
      const key = subjectKey(subject, binding.metadata.namespace ?? '')
      const bound = this.#bySubject.get(key) ?? new Map<string, Bound>()
      this.#bySubject.set(key, bound.set(name, { binding, subject }))
      return key
    })
    this.#keys.set(name, keys)
  }

  delete(name: string): void {
    for (const key of this.#keys.get(name) ?? []) {
      const bound = this.#bySubject.get(key)
      bound?.delete(name)
      if (bound?.size === 0) this.#bySubject.delete(key)
    }
    this.#keys.delete(name)
  }

  get empty(): boolean {
    return this.#keys.size === 0
  }

  of(key: string): Iterable<Bound> {
    return this.#bySubject.get(key)?.values() ?? []
  }
}

/** An account is bound by its name or as the user that it is. */
function subjectKey({ kind, name, namespace }: BindingSubject, bindingNamespace: string): string {
  return kind === 'ServiceAccount'
    ? userKey(`system:serviceaccount:${namespace || bindingNamespace}:${name}`)
    : kind === 'User'
      ? userKey(name)
      : groupKey(name)
}
const userKey = (name: string): string => `user ${name}`
const groupKey = (name: string): string => `group ${name}`

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

  /** All that is bound to a user or to one of these groups: cluster-wide first, then in `namespace` unless that is empty. */
  *bound(username: string, groups: readonly string[], namespace: string): Generator<Bound> {
    const scopes = [this.#cluster, namespace === '' ? undefined : this.#namespaces.get(namespace)]
    for (const scope of scopes) {
      if (!scope || scope.empty) continue
      yield* scope.of(userKey(username))
      for (const group of groups) yield* scope.of(groupKey(group))
    }
  }
}
