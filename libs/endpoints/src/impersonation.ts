/**
 * Acting as somebody else, for those who may.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation
 */
import {
  anonymousUser,
  authenticatedGroup,
  badRequest,
  type UserInfo,
  unauthenticatedGroup,
} from '@ensign/apimachinery'
import { type Authorizer, type ResourceAttributes, refusal } from '@ensign/authorization'
import type { RequestHeaders } from './exchange.ts'

const extraPrefix = 'impersonate-extra-'
const serviceAccountPrefix = 'system:serviceaccount:'

/** The user that the request asks to be, or undefined; throws 400 or 403 StatusErrors. */
export function impersonatedUser(
  headers: RequestHeaders,
  requester: UserInfo,
  authorizer: Authorizer,
): UserInfo | undefined {
  const username = first(headers['impersonate-user'])
  const groups = all(headers['impersonate-group'])
  const uid = first(headers['impersonate-uid'])
  const extra = extraOf(headers)
  if (!username) {
    if (groups.length || uid || Object.keys(extra).length)
      throw badRequest(`requested ${goUser(uid ?? '', groups, extra)} without impersonating a user name`)
    return undefined
  }
  const account = serviceAccountOf(username)
  check(
    account
      ? { resource: 'serviceaccounts', namespace: account.namespace, name: account.name }
      : { resource: 'users', name: username },
  )
  if (uid) check({ group: 'authentication.k8s.io', resource: 'uids', name: uid })
  for (const name of groups) check({ resource: 'groups', name })
  for (const [key, values] of Object.entries(extra)) {
    for (const name of values) check({ group: 'authentication.k8s.io', resource: 'userextras', subresource: key, name })
  }
  const named =
    account && groups.length === 0
      ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`]
      : [...groups]
  if (username === anonymousUser) {
    if (!named.includes(unauthenticatedGroup)) named.push(unauthenticatedGroup)
  } else if (!named.includes(authenticatedGroup) && !named.includes(unauthenticatedGroup))
    named.push(authenticatedGroup)
  return { username, groups: named, ...(uid && { uid }), ...(Object.keys(extra).length > 0 && { extra }) }

  function check(target: {
    group?: string
    resource: string
    subresource?: string
    namespace?: string
    name: string
  }): void {
    const attributes: ResourceAttributes = {
      isResource: true,
      verb: 'impersonate',
      group: '',
      subresource: '',
      namespace: '',
      ...target,
    }
    const { allowed, reason } = authorizer.authorize(requester, attributes)
    if (!allowed) throw refusal(requester, attributes, reason)
  }
}

export function serviceAccountOf(username: string): { namespace: string; name: string } | undefined {
  if (!username.startsWith(serviceAccountPrefix)) return undefined
  const [namespace, name, ...more] = username.slice(serviceAccountPrefix.length).split(':')
  return namespace && name && more.length === 0 ? { namespace, name } : undefined
}

function extraOf(headers: RequestHeaders): Record<string, string[]> {
  const extra: Record<string, string[]> = {}
  for (const name in headers) {
    if (!name.startsWith(extraPrefix)) continue
    let key = name.slice(extraPrefix.length)
    try {
      key = decodeURIComponent(key)
    } catch {
      // Kubernetes takes a key that is no percent-encoding as it stands.
    }
    extra[key] = all(headers[name])
  }
  return extra
}

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

/** node joins a repeated unknown header with a comma and a blank; group names hold neither. */
const all = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : value.split(', ')

/** A user without a name as Go prints the struct: upstream's text shows it so. */
function goUser(uid: string, groups: readonly string[], extra: Record<string, string[]>): string {
  const strings = (values: readonly string[]) => `[]string{${values.map((v) => JSON.stringify(v)).join(', ')}}`
  const map = Object.entries(extra).map(([key, values]) => `${JSON.stringify(key)}:${strings(values)}`)
  const shownGroups = groups.length > 0 ? strings(groups) : '[]string(nil)'
  const shownExtra = map.length > 0 ? `map[string][]string{${map.join(', ')}}` : 'map[string][]string(nil)'
  return `&user.DefaultInfo{Name:"", UID:${JSON.stringify(uid)}, Groups:${shownGroups}, Extra:${shownExtra}}`
}
