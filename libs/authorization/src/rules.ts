/**
 * Whether one RBAC rule covers one request.
 * Source: kubernetes/kubernetes pkg/apis/rbac/v1/evaluation_helpers.go
 */
import type { RequestAttributes } from './attributes.ts'

/** The members of rbac.authorization.k8s.io PolicyRule that decide. */
export interface PolicyRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  /** Empty or absent: every name. */
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

export function ruleAllows(rule: PolicyRule, attributes: RequestAttributes): boolean {
  if (!matchesOne(rule.verbs, attributes.verb)) return false
  if (!attributes.isResource) return (rule.nonResourceURLs ?? []).some((url) => urlMatches(url, attributes.path))
  return (
    matchesOne(rule.apiGroups, attributes.group) &&
    resourceMatches(rule.resources, attributes.resource, attributes.subresource) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(attributes.name))
  )
}

const matchesOne = (allowed: readonly string[] | undefined, value: string): boolean =>
  allowed !== undefined && (allowed.includes('*') || allowed.includes(value))

/** `res` does not cover `res/sub`; `*` covers everything; `*\/sub` covers that subresource of all; `res/*` is no wildcard. */
export function resourceMatches(
  allowed: readonly string[] | undefined,
  resource: string,
  subresource: string,
): boolean {
  if (!allowed) return false
  const whole = subresource ? `${resource}/${subresource}` : resource
  return allowed.some((a) => a === '*' || a === whole || (subresource !== '' && a === `*/${subresource}`))
}

/** `*` and exact match; a `*` at the end makes it a prefix. */
export const urlMatches = (allowed: string, path: string): boolean =>
  allowed === '*' || allowed === path || (allowed.endsWith('*') && path.startsWith(allowed.replace(/\*+$/, '')))
