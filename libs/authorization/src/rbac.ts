/**
 * RBAC: what a user may do is the sum of the rules bound to the user's name and groups; nothing else is allowed.
 * Members of system:masters may do everything, before any rule is read.
 * Source: kubernetes/kubernetes plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/kubeapiserver/authorizer/reload.go
 */
import { mastersGroup, type UserInfo } from '@ensign/apimachinery'
import type { Authorizer, Decision, RequestAttributes } from './attributes.ts'
import type { ClusterGrant, Subject } from './bootstrap-policy.ts'
import { ruleAllows } from './rules.ts'

const masters: Decision = { allowed: true, reason: '' }
const noOpinion: Decision = { allowed: false, reason: '' }

interface Bound {
  readonly grant: ClusterGrant
  readonly subject: Subject
  /** The same for every request that it allows. */
  readonly decision: Decision
}

export function createRbacAuthorizer(grants: readonly ClusterGrant[]): Authorizer {
  const byUser = new Map<string, Bound[]>()
  const byGroup = new Map<string, Bound[]>()
  for (const grant of grants) {
    for (const subject of grant.subjects) {
      const index = subject.kind === 'User' ? byUser : byGroup
      const reason = `RBAC: allowed by ClusterRoleBinding ${JSON.stringify(grant.binding)} of ClusterRole ${JSON.stringify(grant.role)} to ${subject.kind} ${JSON.stringify(subject.name)}`
      index.set(subject.name, [
        ...(index.get(subject.name) ?? []),
        { grant, subject, decision: { allowed: true, reason } },
      ])
    }
  }
  return {
    authorize(user: UserInfo, attributes: RequestAttributes): Decision {
      if (user.groups.includes(mastersGroup)) return masters
      const found = allowing(byUser.get(user.username), attributes)
      if (found) return found
      for (const group of user.groups) {
        const byMembership = allowing(byGroup.get(group), attributes)
        if (byMembership) return byMembership
      }
      return noOpinion
    },
  }
}

function allowing(bound: readonly Bound[] | undefined, attributes: RequestAttributes): Decision | undefined {
  for (const { grant, decision } of bound ?? []) {
    for (const rule of grant.rules) if (ruleAllows(rule, attributes)) return decision
  }
  return undefined
}
