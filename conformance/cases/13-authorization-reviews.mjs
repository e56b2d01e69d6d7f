/** Asking what someone may do: the four reviews of authorization.k8s.io. */
import {
  account,
  allowed,
  clusterRole,
  clusterRoleBinding,
  grant,
  grantCluster,
  groupSubject,
  role,
  roleBinding,
  rule,
  user,
} from '../grants.mjs'

const api = 'authorization.k8s.io/v1'
const base = `/apis/${api}`
const review = (kind, spec, metadata) => ({ body: { apiVersion: api, kind, ...(metadata && { metadata }), spec } })
const subject = (t, label, spec, options = {}) =>
  t.step(label, 'POST', `${base}/subjectaccessreviews`, {
    ...review('SubjectAccessReview', spec, options.metadata),
    ...options,
  })
const self = (t, label, spec, options = {}) =>
  t.step(label, 'POST', `${base}/selfsubjectaccessreviews`, {
    ...review('SelfSubjectAccessReview', spec, options.metadata),
    ...options,
  })
const local = (t, label, ns, spec, options = {}) =>
  t.step(label, 'POST', `${base}/namespaces/${ns}/localsubjectaccessreviews`, {
    ...review('LocalSubjectAccessReview', spec, options.metadata),
    ...options,
  })
const status = { pick: (o) => (o.kind === 'Status' ? o : o.status) }

export default {
  'SubjectAccessReview of a user': async (t) => {
    const ns = await t.namespace()
    const jane = t.name('jane')
    await grant(t, ns, 'reader', [rule(['get', 'list'], [''], ['pods'])], user(jane))
    await allowed(t, { user: jane, resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods' } })
    await subject(t, 'allowed, everything that it answers', {
      user: jane,
      resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods' },
    })
    await subject(t, 'not allowed, everything that it answers', {
      user: jane,
      resourceAttributes: { namespace: ns, verb: 'delete', resource: 'pods' },
    })
    const ask = (label, resourceAttributes, more) =>
      subject(t, label, { user: jane, resourceAttributes, ...more }, status)
    await ask('one by name', { namespace: ns, verb: 'get', resource: 'pods', name: 'x' })
    await ask('elsewhere', { namespace: 'default', verb: 'get', resource: 'pods' })
    await ask('everywhere', { verb: 'get', resource: 'pods' })
    await ask('a subresource', { namespace: ns, verb: 'get', resource: 'pods', subresource: 'log' })
    await ask('another group', { namespace: ns, verb: 'get', group: 'apps', resource: 'pods' })
    await ask('any version', { namespace: ns, verb: 'get', version: 'v9', resource: 'pods' })
    await ask('a star as the verb', { namespace: ns, verb: '*', resource: 'pods' })
    await ask('a star as the resource', { namespace: ns, verb: 'get', resource: '*' })
    await ask('no verb and no resource', {})
    await ask(
      'with groups, uid and extra',
      { namespace: ns, verb: 'get', resource: 'pods' },
      { groups: ['dev'], uid: 'u-7', extra: { Scopes: ['view'] } },
    )
  },

  'the reason names the binding, the role and the subject': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    const [jane, team, viewers] = [t.name('jane'), t.name('team'), t.name('viewers')]
    await role(t, ns, 'pods', [rule(['get'], [''], ['pods'])])
    await role(t, ns, 'maps', [rule(['get'], [''], ['configmaps'])])
    await role(t, ns, 'quotas', [rule(['get'], [''], ['resourcequotas'])])
    await roleBinding(t, ns, 'to-user', { kind: 'Role', name: 'pods' }, user(jane))
    await roleBinding(t, ns, 'to-group', { kind: 'Role', name: 'maps' }, groupSubject(team))
    await roleBinding(t, ns, 'to-account', { kind: 'Role', name: 'quotas' }, account(ns, 'robot'))
    await roleBinding(t, ns, 'to-viewers', { kind: 'ClusterRole', name: 'view' }, groupSubject(viewers))
    await clusterRole(t, 'nodes', [rule(['get'], [''], ['nodes'])])
    await clusterRoleBinding(t, 'everywhere', t.name('nodes'), user(jane), account(ns, 'robot'))
    const robot = `system:serviceaccount:${ns}:robot`
    await allowed(t, { user: robot, resourceAttributes: { verb: 'get', resource: 'nodes' } })
    await allowed(t, {
      user: 'x',
      groups: [viewers],
      resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods' },
    })
    const ask = (label, spec) => subject(t, label, spec, status)
    await ask('Role to a User', { user: jane, resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods' } })
    await ask('Role to a Group', {
      user: 'x',
      groups: [team],
      resourceAttributes: { namespace: ns, verb: 'get', resource: 'configmaps' },
    })
    await ask('a group and no user', {
      groups: [team],
      resourceAttributes: { namespace: ns, verb: 'get', resource: 'configmaps' },
    })
    await ask('Role to a ServiceAccount', {
      user: robot,
      resourceAttributes: { namespace: ns, verb: 'get', resource: 'resourcequotas' },
    })
    await ask('ClusterRole in a RoleBinding', {
      user: 'x',
      groups: [viewers],
      resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods' },
    })
    await ask('ClusterRoleBinding to a User', { user: jane, resourceAttributes: { verb: 'get', resource: 'nodes' } })
    await ask('ClusterRoleBinding to a ServiceAccount', {
      user: robot,
      resourceAttributes: { verb: 'get', resource: 'nodes' },
    })
    await ask('the group of the admins', {
      user: 'x',
      groups: ['system:masters'],
      resourceAttributes: { verb: 'delete', resource: 'nodes' },
    })
    await ask('a path for everyone', {
      user: 'x',
      groups: ['system:authenticated'],
      nonResourceAttributes: { verb: 'get', path: '/api/v1' },
    })
    await ask('no group is added', { user: 'x', nonResourceAttributes: { verb: 'get', path: '/api/v1' } })
    await ask('the groups of an account are not added', {
      user: robot,
      nonResourceAttributes: { verb: 'get', path: '/openid/v1/jwks' },
    })
    await ask('unless they are given', {
      user: robot,
      groups: ['system:serviceaccounts'],
      nonResourceAttributes: { verb: 'get', path: '/openid/v1/jwks' },
    })
  },

  'a binding to a role that is not there': async (t) => {
    const ns = await t.namespace()
    const jane = t.name('jane')
    await role(t, ns, 'gone', [rule(['get'], [''], ['pods'])])
    await roleBinding(t, ns, 'to-gone', { kind: 'Role', name: 'gone' }, user(jane))
    await allowed(t, { user: jane, resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods' } })
    await t.quiet('DELETE', `/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/roles/gone`)
    await allowed(t, { user: jane, resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods' } }, false)
    await subject(
      t,
      'the fault is told',
      { user: jane, resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods' } },
      status,
    )
    await t.step('and in the answer to the user', 'GET', `/api/v1/namespaces/${ns}/pods/x`, { as: { user: jane } })
  },

  'faults in a SubjectAccessReview': async (t) => {
    const resourceAttributes = { namespace: 'default', verb: 'get', resource: 'pods' }
    const nonResourceAttributes = { verb: 'get', path: '/version' }
    await subject(t, 'both kinds of attributes', { user: 'jane', resourceAttributes, nonResourceAttributes })
    await subject(t, 'no attributes', { user: 'jane' })
    await subject(t, 'no user and no groups', { resourceAttributes })
    await subject(t, 'an empty spec', {})
    await subject(t, 'no spec', undefined)
    await subject(t, 'an empty group', { groups: [''], resourceAttributes }, status)
    await subject(t, 'a name in the metadata', { user: 'jane', resourceAttributes }, { metadata: { name: 'x' } })
    await subject(
      t,
      'labels in the metadata',
      { user: 'jane', resourceAttributes },
      { metadata: { labels: { a: 'b' } } },
    )
    await subject(
      t,
      'an unknown field',
      { user: 'jane', resourceAttributes: { ...resourceAttributes, kind: 'Pod' } },
      status,
    )
    await subject(t, 'groups that are no list', { user: 'jane', groups: 'dev', resourceAttributes })
    await t.step(
      'an old version',
      'POST',
      '/apis/authorization.k8s.io/v1beta1/subjectaccessreviews',
      review('SubjectAccessReview', { user: 'jane', resourceAttributes }),
    )
    await t.step('GET', 'GET', `${base}/subjectaccessreviews`)
    await t.step('a dry run', 'POST', `${base}/subjectaccessreviews?dryRun=All`, {
      ...review('SubjectAccessReview', { user: 'jane', resourceAttributes }),
      ...status,
    })
    await t.step(
      'in a namespace',
      'POST',
      `${base}/namespaces/default/subjectaccessreviews`,
      review('SubjectAccessReview', { user: 'jane', resourceAttributes }),
    )
  },

  'paths in a review': async (t) => {
    const jane = t.name('jane')
    await grantCluster(t, 'paths', [{ verbs: ['get'], nonResourceURLs: ['/logs', '/reports/*'] }], user(jane))
    await allowed(t, { user: jane, nonResourceAttributes: { verb: 'get', path: '/logs' } })
    const ask = (verb, path) =>
      subject(t, `${verb} ${path}`, { user: jane, nonResourceAttributes: { verb, path } }, status)
    await ask('get', '/logs')
    await ask('get', '/logs/')
    await ask('post', '/logs')
    await ask('get', '/reports')
    await ask('get', '/reports/')
    await ask('get', '/reports/2026/all')
    await ask('GET', '/logs')
    await ask('get', '')
    await ask('get', '*')
    await subject(t, 'everything that it answers', {
      user: jane,
      nonResourceAttributes: { verb: 'get', path: '/logs' },
    })
  },

  'selectors in a review': async (t) => {
    const ns = await t.namespace()
    const jane = t.name('jane')
    await grant(t, ns, 'reader', [rule(['list'], [''], ['pods'])], user(jane))
    await allowed(t, { user: jane, resourceAttributes: { namespace: ns, verb: 'list', resource: 'pods' } })
    const ask = (label, more, verb = 'list') =>
      subject(t, label, { user: jane, resourceAttributes: { namespace: ns, verb, resource: 'pods', ...more } })
    await ask('a field selector as text', { fieldSelector: { rawSelector: 'spec.nodeName=some' } })
    await ask('a field selector as requirements', {
      fieldSelector: { requirements: [{ key: 'spec.nodeName', operator: 'In', values: ['some'] }] },
    })
    await ask('a label selector as text', { labelSelector: { rawSelector: 'app=web,tier in (a,b)' } })
    await ask('a label selector as requirements', {
      labelSelector: { requirements: [{ key: 'app', operator: 'Exists' }] },
    })
    await ask('text and requirements together', {
      fieldSelector: { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'In', values: ['b'] }] },
    })
    await ask('label text and requirements together', {
      labelSelector: { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'In', values: ['b'] }] },
    })
    await ask('neither text nor requirements', { fieldSelector: {} })
    await ask('neither for labels', { labelSelector: {} })
    await ask('a requirement without a key', { fieldSelector: { requirements: [{ operator: 'In', values: ['b'] }] } })
    await ask('a requirement without values', { labelSelector: { requirements: [{ key: 'a', operator: 'In' }] } })
    await ask('a requirement with values too many', {
      labelSelector: { requirements: [{ key: 'a', operator: 'Exists', values: ['b'] }] },
    })
    await ask('an unknown operator', {
      fieldSelector: { requirements: [{ key: 'a', operator: 'Like', values: ['b'] }] },
    })
    await ask('a text that is no selector', { labelSelector: { rawSelector: 'a==b==c !!' } })
    await ask(
      'with a verb that selects nothing',
      { fieldSelector: { requirements: [{ key: 'a', operator: 'In', values: ['b'] }] } },
      'get',
    )
  },

  SelfSubjectAccessReview: async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    const token = await t.token(ns, 'robot')
    await grant(t, ns, 'reader', [rule(['get'], [''], ['pods'], ['x'])], account(ns, 'robot'))
    await allowed(t, {
      user: `system:serviceaccount:${ns}:robot`,
      resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods', name: 'x' },
    })
    await self(
      t,
      'allowed, everything that it answers',
      { resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods', name: 'x' } },
      { token },
    )
    await self(
      t,
      'another name',
      { resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods', name: 'y' } },
      { token },
    )
    await self(
      t,
      'all names',
      { resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods' } },
      { token, ...status },
    )
    await self(
      t,
      'a list of that name',
      { resourceAttributes: { namespace: ns, verb: 'list', resource: 'pods', name: 'x' } },
      { token, ...status },
    )
    await self(t, 'a path', { nonResourceAttributes: { verb: 'get', path: '/openid/v1/jwks' } }, { token })
    await self(
      t,
      'asking itself',
      { resourceAttributes: { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' } },
      { token, ...status },
    )
    await self(t, 'the admin', { resourceAttributes: { verb: '*', group: '*', resource: '*' } }, status)
    await self(
      t,
      'someone impersonated',
      { resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods', name: 'x' } },
      { as: { user: `system:serviceaccount:${ns}:robot` }, ...status },
    )
    await self(
      t,
      'anonymous may not ask',
      { resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods' } },
      { anonymous: true },
    )
    await self(
      t,
      'a user given is ignored',
      {
        user: 'root',
        groups: ['system:masters'],
        resourceAttributes: { namespace: ns, verb: 'delete', resource: 'pods' },
      },
      { token },
    )
    await self(t, 'no attributes', {}, { token })
    await self(
      t,
      'both kinds of attributes',
      { resourceAttributes: { verb: 'get', resource: 'pods' }, nonResourceAttributes: { verb: 'get', path: '/' } },
      { token },
    )
    await self(
      t,
      'a name in the metadata',
      { resourceAttributes: { verb: 'get', resource: 'pods' } },
      { token, metadata: { name: 'x' } },
    )
  },

  LocalSubjectAccessReview: async (t) => {
    const ns = await t.namespace()
    const jane = t.name('jane')
    await grant(t, ns, 'reader', [rule(['get'], [''], ['pods'])], user(jane))
    const resourceAttributes = { namespace: ns, verb: 'get', resource: 'pods' }
    await allowed(t, { user: jane, resourceAttributes })
    await local(t, 'everything that it answers', ns, { user: jane, resourceAttributes })
    await local(t, 'not allowed', ns, { user: jane, resourceAttributes: { ...resourceAttributes, verb: 'list' } })
    await local(t, 'another namespace in the attributes', ns, {
      user: jane,
      resourceAttributes: { ...resourceAttributes, namespace: 'default' },
    })
    await local(t, 'no namespace in the attributes', ns, {
      user: jane,
      resourceAttributes: { verb: 'get', resource: 'pods' },
    })
    await local(
      t,
      'another namespace in the metadata',
      ns,
      { user: jane, resourceAttributes },
      { metadata: { namespace: 'default' } },
    )
    await local(
      t,
      'the namespace in the metadata',
      ns,
      { user: jane, resourceAttributes },
      { metadata: { namespace: ns } },
    )
    await local(t, 'a name in the metadata', ns, { user: jane, resourceAttributes }, { metadata: { name: 'x' } })
    await local(t, 'a path', ns, { user: jane, nonResourceAttributes: { verb: 'get', path: '/version' } })
    await local(t, 'a path beside a resource', ns, {
      user: jane,
      resourceAttributes,
      nonResourceAttributes: { verb: 'get', path: '/version' },
    })
    await local(t, 'no attributes', ns, { user: jane })
    await local(t, 'no user', ns, { resourceAttributes })
    await local(t, 'a namespace that is not there', t.name('nowhere'), {
      user: jane,
      resourceAttributes: { ...resourceAttributes, namespace: t.name('nowhere') },
    })
    await t.step(
      'without a namespace',
      'POST',
      `${base}/localsubjectaccessreviews`,
      review('LocalSubjectAccessReview', { user: jane, resourceAttributes }),
    )
  },

  'who may ask about others': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    const token = await t.token(ns, 'robot')
    const spec = { user: 'jane', resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods' } }
    await subject(t, 'an account', spec, { token })
    await local(t, 'an account in its namespace', ns, spec, { token })
    await roleBinding(t, ns, 'robot-admin', { kind: 'ClusterRole', name: 'admin' }, account(ns, 'robot'))
    await allowed(t, {
      user: `system:serviceaccount:${ns}:robot`,
      resourceAttributes: {
        namespace: ns,
        verb: 'create',
        group: 'authorization.k8s.io',
        resource: 'localsubjectaccessreviews',
      },
    })
    await local(t, 'an admin of the namespace', ns, spec, { token, ...status })
    await subject(t, 'but not in the whole cluster', spec, { token })
    await clusterRoleBinding(t, 'delegator', 'system:auth-delegator', account(ns, 'robot'))
    await allowed(t, {
      user: `system:serviceaccount:${ns}:robot`,
      resourceAttributes: { verb: 'create', group: 'authorization.k8s.io', resource: 'subjectaccessreviews' },
    })
    await subject(t, 'system:auth-delegator allows it', spec, { token, ...status })
    await t.step('and reviews of tokens', 'POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      token,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'garbage' } },
    })
  },

  SelfSubjectRulesReview: async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    const token = await t.token(ns, 'robot')
    const rules = (label, spec, options = {}) =>
      t.step(label, 'POST', `${base}/selfsubjectrulesreviews`, {
        ...review('SelfSubjectRulesReview', spec, options.metadata),
        token,
        ...options,
      })
    // What the bootstrap bindings of the cluster give to every account is left out, because a server may have more of them.
    const own = {
      pick: (o) => {
        if (!o.status) return o
        const mine = (r) => !(r.resources ?? []).some((x) => x.startsWith('selfsubject'))
        return {
          ...o,
          status: {
            ...o.status,
            resourceRules: o.status.resourceRules.filter(mine),
            nonResourceRules: o.status.nonResourceRules.filter((r) =>
              r.nonResourceURLs.some((u) => u.startsWith('/mine')),
            ),
          },
        }
      },
    }
    const r = await rules('no role yet', { namespace: ns }, own)
    t.note(
      'the rules of system:basic-user are there',
      r.json.status.resourceRules.some(
        (x) =>
          x.verbs.join() === 'create' &&
          x.apiGroups.join() === 'authorization.k8s.io' &&
          x.resources.join() === 'selfsubjectaccessreviews,selfsubjectrulesreviews',
      ),
    )
    t.note(
      'the keys of the issuer are there',
      r.json.status.nonResourceRules.some((x) => x.nonResourceURLs.includes('/openid/v1/jwks')),
    )
    await grant(
      t,
      ns,
      'reader',
      [rule(['get', 'list'], [''], ['pods', 'pods/log']), rule(['update'], ['apps'], ['deployments'], ['web'])],
      account(ns, 'robot'),
    )
    await grantCluster(
      t,
      'paths',
      [{ verbs: ['get'], nonResourceURLs: ['/mine', '/mine/*'] }, rule(['get'], [''], ['nodes'])],
      account(ns, 'robot'),
    )
    const name = `system:serviceaccount:${ns}:robot`
    await allowed(t, { user: name, resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods' } })
    await allowed(t, { user: name, nonResourceAttributes: { verb: 'get', path: '/mine' } })
    await rules('with a role and a cluster role', { namespace: ns }, own)
    await rules('in another namespace', { namespace: 'default' }, own)
    await rules('in a namespace that is not there', { namespace: t.name('nowhere') }, own)
    await rules('no namespace', {})
    await rules('an empty namespace', { namespace: '' })
    await rules('no spec', undefined)
    await rules(
      'metadata sent along',
      { namespace: ns },
      { metadata: { name: 'x' }, pick: (o) => [o.metadata, o.spec] },
    )
    await rules('anonymous may not ask', { namespace: ns }, { token: undefined, anonymous: true })
    await rules(
      'someone impersonated',
      { namespace: ns },
      {
        token: undefined,
        as: { user: 'jane', groups: [] },
        pick: (o) => [o.status.resourceRules.length > 0, o.status.incomplete],
      },
    )
    await t.step('the rules of the admins', 'POST', `${base}/selfsubjectrulesreviews`, {
      ...review('SelfSubjectRulesReview', { namespace: ns }),
      as: { user: 'x', groups: ['system:masters'] },
      pick: (o) => [
        o.status.incomplete,
        o.status.resourceRules.filter((x) => x.verbs.includes('*')),
        o.status.nonResourceRules.filter((x) => x.verbs.includes('*')),
      ],
    })
    await t.step('GET', 'GET', `${base}/selfsubjectrulesreviews`)
  },
}
