/** What rules and bindings cost that were written to be expensive, beside what reading and writing such a role as JSON costs. */
import { describe, expect, test } from 'vitest'
import { bootstrapRoles } from './bootstrap-policy.ts'
import { missingRules } from './escalation.ts'
import { createRbacAuthorizer } from './rbac.ts'
import { RbacIndex } from './rbac-index.ts'
import type { PolicyRule } from './rules.ts'

const many = <T = string>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))
const named = (name: string, verb = 'get'): PolicyRule => ({
  verbs: [verb],
  apiGroups: [''],
  resources: ['pods'],
  resourceNames: [name],
})
const cross = (count: number): PolicyRule => ({
  verbs: many(count, (i) => `v${i}`),
  apiGroups: many(count, (i) => `g${i}`),
  resources: many(count, (i) => `r${i}`),
  resourceNames: many(count, (i) => `n${i}`),
})
/** Each combination of {@link cross} as a rule of its own. */
const grid = (count: number): PolicyRule[] => {
  const { verbs, apiGroups = [], resources = [], resourceNames = [] } = cross(count)
  return verbs.flatMap((verb) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.map((name) => ({
          verbs: [verb],
          apiGroups: [group],
          resources: [resource],
          resourceNames: [name],
        })),
      ),
    ),
  )
}
/** Every third value, and others in each rule. */
const scrambled = (rule: PolicyRule, seed: number): PolicyRule => {
  const part = (values: readonly string[] = [], factor = 1) => values.filter((_, i) => (i * factor + seed) % 3 > 0)
  return {
    verbs: part(rule.verbs, 7),
    apiGroups: part(rule.apiGroups, 5),
    resources: part(rule.resources, 11),
    resourceNames: part(rule.resourceNames, 13),
  }
}

/** Milliseconds of processor time, the best of some runs. */
function processorMs(run: () => void): number {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 3; i++) {
    const before = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1_000)
  }
  return best
}

const large = many(50_000, (i) => named(`n${i}`))
/** Some 40 ms: every role of this size costs several times as much on its way through the server anyway. */
const referenceMs = processorMs(() => JSON.parse(JSON.stringify(large)))
/** Times the reference. */
const factorMax = 20

const adminRules = bootstrapRoles.filter(({ partOf }) => partOf !== undefined).flatMap(({ rules }) => rules)
const everything: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }
const urls = (suffix: string): PolicyRule => ({
  verbs: ['get'],
  nonResourceURLs: many(50_000, (i) => `/x/${i}${suffix}`),
})

describe('escalation: a hostile role is compared in bounded time', () => {
  test.each<[what: string, held: PolicyRule[][], wanted: PolicyRule[], expected: 'held' | 'refused']>([
    ['100 verbs x 100 groups x 100 resources x 100 names', [adminRules], [cross(100)], 'refused'],
    ['the same, held by a rule for everything', [adminRules, [everything]], [cross(100)], 'held'],
    [
      'the same, held name by name',
      [many(100, (i) => ({ ...everything, resourceNames: [`n${i}`] }))],
      [cross(100)],
      'held',
    ],
    ['the same, held in scrambled parts', [many(400, (i) => scrambled(cross(100), i))], [cross(100)], 'refused'],
    ['a thousand times the same', [adminRules], many(1_000, () => cross(100)), 'refused'],
    ['50,000 rules against a namespace admin', [adminRules], large, 'held'],
    ['50,000 rules against themselves', [[...large]], large, 'held'],
    ['50,000 rules that are not held', [adminRules], many(50_000, (i) => named(`n${i}`, 'dance')), 'refused'],
    [
      '50,000 rules against 1,000 roles of 50 rules',
      many(1_000, (i) => many(50, (k) => named(`n${i * 50 + k}`))),
      large,
      'held',
    ],
    [
      '50,000 rules against 1,000 small roles',
      many(1_000, (i) => many(20, (k) => named(`n${i * 20 + k}`))),
      large,
      'refused',
    ],
    ['one rule against 1,000 roles of 50 rules', many(1_000, () => [...large.slice(0, 50)]), [named('z')], 'refused'],
    ['a grid against itself', [grid(15)], grid(15), 'refused'],
    ['a cross against the grid of it', [grid(10)], [cross(10)], 'held'],
    ['50,000 paths', [[urls('')]], [urls('')], 'held'],
    ['50,000 paths against as many patterns', [[urls('/*')]], [urls('')], 'refused'],
    [
      'a path of a million stars',
      [[{ verbs: ['get'], nonResourceURLs: [`${'*'.repeat(1_000_000)}x*`] }]],
      [{ verbs: ['get'], nonResourceURLs: ['/x'] }],
      'refused',
    ],
    [
      'names of a megabyte',
      [adminRules],
      [{ ...cross(10), resources: many(3, (i) => `${i}`.repeat(1 << 20)) }],
      'refused',
    ],
  ])('%s', (_, held, wanted, expected) => {
    const { rules, complete } = missingRules(held, wanted)
    expect(complete && rules.length === 0 ? 'held' : 'refused').toBe(expected)
    expect(processorMs(() => missingRules(held, wanted)) / referenceMs).toBeLessThan(factorMax)
  })
})

describe('authorization: a user with hostile roles is answered in bounded time', () => {
  const roles: Record<string, readonly PolicyRule[]> = {
    large,
    grid: grid(15),
    wide: [{ ...everything, verbs: many(50_000, (i) => `v${i}`), resourceNames: many(50_000, (i) => `n${i}`) }],
  }
  for (let i = 0; i < 1_000; i++) roles[`own${i}`] = [...adminRules]
  const index = new RbacIndex()
  const bind = (user: string, binding: string, role: string) =>
    index.set('shop', binding, {
      metadata: { name: binding, namespace: 'shop' },
      roleRef: { kind: 'Role', name: role },
      subjects: [{ kind: 'User', name: user }],
    })
  for (let i = 0; i < 1_000; i++) {
    bind('often', `often${i}`, 'large')
    bind('many', `many${i}`, `own${i}`)
    bind('missing', `missing${i}`, `no such role ${i}`)
  }
  bind('grid', 'grid', 'grid')
  bind('wide', 'wide', 'wide')
  const { authorize } = createRbacAuthorizer(index, {
    role: (_, name) => (roles[name] ? { rules: roles[name] } : undefined),
    clusterRole: () => undefined,
  })
  const dance = {
    isResource: true,
    verb: 'dance',
    group: '',
    resource: 'pods',
    subresource: '',
    namespace: 'shop',
    name: 'z',
  } as const

  test.each<[what: string, user: string, more: object]>([
    ['1,000 bindings to a role of 50,000 rules', 'often', { verb: 'get' }],
    ['1,000 bindings to roles of their own', 'many', {}],
    ['a grid of 50,000 rules', 'grid', { verb: 'v1', group: 'g1', resource: 'r1' }],
    ['a rule of 50,000 verbs and names', 'wide', { verb: 'v49999' }],
    ['1,000 bindings to roles that are missing', 'missing', {}],
  ])('%s', (_, username, more) => {
    const ask = () => authorize({ username, groups: [] }, { ...dance, ...more }).allowed
    expect(ask()).toBe(false)
    // A request costs some tenths of a millisecond, where looking at every rule of every binding takes seconds.
    expect(processorMs(() => many(10, ask)) / referenceMs).toBeLessThan(factorMax / 10)
  })

  test('a thousand roles that are missing are told in a short text', () => {
    expect(authorize({ username: 'missing', groups: [] }, dance).reason.length).toBeLessThan(10_000)
  })

  test('a hundred thousand groups cost what reading them costs', () => {
    const groups = many(100_000, (i) => `group ${i}`)
    expect(authorize({ username: 'x', groups }, dance).allowed).toBe(false)
    expect(processorMs(() => authorize({ username: 'x', groups }, dance)) / referenceMs).toBeLessThan(factorMax / 10)
  })

  test('a role of 50,000 rules that is written again and again is indexed when it is needed', () => {
    const update = () => {
      roles.large = [...large]
      authorize({ username: 'often', groups: [] }, dance)
    }
    expect(processorMs(update) / referenceMs).toBeLessThan(factorMax / 4)
  })
})
