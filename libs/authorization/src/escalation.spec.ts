import { describe, expect, test } from 'vitest'
import { compactRule, missingRules } from './escalation.ts'
import { limits } from './limits.ts'
import { ruleIndexOf } from './rule-index.ts'
import { type PolicyRule, ruleAllows } from './rules.ts'

const many = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`)
const uncovered = (held: PolicyRule[], wanted: PolicyRule[]) => missingRules([held], wanted).rules

describe('escalation: rules that are granted', () => {
  const held: PolicyRule[] = [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'] }]
  test('what one holds leaves nothing uncovered', () => {
    expect(uncovered(held, [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] }])).toEqual(
      [],
    )
  })

  test('more than one holds leaves the difference, verbs of one resource together', () => {
    const missing = uncovered(held, [
      { verbs: ['get', 'delete', 'patch'], apiGroups: [''], resources: ['pods', 'secrets'] },
    ])
    expect(missing.map(compactRule)).toEqual([
      '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "delete" "patch"]}',
      '{APIGroups:[""], Resources:["pods"], Verbs:["delete" "patch"]}',
    ])
  })

  test('all names is more than some names', () => {
    const some: PolicyRule[] = [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] }]
    expect(uncovered(some, [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }])).toHaveLength(1)
  })

  test('several held rules may cover one rule together', () => {
    const parts: PolicyRule[] = [
      { verbs: ['get'], apiGroups: ['*'], resources: ['pods', 'secrets'] },
      { verbs: ['list'], apiGroups: ['', 'apps'], resources: ['*'] },
    ]
    const wanted: PolicyRule = { verbs: ['get', 'list'], apiGroups: ['', 'apps'], resources: ['secrets', 'pods'] }
    expect(uncovered(parts, [wanted])).toEqual([])
    expect(uncovered(parts, [{ ...wanted, apiGroups: ['batch', ''] }])).toEqual([
      { verbs: ['list'], apiGroups: ['batch'], resources: ['secrets'] },
      { verbs: ['list'], apiGroups: ['batch'], resources: ['pods'] },
    ])
  })

  test('a subresource is everything behind the first slash', () => {
    const log: PolicyRule[] = [{ verbs: ['get'], apiGroups: [''], resources: ['pods/log'] }]
    expect(uncovered(log, [{ verbs: ['get'], apiGroups: [''], resources: ['pods/log/deep'] }])).toHaveLength(1)
    const all: PolicyRule[] = [{ verbs: ['get'], apiGroups: [''], resources: ['*/log/deep'] }]
    expect(uncovered(all, [{ verbs: ['get'], apiGroups: [''], resources: ['pods/log/deep'] }])).toEqual([])
  })

  test('a refusal tells at most so many, and that there is more', () => {
    const wide: PolicyRule = { verbs: many('v', 100), apiGroups: many('g', 100), resources: many('r', 100) }
    const { rules, complete } = missingRules([], [wide])
    expect(complete).toBe(false)
    expect(rules).toHaveLength(limits.missingMax)
    const long: PolicyRule = { verbs: ['get'], apiGroups: [''], resources: ['x'.repeat(1 << 20), 'y'] }
    expect(missingRules([], [long])).toEqual({ rules: [], complete: false })
  })
})

/** Numbers that look random and are the same in every run. */
function sequence(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** What upstream does: every combination against every rule. */
function combinations(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): Set<string> {
  const missing = new Set<string>()
  for (const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } of wanted) {
    for (const verb of verbs) {
      for (const group of apiGroups)
        for (const text of resources)
          for (const name of resourceNames.length > 0 ? resourceNames : [undefined]) {
            const [resource = '', subresource = ''] = text.split('/')
            const allowed = held.some((rule) => {
              const attributes = { isResource: true, verb, group, resource, subresource, namespace: '' } as const
              return (
                ruleAllows(rule, { ...attributes, name: name ?? '' }) &&
                (name !== undefined || !rule.resourceNames?.length)
              )
            })
            if (!allowed) missing.add(JSON.stringify([verb, group, text, name]))
          }
      for (const path of nonResourceURLs)
        if (!held.some((rule) => ruleAllows(rule, { isResource: false, verb, path })))
          missing.add(JSON.stringify([verb, path]))
    }
  }
  return missing
}

const told = (rules: readonly PolicyRule[]): Set<string> =>
  new Set(
    rules.flatMap(({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }) =>
      verbs.map((verb) =>
        JSON.stringify(
          nonResourceURLs ? [verb, nonResourceURLs[0]] : [verb, apiGroups?.[0], resources?.[0], resourceNames?.[0]],
        ),
      ),
    ),
  )

describe('escalation: random rules', () => {
  const next = sequence(7)
  const some = (all: readonly string[], atLeast: number) => {
    const chosen = all.filter(() => next(3) === 0)
    return chosen.length >= atLeast ? chosen : [all[next(all.length)] as string]
  }
  const randomRule = (): PolicyRule =>
    next(6) === 0
      ? { verbs: some(['get', 'put', '*'], 1), nonResourceURLs: some(['/a', '/a/b', '/a/*', '*', '/c**'], 1) }
      : {
          verbs: some(['get', 'list', 'create', 'delete', '*'], 1),
          apiGroups: some(['', 'apps', 'batch', '*'], 1),
          resources: some(['pods', 'pods/log', 'jobs', 'jobs/log', '*/log', '*'], 1),
          ...(next(2) === 0 && { resourceNames: some(['a', 'b', 'c'], 1) }),
        }
  const randomRules = (count: number) => Array.from({ length: count }, randomRule)

  test('are covered exactly where every combination is', () => {
    for (let round = 0; round < 500; round++) {
      const [held, wanted] = [randomRules(next(8)), randomRules(1 + next(3))]
      const { rules, complete } = missingRules([held], wanted)
      expect(complete).toBe(true)
      expect(told(rules), JSON.stringify({ held, wanted })).toEqual(combinations(held, wanted))
    }
  })

  test('are covered by many roles, large and small, as by their rules together', () => {
    for (let round = 0; round < 30; round++) {
      // Rules of names alone are few of all that one could want.
      const named = (count: number) => randomRules(count).map((rule) => ({ ...rule, verbs: ['get'] }))
      const roles = [named(limits.scannedMax + 8), named(limits.scannedMax + 1), named(3), named(20), named(20)]
      const wanted = randomRules(1 + next(40))
      expect(told(missingRules(roles, wanted).rules)).toEqual(combinations(roles.flat(), wanted))
    }
  })

  test('in an index allow what they allow one after another', () => {
    for (let round = 0; round < 30; round++) {
      const rules = randomRules(10).map((rule) => ({ ...rule, verbs: rule.verbs.filter((v) => v !== '*') }))
      for (const verb of ['get', 'list', '*'])
        for (const group of ['', 'batch', 'x'])
          for (const [resource, subresource] of [
            ['pods', ''],
            ['pods', 'log'],
            ['x', 'log'],
            ['a/b', 'log'],
          ] as const)
            for (const name of ['', 'a', 'z']) {
              const attributes = { isResource: true, verb, group, resource, subresource, namespace: '', name } as const
              const allowed = rules.some((rule) => ruleAllows(rule, attributes))
              expect(ruleIndexOf(rules).allows(attributes)).toBe(allowed)
            }
      for (const path of ['/a', '/a/b/c', '/c', '/d']) {
        const allowed = rules.some((rule) => ruleAllows(rule, { isResource: false, verb: 'get', path }))
        expect(ruleIndexOf(rules).allows({ isResource: false, verb: 'get', path })).toBe(allowed)
      }
    }
  })
})
