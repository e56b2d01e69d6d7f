/**
 * Whether rules cover other rules: nobody may grant what they do not hold.
 *
 * A rule grants every combination of its verbs, API groups, resources and names, so a few kilobytes can grant a hundred million.
 * They are therefore not multiplied out: values that the same held rules name are decided together, and combinations are
 * made only for the text of a refusal.
 * Source: kubernetes/kubernetes pkg/registry/rbac/validation/{rule,policy_comparator}.go
 */
import { limits } from './limits.ts'
import { RuleIndex, ruleIndexOf, splitResource } from './rule-index.ts'
import { matchesOne, nameMatches, type PolicyRule, resourceMatches, urlsMatch } from './rules.ts'
import { patternsOf } from './value-list.ts'

export interface Missing {
  /** What is not held, as rules with one resource each, or some of it. Not empty when the answer is no. */
  readonly rules: readonly PolicyRule[]
  /** Whether `rules` is all of it. When it is not, something may be missing even if `rules` is empty. */
  readonly complete: boolean
}

/**
 * What of `wanted` no rule of `held` covers.
 *
 * @param held the rules of each role; lists that do not change, since large ones are indexed once
 */
export function missingRules(held: Iterable<readonly PolicyRule[]>, wanted: readonly PolicyRule[]): Missing {
  const collected = new Collected()
  const candidatesOf = candidateSearch(held, wanted, collected)
  for (const rule of wanted) {
    const candidates = candidatesOf(rule)
    collected.spend(candidates.length)
    collectUncovered(resourceLevels(rule), candidates, collected)
    collectUncovered(urlLevels(rule), candidates, collected)
    if (collected.full) break
  }
  return { rules: merged(collected.atoms), complete: !collected.full }
}

/** Whether every rule of `wanted` is covered. */
export function coversAll(held: Iterable<readonly PolicyRule[]>, wanted: readonly PolicyRule[]): boolean {
  const { rules, complete } = missingRules(held, wanted)
  return complete && rules.length === 0
}

/** Finds the held rules that may cover something of a wanted rule. */
function candidateSearch(
  held: Iterable<readonly PolicyRule[]>,
  wanted: readonly PolicyRule[],
  collected: Collected,
): (rule: PolicyRule) => readonly PolicyRule[] {
  const roles = [...new Set(held)]
  const small = roles.filter((rules) => rules.length <= limits.scannedMax)
  const large = roles.filter((rules) => rules.length > limits.scannedMax)
  const count = (some: typeof roles) => some.reduce((sum, rules) => sum + rules.length, 0)
  const indexOf = (some: typeof roles): RuleIndex => {
    collected.spend(count(some))
    return new RuleIndex(collected.full ? [] : some.flat())
  }
  // One index of several roles costs about as much as looking at each of their rules a few times.
  if (large.length > 1 && large.length * wanted.length > count(roles)) {
    const all = indexOf(roles)
    return (rule) => all.candidates(rule)
  }
  const indexes = large.map(ruleIndexOf)
  const areIndexed = count(small) > limits.scannedMax && wanted.length > limits.scannedMax / 4
  if (areIndexed) indexes.push(indexOf(small))
  const scanned = areIndexed ? [] : small.flat()
  return (rule) => [...scanned, ...indexes.flatMap((index) => index.candidates(rule))]
}

/** One verb on one resource or path; the smallest thing that a rule grants. */
interface Atom {
  readonly verb: string
  readonly group?: string
  readonly resource?: string
  readonly resourceName?: string
  readonly url?: string
}

/** What was found to be missing, and what may still be spent on looking. */
class Collected {
  readonly atoms: Atom[] = []
  #steps: number = limits.coverStepsMax
  #characters = 0
  #isCut = false

  /** Nothing more is taken, or the comparison was given up. */
  get full(): boolean {
    return this.#isCut || this.#steps < 0
  }

  spend(steps: number): void {
    this.#steps -= steps
  }

  add(atom: Atom): void {
    for (const text of Object.values(atom)) this.#characters += text.length
    if (this.atoms.length >= limits.missingMax || this.#characters > limits.missingCharactersMax) this.#isCut = true
    else this.atoms.push(atom)
  }
}

/** One of the lists of a rule: the rule grants each combination of one value of each. */
interface Level {
  readonly values: readonly (string | undefined)[]
  covers(held: PolicyRule, value: string | undefined): boolean
  /** What `covers` costs where that is more than a few comparisons. */
  comparisons?(held: PolicyRule): number
  /** An atom so far, with a value of this level. */
  extend(atom: Atom, value: string | undefined): Atom
}

const verbLevel = ({ verbs }: PolicyRule): Level => ({
  values: verbs,
  covers: (held, verb) => matchesOne(held.verbs, verb as string),
  extend: (_atom, verb) => ({ verb: verb as string }),
})

const resourceLevels = (rule: PolicyRule): readonly Level[] => [
  verbLevel(rule),
  {
    values: rule.apiGroups ?? [],
    covers: (held, group) => matchesOne(held.apiGroups, group as string),
    extend: (atom, group) => ({ ...atom, group: group as string }),
  },
  {
    values: rule.resources ?? [],
    covers: (held, resource) => resourceMatches(held.resources, ...splitResource(resource as string)),
    extend: (atom, resource) => ({ ...atom, resource: resource as string }),
  },
  {
    // Without names all of them are wanted.
    values: rule.resourceNames?.length ? rule.resourceNames : [undefined],
    covers: (held, name) => nameMatches(held.resourceNames, name),
    extend: (atom, name) => (name === undefined ? atom : { ...atom, resourceName: name }),
  },
]

const urlLevels = (rule: PolicyRule): readonly Level[] => [
  verbLevel(rule),
  {
    values: rule.nonResourceURLs ?? [],
    covers: (held, url) => urlsMatch(held.nonResourceURLs, url as string),
    comparisons: (held) => 1 + patternsOf(held.nonResourceURLs ?? []).length,
    extend: (atom, url) => ({ ...atom, url: url as string }),
  },
]

/** A held rule beside one that is wanted. */
interface Candidate {
  readonly id: number
  readonly rule: PolicyRule
  /** Of each level whether every value is covered. */
  readonly whole: readonly boolean[]
  /** From this level on every value is covered. */
  readonly wholeFrom: number
}

/** Collects the combinations of the levels that none of `rules` covers, in the order of the values. */
function collectUncovered(levels: readonly Level[], rules: readonly PolicyRule[], collected: Collected): void {
  if (levels.some(({ values }) => values.length === 0)) return
  if (rules.some((rule) => levels.every((level) => coversLevel(level, rule)))) return
  const candidates = rules.map((rule, id): Candidate => {
    const whole = levels.map((level) => coversLevel(level, rule))
    return { id, rule, whole, wholeFrom: whole.lastIndexOf(false) + 1 }
  })
  visit(0, candidates, { verb: '' })

  function coversLevel(level: Level, rule: PolicyRule): boolean {
    return level.values.every((value) => isCovered(level, rule, value))
  }

  /** Once too much was spent nothing counts as covered: what is not known to be held is not held. */
  function isCovered(level: Level, rule: PolicyRule, value: string | undefined): boolean {
    collected.spend(level.comparisons?.(rule) ?? 1)
    return !collected.full && level.covers(rule, value)
  }

  /** @returns whether something is missing below `depth`, where only `left` still cover the values so far */
  function visit(depth: number, left: readonly Candidate[], atom: Atom): boolean {
    if (left.some(({ wholeFrom }) => wholeFrom <= depth)) return false
    const level = levels[depth]
    if (!level) {
      collected.add(atom)
      return true
    }
    const inWhole = left.filter(({ whole }) => whole[depth])
    const inPart = left.filter(({ whole }) => !whole[depth])
    /** Values that the same rules cover have the same answer. These rules were found to cover them. */
    const covered = new Set<string>()
    let isMissing = false
    for (const value of level.values) {
      collected.spend(1)
      if (collected.full) return true
      const covering = inPart.filter(({ rule }) => isCovered(level, rule, value))
      const same = covering.map(({ id }) => id).join()
      if (covered.has(same)) continue
      if (visit(depth + 1, [...inWhole, ...covering], level.extend(atom, value))) isMissing = true
      else covered.add(same)
    }
    return isMissing
  }
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
