/** Roles and bindings: what they allow, what is refused with which words, and who may hand on which rights. */
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

const group = 'rbac.authorization.k8s.io'
const apiVersion = `${group}/v1`
const base = `/apis/${apiVersion}`
const roles = (ns) => `${base}/namespaces/${ns}/roles`
const roleBindings = (ns) => `${base}/namespaces/${ns}/rolebindings`
const body = (kind, name, rest) => ({ body: { apiVersion, kind, metadata: { name }, ...rest } })
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'
const inNs = (ns, verb, resource, more) => ({ resourceAttributes: { namespace: ns, verb, resource, ...more } })
/** Only whether it was let through: 403 with its text, or the status alone. */
const passed = { pick: (o) => (o.kind === 'Status' && o.code === 403 ? o.message : 'let through') }

async function start(t) {
  const ns = await t.namespace()
  await t.serviceAccount(ns, 'robot')
  return {
    ns,
    token: await t.token(ns, 'robot'),
    robot: account(ns, 'robot'),
    name: `system:serviceaccount:${ns}:robot`,
  }
}

const cases = {
  'words of a refusal, in a namespace': async (t) => {
    const { ns, token } = await start(t)
    const ask = (label, method, path, options) => t.step(label, method, path, { token, ...options })
    const pods = `/api/v1/namespaces/${ns}/pods`
    await ask('get', 'GET', `${pods}/x`)
    await ask('list', 'GET', pods)
    await ask('watch', 'GET', `${pods}?watch=true`)
    await ask('watch of one', 'GET', `${pods}?watch=true&fieldSelector=metadata.name%3Dx`)
    await ask('list of one', 'GET', `${pods}?fieldSelector=metadata.name%3Dx`)
    await ask('create', 'POST', pods, { body: {} })
    await ask('update', 'PUT', `${pods}/x`, { body: {} })
    await ask('patch', 'PATCH', `${pods}/x`, { body: {}, type: 'application/merge-patch+json' })
    await ask('delete', 'DELETE', `${pods}/x`)
    await ask('delete of all', 'DELETE', pods)
    await ask('a subresource', 'GET', `${pods}/x/log`)
    await ask('update of a subresource', 'PUT', `${pods}/x/status`, { body: {} })
    await ask('create of a subresource', 'POST', `${pods}/x/eviction`, { body: {} })
    await ask('another group', 'GET', `/apis/apps/v1/namespaces/${ns}/deployments/x`)
    await ask('the namespace itself', 'GET', `/api/v1/namespaces/${ns}`)
    await ask('delete of the namespace', 'DELETE', `/api/v1/namespaces/${ns}`)
    await ask('a namespace that is not there', 'GET', `/api/v1/namespaces/${t.name('nowhere')}/pods`)
    await ask('a resource that is not there', 'GET', `/api/v1/namespaces/${ns}/gadgets/x`)
    await ask('a group that is not there', 'GET', `/apis/example.test/v1/namespaces/${ns}/gadgets`)
    await ask('a name with odd characters', 'GET', `${pods}/a%3Cb%3E%26c`)
  },

  'words of a refusal, in the cluster': async (t) => {
    const { token } = await start(t)
    const ask = (label, method, path, options) => t.step(label, method, path, { token, ...options })
    await ask('list everywhere', 'GET', '/api/v1/pods')
    await ask('watch everywhere', 'GET', '/api/v1/secrets?watch=1')
    await ask('list of the namespaces', 'GET', '/api/v1/namespaces')
    await ask('create of a namespace', 'POST', '/api/v1/namespaces', { body: { metadata: { name: t.name('more') } } })
    await ask('one node', 'GET', '/api/v1/nodes/x')
    await ask('a subresource of a node', 'GET', '/api/v1/nodes/x/proxy')
    await ask('a cluster role', 'DELETE', `${base}/clusterroles/view`)
    await ask('a path', 'GET', '/metrics')
    await ask('a path written to', 'POST', '/metrics')
    await ask('a path deleted', 'DELETE', '/logs/')
    await ask('a path patched', 'PATCH', '/metrics')
    await ask('a path with a query', 'GET', '/metrics?a=b')
    await ask('a path with odd characters', 'GET', '/a%3Cb%3E%26c')
    await ask('options', 'OPTIONS', '/metrics')
  },

  'paths that every account may get': async (t) => {
    const { token } = await start(t)
    for (const path of [
      '/api',
      '/api/v1',
      '/apis',
      '/apis/rbac.authorization.k8s.io',
      '/apis/rbac.authorization.k8s.io/v1',
      '/healthz',
      '/livez',
      '/readyz',
      '/version',
      '/openapi/v2',
      '/openapi/v3',
    ])
      await t.step(path, 'GET', path, { token, pick: () => 'let through', accept: '*/*' })
    for (const path of ['/', '/metrics', '/readyz/ping', '/logs/', '/debug/pprof/'])
      await t.step(path, 'GET', path, { token, accept: '*/*' })
  },

  'faults in a Role': async (t) => {
    const ns = await t.namespace()
    const ask = (label, rest, name = 'x') => t.step(label, 'POST', roles(ns), body('Role', name, rest))
    await ask('no verbs', { rules: [{ apiGroups: [''], resources: ['pods'] }] })
    await ask('empty verbs', { rules: [{ verbs: [], apiGroups: [''], resources: ['pods'] }] })
    await ask('no groups', { rules: [{ verbs: ['get'], resources: ['pods'] }] })
    await ask('no resources', { rules: [{ verbs: ['get'], apiGroups: [''] }] })
    await ask('an empty rule', { rules: [{}] })
    await ask('paths', { rules: [{ verbs: ['get'], nonResourceURLs: ['/metrics'] }] })
    await ask('paths beside resources', {
      rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], nonResourceURLs: ['/metrics'] }],
    })
    await ask('two faulty rules', {
      rules: [
        { verbs: ['get'], apiGroups: [''] },
        { apiGroups: [''], resources: ['pods'] },
      ],
    })
    await ask('rules that are no list', { rules: {} })
    await ask('an aggregation', { aggregationRule: {}, rules: [] }, 'sum')
    await ask('a name with a slash', { rules: [] }, 'a/b')
    await ask('a name with a percent sign', { rules: [] }, 'a%b')
    await ask('the name ..', { rules: [] }, '..')
    await ask('no name', { rules: [] }, '')
    await ask('a name with capitals and colons is fine', { rules: [] }, 'System:Things:A_b')
    await ask('no rules are fine', {}, 'none')
    await ask('null rules are fine', { rules: null }, 'null')
    await ask('the same again', {}, 'none')
    await ask(
      'odd verbs and names are fine',
      {
        rules: [
          {
            verbs: ['dance', ''],
            apiGroups: ['no.such.group'],
            resources: ['no/such/thing', ''],
            resourceNames: ['', '*'],
          },
        ],
      },
      'odd',
    )
  },

  'faults in a ClusterRole': async (t) => {
    await t.namespace()
    const name = t.name('role', `${base}/clusterroles`)
    const ask = (label, rest) => t.step(label, 'POST', `${base}/clusterroles`, body('ClusterRole', name, rest))
    await ask('no verbs', { rules: [{ apiGroups: [''], resources: ['pods'] }] })
    await ask('paths beside resources', {
      rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], nonResourceURLs: ['/metrics'] }],
    })
    await ask('paths without verbs', { rules: [{ nonResourceURLs: ['/metrics'] }] })
    await ask('paths beside names', {
      rules: [{ verbs: ['get'], nonResourceURLs: ['/metrics'], resourceNames: ['x'] }],
    })
    await ask('an aggregation without selectors', { aggregationRule: {} })
    await ask('an aggregation with a faulty selector', {
      aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }] },
    })
    await ask('a namespace is dropped', { metadata: { name, namespace: 'default' } })
    await ask('paths are fine', {
      metadata: { name: t.name('paths', `${base}/clusterroles`) },
      rules: [{ verbs: ['get'], nonResourceURLs: ['/metrics', 'odd', '/a*b'] }],
    })
  },

  'faults in a RoleBinding': async (t) => {
    const ns = await t.namespace()
    await role(t, ns, 'reader', [rule(['get'], [''], ['pods'])])
    const roleRef = { apiGroup: group, kind: 'Role', name: 'reader' }
    const ask = (label, rest) => t.step(label, 'POST', roleBindings(ns), body('RoleBinding', 'x', rest))
    await ask('an unknown kind of subject', { roleRef, subjects: [{ kind: 'Robot', name: 'a' }] })
    await ask('no kind of subject', { roleRef, subjects: [{ name: 'a' }] })
    await ask('a subject without a name', { roleRef, subjects: [{ kind: 'User', apiGroup: group }] })
    await ask('a user of another group', { roleRef, subjects: [{ kind: 'User', apiGroup: 'example.test', name: 'a' }] })
    await ask('a group of another group', {
      roleRef,
      subjects: [{ kind: 'Group', apiGroup: 'example.test', name: 'a' }],
    })
    await ask('an account with a group', {
      roleRef,
      subjects: [{ kind: 'ServiceAccount', apiGroup: group, name: 'a', namespace: ns }],
    })
    await ask('an account with a name that it cannot have', {
      roleRef,
      subjects: [{ kind: 'ServiceAccount', name: 'A_b', namespace: ns }],
    })
    await ask('a user with a namespace', {
      roleRef,
      subjects: [{ kind: 'User', apiGroup: group, name: 'a', namespace: ns }],
    })
    await ask('two faulty subjects', {
      roleRef,
      subjects: [
        { kind: 'Robot', name: 'a' },
        { kind: 'User', apiGroup: group },
      ],
    })
    await ask('no role', { subjects: [] })
    await ask('an empty role', { roleRef: {}, subjects: [] })
    await ask('a role of an unknown kind', { roleRef: { ...roleRef, kind: 'Duty' }, subjects: [] })
    await ask('a role of another group', { roleRef: { ...roleRef, apiGroup: 'example.test' }, subjects: [] })
    await ask('a role without a name', { roleRef: { apiGroup: group, kind: 'Role' }, subjects: [] })
    await ask('a role with a slash in its name', { roleRef: { ...roleRef, name: 'a/b' }, subjects: [] })
  },

  'what a binding takes without a fault': async (t) => {
    const ns = await t.namespace()
    await role(t, ns, 'reader', [rule(['get'], [''], ['pods'])])
    const ask = (label, name, rest) => t.step(label, 'POST', roleBindings(ns), body('RoleBinding', name, rest))
    const roleRef = { apiGroup: group, kind: 'Role', name: 'reader' }
    await ask('groups are filled in', 'a', {
      roleRef: { kind: 'Role', name: 'reader' },
      subjects: [
        { kind: 'User', name: 'a' },
        { kind: 'Group', name: 'b' },
        { kind: 'ServiceAccount', name: 'c' },
      ],
    })
    await ask('no subjects', 'b', { roleRef })
    await ask('empty subjects', 'c', { roleRef, subjects: [] })
    await ask('an account of another namespace', 'd', {
      roleRef,
      subjects: [{ kind: 'ServiceAccount', name: 'c', namespace: 'elsewhere' }],
    })
    await ask('the same subject twice', 'e', { roleRef, subjects: [user('a'), user('a')] })
    await ask('the admin may bind a role that is not there', 'f', {
      roleRef: { ...roleRef, name: 'none' },
      subjects: [user('a')],
    })
    await ask('a role by generateName', undefined, { metadata: { generateName: 'some-' }, roleRef })
    await ask('the same name again', 'a', { roleRef })
  },

  'faults in a ClusterRoleBinding': async (t) => {
    await t.namespace()
    const name = t.name('binding', `${base}/clusterrolebindings`)
    const view = { apiGroup: group, kind: 'ClusterRole', name: t.name('none') }
    const ask = (label, rest) =>
      t.step(label, 'POST', `${base}/clusterrolebindings`, body('ClusterRoleBinding', name, rest))
    await ask('an account without a namespace', { roleRef: view, subjects: [{ kind: 'ServiceAccount', name: 'a' }] })
    await ask('a Role', { roleRef: { ...view, kind: 'Role' }, subjects: [user('a')] })
    await ask('an unknown kind of subject', { roleRef: view, subjects: [{ kind: 'Robot', name: 'a' }] })
    await ask('no role', { subjects: [user('a')] })
    await ask('groups are filled in', {
      roleRef: { kind: 'ClusterRole', name: view.name },
      subjects: [
        { kind: 'User', name: 'a' },
        { kind: 'Group', name: 'b' },
      ],
    })
  },

  'the role of a binding cannot be changed': async (t) => {
    const ns = await t.namespace()
    await role(t, ns, 'one', [])
    await role(t, ns, 'two', [])
    await roleBinding(t, ns, 'b', { kind: 'Role', name: 'one' }, user('a'))
    const path = `${roleBindings(ns)}/b`
    const merge = { type: 'application/merge-patch+json' }
    await t.step(
      'put',
      'PUT',
      path,
      body('RoleBinding', 'b', { roleRef: { apiGroup: group, kind: 'Role', name: 'two' }, subjects: [user('a')] }),
    )
    await t.step('patch of the name', 'PATCH', path, { body: { roleRef: { name: 'two' } }, ...merge })
    await t.step('patch of the kind', 'PATCH', path, { body: { roleRef: { kind: 'ClusterRole' } }, ...merge })
    await t.step(
      'subjects may change',
      'PUT',
      path,
      body('RoleBinding', 'b', {
        roleRef: { apiGroup: group, kind: 'Role', name: 'one' },
        subjects: [user('c'), groupSubject('d')],
      }),
    )
    await t.step('subjects may go', 'PATCH', path, { body: { subjects: null }, ...merge })
    await t.step('a JSON patch may add one', 'PATCH', path, {
      body: [{ op: 'add', path: '/subjects', value: [{ kind: 'User', name: 'e' }] }],
      type: 'application/json-patch+json',
    })
    await t.step('a strategic patch puts others in their place', 'PATCH', path, {
      body: { subjects: [{ kind: 'Group', name: 'f' }] },
      type: 'application/strategic-merge-patch+json',
    })
    const name = t.name('binding', `${base}/clusterrolebindings`)
    await t.quiet(
      'POST',
      `${base}/clusterrolebindings`,
      body('ClusterRoleBinding', name, { roleRef: { kind: 'ClusterRole', name: t.name('none') }, subjects: [] }),
    )
    await t.step('nor in the cluster', 'PATCH', `${base}/clusterrolebindings/${name}`, {
      body: { roleRef: { name: 'view' } },
      ...merge,
    })
  },

  'a PUT as auth reconcile sends it': async (t) => {
    const ns = await t.namespace()
    const rules = [rule(['get'], [''], ['pods'])]
    const put = (label, rest, metadata) =>
      t.step(label, 'PUT', `${roles(ns)}/made`, {
        body: { apiVersion, kind: 'Role', metadata: { name: 'made', namespace: ns, ...metadata }, ...rest },
      })
    const first = await put('it makes the role', { rules })
    await put('the same again', { rules }, { resourceVersion: first.json.metadata.resourceVersion })
    await put('without a revision', { rules: [...rules, rule(['list'], [''], ['pods'])] })
    await put('with an old revision', { rules }, { resourceVersion: first.json.metadata.resourceVersion })
    await put('with another uid', { rules }, { uid: '11111111-2222-4333-8444-555555555555' })
    await put('another name', { rules }, { name: 'other' })
    await put('a faulty rule', { rules: [{}] })
    await t.step(
      'a binding is made as well',
      'PUT',
      `${roleBindings(ns)}/made`,
      body('RoleBinding', 'made', { roleRef: { kind: 'Role', name: 'made' }, subjects: [{ kind: 'User', name: 'a' }] }),
    )
    await t.step('delete of the role', 'DELETE', `${roles(ns)}/made`)
    await t.step('the binding stays', 'GET', `${roleBindings(ns)}/made`)
    await t.step('delete once more', 'DELETE', `${roles(ns)}/made`)
  },

  tables: async (t) => {
    const ns = await t.namespace()
    await role(t, ns, 'reader', [])
    await roleBinding(
      t,
      ns,
      'a',
      { kind: 'Role', name: 'reader' },
      user('u1'),
      user('u2'),
      groupSubject('g1'),
      account(ns, 'robot'),
      account('other', 'x'),
    )
    await roleBinding(t, ns, 'b', { kind: 'ClusterRole', name: 'view' })
    const clusterName = await clusterRole(t, 'role', [])
    const binding = await clusterRoleBinding(t, 'binding', clusterName, user('u1'), account(ns, 'robot'))
    const columns = {
      accept: table,
      pick: (o) =>
        o.kind === 'Table'
          ? {
              columns: o.columnDefinitions.map((c) => [c.name, c.type, c.format, c.priority]),
              rows: o.rows.map((r) =>
                r.cells.map((c, i) => (['Age', 'Created At'].includes(o.columnDefinitions[i].name) ? typeof c : c)),
              ),
            }
          : o,
    }
    await t.step('roles', 'GET', roles(ns), columns)
    await t.step('bindings', 'GET', roleBindings(ns), columns)
    await t.step('one cluster role', 'GET', `${base}/clusterroles/${clusterName}`, columns)
    await t.step('one cluster role binding', 'GET', `${base}/clusterrolebindings/${binding}`, columns)
  },

  'handing on rights in a Role': async (t) => {
    const ns = await t.namespace()
    const jane = t.name('jane')
    const as = { user: jane, groups: ['dev'] }
    await grant(
      t,
      ns,
      'keeper',
      [
        rule(['create', 'update', 'patch', 'get'], [group], ['roles', 'rolebindings']),
        rule(['get', 'list'], [''], ['pods']),
        rule(['get'], [''], ['configmaps'], ['a']),
      ],
      user(jane),
    )
    await allowed(t, { user: jane, ...inNs(ns, 'create', 'roles', { group }) })
    const make = (label, name, ...rules) =>
      t.step(label, 'POST', roles(ns), {
        ...body('Role', name, { rules }),
        as,
        pick: (o) => (o.kind === 'Status' ? o : o.rules),
      })
    await make('what she has', 'ok', rule(['get', 'list'], [''], ['pods']))
    await make('a part of it', 'part', rule(['get'], [''], ['pods'], ['x']))
    await make('nothing', 'nothing')
    await make('another verb', 'x', rule(['get', 'delete'], [''], ['pods']))
    await make('another resource', 'x', rule(['get', 'list'], [''], ['pods', 'secrets']))
    await make('another group', 'x', rule(['get'], ['apps'], ['deployments']))
    await make('a subresource', 'x', rule(['get'], [''], ['pods/log']))
    await make('all verbs', 'x', rule(['*'], [''], ['pods']))
    await make('everything', 'x', rule(['*'], ['*'], ['*']))
    await make('the name that she has', 'named', rule(['get'], [''], ['configmaps'], ['a']))
    await make('another name', 'x', rule(['get'], [''], ['configmaps'], ['a', 'b']))
    await make('all names', 'x', rule(['get'], [''], ['configmaps']))
    await make(
      'several rules',
      'x',
      rule(['get'], [''], ['secrets']),
      rule(['watch', 'delete'], [''], ['pods']),
      rule(['get'], [''], ['pods']),
    )
    await make('the verb escalate', 'x', rule(['escalate', 'bind'], [group], ['roles']))
    await t.step('put', 'PUT', `${roles(ns)}/ok`, {
      ...body('Role', 'ok', { rules: [rule(['delete'], [''], ['pods'])] }),
      as,
    })
    await t.step('patch', 'PATCH', `${roles(ns)}/ok`, {
      body: { rules: [rule(['delete'], [''], ['pods'])] },
      type: 'application/merge-patch+json',
      as,
    })
    await t.step('put that makes it', 'PUT', `${roles(ns)}/new`, {
      ...body('Role', 'new', { rules: [rule(['delete'], [''], ['pods'])] }),
      as,
    })
    await t.step('a dry run', 'POST', `${roles(ns)}?dryRun=All`, {
      ...body('Role', 'x', { rules: [rule(['delete'], [''], ['pods'])] }),
      as,
    })
    await t.step('a fault comes after', 'POST', roles(ns), {
      ...body('Role', 'x', { rules: [{ verbs: ['delete'], resources: ['pods'] }] }),
      as,
    })
    await role(t, ns, 'strong', [rule(['*'], ['*'], ['*'])])
    await t.step('labels of a stronger role may not change either', 'PATCH', `${roles(ns)}/strong`, {
      body: { metadata: { labels: { a: 'b' } } },
      type: 'application/merge-patch+json',
      as,
      pick: (o) => (o.kind === 'Status' ? o : o.metadata.labels),
    })
    await t.step('its rules not', 'PATCH', `${roles(ns)}/strong`, {
      body: { rules: [rule(['*'], ['*'], ['pods'])] },
      type: 'application/merge-patch+json',
      as,
    })
  },

  'handing on rights in a RoleBinding': async (t) => {
    const ns = await t.namespace()
    const jane = t.name('jane')
    const as = { user: jane }
    await grant(
      t,
      ns,
      'keeper',
      [
        rule(['create', 'update', 'patch', 'get'], [group], ['roles', 'rolebindings']),
        rule(['get', 'list'], [''], ['pods']),
      ],
      user(jane),
    )
    await role(t, ns, 'same', [rule(['get'], [''], ['pods'])])
    await role(t, ns, 'more', [rule(['get', 'delete'], [''], ['pods']), rule(['get'], [''], ['secrets'])])
    await allowed(t, { user: jane, ...inNs(ns, 'create', 'rolebindings', { group }) })
    const bind = (label, name, kind, roleName) =>
      t.step(label, 'POST', roleBindings(ns), {
        ...body('RoleBinding', name, { roleRef: { apiGroup: group, kind, name: roleName }, subjects: [user(jane)] }),
        as,
        pick: (o) => (o.kind === 'Status' ? o : o.roleRef),
      })
    await bind('a role that she has', 'ok', 'Role', 'same')
    await bind('a role that has more', 'x', 'Role', 'more')
    await bind('a role that is not there', 'x', 'Role', 'none')
    await bind('a cluster role that is not there', 'x', 'ClusterRole', t.name('none'))
    await bind('the cluster role of the admins', 'x', 'ClusterRole', 'cluster-admin')
    await roleBinding(t, ns, 'strong', { kind: 'Role', name: 'more' }, user('joe'))
    await t.step('more subjects for a stronger role', 'PATCH', `${roleBindings(ns)}/strong`, {
      body: { subjects: [user(jane)] },
      type: 'application/merge-patch+json',
      as,
    })
    await t.step('labels of that binding may not change either', 'PATCH', `${roleBindings(ns)}/strong`, {
      body: { metadata: { labels: { a: 'b' } } },
      type: 'application/merge-patch+json',
      as,
      pick: (o) => (o.kind === 'Status' ? o : o.metadata.labels),
    })
    await t.step('put that makes it', 'PUT', `${roleBindings(ns)}/new`, {
      ...body('RoleBinding', 'new', { roleRef: { apiGroup: group, kind: 'Role', name: 'more' }, subjects: [] }),
      as,
    })
  },

  'handing on rights in the cluster': async (t) => {
    await t.namespace()
    const jane = t.name('jane')
    const as = { user: jane }
    const name = t.name('role', `${base}/clusterroles`)
    const binding = t.name('binding', `${base}/clusterrolebindings`)
    await grantCluster(
      t,
      'keeper',
      [
        rule(['create', 'update', 'patch', 'get'], [group], ['clusterroles', 'clusterrolebindings']),
        rule(['get'], [''], ['nodes']),
        { verbs: ['get'], nonResourceURLs: ['/logs/*'] },
      ],
      user(jane),
    )
    await allowed(t, { user: jane, resourceAttributes: { verb: 'create', group, resource: 'clusterroles' } })
    const make = (label, rest, n = name) =>
      t.step(label, 'POST', `${base}/clusterroles`, {
        ...body('ClusterRole', n, rest),
        as,
        pick: (o) => (o.kind === 'Status' ? o : o.rules),
      })
    await make('more than she has', { rules: [rule(['get'], [''], ['nodes', 'nodes/proxy'])] })
    await make('another path', { rules: [{ verbs: ['get', 'post'], nonResourceURLs: ['/metrics', '/logs/a'] }] })
    await make('a shorter path', { rules: [{ verbs: ['get'], nonResourceURLs: ['/logs'] }] })
    await make('an aggregation', {
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [t.name('label')]: 'true' } }] },
    })
    await make('what she has', {
      rules: [rule(['get'], [''], ['nodes']), { verbs: ['get'], nonResourceURLs: ['/logs/a', '/logs/b*'] }],
    })
    await t.step('an aggregation later', 'PATCH', `${base}/clusterroles/${name}`, {
      body: { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } },
      type: 'application/merge-patch+json',
      as,
    })
    const bind = (label, roleName) =>
      t.step(label, 'POST', `${base}/clusterrolebindings`, {
        ...body('ClusterRoleBinding', binding, {
          roleRef: { apiGroup: group, kind: 'ClusterRole', name: roleName },
          subjects: [user(jane)],
        }),
        as,
        pick: (o) => (o.kind === 'Status' ? o : o.roleRef),
      })
    await bind('the role of the admins', 'cluster-admin')
    await bind('a role that she has', name)
    await t.step('a role in a namespace counts not', 'POST', roles('default'), {
      ...body('Role', 'x', { rules: [] }),
      as,
    })
  },

  'the verbs escalate and bind': async (t) => {
    const ns = await t.namespace()
    const [jane, joe] = [t.name('jane'), t.name('joe')]
    await grant(
      t,
      ns,
      'makes',
      [rule(['create', 'update', 'patch', 'get'], [group], ['roles', 'rolebindings'])],
      user(jane),
      user(joe),
    )
    await grant(t, ns, 'escalates', [rule(['escalate'], [group], ['roles'])], user(jane))
    await grant(
      t,
      ns,
      'binds',
      [rule(['bind'], [group], ['roles'], ['strong']), rule(['bind'], [group], ['clusterroles'], ['view'])],
      user(joe),
    )
    await role(t, ns, 'strong', [rule(['*'], [''], ['secrets'])])
    await role(t, ns, 'stronger', [rule(['*'], ['*'], ['*'])])
    await allowed(t, { user: jane, ...inNs(ns, 'escalate', 'roles', { group }) })
    await allowed(t, { user: joe, ...inNs(ns, 'bind', 'clusterroles', { group, name: 'view' }) })
    const kind = { pick: (o) => (o.kind === 'Status' ? o : [o.kind, o.metadata.name]) }
    const make = (label, as, name) =>
      t.step(label, 'POST', roles(ns), {
        ...body('Role', name, { rules: [rule(['*'], [''], ['secrets'])] }),
        as: { user: as },
        ...kind,
      })
    const bind = (label, as, name, kindOf, of) =>
      t.step(label, 'POST', roleBindings(ns), {
        ...body('RoleBinding', name, {
          roleRef: { apiGroup: group, kind: kindOf, name: of },
          subjects: [user('someone')],
        }),
        as: { user: as },
        ...kind,
      })
    await make('escalate lets a role be made', jane, 'by-jane')
    await make('bind does not', joe, 'by-joe')
    await bind('escalate lets no role be bound', jane, 'x', 'Role', 'strong')
    await bind('bind does, by name', joe, 'one', 'Role', 'strong')
    await bind('not another', joe, 'x', 'Role', 'stronger')
    await bind('a cluster role', joe, 'two', 'ClusterRole', 'view')
    await bind('not another cluster role', joe, 'x', 'ClusterRole', 'edit')
  },

  'aggregation fills the rules': async (t) => {
    await t.namespace()
    const label = t.name('to-sum')
    const labels = { [`example.test/${label}`]: 'true' }
    const sum = t.name('sum', `${base}/clusterroles`)
    const path = `${base}/clusterroles/${sum}`
    const rulesOf = async () => (await t.quiet('GET', path)).json?.rules ?? []
    await clusterRole(t, 'b', [rule(['get'], [''], ['pods'])], { labels })
    await clusterRole(t, 'a', [rule(['list'], [''], ['pods']), rule(['get'], [''], ['secrets'])], { labels })
    await clusterRole(t, 'other', [rule(['get'], [''], ['nodes'])], { labels: { x: 'y' } })
    await t.step(
      'it is made',
      'POST',
      `${base}/clusterroles`,
      body('ClusterRole', sum, {
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] },
        rules: [rule(['delete'], [''], ['nodes'])],
      }),
    )
    await t.until(async () => (await rulesOf()).length === 3, 'three rules')
    await t.step('sorted by the name of the role', 'GET', path)
    await clusterRole(t, 'c', [rule(['get'], [''], ['pods']), rule(['watch'], [''], ['pods'])], { labels })
    await t.until(async () => (await rulesOf()).length === 4, 'four rules')
    await t.step('one more, nothing twice', 'GET', path, { pick: (o) => o.rules })
    await t.quiet('DELETE', `${base}/clusterroles/${t.name('a')}`)
    await t.until(async () => (await rulesOf()).length === 2, 'two rules')
    await t.step('one less', 'GET', path, { pick: (o) => o.rules })
    await t.quiet('PATCH', path, {
      body: { rules: [rule(['delete'], [''], ['nodes'])] },
      type: 'application/merge-patch+json',
    })
    await t.until(async () => (await rulesOf()).length === 2, 'the rules put back')
    await t.step('rules written by hand go', 'GET', path, { pick: (o) => o.rules })
    await t.quiet('PATCH', path, {
      body: {
        aggregationRule: {
          clusterRoleSelectors: [
            { matchLabels: labels },
            { matchLabels: { x: t.name('y') } },
            { matchExpressions: [{ key: `example.test/${label}`, operator: 'Exists' }] },
          ],
        },
      },
      type: 'application/merge-patch+json',
    })
    await t.sleep(500)
    await t.step('two selectors for the same roles', 'GET', path, { pick: (o) => o.rules })
    await t.quiet('PATCH', path, { body: { aggregationRule: null }, type: 'application/merge-patch+json' })
    await clusterRole(t, 'd', [rule(['get'], [''], ['endpoints'])], { labels })
    await t.sleep(500)
    await t.step('without the aggregation they stay', 'GET', path, {
      pick: (o) => [o.rules, o.aggregationRule ?? null],
    })
  },

  'rules with names': async (t) => {
    const { ns, token, robot, name } = await start(t)
    for (const n of ['a', 'b'])
      await t.quiet('POST', `/api/v1/namespaces/${ns}/configmaps`, { body: { metadata: { name: n } } })
    await grant(t, ns, 'named', [rule(['*'], [''], ['configmaps'], ['a', 'new'])], robot)
    await allowed(t, { user: name, ...inNs(ns, 'get', 'configmaps', { name: 'a' }) })
    const path = `/api/v1/namespaces/${ns}/configmaps`
    const names = {
      token,
      pick: (o) => (o.kind === 'Status' ? o.message : (o.items ?? [o]).map((i) => i.metadata.name)),
    }
    await t.step('get', 'GET', `${path}/a`, names)
    await t.step('get of another', 'GET', `${path}/b`, names)
    await t.step('list', 'GET', path, names)
    await t.step('list of that one', 'GET', `${path}?fieldSelector=metadata.name%3Da`, names)
    await t.step('list of that one, written otherwise', 'GET', `${path}?fieldSelector=metadata.name%3D%3Da`, names)
    await t.step(
      'list of that one and its namespace',
      'GET',
      `${path}?fieldSelector=metadata.name%3Da,metadata.namespace%3D${ns}`,
      names,
    )
    await t.step('list of another', 'GET', `${path}?fieldSelector=metadata.name%3Db`, names)
    await t.step('list of all but another', 'GET', `${path}?fieldSelector=metadata.name!%3Db`, names)
    await t.watch('watch of that one', `${path}?watch=true&fieldSelector=metadata.name%3Da`, {
      token,
      count: 1,
      pick: (e) => [e.type, e.object.metadata?.name],
    })
    await t.step('create', 'POST', path, { ...names, body: { metadata: { name: 'new' } } })
    await t.step('put that would make it', 'PUT', `${path}/new`, { token, body: { metadata: { name: 'new' } } })
    await t.step('apply makes it', 'PATCH', `${path}/new?fieldManager=me`, {
      ...names,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new' } },
      type: 'application/apply-patch+yaml',
    })
    await t.step('patch', 'PATCH', `${path}/a`, {
      ...names,
      body: { data: { k: 'v' } },
      type: 'application/merge-patch+json',
    })
    await t.step('delete of all', 'DELETE', path, names)
    await t.step('delete', 'DELETE', `${path}/a`, { token, pick: (o) => o.status })
  },

  'stars in rules': async (t) => {
    const { ns, robot, name } = await start(t)
    const can = async (label, ...asks) => {
      for (const [verb, resource, more] of asks) {
        const [plain, subresource] = resource.split('/')
        await t.step(
          `${label}: ${verb} ${resource} ${JSON.stringify(more ?? {})}`,
          'POST',
          '/apis/authorization.k8s.io/v1/subjectaccessreviews',
          {
            body: {
              spec: { user: name, resourceAttributes: { namespace: ns, verb, resource: plain, subresource, ...more } },
            },
            pick: (o) => o.status?.reason ?? o.status?.allowed ?? o,
          },
        )
      }
    }
    await grant(t, ns, 'all-verbs', [rule(['*'], [''], ['pods'])], robot)
    await grant(t, ns, 'all-resources', [rule(['get'], ['apps'], ['*'])], robot)
    await grant(t, ns, 'all-groups', [rule(['list'], ['*'], ['widgets'])], robot)
    await grant(t, ns, 'all-scales', [rule(['patch'], ['example.test'], ['*/scale'])], robot)
    await grant(t, ns, 'slash-star', [rule(['update'], [''], ['services/*'])], robot)
    await allowed(t, { user: name, ...inNs(ns, 'list', 'widgets', { group: 'x' }) })
    await allowed(t, { user: name, ...inNs(ns, 'patch', 'things', { group: 'example.test', subresource: 'scale' }) })
    await allowed(t, { user: name, ...inNs(ns, 'get', 'deployments', { group: 'apps' }) })
    await can('all verbs', ['dance', 'pods'], ['*', 'pods'], ['get', 'pods/log'], ['deletecollection', 'pods'])
    await can(
      'all resources',
      ['get', 'deployments', { group: 'apps' }],
      ['get', 'deployments/status', { group: 'apps' }],
      ['list', 'deployments', { group: 'apps' }],
      ['get', 'nothing', { group: 'apps' }],
    )
    await can(
      'all groups',
      ['list', 'widgets', { group: 'x' }],
      ['list', 'widgets'],
      ['list', 'widgets/status', { group: 'x' }],
    )
    await can(
      'all of one subresource',
      ['patch', 'things/scale', { group: 'example.test' }],
      ['patch', 'things', { group: 'example.test' }],
      ['patch', 'things/status', { group: 'example.test' }],
    )
    await can('all subresources of one', ['update', 'services/status'], ['update', 'services'])
  },

  'paths in rules': async (t) => {
    const { ns, token, robot, name } = await start(t)
    await grantCluster(t, 'paths', [{ verbs: ['get'], nonResourceURLs: ['/meter', '/nothing/*', '/some*'] }], robot)
    await grantCluster(t, 'posts', [{ verbs: ['*'], nonResourceURLs: ['/all'] }], robot)
    const bound = await clusterRole(t, 'bound-in-namespace', [{ verbs: ['get'], nonResourceURLs: ['/bound'] }])
    await roleBinding(t, ns, 'in-namespace', { kind: 'ClusterRole', name: bound }, robot)
    await allowed(t, { user: name, nonResourceAttributes: { verb: 'get', path: '/meter' } })
    await allowed(t, { user: name, nonResourceAttributes: { verb: 'post', path: '/all' } })
    const ask = (method, path) => t.step(path, method, path, { token, accept: '*/*', ...passed })
    await ask('GET', '/meter')
    await ask('POST', '/meter')
    await ask('GET', '/meter/')
    await ask('GET', '/nothing')
    await ask('GET', '/nothing/')
    await ask('GET', '/nothing/at/all')
    await ask('GET', '/something')
    await ask('GET', '/some')
    await ask('DELETE', '/all')
    await ask('GET', '/bound')
  },

  'groups of accounts': async (t) => {
    const { ns, token } = await start(t)
    const other = await t.namespace('other')
    await t.serviceAccount(other, 'robot')
    const otherToken = await t.token(other, 'robot')
    await grant(t, ns, 'for-namespace', [rule(['list'], [''], ['pods'])], groupSubject(`system:serviceaccounts:${ns}`))
    await grant(t, ns, 'for-accounts', [rule(['list'], [''], ['configmaps'])], groupSubject('system:serviceaccounts'))
    await grant(t, ns, 'for-all', [rule(['list'], [''], ['serviceaccounts'])], groupSubject('system:authenticated'))
    await grant(t, ns, 'for-nobody', [rule(['list'], [''], ['secrets'])], groupSubject('system:unauthenticated'))
    await allowed(t, { user: 'x', groups: ['system:unauthenticated'], ...inNs(ns, 'list', 'secrets') })
    await allowed(t, { user: 'x', groups: ['system:authenticated'], ...inNs(ns, 'list', 'serviceaccounts') })
    for (const what of ['pods', 'configmaps', 'serviceaccounts', 'secrets'])
      for (const [who, options] of [
        ['an account here', { token }],
        ['an account elsewhere', { token: otherToken }],
        ['a user', { as: { user: 'jane' } }],
        ['nobody', { anonymous: true }],
      ])
        await t.step(`${who}`, 'GET', `/api/v1/namespaces/${ns}/${what}`, { ...options, ...passed })
  },

  'an account of another namespace': async (t) => {
    const { ns } = await start(t)
    const other = await t.namespace('other')
    await t.serviceAccount(other, 'robot')
    const token = await t.token(other, 'robot')
    await role(t, ns, 'pods', [rule(['list'], [''], ['pods'])])
    await role(t, ns, 'maps', [rule(['list'], [''], ['configmaps'])])
    await roleBinding(t, ns, 'pods', { kind: 'Role', name: 'pods' }, account(other, 'robot'))
    await roleBinding(t, ns, 'maps', { kind: 'Role', name: 'maps' }, { kind: 'ServiceAccount', name: 'robot' })
    await roleBinding(
      t,
      ns,
      'accounts',
      { kind: 'ClusterRole', name: 'view' },
      user(`system:serviceaccount:${other}:default`),
    )
    await allowed(t, { user: `system:serviceaccount:${other}:robot`, ...inNs(ns, 'list', 'pods') })
    await allowed(t, { user: `system:serviceaccount:${other}:default`, ...inNs(ns, 'list', 'serviceaccounts') })
    await t.step('bound with its namespace', 'GET', `/api/v1/namespaces/${ns}/pods`, { token, ...passed })
    await t.step('bound without a namespace means the one of here', 'GET', `/api/v1/namespaces/${ns}/configmaps`, {
      token,
      ...passed,
    })
    await t.step('which works here', 'GET', `/api/v1/namespaces/${ns}/configmaps`, {
      token: await t.token(ns, 'robot'),
      ...passed,
    })
    await t.step('not in its own namespace', 'GET', `/api/v1/namespaces/${other}/pods`, { token, ...passed })
    await t.step('bound as a user by its whole name', 'GET', `/api/v1/namespaces/${ns}/serviceaccounts`, {
      token: await t.token(other, 'default'),
      ...passed,
    })
  },

  'rights over a namespace from within': async (t) => {
    const { ns, token, robot, name } = await start(t)
    await grant(t, ns, 'itself', [rule(['get', 'list', 'patch'], [''], ['namespaces'])], robot)
    await allowed(t, { user: name, ...inNs(ns, 'get', 'namespaces', { name: ns }) })
    await t.step('get', 'GET', `/api/v1/namespaces/${ns}`, { token, ...passed })
    await t.step('get of another', 'GET', '/api/v1/namespaces/default', { token, ...passed })
    await t.step('list', 'GET', '/api/v1/namespaces', { token, ...passed })
    await t.step('patch', 'PATCH', `/api/v1/namespaces/${ns}`, {
      token,
      body: { metadata: { labels: { a: 'b' } } },
      type: 'application/merge-patch+json',
      ...passed,
    })
    await t.step('a subresource', 'GET', `/api/v1/namespaces/${ns}/status`, { token, ...passed })
    await t.step('delete', 'DELETE', `/api/v1/namespaces/${ns}`, { token, ...passed })
  },

  'view, edit and admin for an account': async (t) => {
    const { ns } = await start(t)
    const who = {}
    for (const level of ['view', 'edit', 'admin']) {
      await t.serviceAccount(ns, level)
      await roleBinding(t, ns, level, { kind: 'ClusterRole', name: level }, account(ns, level))
      who[level] = await t.token(ns, level)
      await allowed(t, { user: `system:serviceaccount:${ns}:${level}`, ...inNs(ns, 'get', 'pods') })
    }
    for (const [method, path, given] of [
      ['GET', 'serviceaccounts/robot'],
      ['GET', 'secrets/none'],
      ['POST', 'serviceaccounts?dryRun=All', { metadata: { name: 'made' } }],
      ['POST', 'serviceaccounts/robot/token', {}],
      ['GET', `${group}/roles`],
      [
        'POST',
        `${group}/rolebindings?dryRun=All`,
        {
          metadata: { name: 'made' },
          roleRef: { kind: 'ClusterRole', name: 'view' },
          subjects: [{ kind: 'User', name: 'a' }],
        },
      ],
      [
        'POST',
        `${group}/rolebindings?dryRun=All`,
        { metadata: { name: 'made' }, roleRef: { kind: 'ClusterRole', name: 'cluster-admin' } },
      ],
      ['GET', 'pods'],
      ['DELETE', 'resourcequotas/none'],
    ])
      for (const level of ['view', 'edit', 'admin']) {
        const [g, rest] = path.startsWith(group)
          ? [`/apis/${apiVersion}`, path.slice(group.length + 1)]
          : ['/api/v1', path]
        await t.step(level, method, `${g}/namespaces/${ns}/${rest}`, {
          token: who[level],
          ...(given && { body: given }),
          pick: (o) => (o.kind === 'Status' && o.code === 403 ? o.message.split('\n')[0] : 'let through'),
        })
      }
  },
}

// -- what every cluster is born with ---------------------------------------------------------

const seen = {
  pick: (o) =>
    o.kind === 'Status'
      ? o
      : {
          metadata: {
            name: o.metadata.name,
            namespace: o.metadata.namespace,
            labels: o.metadata.labels,
            annotations: o.metadata.annotations,
          },
          aggregationRule: o.aggregationRule,
          rules: o.rules,
          roleRef: o.roleRef,
          subjects: o.subjects,
        },
}
const born = (kind, names) => async (t) => {
  for (const name of names)
    await t.step(name, 'GET', `${base}/${kind}/${encodeURIComponent(name).replaceAll('%3A', ':')}`, seen)
}
const controllers = [
  'service-account-controller',
  'legacy-service-account-token-cleaner',
  'namespace-controller',
  'generic-garbage-collector',
  'root-ca-cert-publisher',
  'certificate-controller',
  'clusterrole-aggregation-controller',
].map((c) => `system:controller:${c}`)

Object.assign(cases, {
  'born with: cluster roles for people': born('clusterroles', [
    'cluster-admin',
    'admin',
    'edit',
    'view',
    'system:aggregate-to-admin',
    'system:aggregate-to-edit',
    'system:aggregate-to-view',
  ]),
  'born with: cluster roles for everyone': born('clusterroles', [
    'system:discovery',
    'system:basic-user',
    'system:public-info-viewer',
    'system:auth-delegator',
    'system:service-account-issuer-discovery',
    'system:monitoring',
  ]),
  'born with: cluster roles for parts of the cluster': born('clusterroles', [
    'system:kube-controller-manager',
    'system:node',
    ...[
      'certificatesigningrequests:nodeclient',
      'certificatesigningrequests:selfnodeclient',
      'kube-apiserver-client-approver',
      'kube-apiserver-client-kubelet-approver',
      'kubelet-serving-approver',
      'legacy-unknown-approver',
    ].map((n) => `system:certificates.k8s.io:${n}`),
  ]),
  'born with: cluster roles for controllers': born('clusterroles', controllers),
  'born with: cluster role bindings': born('clusterrolebindings', [
    'cluster-admin',
    'system:discovery',
    'system:basic-user',
    'system:public-info-viewer',
    'system:service-account-issuer-discovery',
    'system:monitoring',
    'system:kube-controller-manager',
    'system:node',
    ...controllers,
  ]),
  'born with: nothing is bound to these': born('clusterrolebindings', [
    'admin',
    'edit',
    'view',
    'system:auth-delegator',
  ]),
  'born with: roles and bindings of kube-system': async (t) => {
    await born('namespaces/kube-system/roles', [
      'extension-apiserver-authentication-reader',
      'system:controller:token-cleaner',
    ])(t)
    await born('namespaces/kube-system/rolebindings', [
      'system::extension-apiserver-authentication-reader',
      'system:controller:token-cleaner',
    ])(t)
    await born('namespaces/kube-public/roles', ['system:controller:bootstrap-signer'])(t)
    await born('namespaces/kube-public/rolebindings', ['system:controller:bootstrap-signer'])(t)
  },
})

export default cases
