/**
 * Whether rules cover other rules: nobody may grant what they do not hold.
 * Source: kubernetes/kubernetes pkg/registry/rbac/validation/{rule,policy_comparator}.go
 */
import { type PolicyRule, resourceMatches, urlMatches } from './rules.ts'

/** One verb on one resource or path; the smallest thing that a rule grants. */
interface Atom {
  readonly verb: string
  readonly group?: string
  readonly resource?: string
  readonly resourceName?: string
  readonly url?: string
}

/** What of `wanted` no rule of `held` covers, as rules with one resource each. */
export function uncovered(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return merged(wanted.flatMap(atomsOf).filter((atom) => !held.some((rule) => covers(rule, atom))))
}

function atomsOf({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): Atom[] {
  const names: (string | undefined)[] = resourceNames.length > 0 ? [...resourceNames] : [undefined]
  return verbs.flatMap((verb) => [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.map(
          (resourceName): Atom => ({ verb, group, resource, ...(resourceName !== undefined && { resourceName }) }),
        ),
      ),
    ),
    ...nonResourceURLs.map((url): Atom => ({ verb, url })),
  ])
}

function covers(rule: PolicyRule, { verb, group, resource, resourceName, url }: Atom): boolean {
  if (!rule.verbs.includes('*') && !rule.verbs.includes(verb)) return false
  if (url !== undefined) return (rule.nonResourceURLs ?? []).some((own) => urlMatches(own, url))
  const [plain = '', subresource = ''] = (resource as string).split('/', 2)
  return (
    ((rule.apiGroups ?? []).includes('*') || (rule.apiGroups ?? []).includes(group as string)) &&
    resourceMatches(rule.resources, plain, subresource) &&
    (!rule.resourceNames?.length || (resourceName !== undefined && rule.resourceNames.includes(resourceName)))
  )
}

/** Atoms of resources that differ only in their verb, as one rule; paths stay as they are. */
function merged(atoms: readonly Atom[]): PolicyRule[] {
  const groups = Map.groupBy(atoms, ({ verb, ...rest }) =>
    JSON.stringify(rest.url === undefined ? rest : { verb, ...rest }),
  )
  return [...groups.values()].map((same) => {
    const { group, resource, resourceName, url } = same[0] as Atom
    const verbs = same.map((a) => a.verb)
    if (url !== undefined) return { verbs, nonResourceURLs: [url] }
    return {
      verbs,
      apiGroups: [group as string],
      resources: [resource as string],
      ...(resourceName !== undefined && { resourceNames: [resourceName] }),
    }
  })
}

/** A rule as the refusal prints it: `{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}`. */
export function compactRule({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): string {
  const parts: [string, readonly string[]][] = [
    ['APIGroups', apiGroups],
    ['Resources', resources],
    ['NonResourceURLs', nonResourceURLs],
    ['ResourceNames', resourceNames],
    ['Verbs', verbs],
  ]
  return `{${parts
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `${name}:[${values.map((v) => JSON.stringify(v)).join(' ')}]`)
    .join(', ')}}`
}
