/**
 * The rules of a role by the values that they name, so that a request meets only those that can cover it: of a role of tens of
 * thousands of rules a few.
 */
import type { RequestAttributes } from './attributes.ts'
import { limits } from './limits.ts'
import { type PolicyRule, ruleAllows } from './rules.ts'

/** Whether one of these rules covers a request. */
export function rulesAllow(rules: readonly PolicyRule[], attributes: RequestAttributes): boolean {
  if (rules.length > limits.scannedMax) return ruleIndexOf(rules).allows(attributes)
  for (const rule of rules) if (ruleAllows(rule, attributes)) return true
  return false
}

const indexes = new WeakMap<readonly PolicyRule[], RuleIndex>()

/** The index of a list of rules that does not change, made when it is first asked for. */
export function ruleIndexOf(rules: readonly PolicyRule[]): RuleIndex {
  const known = indexes.get(rules)
  if (known) return known
  const made = new RuleIndex(rules)
  indexes.set(rules, made)
  return made
}

/** Rules by a value that they name. */
type Postings = Map<string, PolicyRule[]>
/** Rules found by one value each. */
type Found = (readonly PolicyRule[])[]

export class RuleIndex {
  readonly #verbs: Postings = new Map()
  readonly #groups: Postings = new Map()
  readonly #resources: Postings = new Map()
  readonly #names: Postings = new Map()
  /** Rules on resources without resourceNames. */
  readonly #unnamed: PolicyRule[] = []
  readonly #urls: PolicyRule[] = []

  constructor(rules: readonly PolicyRule[]) {
    for (const rule of rules) {
      post(this.#verbs, rule.verbs, rule)
      post(this.#groups, rule.apiGroups, rule)
      post(this.#resources, rule.resources, rule)
      if (rule.nonResourceURLs?.length) this.#urls.push(rule)
      if (rule.resourceNames?.length) post(this.#names, rule.resourceNames, rule)
      else if (rule.resources?.length) this.#unnamed.push(rule)
    }
  }

  allows(attributes: RequestAttributes): boolean {
    const byVerb = find(this.#verbs, [attributes.verb, '*'])
    const candidates = attributes.isResource
      ? fewest([
          byVerb,
          find(this.#groups, [attributes.group, '*']),
          find(this.#resources, resourceKeys(attributes.resource, attributes.subresource)),
          [...find(this.#names, [attributes.name]), this.#unnamed],
        ])
      : fewest([byVerb, [this.#urls]])
    return candidates.some((rules) => rules.some((rule) => ruleAllows(rule, attributes)))
  }

  /** Every rule that may cover something of `wanted`, and perhaps others. */
  candidates(wanted: PolicyRule): readonly PolicyRule[] {
    const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = wanted
    const ways = [find(this.#verbs, [...verbs, '*'])]
    if (resources.length === 0) ways.push([this.#urls])
    else if (nonResourceURLs.length === 0)
      ways.push(
        find(this.#groups, [...apiGroups, '*']),
        find(
          this.#resources,
          resources.flatMap((r) => resourceKeys(...splitResource(r))),
        ),
        [...find(this.#names, resourceNames), this.#unnamed],
      )
    const found = fewest(ways)
    return found.length === 1 ? (found[0] ?? []) : [...new Set(found.flat())]
  }
}

/** What a rule may name to cover a resource. */
const resourceKeys = (resource: string, subresource: string): string[] =>
  subresource === '' ? [resource, '*'] : [`${resource}/${subresource}`, `*/${subresource}`, '*']

/** `pods/log` as `pods` and `log`. Further slashes are part of the subresource, as in Go's SplitN. */
export function splitResource(text: string): [resource: string, subresource: string] {
  const slash = text.indexOf('/')
  return slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash + 1)]
}

function post(postings: Postings, values: readonly string[] | undefined, rule: PolicyRule): void {
  for (const value of values ?? []) {
    const list = postings.get(value)
    if (!list) postings.set(value, [rule])
    // A rule may name a value twice. It comes here once, and so is the last of the list.
    else if (list.at(-1) !== rule) list.push(rule)
  }
}

function find(postings: Postings, values: readonly string[]): Found {
  const found = new Set<readonly PolicyRule[]>()
  for (const value of values) {
    const rules = postings.get(value)
    if (rules) found.add(rules)
  }
  return [...found]
}

/** Of several ways to find rules the one that finds the fewest. */
function fewest(ways: readonly Found[]): Found {
  const count = (way: Found) => way.reduce((sum, rules) => sum + rules.length, 0)
  return ways.reduce((best, way) => (count(way) < count(best) ? way : best))
}
