import type { UserInfo } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import type { RequestAttributes } from './attributes.ts'
import { createRbacAuthorizer } from './rbac.ts'
import { type Binding, RbacIndex } from './rbac-index.ts'
import { refusal } from './refusal.ts'
import { type PolicyRule, ruleAllows } from './rules.ts'

const on = (
  verb: string,
  resource: string,
  more: { group?: string; namespace?: string; name?: string; subresource?: string } = {},
): RequestAttributes => ({
  isResource: true,
  verb,
  group: '',
  resource,
  subresource: '',
  namespace: '',
  name: '',
  ...more,
})
const path = (p: string, verb = 'get'): RequestAttributes => ({ isResource: false, verb, path: p })
const user = (username: string, ...groups: string[]): UserInfo => ({ username, groups })

describe('a rule', () => {
  const rule = (more: Partial<PolicyRule>): PolicyRule => ({
    verbs: ['get'],
    apiGroups: [''],
    resources: ['pods'],
    ...more,
  })
  test.each<[string, PolicyRule, RequestAttributes, boolean]>([
    ['covers its resource', rule({}), on('get', 'pods'), true],
    ['does not cover another verb', rule({}), on('list', 'pods'), false],
    ['does not cover a subresource', rule({}), on('get', 'pods', { subresource: 'log' }), false],
    [
      'covers a subresource that it names',
      rule({ resources: ['pods/log'] }),
      on('get', 'pods', { subresource: 'log' }),
      true,
    ],
    [
      'covers that subresource of everything',
      rule({ resources: ['*/log'] }),
      on('get', 'pods', { subresource: 'log' }),
      true,
    ],
    [
      'does not take res/* for a wildcard',
      rule({ resources: ['pods/*'] }),
      on('get', 'pods', { subresource: 'log' }),
      false,
    ],
    [
      'covers everything by *',
      rule({ resources: ['*'], apiGroups: ['*'], verbs: ['*'] }),
      on('create', 'x', { group: 'g', subresource: 'y' }),
      true,
    ],
    ['covers only the names that it names', rule({ resourceNames: ['a'] }), on('get', 'pods', { name: 'b' }), false],
    [
      'with names does not cover what has none',
      rule({ verbs: ['create'], resourceNames: ['a'] }),
      on('create', 'pods'),
      false,
    ],
    ['covers a path', { verbs: ['get'], nonResourceURLs: ['/healthz'] }, path('/healthz'), true],
    ['covers a path by its prefix', { verbs: ['get'], nonResourceURLs: ['/apis/*'] }, path('/apis/x'), true],
    ['has no wildcard inside of a path', { verbs: ['get'], nonResourceURLs: ['/a/*/c'] }, path('/a/b/c'), false],
    ['of paths covers no resource', { verbs: ['*'], nonResourceURLs: ['*'] }, on('get', 'pods'), false],
  ])('%s', (_, r, attributes, allowed) => {
    expect(ruleAllows(r, attributes)).toBe(allowed)
  })
})

describe('the authorizer', () => {
  const roles = {
    role: (namespace: string, name: string) =>
      namespace === 'shop' && name === 'reader'
        ? { rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] }
        : undefined,
    clusterRole: (name: string) =>
      name === 'watcher' ? { rules: [{ verbs: ['watch'], apiGroups: [''], resources: ['pods'] }] } : undefined,
  }
  function authorizer(...bindings: [namespace: string, name: string, Binding][]) {
    const index = new RbacIndex()
    for (const [namespace, name, binding] of bindings) index.set(namespace, name, binding)
    return { index, ...createRbacAuthorizer(index, roles, { alwaysAllowed: ['/livez'] }) }
  }
  const binding = (
    namespace: string,
    name: string,
    role: string,
    ...subjects: NonNullable<Binding['subjects']>
  ): [string, string, Binding] => [
    namespace,
    name,
    {
      metadata: { name, ...(namespace && { namespace }) },
      roleRef: { kind: role === 'watcher' ? 'ClusterRole' : 'Role', name: role },
      subjects,
    },
  ]
  const till = user('system:serviceaccount:shop:till', 'system:serviceaccounts', 'system:authenticated')

  test('allows nothing that nobody granted', () => {
    expect(authorizer().authorize(till, on('get', 'pods', { namespace: 'shop' }))).toEqual({
      allowed: false,
      reason: '',
    })
  })

  test('allows members of system:masters everything', () => {
    expect(authorizer().authorize(user('root', 'system:masters'), on('delete', 'nodes')).allowed).toBe(true)
  })

  test('allows everybody the paths that are open, and nothing below them', () => {
    const { authorize } = authorizer()
    expect(authorize(user('system:anonymous'), path('/livez')).allowed).toBe(true)
    expect(authorize(user('system:anonymous'), path('/livez/store')).allowed).toBe(false)
  })

  test('says by which binding of which role to whom', () => {
    const { authorize } = authorizer(binding('shop', 'b', 'reader', { kind: 'ServiceAccount', name: 'till' }))
    expect(authorize(till, on('get', 'pods', { namespace: 'shop' }))).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "b/shop" of Role "reader" to ServiceAccount "till/shop"',
    })
  })

  test('allows what is bound in a namespace only there, and what is bound in the cluster everywhere', () => {
    const { authorize } = authorizer(
      binding('shop', 'b', 'reader', { kind: 'ServiceAccount', name: 'till' }),
      binding('', 'c', 'watcher', { kind: 'Group', name: 'system:serviceaccounts' }),
    )
    expect(authorize(till, on('get', 'pods', { namespace: 'other' })).allowed).toBe(false)
    expect(authorize(till, on('get', 'pods')).allowed).toBe(false)
    expect(authorize(till, on('watch', 'pods', { namespace: 'other' })).allowed).toBe(true)
    expect(authorize(till, on('watch', 'pods')).allowed).toBe(true)
  })

  test('forgets a binding that is gone, and the old subjects of one that changed', () => {
    const { authorize, index } = authorizer(binding('shop', 'b', 'reader', { kind: 'ServiceAccount', name: 'till' }))
    index.set(...binding('shop', 'b', 'reader', { kind: 'User', name: 'jane' }))
    expect(authorize(till, on('get', 'pods', { namespace: 'shop' })).allowed).toBe(false)
    expect(authorize(user('jane'), on('get', 'pods', { namespace: 'shop' })).allowed).toBe(true)
    index.set('shop', 'b', undefined)
    expect(authorize(user('jane'), on('get', 'pods', { namespace: 'shop' })).allowed).toBe(false)
  })

  test('tells of a role that is missing', () => {
    const { authorize } = authorizer(binding('shop', 'b', 'gone', { kind: 'User', name: 'jane' }))
    expect(authorize(user('jane'), on('get', 'pods', { namespace: 'shop' })).reason).toBe(
      'RBAC: role.rbac.authorization.k8s.io "gone" not found',
    )
  })
})

test.each<[RequestAttributes, string]>([
  [
    on('list', 'pods', { namespace: 'd' }),
    'pods is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "d"',
  ],
  [
    on('get', 'pods', { namespace: 'd', name: 'p', subresource: 'log' }),
    'pods "p" is forbidden: User "u" cannot get resource "pods/log" in API group "" in the namespace "d"',
  ],
  [
    on('list', 'roles', { group: 'g' }),
    'roles.g is forbidden: User "u" cannot list resource "roles" in API group "g" at the cluster scope',
  ],
  [path('/metrics'), 'forbidden: User "u" cannot get path "/metrics"'],
])('a refusal says who cannot do what: %#', (attributes, message) => {
  expect(refusal(user('u'), attributes, '').message).toBe(message)
})
