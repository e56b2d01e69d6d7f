/**
 * RBAC: what a user may do is the sum of the rules bound to the user's name and groups; nothing else is allowed.
 * Members of system:masters may do everything, before any rule is read.
 * Source: kubernetes/kubernetes plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/kubeapiserver/authorizer/reload.go,
 * pkg/registry/rbac/validation/rule.go
 */
import { mastersGroup, type UserInfo } from '@ensign/apimachinery'
import type { Authorizer, Decision, RequestAttributes } from './attributes.ts'
import { limits } from './limits.ts'
import type { Binding, BindingSubject, Bound, RbacIndex, RoleLookup } from './rbac-index.ts'
import { rulesAllow } from './rule-index.ts'
import type { PolicyRule } from './rules.ts'

const unconditional: Decision = { allowed: true, reason: '' }
const noOpinion: Decision = { allowed: false, reason: '' }

export interface RbacAuthorizer extends Authorizer {
  /**
   * The rules of each role that is bound to a user in a namespace (or cluster-wide when it is empty), in the order of the
   * bindings: a role that is bound twice comes twice.
   */
  rulesFor(user: UserInfo, namespace: string): Granted
}

export interface Granted {
  readonly roles: readonly (readonly PolicyRule[])[]
  /** Roles that are missing, at most `limits.problemsMax` of them. */
  readonly problems: readonly string[]
}

/** @param options.alwaysAllowed paths that may be got by everybody, whatever is stored: probes must be answered before a store can be reached */
export function createRbacAuthorizer(
  index: RbacIndex,
  roles: RoleLookup,
  { alwaysAllowed = [] }: { alwaysAllowed?: readonly string[] } = {},
): RbacAuthorizer {
  const decisions = new WeakMap<Bound, Decision>()
  /** The text is made once for each binding and subject. */
  const allowedBy = (bound: Bound): Decision => {
    const known = decisions.get(bound)
    if (known) return known
    const decision = { allowed: true, reason: allowReason(bound) }
    decisions.set(bound, decision)
    return decision
  }
  return {
    authorize(user: UserInfo, attributes: RequestAttributes): Decision {
      if (user.groups.includes(mastersGroup)) return unconditional
      if (!attributes.isResource && alwaysAllowed.includes(attributes.path)) return unconditional
      const namespace = attributes.isResource ? attributes.namespace : ''
      const problems: string[] = []
      let looked = 0
      /** Roles that do not allow it. Somebody may be bound a thousand times to the same one. */
      let refused: Set<readonly PolicyRule[]> | undefined
      const allows = ({ binding }: Bound): boolean => {
        const rules = rulesOf(binding, roles, problems)
        if (++looked > limits.bindingsUnremembered) {
          refused ??= new Set()
          if (refused.has(rules)) return false
          refused.add(rules)
        }
        return rulesAllow(rules, attributes)
      }
      const { username, groups } = user
      const found = index.find(username, groups, namespace, allows)
      if (found) return allowedBy(found)
      return problems.length > 0 ? { allowed: false, reason: `RBAC: ${joined(problems)}` } : noOpinion
    },

    rulesFor(user, namespace) {
      const problems: string[] = []
      const granted: (readonly PolicyRule[])[] = []
      index.find(user.username, user.groups, namespace, ({ binding }) => {
        granted.push(rulesOf(binding, roles, problems))
        return false
      })
      return { roles: granted, problems }
    },
  }
}

const none: readonly PolicyRule[] = []

function rulesOf({ roleRef, metadata }: Binding, roles: RoleLookup, problems: string[]): readonly PolicyRule[] {
  const found =
    roleRef.kind === 'ClusterRole'
      ? roles.clusterRole(roleRef.name)
      : roles.role(metadata.namespace ?? '', roleRef.name)
  if (found) return found.rules ?? none
  if (problems.length < limits.problemsMax)
    problems.push(`${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(roleRef.name)} not found`)
  return none
}

/** As Go prints an aggregate of errors: one alone, several in brackets. */
function joined(problems: readonly string[]): string {
  const distinct = [...new Set(problems)]
  return distinct.length === 1 ? (distinct[0] as string) : `[${distinct.join(', ')}]`
}

function allowReason({ binding, subject }: Bound): string {
  const { name = '', namespace } = binding.metadata
  const kind = namespace ? 'RoleBinding' : 'ClusterRoleBinding'
  const shown = namespace ? `${name}/${namespace}` : name
  return `RBAC: allowed by ${kind} ${JSON.stringify(shown)} of ${binding.roleRef.kind} ${JSON.stringify(binding.roleRef.name)} to ${subjectText(subject, namespace)}`
}

const subjectText = ({ kind, name, namespace }: BindingSubject, bindingNamespace: string | undefined): string =>
  `${kind} ${JSON.stringify(kind === 'ServiceAccount' ? `${name}/${namespace || bindingNamespace || ''}` : name)}`
