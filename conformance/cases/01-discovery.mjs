/** What a client learns before its first object: versions, groups, resources, health, and how unknown paths and methods are refused. */

const some = (document, names) => ({
  kind: document.kind,
  apiVersion: document.apiVersion,
  groupVersion: document.groupVersion,
  resources: Object.fromEntries(
    document.resources
      .filter((r) => names.includes(r.name))
      .map(({ storageVersionHash, ...r }) => [
        r.name,
        { ...r, hasStorageVersionHash: typeof storageVersionHash === 'string' },
      ]),
  ),
})

const groups = [
  'rbac.authorization.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'events.k8s.io',
  'admissionregistration.k8s.io',
]

const resources = (t, label, names) => t.step(label, 'GET', '/api/v1', { pick: (b) => some(b, names) })

/** The resources of one version of an aggregated discovery document, each alone under its name. */
const aggregated = (document, group, version, names) => {
  const item = document.items.find((i) => (i.metadata.name ?? '') === group)
  const found = item?.versions.find((v) => v.version === version)
  return {
    kind: document.kind,
    apiVersion: document.apiVersion,
    metadata: Object.keys(document.metadata ?? {}),
    group: item?.metadata.name,
    first: item?.versions[0].version,
    freshness: found?.freshness,
    resources: Object.fromEntries(
      (found?.resources ?? []).filter((r) => names.includes(r.resource)).map((r) => [r.resource, r]),
    ),
  }
}

const v2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
const v2beta1 = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList'
const types = (o) => Object.fromEntries(Object.entries(o).map(([k, v]) => [k, typeof v]))

export default {
  version: async (t) => {
    await t.step('the version', 'GET', '/version', { pick: types })
    await t.step('with a slash behind it', 'GET', '/version/', { pick: types })
    await t.step('as kubectl asks', 'GET', '/version?timeout=32s', { accept: 'application/json, */*', pick: types })
    await t.step('without credentials', 'GET', '/version', { anonymous: true, pick: types })
    const { json } = await t.quiet('GET', '/version')
    t.note('a client can read these', {
      major: /^\d+$/.test(json.major),
      minor: /^\d+\+?$/.test(json.minor),
      gitVersion: /^v\d+\.\d+\.\d+/.test(json.gitVersion),
    })
    await t.step('it cannot be written', 'POST', '/version', { body: {} })
  },

  'core-versions': async (t) => {
    const pick = (b) => ({ ...b, serverAddressByClientCIDRs: b.serverAddressByClientCIDRs.map(types) })
    await t.step('versions of the core group', 'GET', '/api', { pick })
    await t.step('with a slash behind it', 'GET', '/api/', { pick })
    await t.step('a version that is not there', 'GET', '/api/v2')
    await t.step('without credentials', 'GET', '/api', { anonymous: true })
    await t.step('with a slash behind the version', 'GET', '/api/v1/', { pick: (b) => some(b, ['serviceaccounts']) })
  },

  'core-resources': async (t) => {
    await resources(t, 'namespaces', ['namespaces', 'namespaces/status', 'namespaces/finalize'])
    await resources(t, 'service accounts and their tokens', ['serviceaccounts', 'serviceaccounts/token'])
    await resources(t, 'secrets', ['secrets'])
    await resources(t, 'config maps', ['configmaps'])
    await resources(t, 'pods', [
      'pods',
      'pods/status',
      'pods/binding',
      'pods/eviction',
      'pods/ephemeralcontainers',
      'pods/log',
    ])
    await resources(t, 'nodes', ['nodes', 'nodes/status'])
    await resources(t, 'events', ['events'])
    await resources(t, 'services and endpoints', ['services', 'services/status', 'endpoints'])
    const { json } = await t.quiet('GET', '/api/v1')
    t.note(
      'sorted by name',
      JSON.stringify(json.resources.map((r) => r.name)) === JSON.stringify(json.resources.map((r) => r.name).sort()),
    )
    const { text } = await t.quiet('GET', '/api/v1')
    t.note(
      'members in the order that Kubernetes writes',
      text.match(/\{"name":"configmaps"[^}]*"storageVersionHash":/)?.[0] ?? null,
    )
  },

  'group-list': async (t) => {
    await t.step('the groups', 'GET', '/apis', {
      pick: (b) => ({
        kind: b.kind,
        apiVersion: b.apiVersion,
        groups: Object.fromEntries(
          b.groups
            .filter((g) => groups.includes(g.name))
            .map((g) => [g.name, { ...g, versions: g.versions.filter((v) => v.version === 'v1') }]),
        ),
      }),
    })
    await t.step('with a slash behind it', 'GET', '/apis/', {
      pick: (b) => ({ kind: b.kind, found: b.groups.some((g) => g.name === groups[0]) }),
    })
    for (const group of groups)
      await t.step(`group ${group}`, 'GET', `/apis/${group}`, {
        pick: (b) => ({ ...b, versions: b.versions.filter((v) => v.version === 'v1') }),
      })
    await t.step('a group with a slash behind it', 'GET', `/apis/${groups[0]}/`, {
      pick: (b) => ({ kind: b.kind, name: b.name }),
    })
    await t.step('a group that is not there', 'GET', '/apis/nothing.example.com')
    await t.step('a version that is not there', 'GET', `/apis/${groups[0]}/v9`)
    await t.step('a version of a group that is not there', 'GET', '/apis/nothing.example.com/v1')
  },

  'group-resources': async (t) => {
    const of = (label, path, names) => t.step(label, 'GET', path, { pick: (b) => some(b, names) })
    await of('roles and bindings', '/apis/rbac.authorization.k8s.io/v1', [
      'roles',
      'rolebindings',
      'clusterroles',
      'clusterrolebindings',
    ])
    await of('reviews of credentials', '/apis/authentication.k8s.io/v1', ['tokenreviews', 'selfsubjectreviews'])
    await of('reviews of access', '/apis/authorization.k8s.io/v1', [
      'subjectaccessreviews',
      'selfsubjectaccessreviews',
      'localsubjectaccessreviews',
      'selfsubjectrulesreviews',
    ])
    await of('signing requests', '/apis/certificates.k8s.io/v1', [
      'certificatesigningrequests',
      'certificatesigningrequests/approval',
      'certificatesigningrequests/status',
    ])
    await of('leases', '/apis/coordination.k8s.io/v1', ['leases'])
    await of('events', '/apis/events.k8s.io/v1', ['events'])
    await of('webhook configurations', '/apis/admissionregistration.k8s.io/v1', [
      'mutatingwebhookconfigurations',
      'validatingwebhookconfigurations',
    ])
    await of('with a slash behind it', '/apis/rbac.authorization.k8s.io/v1/', ['roles'])
  },

  'aggregated-core': async (t) => {
    const of = (label, names, options = {}) =>
      t.step(label, 'GET', '/api', { accept: v2, pick: (b) => aggregated(b, '', 'v1', names), ...options })
    await of('namespaces', ['namespaces'])
    await of('service accounts', ['serviceaccounts'])
    await of('secrets and config maps', ['secrets', 'configmaps'])
    await of('pods', ['pods'], {
      pick: (b) => {
        const out = aggregated(b, '', 'v1', ['pods'])
        out.resources.pods.subresources = out.resources.pods.subresources.filter((s) =>
          ['status', 'binding', 'eviction', 'ephemeralcontainers', 'log'].includes(s.subresource),
        )
        return out
      },
    })
    await of('nodes, services, endpoints, events', ['nodes', 'services', 'endpoints', 'events'], {
      pick: (b) => {
        const out = aggregated(b, '', 'v1', ['nodes', 'services', 'endpoints', 'events'])
        for (const r of Object.values(out.resources))
          if (r.subresources) r.subresources = r.subresources.filter((s) => s.subresource === 'status')
        return out
      },
    })
    await of('as kubectl 1.33 asks', ['serviceaccounts'], { accept: `${v2},${v2beta1},application/json` })
    await t.step('as kubectl 1.27 asks', 'GET', '/api', {
      accept: `${v2beta1},application/json`,
      pick: (b) => ({ kind: b.kind, apiVersion: b.apiVersion }),
    })
    await t.step('in a version that nobody has', 'GET', '/api', {
      accept: 'application/json;g=apidiscovery.k8s.io;v=v7;as=APIGroupDiscoveryList',
    })
    await t.step('in one that nobody has or plainly', 'GET', '/api', {
      accept: 'application/json;g=apidiscovery.k8s.io;v=v7;as=APIGroupDiscoveryList,application/json',
      pick: (b) => ({ kind: b.kind, versions: b.versions }),
    })
    await t.step('one version has only the plain form', 'GET', '/api/v1', {
      accept: `${v2},application/json`,
      pick: (b) => ({ kind: b.kind, groupVersion: b.groupVersion }),
    })
  },

  'aggregated-groups': async (t) => {
    const of = (group, names) =>
      t.step(group, 'GET', '/apis', { accept: v2, pick: (b) => aggregated(b, group, 'v1', names) })
    await of('rbac.authorization.k8s.io', ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'])
    await of('authentication.k8s.io', ['tokenreviews', 'selfsubjectreviews'])
    await of('authorization.k8s.io', [
      'subjectaccessreviews',
      'selfsubjectaccessreviews',
      'localsubjectaccessreviews',
      'selfsubjectrulesreviews',
    ])
    await of('certificates.k8s.io', ['certificatesigningrequests'])
    await of('coordination.k8s.io', ['leases'])
    await of('events.k8s.io', ['events'])
    await of('admissionregistration.k8s.io', ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'])
    const r = await t.quiet('GET', '/apis', { accept: v2 })
    t.note('an entity tag and what it depends on', {
      etag: /^"[0-9A-F]{128}"$/.test(r.headers.etag ?? ''),
      vary: r.headers.vary ?? null,
    })
    await t.step('unchanged since that tag', 'GET', '/apis', {
      accept: v2,
      headers: { 'if-none-match': r.headers.etag ?? '"none"' },
    })
    await t.step('changed since another tag', 'GET', '/apis', {
      accept: v2,
      headers: { 'if-none-match': '"0"' },
      pick: (b) => b.kind,
    })
  },

  health: async (t) => {
    for (const path of ['/healthz', '/livez', '/readyz']) {
      await t.step('healthy', 'GET', path)
      await t.step('without credentials', 'GET', path, { anonymous: true })
      await t.step('one check', 'GET', `${path}/ping`)
      await t.step('a check that is not there', 'GET', `${path}/no-such-check`)
    }
    await t.step('told in full', 'GET', '/livez?verbose', {
      pick: (text) =>
        text
          .split('\n')
          .filter((l) => /ping|passed/.test(l))
          .join('\n'),
    })
    await t.step('told in full without one', 'GET', '/livez?verbose&exclude=ping', {
      pick: (text) =>
        text
          .split('\n')
          .filter((l) => /ping|passed/.test(l))
          .join('\n'),
    })
    await t.step('any Accept will do', 'GET', '/readyz', { accept: 'application/json' })
    await t.step('only the head', 'HEAD', '/healthz')
  },

  'as-an-account': async (t) => {
    const ns = await t.namespace()
    const token = await t.token(ns, 'default')
    const kind = (b) => (b.kind === 'Status' || typeof b === 'string' ? b : (b.kind ?? types(b)))
    for (const path of [
      '/api',
      '/api/v1',
      '/apis',
      '/apis/rbac.authorization.k8s.io',
      '/apis/rbac.authorization.k8s.io/v1',
      '/version',
      '/healthz',
      '/livez',
      '/readyz',
    ])
      await t.step('may be read', 'GET', path, { token, pick: kind })
    for (const path of ['/', '/metrics', '/livez/ping', '/healthz/ping', '/logs', '/no/such/path'])
      await t.step('may not be read', 'GET', path, { token, pick: kind })
    await t.step('may not be written', 'POST', '/api/v1', { token, body: {} })
    const known = [
      '/.well-known/openid-configuration',
      '/api',
      '/api/v1',
      '/apis',
      '/apis/rbac.authorization.k8s.io',
      '/apis/rbac.authorization.k8s.io/v1',
      '/healthz',
      '/livez',
      '/openapi/v2',
      '/openapi/v3',
      '/openid/v1/jwks',
      '/readyz',
      '/version',
    ]
    await t.step('what there is, for an administrator', 'GET', '/', {
      pick: (b) => ({ members: Object.keys(b), known: b.paths.filter((p) => known.includes(p)) }),
    })
  },

  'times-to-wait': async (t) => {
    const ns = await t.namespace()
    const get = (label, query) =>
      t.step(label, 'GET', `/api/v1/namespaces/${ns}/serviceaccounts/default${query}`, {
        pick: (b) => (b.kind === 'Status' ? b : b.kind),
      })
    await get('half a minute', '?timeout=32s')
    await get('no time', '?timeout=0')
    await get('an hour', '?timeout=1h')
    await get('not a time', '?timeout=soon')
    await get('a number', '?timeout=5')
    await get('less than no time', '?timeout=-5s')
    await t.step('not a time, in discovery', 'GET', '/api?timeout=soon', {
      pick: (b) => (b.kind === 'Status' ? b : b.kind),
    })
    await get('a word that nobody knows', '?colour=red')
  },

  'unknown-paths': async (t) => {
    const ns = await t.namespace()
    await t.step('a path', 'GET', '/no/such/path')
    await t.step('a resource of the core', 'GET', '/api/v1/nothings')
    await t.step('a resource of a namespace', 'GET', `/api/v1/namespaces/${ns}/nothings`)
    await t.step('an object of such a resource', 'GET', `/api/v1/namespaces/${ns}/nothings/x`)
    await t.step('a write to one', 'POST', `/api/v1/namespaces/${ns}/nothings`, { body: {} })
    await t.step('a resource of a group', 'GET', '/apis/rbac.authorization.k8s.io/v1/nothings')
    await t.step('a resource of a group that is not there', 'GET', '/apis/nothing.example.com/v1/nothings')
    await t.step('a subresource', 'GET', `/api/v1/namespaces/${ns}/serviceaccounts/default/nothing`)
    await t.step('a subresource that others have', 'GET', `/api/v1/namespaces/${ns}/serviceaccounts/default/status`)
    await t.step('something behind a subresource', 'POST', `/api/v1/namespaces/${ns}/serviceaccounts/default/token/x`, {
      body: {},
    })
    await t.step(
      'a group of the cluster inside a namespace',
      'GET',
      `/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/clusterroles`,
    )
    await t.step('without credentials', 'GET', '/no/such/path', { anonymous: true })
    await t.step('a resource without credentials', 'GET', `/api/v1/namespaces/${ns}/nothings`, { anonymous: true })
  },

  methods: async (t) => {
    const ns = await t.namespace()
    const one = `/api/v1/namespaces/${ns}/serviceaccounts/default`
    const all = `/api/v1/namespaces/${ns}/serviceaccounts`
    await t.step('replace a collection', 'PUT', all, { body: {} })
    await t.step('patch a collection', 'PATCH', all, { body: {}, type: 'application/merge-patch+json' })
    await t.step('create at a name', 'POST', one, { body: {} })
    await t.step('create in all namespaces', 'POST', '/api/v1/serviceaccounts', {
      body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'x' } },
    })
    await t.step('delete in all namespaces', 'DELETE', '/api/v1/serviceaccounts')
    await t.step('delete all namespaces', 'DELETE', '/api/v1/namespaces')
    await t.step('read a token', 'GET', `${one}/token`)
    await t.step('read a review', 'GET', '/apis/authentication.k8s.io/v1/tokenreviews')
    await t.step('read a named review', 'GET', '/apis/authentication.k8s.io/v1/tokenreviews/x')
    await t.step('the head of an object', 'HEAD', one)
    await t.step('the options of an object', 'OPTIONS', one)
    await t.step('a method of no meaning', 'PROPFIND', one)
    await t.step('write to discovery', 'POST', '/api/v1', { body: {} })
    await t.step('the head of discovery', 'HEAD', '/api/v1')
    await t.step('the head of the version', 'HEAD', '/version')
    await t.step('the options of discovery', 'OPTIONS', '/apis/rbac.authorization.k8s.io/v1')
    await t.step('finalize cannot be read', 'GET', `/api/v1/namespaces/${ns}/finalize`)
  },

  slashes: async (t) => {
    const ns = await t.namespace()
    const kind = (b) =>
      typeof b === 'string'
        ? b
        : { kind: b.kind, name: b.metadata?.name, message: b.message, reason: b.reason, code: b.code }
    await t.step('behind a collection', 'GET', `/api/v1/namespaces/${ns}/serviceaccounts/`, { pick: kind })
    await t.step('behind an object', 'GET', `/api/v1/namespaces/${ns}/serviceaccounts/default/`, { pick: kind })
    await t.step('two in the middle', 'GET', `/api/v1/namespaces/${ns}//serviceaccounts`, { pick: kind })
    await t.step('two in front', 'GET', `//api/v1/namespaces/${ns}/serviceaccounts`, { pick: kind })
    await t.step('an empty namespace', 'GET', '/api/v1/namespaces//serviceaccounts/default', { pick: kind })
    await t.step('an escaped name', 'GET', `/api/v1/namespaces/${ns}/serviceaccounts/d%65fault`, { pick: kind })
    await t.step('an escaped slash in a name', 'GET', `/api/v1/namespaces/${ns}/serviceaccounts/a%2Fb`, { pick: kind })
    await t.step('behind a missing object', 'GET', `/api/v1/namespaces/${ns}/serviceaccounts/nobody/`, { pick: kind })
  },

  'formats-of-errors': async (t) => {
    const ns = await t.namespace()
    const path = `/api/v1/namespaces/${ns}/serviceaccounts/nobody`
    await t.step('as JSON', 'GET', path)
    await t.step('as YAML', 'GET', path, { accept: 'application/yaml' })
    await t.step('as anything', 'GET', path, { accept: '*/*' })
    await t.step('with no wish', 'GET', path, { accept: null, headers: { accept: null } })
    await t.step('as text', 'GET', path, { accept: 'text/plain' })
    await t.step('as HTML or anything', 'GET', path, { accept: 'text/html, */*;q=0.8' })
    await t.step('an object as text', 'GET', `/api/v1/namespaces/${ns}/serviceaccounts/default`, {
      accept: 'text/plain',
    })
    await t.step('discovery as text', 'GET', '/api/v1', {
      accept: 'text/plain',
      pick: (b) => (b.kind === 'Status' ? b : b.kind),
    })
    await t.step('the version as text', 'GET', '/version', {
      accept: 'text/plain',
      pick: (b) => (b.kind === 'Status' ? b : types(b)),
    })
  },
}
