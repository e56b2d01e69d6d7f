/** Patches of every type: what they do to objects, what they refuse, and who owns the fields afterwards. */

const json = 'application/json-patch+json'
const merge = 'application/merge-patch+json'
const strategic = 'application/strategic-merge-patch+json'
const applyType = 'application/apply-patch+yaml'

const maps = (ns) => `/api/v1/namespaces/${ns}/configmaps`
const accounts = (ns) => `/api/v1/namespaces/${ns}/serviceaccounts`
const podsOf = (ns) => `/api/v1/namespaces/${ns}/pods`
const rolesOf = (ns) => `/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/roles`
const map = (name, data, metadata = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  ...(data && { data }),
})
/** A Status whose text holds the whole patched object: its revision and times differ from run to run. */
const masked = (s) => {
  const mask = (text) =>
    text.replace(/"\{\\"apiVersion(?:[^"\\]|\\.)*"/g, '"<the patched object>"').replace(/ in scheme .*$/, ' in scheme')
  return s.kind !== 'Status'
    ? s
    : {
        ...s,
        message: mask(s.message),
        ...(s.details?.causes && {
          details: { ...s.details, causes: s.details.causes.map((c) => ({ ...c, message: mask(c.message) })) },
        }),
      }
}
const data = (o) =>
  o.kind === 'ConfigMap'
    ? { data: o.data ?? null, binaryData: o.binaryData ?? null, labels: o.metadata.labels ?? null }
    : masked(o)
const pod = (name, spec = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { automountServiceAccountToken: false, containers: [{ name: 'main', image: 'a' }], ...spec },
})

/** managedFields without their times, which also decide their order: manager, operation, subresource and fields. */
const key = (e) => `${e.operation} ${e.manager} ${e.subresource ?? ''}`
const owners = (o) => {
  if (!o.metadata?.managedFields) return o.kind === 'Status' ? masked(o) : null
  return o.metadata.managedFields
    .map(({ time, ...entry }) => ({ ...entry, timed: Boolean(time) }))
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

export default {
  'JSON patch: every operation': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c', { a: '1', b: '2' }, { labels: { 'x/y': 'z' } }) })
    const step = (label, ...ops) => t.step(label, 'PATCH', `${maps(ns)}/c`, { type: json, body: ops, pick: data })
    await step('add', { op: 'add', path: '/data/c', value: '3' })
    await step('add over what is there', { op: 'add', path: '/data/a', value: '1b' })
    await step('replace', { op: 'replace', path: '/data/a', value: '1c' })
    await step('remove', { op: 'remove', path: '/data/b' })
    await step('copy', { op: 'copy', from: '/data/a', path: '/data/d' })
    await step('move', { op: 'move', from: '/data/d', path: '/data/e' })
    await step(
      'test that holds',
      { op: 'test', path: '/data/a', value: '1c' },
      { op: 'replace', path: '/data/a', value: '1d' },
    )
    await step('an escaped pointer', { op: 'replace', path: '/metadata/labels/x~1y', value: 'w' })
    await step('the whole data', { op: 'replace', path: '/data', value: { only: 'this' } })
    await step('no operations')
  },

  'JSON patch: what fails': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c', { a: '1' }) })
    const step = (label, body, more = {}) =>
      t.step(label, 'PATCH', `${maps(ns)}/c`, { type: json, body, pick: data, ...more })
    await step('test that does not hold', [{ op: 'test', path: '/data/a', value: '2' }])
    await step('test of what is not there', [{ op: 'test', path: '/data/zz', value: '2' }])
    await step('remove of what is not there', [{ op: 'remove', path: '/data/zz' }])
    await step('replace of a map entry that is not there makes it', [{ op: 'replace', path: '/data/zz', value: 'x' }])
    await step('add below what is not there', [{ op: 'add', path: '/none/zz', value: 'x' }])
    await step('a pointer without a slash', [{ op: 'add', path: 'data', value: 'x' }])
    await step('copy from what is not there', [{ op: 'copy', from: '/data/none', path: '/data/b' }])
    await step('move from what is not there', [{ op: 'move', from: '/data/none', path: '/data/b' }])
    await step('an unknown operation', [{ op: 'increase', path: '/data/a', value: '2' }])
    await step('no operation name', [{ path: '/data/a', value: '2' }])
    await step('no path', [{ op: 'add', value: '2' }])
    await step('one object in place of a list', { op: 'add', path: '/data/b', value: '2' })
    await step('not JSON', '[{"op":')
    await step('a number for a text', [{ op: 'add', path: '/data/b', value: 2 }])
    await step('an object for a text', [{ op: 'add', path: '/data/b', value: { x: 'y' } }])
    await step('an index in a list that is not there', [{ op: 'remove', path: '/metadata/ownerReferences/0' }])
    await t.step('what is left', 'GET', `${maps(ns)}/c`, { pick: data })
  },

  'JSON patch: lists': async (t) => {
    const ns = await t.namespace()
    const rule = (r) => ({ apiGroups: [''], resources: [r], verbs: ['get'] })
    await t.quiet('POST', rolesOf(ns), {
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'r' },
        rules: [rule('pods')],
      },
    })
    const step = (label, ...ops) =>
      t.step(label, 'PATCH', `${rolesOf(ns)}/r`, { type: json, body: ops, pick: (r) => r.rules ?? r })
    await step('add at the end', { op: 'add', path: '/rules/-', value: rule('secrets') })
    await step('add at the front', { op: 'add', path: '/rules/0', value: rule('nodes') })
    await step('replace by index', { op: 'replace', path: '/rules/1/verbs', value: ['list'] })
    await step('remove by index', { op: 'remove', path: '/rules/0' })
    await step('an index too high', { op: 'add', path: '/rules/9', value: rule('x') })
    await step('an index below zero', { op: 'remove', path: '/rules/-1' })
    await step('remove all', { op: 'remove', path: '/rules' })
  },

  'JSON patch: too many operations': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c', { a: '1' }) })
    const ops = (n) => Array.from({ length: n }, () => ({ op: 'test', path: '/data/a', value: '1' }))
    await t.step('10,000', 'PATCH', `${maps(ns)}/c`, { type: json, body: ops(10_000), pick: data })
    await t.step('10,001', 'PATCH', `${maps(ns)}/c`, { type: json, body: ops(10_001), pick: data })
  },

  'merge patch': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), {
      body: map('c', { a: '1', b: '2' }, { labels: { x: 'y' }, annotations: { n: 'm' } }),
    })
    const step = (label, body, more = {}) =>
      t.step(label, 'PATCH', `${maps(ns)}/c`, { type: merge, body, pick: data, ...more })
    await step('add and change', { data: { b: '2b', c: '3' } })
    await step('null removes a key', { data: { a: null } })
    await step('null for a key that is not there', { data: { zz: null } })
    await step('null removes a map', { metadata: { labels: null } })
    await step('null for all data', { data: null })
    await step('a number for a text', { data: { a: 1 } })
    await step('a list in place of the object', [{ data: {} }])
    await step('text in place of the object', '"text"')
    await step('not JSON', '{')
    await step('an empty body', '')
    await step('an unknown field is dropped with a warning', { nothing: 'like it', data: { q: 'r' } })
    await step(
      'finalizers are replaced whole',
      { metadata: { finalizers: ['example.com/a', 'example.com/b'] } },
      { pick: (o) => o.metadata.finalizers },
    )
    await step('and again', { metadata: { finalizers: ['example.com/b'] } }, { pick: (o) => o.metadata.finalizers })
    await step('and emptied', { metadata: { finalizers: [] } }, { pick: (o) => o.metadata.finalizers ?? null })
    await step('the kind may not change', { kind: 'ServiceAccount' })
    await step('nor to one that reads the data otherwise', { kind: 'Secret' })
    await step('nor to one that is unknown', { kind: 'Nothing' })
    await step('the version may not change', { apiVersion: 'v2' })
  },

  'merge patch: lists of objects are replaced': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot', { secrets: [{ name: 'a' }, { name: 'b' }], imagePullSecrets: [{ name: 'p' }] })
    const pick = (o) =>
      o.kind === 'ServiceAccount'
        ? {
            secrets: o.secrets ?? null,
            imagePullSecrets: o.imagePullSecrets ?? null,
            automount: o.automountServiceAccountToken ?? null,
          }
        : masked(o)
    const step = (label, body) => t.step(label, 'PATCH', `${accounts(ns)}/robot`, { type: merge, body, pick })
    await step('secrets', { secrets: [{ name: 'c' }] })
    await step('pull secrets', { imagePullSecrets: [{ name: 'q' }, { name: 'r' }] })
    await step('automount', { automountServiceAccountToken: false })
    await step('automount gone', { automountServiceAccountToken: null })
    await step('text for a boolean', { automountServiceAccountToken: 'no' })
    await step('an object for a list', { secrets: { name: 'c' } })
  },

  'strategic merge: a ServiceAccount': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot', { secrets: [{ name: 'a' }, { name: 'b' }], imagePullSecrets: [{ name: 'p' }] })
    const pick = (o) =>
      o.kind === 'ServiceAccount'
        ? {
            secrets: o.secrets ?? null,
            imagePullSecrets: o.imagePullSecrets ?? null,
            finalizers: o.metadata.finalizers ?? null,
            labels: o.metadata.labels ?? null,
          }
        : masked(o)
    const step = (label, body) => t.step(label, 'PATCH', `${accounts(ns)}/robot`, { type: strategic, body, pick })
    await step('secrets are merged by name', { secrets: [{ name: 'c' }, { name: 'a' }] })
    await step('one is deleted by name', { secrets: [{ name: 'b', $patch: 'delete' }] })
    await step('deleting one that is not there', { secrets: [{ name: 'zz', $patch: 'delete' }] })
    await step('an order that is no list', { '$setElementOrder/secrets': 1 })
    await step('an order without changes', { '$setElementOrder/secrets': [{ name: 'c' }, { name: 'a' }] })
    await step('an order', {
      '$setElementOrder/secrets': [{ name: 'a' }, { name: 'c' }, { name: 'd' }],
      secrets: [{ name: 'd' }],
    })
    await step('all are replaced', { secrets: [{ name: 'new' }, { $patch: 'replace' }] })
    await step('an entry without its key', { secrets: [{ kind: 'Secret' }] })
    await step('pull secrets are replaced', { imagePullSecrets: [{ name: 'q' }] })
    await step('finalizers are a set', { metadata: { finalizers: ['example.com/a'] } })
    await step('another one', { metadata: { finalizers: ['example.com/b', 'example.com/a'] } })
    await step('deleted from the set', {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/a', 'example.com/b'] },
    })
    await step('labels are replaced', { metadata: { labels: { a: '1', b: '2' } } })
    await step('by a directive', { metadata: { labels: { $patch: 'replace', c: '3' } } })
    await step('and deleted by one', { metadata: { labels: { $patch: 'delete' } } })
    await step('an unknown directive', { metadata: { labels: { $patch: 'shuffle' } } })
    await step('null removes a list', { secrets: null })
  },

  'strategic merge: a pod': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', podsOf(ns), {
      body: pod('p', {
        containers: [
          { name: 'main', image: 'a:1' },
          { name: 'side', image: 'b:1' },
        ],
      }),
    })
    const step = (label, body, pick, more = {}) =>
      t.step(label, 'PATCH', `${podsOf(ns)}/p${more.query ?? ''}`, {
        type: strategic,
        body,
        pick: (p) => (p.kind === 'Pod' ? pick(p) : { ...p, message: p.message.slice(0, 100), details: undefined }),
        ...more,
      })
    await step('an image by container name', { spec: { containers: [{ name: 'side', image: 'b:2' }] } }, (p) =>
      p.spec.containers.map((c) => [c.name, c.image]),
    )
    await step('a container without its key', { spec: { containers: [{ image: 'b:2' }] } }, (p) =>
      p.spec.containers.map((c) => c.name),
    )
    await step(
      'tolerations are replaced',
      { spec: { tolerations: [{ key: 'k', operator: 'Exists' }] } },
      (p) => p.spec.tolerations,
    )
    await step('null for the containers', { spec: { containers: null } }, (p) => p.spec.containers)
    await step(
      'a new env is refused',
      { spec: { containers: [{ name: 'main', env: [{ name: 'A', value: '1' }] }] } },
      (p) => p.spec.containers[0].env,
    )
    await step('annotations', { metadata: { annotations: { a: 'b' } } }, (p) => p.metadata.annotations)
  },

  'strategic merge: owners and conditions': async (t) => {
    const ns = await t.namespace()
    const { json: owner } = await t.quiet('POST', maps(ns), { body: map('owner') })
    const { json: second } = await t.quiet('POST', maps(ns), { body: map('second') })
    const ref = (o, more = {}) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: o.metadata.name,
      uid: o.metadata.uid,
      ...more,
    })
    await t.quiet('POST', maps(ns), { body: map('c', {}, { ownerReferences: [ref(owner)] }) })
    const step = (label, body) =>
      t.step(label, 'PATCH', `${maps(ns)}/c`, {
        type: strategic,
        body,
        pick: (o) => (o.kind === 'ConfigMap' ? (o.metadata.ownerReferences ?? null) : o),
      })
    await step('a second owner, merged by uid', { metadata: { ownerReferences: [ref(second)] } })
    await step('a change by uid', { metadata: { ownerReferences: [{ uid: owner.metadata.uid, controller: true }] } })
    await step('two controllers', { metadata: { ownerReferences: [{ uid: second.metadata.uid, controller: true }] } })
    await step('deleted by uid', { metadata: { ownerReferences: [{ uid: owner.metadata.uid, $patch: 'delete' }] } })
    await step('without uid', { metadata: { ownerReferences: [{ name: 'x' }] } })
    await step('an owner without name', {
      metadata: {
        ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', uid: '00000000-0000-4000-8000-000000000000' }],
      },
    })
  },

  'strategic merge: errors': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c', { a: '1' }) })
    const step = (label, body) => t.step(label, 'PATCH', `${maps(ns)}/c`, { type: strategic, body, pick: data })
    await step('text for a map', { metadata: 'text' })
    await step('text for the data', { data: 'text' })
    await step('a number for a text', { data: { a: 1 } })
    await step('a list in place of the object', [])
    await step('not JSON', '{')
    await step('an unknown field', { nothing: { like: 'it' } })
    await step('an empty object', {})
    await step('null', 'null')
  },

  'content types': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c', { a: '1' }) })
    const step = (label, type, body = { data: { b: '2' } }) =>
      t.step(label, 'PATCH', `${maps(ns)}/c`, { type, body, pick: data })
    await step('plain JSON', 'application/json')
    await step('nothing like a patch', 'text/plain')
    await step('an unknown patch', 'application/other-patch+json')
    await step('with a charset', `${merge}; charset=utf-8`)
    await step('in upper case', 'APPLICATION/MERGE-PATCH+JSON', { data: { b: '3' } })
    await step('protobuf', 'application/vnd.kubernetes.protobuf')
    await step('strategic', strategic, { data: { b: '4' } })
    await t.step('no content type', 'PATCH', `${maps(ns)}/c`, {
      body: { data: { c: '3' } },
      headers: {},
      type: '',
      pick: data,
    })
  },

  'names, namespaces and missing objects': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c', { a: '1' }) })
    const step = (label, name, type, body) => t.step(label, 'PATCH', `${maps(ns)}/${name}`, { type, body, pick: data })
    await step('another name', 'c', merge, { metadata: { name: 'd' } })
    await step('another name by JSON patch', 'c', json, [{ op: 'replace', path: '/metadata/name', value: 'd' }])
    await step('another namespace', 'c', merge, { metadata: { namespace: 'default' } })
    await step('the same name', 'c', merge, { metadata: { name: 'c' } })
    await step('another uid', 'c', merge, { metadata: { uid: '00000000-0000-4000-8000-000000000000' } })
    await step('no name', 'c', merge, { metadata: { name: null } })
    await step('merge on a missing object', 'none', merge, { data: { a: '1' } })
    await step('JSON patch on a missing object', 'none', json, [])
    await step('strategic on a missing object', 'none', strategic, { data: { a: '1' } })
    await t.step('in a missing namespace', 'PATCH', `${maps(t.name('nowhere'))}/c`, {
      type: merge,
      body: {},
      pick: data,
    })
    await t.step('on the collection', 'PATCH', maps(ns), { type: merge, body: {} })
    await step('a creation time', 'c', merge, { metadata: { creationTimestamp: '2001-01-01T00:00:00Z' } })
    await t.step('is not changed', 'GET', `${maps(ns)}/c`, {
      pick: (o) => o.metadata.creationTimestamp.startsWith('2001'),
    })
  },

  revisions: async (t) => {
    const ns = await t.namespace()
    const { json: first } = await t.quiet('POST', maps(ns), { body: map('c', { a: '1' }) })
    const rv = first.metadata.resourceVersion
    const patch = (body, type = merge, query = '') => t.quiet('PATCH', `${maps(ns)}/c${query}`, { type, body })
    const same = async (label, body, type) =>
      t.note(label, (await patch(body, type)).json.metadata.resourceVersion === rv)
    await same('a merge patch that changes nothing keeps the revision', { data: { a: '1' } })
    await same('an empty one too', {})
    await same('a strategic one too', { data: { a: '1' } }, strategic)
    await same('a JSON patch too', [{ op: 'test', path: '/data/a', value: '1' }], json)
    await t.step('with the revision at hand', 'PATCH', `${maps(ns)}/c`, {
      type: merge,
      body: { metadata: { resourceVersion: rv }, data: { a: '2' } },
      pick: data,
    })
    await t.step('with the revision from before', 'PATCH', `${maps(ns)}/c`, {
      type: merge,
      body: { metadata: { resourceVersion: rv }, data: { a: '3' } },
    })
    await t.step('the same by JSON patch', 'PATCH', `${maps(ns)}/c`, {
      type: json,
      body: [{ op: 'replace', path: '/metadata/resourceVersion', value: rv }],
    })
    await t.step('the same by strategic merge', 'PATCH', `${maps(ns)}/c`, {
      type: strategic,
      body: { metadata: { resourceVersion: rv }, data: { a: '4' } },
    })
    await t.step('a test of the revision', 'PATCH', `${maps(ns)}/c`, {
      type: json,
      body: [{ op: 'test', path: '/metadata/resourceVersion', value: '1' }],
      pick: (s) => ({ ...s, message: s.message.slice(0, 90), details: undefined }),
    })
    await t.step('no number', 'PATCH', `${maps(ns)}/c`, { type: merge, body: { metadata: { resourceVersion: 'old' } } })
    await t.step('revision 0', 'PATCH', `${maps(ns)}/c`, {
      type: merge,
      body: { metadata: { resourceVersion: '0' }, data: { a: '5' } },
      pick: data,
    })
    await t.step('what is left', 'GET', `${maps(ns)}/c`, { pick: data })
  },

  'a patch that makes the object invalid': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c', { a: '1' }) })
    await t.quiet('POST', `/api/v1/namespaces/${ns}/secrets`, {
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, immutable: true },
    })
    const step = (label, body, type = merge) => t.step(label, 'PATCH', `${maps(ns)}/c`, { type, body, pick: data })
    await step('a data key', { data: { 'a b': 'x' } })
    await step('a label value', { metadata: { labels: { a: 'b c' } } })
    await step('a label key', { metadata: { labels: { '-a': 'b' } } })
    await step('an annotation key', { metadata: { annotations: { 'a/b/c': 'd' } } })
    await step('a finalizer', { metadata: { finalizers: ['plain'] } })
    await step('a key both in data and binaryData', { binaryData: { a: 'AA==' } })
    await step('not base64', { binaryData: { b: '***' } })
    await t.step('the type of a Secret', 'PATCH', `/api/v1/namespaces/${ns}/secrets/s`, {
      type: merge,
      body: { type: 'Other' },
    })
    await t.step('the data of an immutable Secret', 'PATCH', `/api/v1/namespaces/${ns}/secrets/s`, {
      type: merge,
      body: { data: { a: 'AA==' } },
    })
    await t.step('making it mutable', 'PATCH', `/api/v1/namespaces/${ns}/secrets/s`, {
      type: merge,
      body: { immutable: false },
    })
    await t.step('nothing changed', 'GET', `${maps(ns)}/c`, { pick: data })
  },

  'options of a patch': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('c', { a: '1' }) })
    const step = (label, query, body, type = merge) =>
      t.step(label, 'PATCH', `${maps(ns)}/c?${query}`, { type, body, pick: data })
    await step('dry run', 'dryRun=All', { data: { a: '2' } })
    await t.step('is not kept', 'GET', `${maps(ns)}/c`, { pick: data })
    await step('a wrong dry run', 'dryRun=Some', { data: { a: '2' } })
    await step('force without apply', 'force=true', { data: { a: '2' } })
    await step('strict with an unknown field', 'fieldValidation=Strict', { none: 'x' })
    await step('strict with a duplicate', 'fieldValidation=Strict', '{"data":{"a":"5","a":"6"}}')
    await step('warn with a duplicate', 'fieldValidation=Warn', '{"data":{"a":"7","a":"8"}}')
    await step('ignore', 'fieldValidation=Ignore', { none: 'x' })
    await step('a wrong validation', 'fieldValidation=Loose', { data: { a: '2' } })
    await step('strict strategic', 'fieldValidation=Strict', { none: 'x' }, strategic)
    await step('strict JSON patch', 'fieldValidation=Strict', [{ op: 'add', path: '/none', value: 'x' }], json)
    await step(
      'strict JSON patch with an unknown member',
      'fieldValidation=Strict',
      [{ op: 'add', path: '/data/b', value: 'x', extra: 'y' }],
      json,
    )
    await step('a manager name too long', `fieldManager=${'m'.repeat(129)}`, { data: { a: '2' } })
    await step('a manager name that cannot be printed', 'fieldManager=a%01b', { data: { a: '2' } })
  },

  'who owns what after each kind of write': async (t) => {
    const ns = await t.namespace()
    const read = (label) => t.step(label, 'GET', `${maps(ns)}/c`, { keep: { managed: true }, pick: owners })
    await t.quiet('POST', `${maps(ns)}?fieldManager=maker`, {
      body: map('c', { a: '1', b: '2' }, { labels: { l: 'm' } }),
    })
    await read('create')
    await t.quiet('PATCH', `${maps(ns)}/c?fieldManager=patcher`, { type: merge, body: { data: { b: '3', c: '4' } } })
    await read('another manager patches')
    const { json: now } = await t.quiet('GET', `${maps(ns)}/c`)
    await t.quiet('PUT', `${maps(ns)}/c?fieldManager=putter`, { body: { ...now, data: { a: '1', b: '5' } } })
    await read('a third one replaces')
    await t.quiet('PATCH', `${maps(ns)}/c`, { type: merge, body: { data: { d: '6' } } })
    await read('the name comes from the user agent')
    await t.quiet('PATCH', `${maps(ns)}/c?fieldManager=maker`, {
      type: merge,
      body: { metadata: { managedFields: [{}] } },
    })
    await read('emptied on purpose')
  },

  'managed fields of the common kinds': async (t) => {
    const ns = await t.namespace()
    const keep = { managed: true }
    await t.step('ServiceAccount', 'POST', `${accounts(ns)}?fieldManager=m`, {
      body: {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'a', annotations: { x: 'y' } },
        secrets: [{ name: 's' }],
        imagePullSecrets: [{ name: 'p' }],
        automountServiceAccountToken: true,
      },
      keep,
      pick: owners,
    })
    await t.step('Role', 'POST', `${rolesOf(ns)}?fieldManager=m`, {
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'a' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      },
      keep,
      pick: owners,
    })
    await t.step(
      'RoleBinding',
      'POST',
      `/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/rolebindings?fieldManager=m`,
      {
        body: {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'RoleBinding',
          metadata: { name: 'a' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
          subjects: [{ kind: 'ServiceAccount', name: 'a', namespace: ns }],
        },
        keep,
        pick: owners,
      },
    )
    await t.step('Secret', 'POST', `/api/v1/namespaces/${ns}/secrets?fieldManager=m`, {
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, stringData: { k: 'v' } },
      keep,
      pick: owners,
    })
    await t.step('Pod', 'POST', `${podsOf(ns)}?fieldManager=m`, {
      body: pod('a', {
        containers: [{ name: 'main', image: 'a', env: [{ name: 'E', value: '1' }], ports: [{ containerPort: 80 }] }],
      }),
      keep,
      pick: owners,
    })
    await t.step('Pod status', 'PATCH', `${podsOf(ns)}/a/status?fieldManager=n`, {
      type: strategic,
      body: { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
      keep,
      pick: owners,
    })
    await t.step('the token volume belongs to nobody', 'POST', `${podsOf(ns)}?fieldManager=m`, {
      body: pod('b', { automountServiceAccountToken: true }),
      keep,
      pick: owners,
    })
    await t.step('Lease', 'POST', `/apis/coordination.k8s.io/v1/namespaces/${ns}/leases?fieldManager=m`, {
      body: {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'a' },
        spec: { holderIdentity: 'h', leaseDurationSeconds: 5 },
      },
      keep,
      pick: owners,
    })
  },

  'apply: create, change, drop': async (t) => {
    const ns = await t.namespace()
    const step = (label, body, query = 'fieldManager=one') =>
      t.step(label, 'PATCH', `${maps(ns)}/c?${query}`, {
        type: applyType,
        body,
        keep: { managed: true },
        pick: (o) => (o.kind === 'ConfigMap' ? { ...data(o), owners: owners(o) } : o),
      })
    await step('create', map('c', { a: '1', b: '2' }))
    await step('the same again', map('c', { a: '1', b: '2' }))
    await step('a change', map('c', { a: '1', b: '3' }))
    await step('a field left out is removed', map('c', { a: '1' }))
    await step('another manager adds its own', map('c', { z: '26' }), 'fieldManager=two')
    await step('and shares one', map('c', { z: '26', a: '1' }), 'fieldManager=two')
    await step('a shared field left out by one stays', map('c', {}))
    await step('the last owner drops it', map('c', { z: '26' }), 'fieldManager=two')
  },

  'apply: conflicts': async (t) => {
    const ns = await t.namespace()
    await t.quiet('PATCH', `${maps(ns)}/c?fieldManager=one`, {
      type: applyType,
      body: map('c', { a: '1', b: '2', c: '3' }),
    })
    await t.quiet('PATCH', `${maps(ns)}/u?fieldManager=one`, { type: applyType, body: map('u', { a: '1' }) })
    await t.quiet('PATCH', `${maps(ns)}/u?fieldManager=hand`, { type: merge, body: { data: { a: '2' } } })
    const step = (label, name, body, query) =>
      t.step(label, 'PATCH', `${maps(ns)}/${name}?${query}`, {
        type: applyType,
        body,
        keep: { managed: true },
        pick: (o) => (o.kind === 'ConfigMap' ? { data: o.data, owners: owners(o) } : o),
      })
    await step('one field', 'c', map('c', { a: '9' }), 'fieldManager=two')
    await step('two fields', 'c', map('c', { a: '9', b: '9' }), 'fieldManager=two')
    await step('with an updater', 'u', map('u', { a: '1' }), 'fieldManager=one')
    await step('by force', 'c', map('c', { a: '9' }), 'fieldManager=two&force=true')
    await step('the first one now conflicts', 'c', map('c', { a: '1', b: '2', c: '3' }), 'fieldManager=one')
    await step('an equal value does not', 'c', map('c', { a: '9', b: '2' }), 'fieldManager=one')
    await step('dry run by force', 'c', map('c', { b: '7' }), 'fieldManager=three&force=true&dryRun=All')
    await t.step('nothing came of it', 'GET', `${maps(ns)}/c`, {
      keep: { managed: true },
      pick: (o) => ({ data: o.data, owners: owners(o) }),
    })
  },

  'apply: what it asks for': async (t) => {
    const ns = await t.namespace()
    const step = (label, body, query = 'fieldManager=one', type = applyType) =>
      t.step(label, 'PATCH', `${maps(ns)}/c${query && `?${query}`}`, { type, body, pick: data })
    await step('no manager', map('c', { a: '1' }), '')
    await step('no apiVersion and kind', { metadata: { name: 'c' } })
    await step('no kind', { apiVersion: 'v1', metadata: { name: 'c' } })
    await step('another kind', { ...map('c'), kind: 'Secret' })
    await step('another version', { ...map('c'), apiVersion: 'v2' })
    await step('another name', map('d'))
    await step('no name', { apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } })
    await step(
      'managed fields',
      map(
        'c',
        {},
        {
          managedFields: [{ manager: 'x', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }],
        },
      ),
    )
    await step('a uid of an object that is not there', map('c', {}, { uid: '00000000-0000-4000-8000-000000000000' }))
    await t.step('a revision of an object that is not there', 'PATCH', `${maps(ns)}/other?fieldManager=one`, {
      type: applyType,
      body: map('other', {}, { resourceVersion: '1' }),
      pick: data,
    })
    await step('not YAML', 'a: [')
    await step('a list', '- a')
    await step('an empty body', '')
    await step('text for a map', { ...map('c'), data: 'x' })
    await step('a number for a text', { ...map('c'), data: { a: 1 } })
    await step('an unknown field', { ...map('c'), none: 'x' })
    await step('an invalid key', map('c', { 'a b': 'x' }))
    await step('unknown to a strict server', { ...map('c'), none: 'x' }, 'fieldManager=one&fieldValidation=Strict')
    await step(
      'a duplicate for a strict server',
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: "1"\n  a: "2"\n',
      'fieldManager=one&fieldValidation=Strict',
    )
    await t.step('none of it made an object', 'GET', `${maps(ns)}/c`, { pick: data })
  },

  'apply: YAML, generated names and revisions': async (t) => {
    const ns = await t.namespace()
    const step = (label, body, query = 'fieldManager=one') =>
      t.step(label, 'PATCH', `${maps(ns)}/c?${query}`, { type: applyType, body, pick: data })
    await step(
      'a YAML body',
      '# made by hand\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  labels: {a: b}\ndata:\n  text: |\n    two\n    lines\n',
    )
    const { json: now } = await t.quiet('GET', `${maps(ns)}/c`)
    await step('with its revision', map('c', { text: 'new' }, { resourceVersion: now.metadata.resourceVersion }))
    await step('with an old revision', map('c', { text: 'newer' }, { resourceVersion: now.metadata.resourceVersion }))
    await step('with its uid', map('c', { text: 'newest' }, { uid: now.metadata.uid }))
    await step('with another uid', map('c', { text: 'odd' }, { uid: '00000000-0000-4000-8000-000000000000' }))
    const before = (await t.quiet('GET', `${maps(ns)}/c`)).json.metadata.resourceVersion
    const after = (
      await t.quiet('PATCH', `${maps(ns)}/c?fieldManager=one`, {
        type: applyType,
        body: map('c', { text: 'newest' }, { uid: now.metadata.uid }),
      })
    ).json.metadata.resourceVersion
    t.note('applying the same keeps the revision', before === after)
    await step(
      'two documents in one body',
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n---\napiVersion: v1\nkind: ConfigMap\n',
    )
    await t.step('in a missing namespace', 'PATCH', `${maps(t.name('nowhere'))}/c?fieldManager=one`, {
      type: applyType,
      body: map('c'),
    })
  },

  'apply: lists with keys': async (t) => {
    const ns = await t.namespace()
    const sa = (more) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' }, ...more })
    const step = (label, body, manager) =>
      t.step(label, 'PATCH', `${accounts(ns)}/robot?fieldManager=${manager}`, {
        type: applyType,
        body,
        keep: { managed: true },
        pick: (o) =>
          o.kind === 'ServiceAccount'
            ? {
                secrets: o.secrets ?? null,
                imagePullSecrets: o.imagePullSecrets ?? null,
                automount: o.automountServiceAccountToken ?? null,
                finalizers: o.metadata.finalizers ?? null,
                owners: owners(o),
              }
            : o,
      })
    await step('secrets by one', sa({ secrets: [{ name: 'a' }, { name: 'b' }] }), 'one')
    await step('secrets by two', sa({ secrets: [{ name: 'c' }], automountServiceAccountToken: false }), 'two')
    await step('one drops a secret', sa({ secrets: [{ name: 'a' }] }), 'one')
    await step('pull secrets by one', sa({ secrets: [{ name: 'a' }], imagePullSecrets: [{ name: 'p' }] }), 'one')
    await step('pull secrets by two', sa({ secrets: [{ name: 'c' }], imagePullSecrets: [{ name: 'q' }] }), 'two')
    await step('a finalizer', sa({ metadata: { name: 'robot', finalizers: ['example.com/x'] } }), 'one')
    await step('without it', sa({ metadata: { name: 'robot' } }), 'one')
    await step('the same secret twice', sa({ secrets: [{ name: 'd' }, { name: 'd' }] }), 'one')
    await step('a secret without name', sa({ secrets: [{ kind: 'Secret' }] }), 'one')
  },

  'apply: a pod and its status': async (t) => {
    const ns = await t.namespace()
    const body = (spec) => pod('p', spec)
    const pick = (o) =>
      o.kind === 'Pod'
        ? {
            containers: o.spec.containers.map((c) => [c.name, c.image]),
            phase: o.status.phase,
            conditions: o.status.conditions ?? null,
            labels: o.metadata.labels ?? null,
            owners: owners(o),
          }
        : { ...o, message: o.message.split('\n')[0].slice(0, 160), details: undefined }
    const step = (label, path, b, query = 'fieldManager=one') =>
      t.step(label, 'PATCH', `${podsOf(ns)}/p${path}?${query}`, {
        type: applyType,
        body: b,
        keep: { managed: true },
        pick,
      })
    await step('status of a pod that is not there', '/status', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      status: { phase: 'Running' },
    })
    await step(
      'create',
      '',
      body({
        containers: [
          { name: 'main', image: 'a:1' },
          { name: 'side', image: 'b:1' },
        ],
      }),
    )
    await step(
      'an image',
      '',
      body({
        containers: [
          { name: 'main', image: 'a:2' },
          { name: 'side', image: 'b:1' },
        ],
      }),
    )
    await step(
      'the status by another manager',
      '/status',
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      },
      'fieldManager=two',
    )
    await step(
      'a condition more by a third',
      '/status',
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        status: { conditions: [{ type: 'example.com/fed', status: 'True' }] },
      },
      'fieldManager=three',
    )
    await step('a container left out', '', body({ containers: [{ name: 'main', image: 'a:2' }] }))
    await step(
      'the image by another manager',
      '',
      body({ containers: [{ name: 'main', image: 'a:3' }] }),
      'fieldManager=four',
    )
  },

  'apply: a Role': async (t) => {
    const ns = await t.namespace()
    const role = (rules, metadata = {}) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'r', ...metadata },
      rules,
    })
    const rule = (...verbs) => ({ apiGroups: [''], resources: ['pods'], verbs })
    const step = (label, b, query) =>
      t.step(label, 'PATCH', `${rolesOf(ns)}/r?${query}`, {
        type: applyType,
        body: b,
        keep: { managed: true },
        pick: (o) => (o.kind === 'Role' ? { rules: o.rules ?? null, owners: owners(o) } : o),
      })
    await step('create', role([rule('get')]), 'fieldManager=one')
    await step('rules are one field', role([rule('list')]), 'fieldManager=two')
    await step('by force', role([rule('list')]), 'fieldManager=two&force=true')
    await step('force=false is no force', role([rule('watch')]), 'fieldManager=one&force=false')
    await step('an invalid rule', role([{ apiGroups: [''], resources: ['pods'] }]), 'fieldManager=two')
  },

  'apply takes over from update': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', `${maps(ns)}?fieldManager=kubectl-client-side-apply`, { body: map('c', { a: '1', b: '2' }) })
    const pick = (o) => (o.kind === 'ConfigMap' ? { data: o.data ?? null, owners: owners(o) } : o)
    const step = (label, b, query) =>
      t.step(label, 'PATCH', `${maps(ns)}/c?${query}`, { type: applyType, body: b, keep: { managed: true }, pick })
    await step('equal values are shared', map('c', { a: '1', b: '2' }), 'fieldManager=kubectl')
    await step('a change conflicts', map('c', { a: '9', b: '2' }), 'fieldManager=kubectl')
    await step('a field left out stays with its other owner', map('c', { a: '1' }), 'fieldManager=kubectl')
    await step(
      'the same manager name for both operations',
      map('c', { a: '1', d: '4' }),
      'fieldManager=kubectl-client-side-apply',
    )
  },
}
