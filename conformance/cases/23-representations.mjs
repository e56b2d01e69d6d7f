/** The forms in which objects come and go: tables, metadata, YAML, protobuf, gzip; and what is refused. */
import { gunzipSync } from 'node:zlib'

const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io'
const maps = (ns) => `/api/v1/namespaces/${ns}/configmaps`
const map = (name, data, labels) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...(labels && { labels }) },
  ...(data && { data }),
})
const rbac = (ns, kind) => `/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/${kind}`

/** A Table without its descriptions; ages and times of creation are masked. */
const table = (o) => {
  if (o.kind !== 'Table') return o
  const ages = o.columnDefinitions.map((c) => ['Age', 'Last Seen', 'First Seen'].includes(c.name))
  return {
    ...o,
    columnDefinitions: o.columnDefinitions.map(({ description, ...c }) => ({
      ...c,
      described: description.length > 0,
    })),
    rows: (o.rows ?? [{ none: true }]).map((r) =>
      r.cells ? { ...r, cells: r.cells.map((c, i) => (ages[i] ? '<age>' : c)) } : r,
    ),
  }
}
/** A Status without the line of Go source that names a scheme. */
const unsourced = (o) =>
  o?.kind === 'Status' && o.message ? { ...o, message: o.message.replace(/ in scheme ".*"$/, ' in scheme') } : o
const columns = (o) => (o.kind === 'Table' ? table(o).columnDefinitions : o)
const cells = (o) => (o.kind === 'Table' ? table(o).rows.map((r) => r.cells ?? null) : o)
const yaml = (text) =>
  text
    .replace(/^ {2}managedFields:\n(?: {2}[- ].*\n)*/m, '')
    .replace(/resourceVersion: "\d+"/g, 'resourceVersion: "<revision>"')

export default {
  'a table of ConfigMaps': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c', { a: '1', b: '2' }, { x: 'y' }) })
    const only = `${maps(ns)}?fieldSelector=metadata.name%3Dc`
    await t.step('a list', 'GET', only, { accept: asTable, pick: table })
    await t.step('one object', 'GET', `${maps(ns)}/c`, { accept: asTable, pick: table })
    await t.step('without objects', 'GET', `${only}&includeObject=None`, { accept: asTable, pick: table })
    await t.step('with metadata', 'GET', `${only}&includeObject=Metadata`, {
      accept: asTable,
      pick: (o) => table(o).rows,
    })
    await t.step('with whole objects', 'GET', `${only}&includeObject=Object`, {
      accept: asTable,
      pick: (o) => table(o).rows,
    })
    await t.step('with something else', 'GET', `${only}&includeObject=Some`, { accept: asTable, pick: table })
    await t.step('of nothing', 'GET', `${maps(ns)}?fieldSelector=metadata.name%3Dnone`, {
      accept: asTable,
      pick: (o) => ({ ...table(o), columnDefinitions: o.columnDefinitions.length }),
    })
    await t.step('the older version', 'GET', only, {
      accept: 'application/json;as=Table;v=v1beta1;g=meta.k8s.io',
      pick: (o) => ({ kind: o.kind, apiVersion: o.apiVersion }),
    })
    await t.step('an unknown version', 'GET', only, { accept: 'application/json;as=Table;v=v2;g=meta.k8s.io' })
    await t.step('an unknown version, or else JSON', 'GET', only, {
      accept: 'application/json;as=Table;v=v2;g=meta.k8s.io,application/json',
      pick: (o) => o.kind,
    })
    await t.step('as kubectl asks', 'GET', only, {
      accept: `${asTable},application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json`,
      pick: (o) => [o.kind, o.apiVersion],
    })
    await t.step('a missing object', 'GET', `${maps(ns)}/none`, { accept: asTable })
    await t.step('of something new', 'POST', maps(ns), { accept: asTable, body: map('d'), pick: table })
    await t.step('of something deleted', 'DELETE', `${maps(ns)}/d`, {
      accept: asTable,
      pick: (o) => ({ kind: o.kind, status: o.status }),
    })
    await t.step('as YAML', 'GET', only, {
      accept: 'application/yaml;as=Table;v=v1;g=meta.k8s.io',
      pick: (x) => x.split('\n')[0],
    })
    await t.step('as protobuf', 'GET', only, {
      accept: 'application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io',
      pick: (x) => (typeof x === 'string' ? x.slice(0, 3) : x),
    })
  },

  'tables of the core kinds': async (t) => {
    const ns = await t.namespace()
    const core = (kind) => `/api/v1/namespaces/${ns}/${kind}`
    await t.quiet('POST', core('secrets'), {
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { a: 'AA==', b: 'AA==' } },
    })
    await t.quiet('POST', core('services'), {
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: {
          clusterIP: 'None',
          selector: { app: 'web', tier: 'front' },
          ports: [
            { name: 'http', port: 80 },
            { name: 'dns', port: 53, protocol: 'UDP' },
          ],
        },
      },
    })
    await t.quiet('POST', core('services'), {
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'x' },
        spec: { type: 'ExternalName', externalName: 'example.com' },
      },
    })
    await t.quiet('POST', core('endpoints'), {
      body: {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name: 'e' },
        subsets: [{ addresses: [{ ip: '10.1.1.1' }, { ip: '10.1.1.2' }], ports: [{ port: 80 }] }],
      },
    })
    await t.quiet('POST', core('endpoints'), {
      body: { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'none' } },
    })
    await t.step('Secret columns', 'GET', core('secrets'), { accept: asTable, pick: columns })
    await t.step('Secret cells', 'GET', core('secrets'), { accept: asTable, pick: cells })
    await t.step('Namespace columns', 'GET', `/api/v1/namespaces/${ns}`, { accept: asTable, pick: columns })
    await t.step('Namespace cells', 'GET', `/api/v1/namespaces/${ns}`, { accept: asTable, pick: cells })
    await t.step('Service columns', 'GET', core('services'), { accept: asTable, pick: columns })
    await t.step('Service cells', 'GET', core('services'), { accept: asTable, pick: cells })
    await t.step('Endpoints columns', 'GET', core('endpoints'), { accept: asTable, pick: columns })
    await t.step('Endpoints cells', 'GET', core('endpoints'), { accept: asTable, pick: cells })
    await t.step('Node columns', 'GET', '/api/v1/nodes?labelSelector=none%3Dnone', { accept: asTable, pick: columns })
    await t.step('no Node', 'GET', '/api/v1/nodes?labelSelector=none%3Dnone', { accept: asTable, pick: cells })
    await t.step('ReplicationController columns', 'GET', core('replicationcontrollers'), {
      accept: asTable,
      pick: columns,
    })
  },

  'tables of pods': async (t) => {
    const ns = await t.namespace()
    const pods = `/api/v1/namespaces/${ns}/pods`
    const c = (name) => ({ name, image: 'a' })
    const make = async (name, spec, status, more = {}) => {
      await t.quiet('POST', pods, {
        body: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name, ...more },
          spec: { containers: [c('main'), c('side')], ...spec },
        },
      })
      if (status)
        await t.quiet('PATCH', `${pods}/${name}/status`, { type: 'application/merge-patch+json', body: { status } })
    }
    const state = (name, s, ready = false, restartCount = 0) => ({
      name,
      image: 'a',
      imageID: '',
      ready,
      restartCount,
      state: s,
    })
    await make('a-pending', {})
    await make(
      'b-running',
      {},
      {
        phase: 'Running',
        podIP: '10.1.1.1',
        podIPs: [{ ip: '10.1.1.1' }],
        containerStatuses: [
          state('main', { running: {} }, true, 2),
          state('side', { waiting: { reason: 'CrashLoopBackOff' } }),
        ],
      },
    )
    await make(
      'c-done',
      {},
      {
        phase: 'Succeeded',
        containerStatuses: [
          state('main', { terminated: { exitCode: 0, reason: 'Completed' } }),
          state('side', { terminated: { exitCode: 0, reason: 'Completed' } }),
        ],
      },
    )
    await make('d-failed', {}, { phase: 'Failed', reason: 'Evicted' })
    await make('e-exit', {}, { phase: 'Running', containerStatuses: [state('main', { terminated: { exitCode: 3 } })] })
    await make(
      'f-init',
      { initContainers: [c('one'), c('two')] },
      {
        phase: 'Pending',
        initContainerStatuses: [state('one', { terminated: { exitCode: 0 } }), state('two', { running: {} })],
      },
    )
    await make('g-gated', { schedulingGates: [{ name: 'example.com/wait' }] })
    await make(
      'h-gates',
      { readinessGates: [{ conditionType: 'example.com/fed' }] },
      { conditions: [{ type: 'example.com/fed', status: 'True' }] },
    )
    await make('i-deleting', { nodeName: 'nowhere' })
    await t.quiet('DELETE', `${pods}/i-deleting`)
    await t.step('columns', 'GET', pods, { accept: asTable, pick: columns })
    await t.step('cells', 'GET', pods, { accept: asTable, pick: cells })
    await t.step('conditions of rows', 'GET', pods, {
      accept: asTable,
      pick: (o) => o.rows.map((r) => r.conditions ?? null),
    })
    await t.quiet('DELETE', `${pods}/i-deleting?gracePeriodSeconds=0`)
  },

  'tables of RBAC kinds': async (t) => {
    const ns = await t.namespace()
    const group = 'rbac.authorization.k8s.io'
    const role = { apiVersion: `${group}/v1`, kind: 'Role', metadata: { name: 'r' }, rules: [] }
    const subjects = [
      { kind: 'ServiceAccount', name: 'a', namespace: ns },
      { kind: 'User', apiGroup: group, name: 'ann' },
      { kind: 'User', apiGroup: group, name: 'bob' },
      { kind: 'Group', apiGroup: group, name: 'all' },
    ]
    const clusterRole = t.name('cr', '/apis/rbac.authorization.k8s.io/v1/clusterroles')
    const clusterBinding = t.name('crb', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings')
    await t.quiet('POST', rbac(ns, 'roles'), { body: role })
    await t.quiet('POST', rbac(ns, 'rolebindings'), {
      body: {
        apiVersion: `${group}/v1`,
        kind: 'RoleBinding',
        metadata: { name: 'b' },
        roleRef: { apiGroup: group, kind: 'Role', name: 'r' },
        subjects,
      },
    })
    await t.quiet('POST', rbac(ns, 'rolebindings'), {
      body: {
        apiVersion: `${group}/v1`,
        kind: 'RoleBinding',
        metadata: { name: 'c' },
        roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'view' },
      },
    })
    await t.quiet('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      body: { ...role, kind: 'ClusterRole', metadata: { name: clusterRole } },
    })
    await t.quiet('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      body: {
        apiVersion: `${group}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: { name: clusterBinding },
        roleRef: { apiGroup: group, kind: 'ClusterRole', name: clusterRole },
        subjects,
      },
    })
    for (const [kind, path] of [
      ['Role', rbac(ns, 'roles')],
      ['RoleBinding', rbac(ns, 'rolebindings')],
      ['ClusterRole', `/apis/${group}/v1/clusterroles/${clusterRole}`],
      ['ClusterRoleBinding', `/apis/${group}/v1/clusterrolebindings/${clusterBinding}`],
    ]) {
      await t.step(`${kind} columns`, 'GET', path, { accept: asTable, pick: columns })
      await t.step(`${kind} cells`, 'GET', path, { accept: asTable, pick: cells })
    }
  },

  'tables of other kinds': async (t) => {
    const ns = await t.namespace()
    const none = '?labelSelector=none%3Dnone'
    const leases = `/apis/coordination.k8s.io/v1/namespaces/${ns}/leases`
    const events = `/api/v1/namespaces/${ns}/events`
    const lease = (name, spec) =>
      t.quiet('POST', leases, {
        body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name }, spec },
      })
    await lease('a', { holderIdentity: 'me' })
    await lease('b', {})
    await t.quiet('POST', events, {
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: ns, fieldPath: 'spec.containers{main}' },
        reason: 'Pulled',
        message: ' two words \n',
        type: 'Normal',
        source: { component: 'kubelet', host: 'n1' },
        count: 3,
        firstTimestamp: '2024-01-02T03:04:05Z',
        lastTimestamp: '2024-01-02T03:05:05Z',
      },
    })
    await t.step('Lease columns', 'GET', leases, { accept: asTable, pick: columns })
    await t.step('Lease cells', 'GET', leases, { accept: asTable, pick: cells })
    await t.step('Event columns', 'GET', events, { accept: asTable, pick: columns })
    await t.step('Event cells', 'GET', events, { accept: asTable, pick: cells })
    await t.step('events.k8s.io columns are the same', 'GET', `/apis/events.k8s.io/v1/namespaces/${ns}/events`, {
      accept: asTable,
      pick: (o) => columns(o).map((c) => c.name),
    })
    await t.step(
      'CertificateSigningRequest columns',
      'GET',
      `/apis/certificates.k8s.io/v1/certificatesigningrequests${none}`,
      { accept: asTable, pick: columns },
    )
    await t.step(
      'ValidatingWebhookConfiguration columns',
      'GET',
      `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations${none}`,
      { accept: asTable, pick: columns },
    )
    await t.step(
      'MutatingWebhookConfiguration columns',
      'GET',
      `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations${none}`,
      { accept: asTable, pick: columns },
    )
    await t.step('ResourceQuota columns', 'GET', `/api/v1/namespaces/${ns}/resourcequotas`, {
      accept: asTable,
      pick: columns,
    })
    await t.step('LimitRange columns', 'GET', `/api/v1/namespaces/${ns}/limitranges`, {
      accept: asTable,
      pick: columns,
    })
    await t.step('a review is no table', 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      accept: asTable,
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
      },
      pick: table,
    })
    await t.step('discovery is no table', 'GET', '/api/v1', {
      accept: `${asTable},application/json`,
      pick: (o) => o.kind,
    })
  },

  'metadata only': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c', { a: '1' }, { x: 'y' }) })
    const one = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io'
    const list = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
    await t.step('one object', 'GET', `${maps(ns)}/c`, { accept: one })
    await t.step('a list', 'GET', `${maps(ns)}?labelSelector=x`, { accept: list })
    await t.step('an empty list', 'GET', `${maps(ns)}?labelSelector=none`, { accept: list })
    await t.step('one object as a list', 'GET', `${maps(ns)}/c`, { accept: list })
    await t.step('a list as one object', 'GET', `${maps(ns)}?labelSelector=x`, { accept: one })
    await t.step('the older version', 'GET', `${maps(ns)}/c`, {
      accept: 'application/json;as=PartialObjectMetadata;v=v1beta1;g=meta.k8s.io',
      pick: (o) => [o.kind, o.apiVersion],
    })
    await t.step('of a patch', 'PATCH', `${maps(ns)}/c`, {
      accept: one,
      type: 'application/merge-patch+json',
      body: { data: { b: '2' } },
      pick: (o) => Object.keys(o).sort(),
    })
    await t.step('an unknown form', 'GET', `${maps(ns)}/c`, {
      accept: 'application/json;as=Picture;v=v1;g=meta.k8s.io',
    })
    await t.step('an unknown group', 'GET', `${maps(ns)}/c`, { accept: 'application/json;as=Table;v=v1;g=example.com' })
  },

  YAML: async (t) => {
    const ns = await t.namespace()
    const accept = 'application/yaml'
    await t.step('a body', 'POST', maps(ns), {
      type: 'application/yaml',
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: "1"\n  text: |\n    two\n    lines\n',
      pick: (o) => o.data ?? o,
    })
    await t.step('an object', 'GET', `${maps(ns)}/c`, { accept, pick: yaml })
    await t.step('an empty list', 'GET', `/api/v1/namespaces/${ns}/secrets`, { accept, pick: yaml })
    await t.step('an error', 'GET', `${maps(ns)}/none`, { accept, pick: yaml })
    await t.step('a body with a number for a text', 'POST', maps(ns), {
      type: accept,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: d\ndata:\n  a: 1\n',
    })
    await t.step('a body that is no YAML', 'POST', maps(ns), { type: accept, body: 'a: [' })
    await t.step('an unknown field', 'POST', `${maps(ns)}?fieldValidation=Strict`, {
      type: accept,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: d\nnone: x\n',
    })
    await t.step('a duplicate key', 'POST', `${maps(ns)}?fieldValidation=Strict`, {
      type: accept,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: d\ndata:\n  a: "1"\n  a: "2"\n',
    })
    await t.step('JSON is YAML', 'POST', maps(ns), {
      type: accept,
      body: JSON.stringify(map('e')),
      pick: (o) => o.metadata?.name ?? o,
    })
  },

  'what is accepted as an answer': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c') })
    const get = (accept) =>
      t.step(`Accept ${accept}`, 'GET', `${maps(ns)}/c`, {
        accept,
        pick: (x) => (typeof x === 'string' ? x.slice(0, 4) : x.kind === 'Status' ? x : x.kind),
      })
    for (const a of [
      '*/*',
      'application/*',
      'text/plain',
      'text/html',
      'application/xml',
      'application/json;q=0.1,application/yaml',
      'text/html,application/json',
      'application/json;pretty=1',
      'application/json; charset=utf-8',
      'APPLICATION/JSON',
      'json',
      '',
      'application/cbor',
      'application/cbor,application/json',
    ])
      await get(a)
    await t.step('no Accept', 'GET', `${maps(ns)}/c`, { headers: { accept: null }, pick: (x) => x.kind })
    await t.step('a list', 'GET', maps(ns), { accept: 'text/html' })
    await t.step('a create', 'POST', maps(ns), { accept: 'text/html', body: map('d') })
    await t.step('was not made', 'GET', `${maps(ns)}/d`)
  },

  protobuf: async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c', { a: '1' }) })
    const accept = 'application/vnd.kubernetes.protobuf'
    const see = async (label, path, more = {}) => {
      const r = await t.quiet('GET', path, { accept, ...more })
      t.note(label, {
        status: r.status,
        type: r.headers['content-type'],
        magic: r.raw.subarray(0, 4).toString('latin1') === 'k8s\0',
      })
    }
    await see('an object', `${maps(ns)}/c`)
    await see('a list', maps(ns))
    await see('an error', `${maps(ns)}/none`)
    await see('or else JSON', `${maps(ns)}/c`, { accept: `${accept},application/json` })
    await see('metadata only', `${maps(ns)}/c`, { accept: `${accept};as=PartialObjectMetadata;v=v1;g=meta.k8s.io` })
    const { raw } = await t.quiet('GET', `${maps(ns)}/c`, { accept })
    await t.step('an object sent back under its own name', 'PUT', `${maps(ns)}/c`, {
      type: accept,
      body: raw,
      pick: (o) => ({ kind: o.kind, data: o.data }),
    })
    await t.step('not protobuf', 'POST', maps(ns), { type: accept, body: '{"kind":"ConfigMap"}' })
    await t.step('only the magic', 'POST', maps(ns), { type: accept, body: Buffer.from('k8s\0', 'latin1') })
  },

  gzip: async (t) => {
    const ns = await t.namespace()
    const big = 'abcdefgh'.repeat(25_000)
    await t.quiet('POST', maps(ns), { body: map('big', { big }) })
    await t.quiet('POST', maps(ns), { body: map('small', { a: '1' }) })
    const see = async (label, path, encoding) => {
      const r = await t.quiet('GET', path, { headers: encoding === undefined ? {} : { 'accept-encoding': encoding } })
      const zipped = r.headers['content-encoding'] === 'gzip'
      const body = JSON.parse(zipped ? gunzipSync(r.raw).toString() : r.text)
      t.note(label, {
        status: r.status,
        encoding: r.headers['content-encoding'] ?? null,
        vary: r.headers.vary ?? null,
        type: r.headers['content-type'],
        kind: body.kind,
      })
    }
    await see('a large list', maps(ns), 'gzip')
    await see('a large object', `${maps(ns)}/big`, 'gzip')
    await see('a small object', `${maps(ns)}/small`, 'gzip')
    await see('a large object, not asked for', `${maps(ns)}/big`)
    await see('several encodings', `${maps(ns)}/big`, 'deflate, gzip;q=0.5')
    await see('another encoding', `${maps(ns)}/big`, 'br')
  },

  'bodies that are refused': async (t) => {
    const ns = await t.namespace()
    const post = (label, body, more = {}) =>
      t.step(label, 'POST', `${maps(ns)}${more.query ?? ''}`, {
        body,
        ...more,
        pick: (o) => (o.kind === 'ConfigMap' ? { name: o.metadata.name, data: o.data ?? null } : unsourced(o)),
      })
    await post('empty', '')
    await post('not JSON', 'hello')
    await post('cut off', '{"apiVersion":"v1","kind":"ConfigMap","metadata":')
    await post('a list', '[]')
    await post('a text', '"text"')
    await post('null', 'null')
    await post('an empty object', '{}')
    await post('without kind and version', { metadata: { name: 'a' } })
    await post('another kind', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } })
    await post('an unknown kind', { apiVersion: 'v1', kind: 'Nothing', metadata: { name: 'a' } })
    await post('an unknown version', { apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'a' } })
    await post('an unknown group', { apiVersion: 'none.example.com/v1', kind: 'ConfigMap', metadata: { name: 'a' } })
    await post('a version with two slashes', { apiVersion: 'a/b/c', kind: 'ConfigMap', metadata: { name: 'a' } })
    await post('a list kind', { apiVersion: 'v1', kind: 'ConfigMapList', items: [] })
    await post('text for metadata', { apiVersion: 'v1', kind: 'ConfigMap', metadata: 'x' })
    await post(
      'duplicate keys',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"dup"},"data":{"a":"1","a":"2"}}',
    )
    await post(
      'duplicate keys, strict',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"dup2"},"data":{"a":"1","a":"2"}}',
      { query: '?fieldValidation=Strict' },
    )
    await post(
      'unknown fields, strict',
      { ...map('x'), none: 1, metadata: { name: 'x', what: 2 } },
      { query: '?fieldValidation=Strict' },
    )
    await post('unknown fields, warned of', { ...map('y'), none: 1, metadata: { name: 'y', what: 2 } })
    await post(
      'a field in another case',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"case"},"Data":{"a":"1"}}',
    )
    await post('two objects', `${JSON.stringify(map('one'))}${JSON.stringify(map('two'))}`)
    await post(
      'bytes that are no UTF-8',
      Buffer.concat([
        Buffer.from('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"utf"},"data":{"a":"'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('"}}'),
      ]),
    )
    await post(
      'a mark of byte order',
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(JSON.stringify(map('bom')))]),
    )
  },

  'content types of bodies': async (t) => {
    const ns = await t.namespace()
    let n = 0
    const post = (type) =>
      t.step(`Content-Type ${type}`, 'POST', maps(ns), {
        type,
        body: map(`c${n++}`),
        pick: (o) => (o.kind === 'ConfigMap' ? o.metadata.name : o),
      })
    for (const type of [
      'application/json; charset=utf-8',
      'application/json; charset=latin1',
      'APPLICATION/JSON',
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/merge-patch+json',
      'application/',
      '',
      'application/json;',
      'application/cbor',
      'text/json',
    ])
      await post(type)
  },

  'large and deep bodies': async (t) => {
    const ns = await t.namespace()
    const pick = (o) => (o.kind === 'ConfigMap' ? o.metadata.name : { ...o, message: o.message.slice(0, 200) })
    await t.step('more than 3 MiB', 'POST', maps(ns), { body: map('huge', { a: 'x'.repeat(3 * 1024 * 1024) }), pick })
    await t.step('more than 3 MiB by PUT', 'PUT', `${maps(ns)}/huge`, {
      body: map('huge', { a: 'x'.repeat(3 * 1024 * 1024) }),
      pick,
    })
    await t.step('more than 3 MiB by PATCH', 'PATCH', `${maps(ns)}/huge`, {
      type: 'application/merge-patch+json',
      body: { data: { a: 'x'.repeat(3 * 1024 * 1024) } },
      pick,
    })
    await t.step('1 MiB of data', 'POST', maps(ns), { body: map('full', { a: 'x'.repeat(1024 * 1024) }), pick })
    await t.step('1 MiB and one byte', 'POST', maps(ns), { body: map('over', { a: 'x'.repeat(1024 * 1024 + 1) }) })
    await t.step('annotations of 256 KiB and more', 'POST', maps(ns), {
      body: { ...map('notes'), metadata: { name: 'notes', annotations: { a: 'x'.repeat(256 * 1024) } } },
    })
    const deep = (n) =>
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep"},"none":${'['.repeat(n)}${']'.repeat(n)}}`
    await t.step('deep', 'POST', `${maps(ns)}?fieldValidation=Ignore`, { body: deep(9_000), pick })
    await t.step('too deep', 'POST', `${maps(ns)}?fieldValidation=Ignore`, { body: deep(10_001), pick })
    await t.step('a name of 253', 'POST', maps(ns), {
      body: map('n'.repeat(253)),
      pick: (o) => o.metadata.name?.length ?? o,
    })
    await t.step('a name of 254', 'POST', maps(ns), {
      body: map('n'.repeat(254)),
      pick: (o) => ({ status: o.status, reason: o.reason, message: o.message.replaceAll(/n{254}/g, '<254>') }),
    })
  },

  'bad query values': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c') })
    const names = (o) => (o.items ? o.items.map((i) => i.metadata.name) : o)
    const get = (q) => t.step(q, 'GET', `${maps(ns)}?${q}`, { pick: names })
    for (const q of [
      'limit=abc',
      'limit=1.5',
      'limit=99999999999999999999',
      'timeoutSeconds=x',
      'timeoutSeconds=-1',
      'timeout=abc',
      'timeout=5',
      'timeout=5s',
      'unknown=1',
      'pretty=maybe',
      'limit=',
      'limit=1&limit=2',
      'labelSelector=%zz',
      'allowWatchBookmarks=maybe',
    ])
      await get(q)
    await t.step(
      'watch=maybe',
      'GET',
      `${maps(ns)}?watch=maybe&timeoutSeconds=1&resourceVersion=0&fieldSelector=metadata.name%3Dc`,
      { pick: (x) => (x.type ? [x.type, x.object.metadata.name] : names(x)) },
    )
    await t.step('a bad grace period', 'DELETE', `${maps(ns)}/c?gracePeriodSeconds=x`)
    await t.step('a bad policy', 'DELETE', `${maps(ns)}/c?propagationPolicy=Sideways`)
    await t.step('a bad dry run', 'DELETE', `${maps(ns)}/c?dryRun=Some`)
    await t.step('a bad dry run of a create', 'POST', `${maps(ns)}?dryRun=Some`, { body: map('d') })
    await t.step('a bad validation of a create', 'POST', `${maps(ns)}?fieldValidation=Loose`, { body: map('d') })
    await t.step('pretty', 'GET', `${maps(ns)}/none?pretty=true`, { pick: (o) => o.reason })
    const pretty = await t.quiet('GET', `${maps(ns)}/none?pretty=true`)
    t.note('has lines', pretty.text.split('\n').length > 5)
    const browser = await t.quiet('GET', `${maps(ns)}/none`, { headers: { 'user-agent': 'curl/8' } })
    t.note('curl has lines too', browser.text.split('\n').length > 5)
    t.note('others have one', (await t.quiet('GET', `${maps(ns)}/none`)).text.trim().split('\n').length)
  },

  'odd paths': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c') })
    const name = (o) => o.metadata?.name ?? (o.items || o.versions ? o.kind : o)
    const get = (label, path) => t.step(label, 'GET', path, { pick: name })
    await get('a slash at the end of an object', `${maps(ns)}/c/`)
    await get('a slash at the end of a list', `${maps(ns)}/`)
    await get('two slashes', `/api/v1//namespaces/${ns}/configmaps/c`)
    await get('an encoded slash', `${maps(ns)}/c%2Fd`)
    await get('an encoded name', `${maps(ns)}/%63`)
    await get('a dot', `${maps(ns)}/.`)
    await get('an encoded dot', `${maps(ns)}/%2E`)
    await get('another case', `/api/v1/namespaces/${ns}/ConfigMaps/c`)
    await get('a subresource that is not there', `${maps(ns)}/c/status`)
    await get('more than a subresource', `${maps(ns)}/c/status/more`)
    await get('a very long name', `${maps(ns)}/${'n'.repeat(300)}`)
    await get('a name that cannot be', `${maps(ns)}/A_b`)
    await get('a name with a blank', `${maps(ns)}/a%20b`)
    await get('no version', '/api')
    await get('an unknown version', '/api/v2/configmaps')
    await get('an unknown group', '/apis/none.example.com/v1')
    await get('a known group and an unknown version', '/apis/rbac.authorization.k8s.io/v9/roles')
    await get('nothing at all', '/nothing/at/all')
    await get('a namespaced kind by name without a namespace', '/api/v1/configmaps/c')
    await get('a cluster kind in a namespace', `/api/v1/namespaces/${ns}/nodes`)
  },

  methods: async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c', { a: '1' }) })
    const see = async (label, method, path, more = {}) => t.step(label, method, path, more)
    await see('HEAD of an object', 'HEAD', `${maps(ns)}/c`)
    await see('HEAD of a list', 'HEAD', maps(ns))
    await see('OPTIONS', 'OPTIONS', maps(ns))
    await see('PUT of a list', 'PUT', maps(ns), { body: map('c') })
    await see('POST of an object', 'POST', `${maps(ns)}/c`, { body: map('c') })
    await see('an unknown method', 'PURGE', `${maps(ns)}/c`)
    await see('DELETE with a body that is no JSON', 'DELETE', `${maps(ns)}/c`, { body: 'hello' })
    await see('DELETE with another kind', 'DELETE', `${maps(ns)}/c`, { body: map('c'), pick: unsourced })
    await see('DELETE with an unknown field', 'DELETE', `${maps(ns)}/c`, {
      body: { kind: 'DeleteOptions', apiVersion: 'v1', none: 'x', dryRun: ['All'] },
      pick: (o) => ({
        kind: o.kind,
        status: o.status,
        details: o.details && { name: o.details.name, kind: o.details.kind },
      }),
    })
    await see('DELETE with a wrong type', 'DELETE', `${maps(ns)}/c`, { body: '{}', type: 'text/plain' })
    await see('DELETE with two policies', 'DELETE', `${maps(ns)}/c`, {
      body: { orphanDependents: true, propagationPolicy: 'Orphan' },
    })
    await see('DELETE with text for the grace', 'DELETE', `${maps(ns)}/c`, { body: { gracePeriodSeconds: 'x' } })
    await see('DELETE with options as YAML', 'DELETE', `${maps(ns)}/c`, {
      type: 'application/yaml',
      body: 'dryRun: [All]\n',
      pick: (o) => ({ kind: o.kind, status: o.status, name: o.details?.name }),
    })
    await see('DELETE with an empty body', 'DELETE', `${maps(ns)}/c`, { body: '' })
    await see('DELETE of what is gone', 'DELETE', `${maps(ns)}/c`)
  },
}
