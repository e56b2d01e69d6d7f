/**
 * Acting as somebody else, for those who may: by the verb `impersonate` on the identity alone, as ever, or constrained,
 * by `impersonate:<mode>` on the identity and `impersonate-on:<mode>:<verb>` on what is asked for (KEP-5284).
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation
 */
import {
  anonymousUser,
  authenticatedGroup,
  badRequest,
  mastersGroup,
  type StatusError,
  type UserInfo,
  unauthenticatedGroup,
} from '@ensign/apimachinery'
import { parseServiceAccountUsername, serviceAccountGroups } from '@ensign/authentication'
import { type Authorizer, type RequestAttributes, type ResourceAttributes, refusal } from '@ensign/authorization'
import type { RequestHeaders } from './exchange.ts'
import { goUser, type WantedUser, wantedUser } from './impersonation-headers.ts'
import { limits } from './limits.ts'

const authenticationGroup = 'authentication.k8s.io'
const nodePrefix = 'system:node:'
const nodesGroup = 'system:nodes'

type Mode = 'arbitrary-node' | 'serviceaccount' | 'user-info'

export interface Impersonation {
  /**
   * The user that the request asks to be, or undefined when it asks for none.
   * @param target what the request is for
   * @throws StatusError 400 when what it asks makes no sense, 403 when the requester may not
   */
  userFor(headers: RequestHeaders, requester: UserInfo, target: RequestAttributes): UserInfo | undefined
}

export function createImpersonation(authorizer: Authorizer): Impersonation {
  /**
   * Requesters who came through by the old verb last: it is tried first for them, and its refusals are what they know.
   * Forgetting one only changes the order.
   */
  const legacyRequesters = new Set<string>()
  return {
    userFor(headers, requester, target) {
      const wanted = wantedUser(headers)
      if (!wanted) return undefined
      if (!wanted.username) throw badRequest(`requested ${goUser(wanted)} without impersonating a user name`)
      const check = checks(authorizer, requester, target, wanted)
      const mode = constrainedMode(wanted)
      const ways: readonly (Mode | undefined)[] = !mode
        ? [undefined]
        : legacyRequesters.has(requester.username)
          ? [undefined, mode]
          : [mode, undefined]
      let first: StatusError | undefined
      for (const way of ways) {
        const refused = check(way)
        if (!refused) {
          remember(requester.username, way)
          return completed(wanted, way)
        }
        first ??= refused
      }
      // The refusal of the way that was tried first is told, as upstream does.
      throw first
    },
  }

  function remember(requester: string, way: Mode | undefined): void {
    legacyRequesters.delete(requester)
    if (way !== undefined) return
    if (legacyRequesters.size >= limits.legacyImpersonatorsMax) legacyRequesters.clear()
    legacyRequesters.add(requester)
  }
}

/** Why the requester may not become `wanted` in one way, or undefined when it may. No mode is the old verb. */
function checks(
  authorizer: Authorizer,
  requester: UserInfo,
  target: RequestAttributes,
  wanted: WantedUser,
): (mode: Mode | undefined) => StatusError | undefined {
  return (mode) =>
    (mode ? onRefusal(mode) : undefined) ??
    identityRefusal(wanted, mode ? `impersonate:${mode}` : 'impersonate', mode !== undefined)

  function onRefusal(mode: Mode): StatusError | undefined {
    return denied({ ...target, verb: `impersonate-on:${mode}:${target.verb}` })
  }

  /** Why one of the parts of the identity may not be taken on, or undefined when all may. */
  function identityRefusal(
    { username, uid, groups, extra }: WantedUser,
    verb: string,
    constrained: boolean,
  ): StatusError | undefined {
    const on = (resource: string, name: string, more: Partial<ResourceAttributes> = {}): ResourceAttributes => ({
      isResource: true,
      verb,
      group: constrained ? authenticationGroup : '',
      resource,
      subresource: '',
      namespace: '',
      name,
      ...more,
    })
    const account = parseServiceAccountUsername(username)
    const node = constrained && username.startsWith(nodePrefix) ? username.slice(nodePrefix.length) : undefined
    const named = account
      ? on('serviceaccounts', account.name, { namespace: account.namespace })
      : node !== undefined
        ? on('nodes', node)
        : on('users', username)
    return (
      denied(named) ??
      (uid ? denied(on('uids', uid, { group: authenticationGroup })) : undefined) ??
      (constrained ? forbiddenGroup(groups, on) : undefined) ??
      firstOf(groups, (name) => denied(on('groups', name))) ??
      (constrained ? forbiddenExtra(extra, on) : undefined) ??
      firstOf(Object.entries(extra), ([key, values]) =>
        firstOf(values, (name) => denied(on('userextras', name, { group: authenticationGroup, subresource: key }))),
      )
    )
  }

  function forbiddenGroup(
    groups: readonly string[],
    on: (resource: string, name: string) => ResourceAttributes,
  ): StatusError | undefined {
    if (groups.includes(''))
      return refusal(requester, on('groups', ''), 'impersonating the empty string group is not allowed')
    if (groups.includes(mastersGroup))
      return refusal(requester, on('groups', mastersGroup), `impersonating the ${mastersGroup} group is not allowed`)
    return undefined
  }

  function forbiddenExtra(
    extra: WantedUser['extra'],
    on: (resource: string, name: string) => ResourceAttributes,
  ): StatusError | undefined {
    const problem = firstOf(Object.entries(extra), ([key, values]) => extraProblem(key, values))
    return problem === undefined ? undefined : refusal(requester, on('userextras', ''), problem)
  }

  function denied(attributes: RequestAttributes): StatusError | undefined {
    const { allowed, reason } = authorizer.authorize(requester, attributes)
    return allowed ? undefined : refusal(requester, attributes, reason)
  }
}

/** The constrained way that fits the identity. Nodes and accounts are taken on by name alone, their groups follow from it. */
function constrainedMode({ username, uid, groups, extra }: WantedUser): Mode | undefined {
  const onlyName = !uid && groups.length === 0 && Object.keys(extra).length === 0
  if (username.startsWith(nodePrefix)) return onlyName ? 'arbitrary-node' : undefined
  if (parseServiceAccountUsername(username)) return onlyName ? 'serviceaccount' : undefined
  return 'user-info'
}

/** Source: apimachinery pkg/util/validation/validation.go, IsDomainPrefixedPath */
function extraProblem(key: string, values: readonly string[]): string | undefined {
  if (key === '') return 'impersonating the empty string key in extra is not allowed'
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/./.test(key)) {
    return `impersonating an invalid key in extra is not allowed: extra.key: Invalid value: ${JSON.stringify(key)}: must be a domain-prefixed path (such as "acme.io/foo")`
  }
  if (values.includes('')) return 'impersonating the empty string value in extra is not allowed'
  return undefined
}

function completed({ username, uid, groups, extra }: WantedUser, mode: Mode | undefined): UserInfo {
  const account = parseServiceAccountUsername(username)
  const all =
    mode === 'arbitrary-node'
      ? [nodesGroup]
      : account && groups.length === 0
        ? [...serviceAccountGroups(account.namespace)]
        : [...groups]
  if (username === anonymousUser) {
    if (!all.includes(unauthenticatedGroup)) all.push(unauthenticatedGroup)
  } else if (!all.includes(authenticatedGroup) && !all.includes(unauthenticatedGroup)) all.push(authenticatedGroup)
  return { username, groups: all, ...(uid && { uid }), ...(Object.keys(extra).length > 0 && { extra }) }
}

function firstOf<T, R>(values: readonly T[], find: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const found = find(value)
    if (found !== undefined) return found
  }
  return undefined
}
