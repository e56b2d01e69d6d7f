/** RBAC over the stored roles and bindings, fed by their watch caches. */
import {
  type Binding,
  createRbacAuthorizer,
  type RbacAuthorizer,
  RbacIndex,
  type RoleLookup,
} from '@ensign/authorization'
import type { Resource, WatchCache } from '@ensign/registry'

export const rbacGroup = 'rbac.authorization.k8s.io'
/** Whoever probes is answered, whatever is stored. Source: options/authorization.go, AlwaysAllowPaths */
const alwaysAllowed = ['/healthz', '/readyz', '/livez']

export function createRbac(stored: (group: string, plural: string) => Resource): {
  authorizer: RbacAuthorizer
  roles: RoleLookup
} {
  const cacheOf = (plural: string): WatchCache => stored(rbacGroup, plural).cache
  const [roles, clusterRoles] = [cacheOf('roles'), cacheOf('clusterroles')]
  const lookup: RoleLookup = {
    role: (namespace, name) => roles.get(namespace, name)?.object as ReturnType<RoleLookup['role']>,
    clusterRole: (name) => clusterRoles.get('', name)?.object as ReturnType<RoleLookup['clusterRole']>,
  }
  const index = new RbacIndex()
  for (const plural of ['rolebindings', 'clusterrolebindings']) feed(index, cacheOf(plural))
  return { authorizer: createRbacAuthorizer(index, lookup, { alwaysAllowed }), roles: lookup }
}

/** Shows the index everything in the cache, now and from now on. */
function feed(index: RbacIndex, cache: WatchCache): void {
  cache.follow({
    set: (object) => index.set(object.namespace, object.name, object.object as unknown as Binding),
    delete: ({ namespace, name }) => index.set(namespace, name, undefined),
  })
}
