/**
 * Whether one RBAC rule covers one request.
 * Source: kubernetes/kubernetes pkg/apis/rbac/v1/evaluation_helpers.go
 */
import type { RequestAttributes } from './attributes.ts'
import { limits } from './limits.ts'
import { holds, patternsOf } from './value-list.ts'

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
  if (!attributes.isResource) return urlsMatch(rule.nonResourceURLs, attributes.path)
  return (
    matchesOne(rule.apiGroups, attributes.group) &&
    resourceMatches(rule.resources, attributes.resource, attributes.subresource) &&
    nameMatches(rule.resourceNames, attributes.name)
  )
}

export function matchesOne(allowed: readonly string[] | undefined, value: string): boolean {
  if (allowed === undefined) return false
  if (allowed.length > limits.scannedMax) return holds(allowed, '*') || holds(allowed, value)
  return allowed.includes('*') || allowed.includes(value)
}

/** `res` does not cover `res/sub`; `*` covers everything; `*\/sub` covers that subresource of all; `res/*` is no wildcard. */
export function resourceMatches(
  allowed: readonly string[] | undefined,
  resource: string,
  subresource: string,
): boolean {
  if (subresource === '') return matchesOne(allowed, resource)
  return (
    matchesOne(allowed, `${resource}/${subresource}`) || (allowed !== undefined && holds(allowed, `*/${subresource}`))
  )
}

/** Without names every object is meant; a name that is undefined stands for every object. */
export const nameMatches = (allowed: readonly string[] | undefined, name: string | undefined): boolean =>
  !allowed?.length || (name !== undefined && holds(allowed, name))

export const urlsMatch = (allowed: readonly string[] | undefined, path: string): boolean =>
  allowed !== undefined &&
  (holds(allowed, path) || patternsOf(allowed).some((pattern) => patternMatches(pattern, path)))

/** A `*` at the end makes a prefix, however many of them there are. */
function patternMatches(pattern: string, path: string): boolean {
  if (!pattern.endsWith('*')) return false
  let end = pattern.length - 1
  while (end > 0 && pattern[end - 1] === '*') end--
  return path.startsWith(pattern.slice(0, end))
}
