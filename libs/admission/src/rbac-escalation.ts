/**
 * Nobody grants by RBAC what they do not hold, unless they hold the verbs `escalate` or `bind`.
 * Upstream does this in the storage of the RBAC kinds; here it is a plug-in, at the same point of a write.
 * Source: kubernetes/kubernetes pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go
 */
import { forbidden, type KubeObject, mastersGroup, notFound, type UserInfo } from '@ensign/apimachinery'
import {
  compactRule,
  coversAll,
  missingRules,
  type PolicyRule,
  type RbacAuthorizer,
  type RoleLookup,
} from '@ensign/authorization'
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts'

const group = 'rbac.authorization.k8s.io'
const roles = new Set(['roles', 'clusterroles'])
const bindings = new Set(['rolebindings', 'clusterrolebindings'])

interface RoleObject extends KubeObject {
  rules: PolicyRule[] | null
  aggregationRule?: unknown
}
interface BindingObject extends KubeObject {
  roleRef: { kind: string; name: string }
}

export function rbacEscalation(authorizer: RbacAuthorizer, lookup: RoleLookup): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    handles: ({ operation, definition }) =>
      definition.group === group &&
      (operation === 'CREATE' || operation === 'UPDATE') &&
      (roles.has(definition.plural) || bindings.has(definition.plural)),
    validate(attributes) {
      if (attributes.user.groups.includes(mastersGroup) || onlyBookkeepingChanged(attributes)) return
      if (roles.has(attributes.definition.plural)) checkRole(attributes)
      else checkBinding(attributes)
    },
  }

  function checkRole(attributes: AdmissionAttributes): void {
    const { definition, user, namespace, name } = attributes
    const role = attributes.object as RoleObject
    if (may(user, 'escalate', definition.plural, namespace, name)) return
    if (role.aggregationRule !== undefined && !holdsEverything(user))
      throw forbidden(
        { group, resource: definition.plural },
        name,
        'must have cluster-admin privileges to use the aggregationRule',
      )
    refuseUncovered(attributes, role.rules ?? [])
  }

  function checkBinding(attributes: AdmissionAttributes): void {
    const { definition, user, namespace } = attributes
    const { roleRef } = attributes.object as BindingObject
    const isCluster = roleRef.kind === 'ClusterRole'
    if (may(user, 'bind', isCluster ? 'clusterroles' : 'roles', namespace, roleRef.name)) return
    const role = isCluster ? lookup.clusterRole(roleRef.name) : lookup.role(namespace, roleRef.name)
    // The text has the binding's resource with the role's name.
    if (!role) throw notFound({ group, resource: definition.plural }, roleRef.name)
    refuseUncovered(attributes, role.rules ?? [])
  }

  function refuseUncovered(
    { definition, user, namespace, name }: AdmissionAttributes,
    wanted: readonly PolicyRule[],
  ): void {
    const { roles, problems } = authorizer.rulesFor(user, namespace)
    const { rules: missing, complete } = missingRules(roles, wanted)
    if (missing.length === 0 && complete) return
    const groups = `[${user.groups.map((g) => JSON.stringify(g)).join(' ')}]`
    const lines = missing.map(compactRule).sort()
    if (!complete) lines.push('(the rules grant too much to compare and show all of it)')
    const resolution = problems.length > 0 ? `; resolution errors: [${problems.join(' ')}]` : ''
    throw forbidden(
      { group, resource: definition.plural },
      name,
      `user ${JSON.stringify(user.username)} (groups=${groups}) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}${resolution}`,
    )
  }

  function may(user: UserInfo, verb: string, resource: string, namespace: string, name: string): boolean {
    return authorizer.authorize(user, { isResource: true, verb, group, resource, subresource: '', namespace, name })
      .allowed
  }

  function holdsEverything(user: UserInfo): boolean {
    const everything: PolicyRule[] = [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    ]
    return coversAll(authorizer.rulesFor(user, '').roles, everything)
  }
}

/** The garbage collector may change owners and finalizers of a role that is stronger than itself. */
function onlyBookkeepingChanged({ object, old }: AdmissionAttributes): boolean {
  if (!object || !old) return false
  const rest = ({ metadata, ...others }: Readonly<KubeObject>) => {
    const { ownerReferences: _o, finalizers: _f, managedFields: _m, resourceVersion: _r, ...kept } = metadata
    return JSON.stringify([others, kept])
  }
  return rest(object) === rest(old)
}
