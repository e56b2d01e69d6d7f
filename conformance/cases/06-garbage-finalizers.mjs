/** Owners and dependents (garbage collection), and finalizers. */

const CM = (name, metadata = {}, extra = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  ...extra,
})
const maps = (ns, name = '') => `/api/v1/namespaces/${ns}/configmaps${name && `/${name}`}`
const secrets = (ns, name = '') => `/api/v1/namespaces/${ns}/secrets${name && `/${name}`}`
const accounts = (ns, name = '') => `/api/v1/namespaces/${ns}/serviceaccounts${name && `/${name}`}`
const merge = 'application/merge-patch+json'
const strategic = 'application/strategic-merge-patch+json'
const hold = 'example.com/hold'
const other = '11111111-1111-1111-1111-111111111111'
const meta = (b) =>
  b.kind === 'Status'
    ? b
    : {
        kind: b.kind,
        name: b.metadata.name,
        owners: b.metadata.ownerReferences,
        finalizers: b.metadata.finalizers,
        deleted: b.metadata.deletionTimestamp,
        grace: b.metadata.deletionGracePeriodSeconds,
      }
const ref = (o, extra = {}) => ({
  apiVersion: 'v1',
  kind: o.kind ?? 'ConfigMap',
  name: o.metadata.name,
  uid: o.metadata.uid,
  ...extra,
})
const put = async (t, path, body) => {
  const r = await t.quiet('POST', path, { body })
  if (r.status !== 201) throw new Error(r.text)
  return { ...r.json, kind: body.kind }
}
const gone = (t, path) => t.until(async () => (await t.quiet('GET', path)).status === 404, `the end of ${path}`)
const policy = (propagationPolicy) => ({ body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy } })

export default {
  background: async (t) => {
    const ns = await t.namespace()
    const owner = await put(t, maps(ns), CM('owner'))
    await t.step('a map that depends', 'POST', maps(ns), {
      body: CM('map', { ownerReferences: [ref(owner)] }),
      pick: meta,
    })
    await put(t, secrets(ns), {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'secret', ownerReferences: [ref(owner, { controller: true, blockOwnerDeletion: true })] },
    })
    const robot = await put(t, accounts(ns), {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'robot', ownerReferences: [ref(owner)] },
    })
    await put(t, secrets(ns), {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'grandchild', ownerReferences: [ref(robot)] },
    })
    await put(t, maps(ns), CM('free'))
    await t.step('delete the owner', 'DELETE', maps(ns, 'owner'), policy('Background'))
    await t.step('it is gone at once', 'GET', maps(ns, 'owner'))
    for (const path of [maps(ns, 'map'), secrets(ns, 'secret'), accounts(ns, 'robot'), secrets(ns, 'grandchild')]) {
      await gone(t, path)
      await t.step('the dependent follows', 'GET', path)
    }
    await t.step('what does not depend stays', 'GET', maps(ns, 'free'), { pick: meta })
  },

  'no-policy': async (t) => {
    const ns = await t.namespace()
    const owner = await put(t, accounts(ns), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } })
    await put(t, secrets(ns), {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'key', ownerReferences: [ref(owner)] },
    })
    const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/roles`
    await put(t, roles, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'role', ownerReferences: [ref(owner)] },
      rules: [],
    })
    await t.step('delete an account that owns a secret and a role', 'DELETE', accounts(ns, 'robot'), { pick: meta })
    await gone(t, secrets(ns, 'key'))
    await t.step('the secret follows', 'GET', secrets(ns, 'key'))
    await gone(t, `${roles}/role`)
    await t.step('the role follows', 'GET', `${roles}/role`)
  },

  'owners-that-are-not-there': async (t) => {
    const ns = await t.namespace()
    const there = await put(t, maps(ns), CM('there'))
    await t.step('an owner that never was', 'POST', maps(ns), {
      body: CM('a', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'never', uid: other }] }),
      pick: meta,
    })
    await t.step('an owner of another uid', 'POST', maps(ns), {
      body: CM('b', { ownerReferences: [{ ...ref(there), uid: '22222222-2222-2222-2222-222222222222' }] }),
      pick: meta,
    })
    await t.step('one owner there and one not', 'POST', maps(ns), {
      body: CM('c', {
        ownerReferences: [
          ref(there),
          { apiVersion: 'v1', kind: 'Secret', name: 'never', uid: '33333333-3333-3333-3333-333333333333' },
        ],
      }),
      pick: meta,
    })
    await gone(t, maps(ns, 'a'))
    await t.step('the first goes', 'GET', maps(ns, 'a'))
    await gone(t, maps(ns, 'b'))
    await t.step('the second goes', 'GET', maps(ns, 'b'))
    await t.until(
      async () => (await t.quiet('GET', maps(ns, 'c'))).json.metadata.ownerReferences.length === 1,
      'one owner less',
    )
    await t.step('the third keeps the owner that is there', 'GET', maps(ns, 'c'), { pick: meta })
    await t.step('and the owner is untouched', 'GET', maps(ns, 'there'), { pick: meta })
  },

  'two-owners': async (t) => {
    const ns = await t.namespace()
    const one = await put(t, maps(ns), CM('one'))
    const two = await put(t, maps(ns), CM('two'))
    await put(t, maps(ns), CM('child', { ownerReferences: [ref(one), ref(two)] }))
    await t.step('delete one owner', 'DELETE', maps(ns, 'one'))
    await t.until(
      async () => (await t.quiet('GET', maps(ns, 'child'))).json.metadata.ownerReferences.length === 1,
      'one owner less',
    )
    await t.step('the child stays with the other', 'GET', maps(ns, 'child'), { pick: meta })
    await t.step('delete the other owner', 'DELETE', maps(ns, 'two'))
    await gone(t, maps(ns, 'child'))
    await t.step('the child goes', 'GET', maps(ns, 'child'))
  },

  'owner-elsewhere': async (t) => {
    const ns = await t.namespace('ns')
    const far = await t.namespace('far')
    const owner = await put(t, maps(far), CM('owner'))
    await t.step('an owner in another namespace', 'POST', maps(ns), {
      body: CM('child', { ownerReferences: [ref(owner)] }),
      pick: meta,
    })
    await gone(t, maps(ns, 'child'))
    await t.step('the child goes', 'GET', maps(ns, 'child'))
    const events = `/api/v1/namespaces/${ns}/events?fieldSelector=reason%3DOwnerRefInvalidNamespace`
    await t.until(async () => (await t.quiet('GET', events)).json.items.length > 0, 'an event')
    await t.step('an event says why', 'GET', events, {
      pick: (b) =>
        b.items.map((e) => ({
          type: e.type,
          reason: e.reason,
          message: e.message,
          about: { ...e.involvedObject, uid: typeof e.involvedObject.uid },
          from: e.source.component,
        })),
    })
    await t.step('the owner stays', 'GET', maps(far, 'owner'), { pick: meta })
    const { json } = await t.quiet('GET', `/api/v1/namespaces/${ns}`)
    await t.step('the namespace as owner', 'POST', maps(ns), {
      body: CM('owned', { ownerReferences: [ref({ ...json, kind: 'Namespace' })] }),
      pick: meta,
    })
    await t.sleep(1500)
    await t.step('that is an owner', 'GET', maps(ns, 'owned'), { pick: meta })
  },

  'owners-that-cannot-be-found': async (t) => {
    const ns = await t.namespace()
    const owner = await put(t, maps(ns), CM('owner'))
    await put(
      t,
      maps(ns),
      CM('unknown-kind', {
        ownerReferences: [{ apiVersion: 'example.com/v1', kind: 'Nothing', name: 'x', uid: other }],
      }),
    )
    await put(t, maps(ns), CM('unknown-version', { ownerReferences: [{ ...ref(owner), apiVersion: 'v7' }] }))
    const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles'
    const role = t.name('role', roles)
    await put(t, roles, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: role, ownerReferences: [ref(owner)] },
      rules: [],
    })
    await t.quiet('DELETE', maps(ns, 'owner'))
    await t.sleep(2000)
    await t.step('a child of a kind that nobody has stays', 'GET', maps(ns, 'unknown-kind'), { pick: meta })
    await t.step('a child of a version that nobody has stays', 'GET', maps(ns, 'unknown-version'), { pick: meta })
    await t.step('a child of no namespace with an owner in one stays', 'GET', `${roles}/${role}`, { pick: meta })
  },

  foreground: async (t) => {
    const ns = await t.namespace()
    const owner = await put(t, maps(ns), CM('owner'))
    await put(
      t,
      maps(ns),
      CM('blocks', { finalizers: [hold], ownerReferences: [ref(owner, { blockOwnerDeletion: true })] }),
    )
    await put(t, maps(ns), CM('follows', { ownerReferences: [ref(owner, { blockOwnerDeletion: true })] }))
    await t.sleep(500)
    await t.step('delete the owner', 'DELETE', maps(ns, 'owner'), {
      ...policy('Foreground'),
      pick: (b) => (b.kind === 'Status' ? b : meta(b)),
    })
    await t.step('the owner waits', 'GET', maps(ns, 'owner'), { pick: meta })
    await gone(t, maps(ns, 'follows'))
    await t.step('a child without a finalizer goes', 'GET', maps(ns, 'follows'))
    await t.until(
      async () => (await t.quiet('GET', maps(ns, 'blocks'))).json.metadata.deletionTimestamp,
      'the deletion of the other child',
    )
    await t.step('the other child is marked', 'GET', maps(ns, 'blocks'), { pick: meta })
    await t.step('the owner still waits', 'GET', maps(ns, 'owner'), { pick: meta })
    await t.step('let the child go', 'PATCH', maps(ns, 'blocks'), {
      type: merge,
      body: { metadata: { finalizers: null } },
      pick: (b) => ({ name: b.metadata.name, finalizers: b.metadata.finalizers ?? null }),
    })
    await gone(t, maps(ns, 'owner'))
    await t.step('then the owner goes', 'GET', maps(ns, 'owner'))
  },

  'foreground-without-blocking': async (t) => {
    const ns = await t.namespace()
    const owner = await put(t, maps(ns), CM('owner'))
    await put(t, maps(ns), CM('child', { finalizers: [hold], ownerReferences: [ref(owner)] }))
    await t.sleep(500)
    await t.step('delete the owner', 'DELETE', maps(ns, 'owner'), {
      ...policy('Foreground'),
      pick: (b) => ({ kind: b.kind, finalizers: b.metadata.finalizers }),
    })
    await gone(t, maps(ns, 'owner'))
    await t.step('the owner does not wait', 'GET', maps(ns, 'owner'))
    await t.until(
      async () => (await t.quiet('GET', maps(ns, 'child'))).json.metadata.deletionTimestamp,
      'the deletion of the child',
    )
    await t.step('the child is marked', 'GET', maps(ns, 'child'), { pick: meta })
    await t.quiet('PATCH', maps(ns, 'child'), { type: merge, body: { metadata: { finalizers: null } } })
    await put(t, maps(ns), CM('alone'))
    await t.step('one without dependents', 'DELETE', maps(ns, 'alone'), {
      ...policy('Foreground'),
      pick: (b) => ({ kind: b.kind, finalizers: b.metadata.finalizers }),
    })
    await gone(t, maps(ns, 'alone'))
    await t.step('it goes too', 'GET', maps(ns, 'alone'))
  },

  orphan: async (t) => {
    const ns = await t.namespace()
    const owner = await put(t, maps(ns), CM('owner'))
    const second = await put(t, maps(ns), CM('second'))
    await put(t, maps(ns), CM('child', { ownerReferences: [ref(owner)] }))
    await put(t, secrets(ns), {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'key', ownerReferences: [ref(owner), ref(second)] },
    })
    await t.sleep(500)
    await t.step('delete the owner', 'DELETE', maps(ns, 'owner'), {
      ...policy('Orphan'),
      pick: (b) => ({ kind: b.kind, finalizers: b.metadata.finalizers, deleted: !!b.metadata.deletionTimestamp }),
    })
    await gone(t, maps(ns, 'owner'))
    await t.step('the owner goes', 'GET', maps(ns, 'owner'))
    await t.step('the child is free', 'GET', maps(ns, 'child'), { pick: meta })
    await t.step('the one of two owners keeps the other', 'GET', secrets(ns, 'key'), { pick: meta })
    const old = await put(t, maps(ns), CM('old'))
    await put(t, maps(ns), CM('child2', { ownerReferences: [ref(old)] }))
    await t.sleep(500)
    await t.step('the old way to say it', 'DELETE', maps(ns, 'old'), {
      body: { apiVersion: 'v1', kind: 'DeleteOptions', orphanDependents: true },
      pick: (b) => ({ kind: b.kind, finalizers: b.metadata.finalizers }),
    })
    await gone(t, maps(ns, 'old'))
    await t.step('that child is free as well', 'GET', maps(ns, 'child2'), { pick: meta })
  },

  'bad-owners': async (t) => {
    const ns = await t.namespace()
    const good = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: other }
    const post = (label, ...ownerReferences) =>
      t.step(label, 'POST', `${maps(ns)}?dryRun=All`, { body: CM('x', { ownerReferences }), pick: meta })
    await post('no uid', { ...good, uid: undefined })
    await post('no name', { ...good, name: undefined })
    await post('no kind', { ...good, kind: '' })
    await post('no version', { ...good, apiVersion: undefined })
    await post('nothing', {})
    await post('an event', { ...good, kind: 'Event' })
    await post('a version with two slashes', { ...good, apiVersion: 'a/b/c' })
    await post(
      'two controllers',
      { ...good, controller: true },
      { ...good, name: 'p', uid: '22222222-2222-2222-2222-222222222222', controller: true },
    )
    await post('the same twice', good, good)
    await post('two of one uid', good, { ...good, name: 'p' })
    await post('a uid that is not one', { ...good, uid: 'short' })
    await post('a field of the wrong type', { ...good, controller: 'yes' })
    await post('a kind that nobody has', { apiVersion: 'example.com/v1', kind: 'Nothing', name: 'n', uid: other })
    await put(t, maps(ns), CM('m'))
    await t.step('a bad one in a patch', 'PATCH', maps(ns, 'm'), {
      type: merge,
      body: { metadata: { ownerReferences: [{ ...good, uid: '' }] } },
    })
  },

  'owners-in-patches': async (t) => {
    const ns = await t.namespace()
    const one = await put(t, maps(ns), CM('one'))
    const two = await put(t, maps(ns), CM('two'))
    await put(t, maps(ns), CM('m', { ownerReferences: [ref(one)] }))
    const patch = (label, type, ownerReferences) =>
      t.step(label, 'PATCH', maps(ns, 'm'), { type, body: { metadata: { ownerReferences } }, pick: meta })
    await patch('strategic: merged by uid', strategic, [ref(two)])
    await patch('strategic: changed by uid', strategic, [{ uid: one.metadata.uid, controller: true }])
    await patch('strategic: removed by uid', strategic, [{ uid: two.metadata.uid, $patch: 'delete' }])
    await patch('merge: replaced', merge, [ref(two)])
    await patch('merge: none', merge, null)
  },

  finalizers: async (t) => {
    const ns = await t.namespace()
    await t.step('create one with two', 'POST', maps(ns), {
      body: CM('m', { finalizers: [hold, 'example.com/more'] }),
      pick: meta,
    })
    await t.step('delete it', 'DELETE', maps(ns, 'm'))
    await t.step('it is there and marked', 'GET', maps(ns, 'm'), { pick: meta })
    await t.step('delete it again', 'DELETE', maps(ns, 'm'), { pick: meta })
    await t.step('delete it with another policy', 'DELETE', maps(ns, 'm'), { ...policy('Foreground'), pick: meta })
    await t.step('it can be changed', 'PATCH', maps(ns, 'm'), {
      type: merge,
      body: { data: { a: '1' } },
      pick: (b) => b.data,
    })
    await t.step('no finalizer can be added', 'PATCH', maps(ns, 'm'), {
      type: merge,
      body: { metadata: { finalizers: [hold, 'example.com/more', 'example.com/new', 'example.com/newer'] } },
    })
    await t.step('the mark cannot be removed', 'PATCH', maps(ns, 'm'), {
      type: merge,
      body: { metadata: { deletionTimestamp: null } },
      pick: (b) => (b.kind === 'Status' ? b : { marked: !!b.metadata.deletionTimestamp }),
    })
    await t.step('nor its grace be changed', 'PATCH', maps(ns, 'm'), {
      type: merge,
      body: { metadata: { deletionGracePeriodSeconds: 60 } },
    })
    await t.step('it still has its name', 'POST', maps(ns), { body: CM('m') })
    await t.step('one finalizer less', 'PATCH', maps(ns, 'm'), {
      type: merge,
      body: { metadata: { finalizers: [hold] } },
      pick: (b) => b.metadata.finalizers,
    })
    const { json } = await t.quiet('GET', maps(ns, 'm'))
    delete json.metadata.finalizers
    await t.step('none', 'PUT', maps(ns, 'm'), {
      body: json,
      pick: (b) => ({ kind: b.kind, marked: !!b.metadata?.deletionTimestamp }),
    })
    await t.step('it is gone', 'GET', maps(ns, 'm'))
  },

  'finalizers-refused': async (t) => {
    const ns = await t.namespace()
    const post = (label, finalizers) =>
      t.step(label, 'POST', `${maps(ns)}?dryRun=All`, { body: CM('x', { finalizers }), pick: meta })
    await post('without a domain', ['plain'])
    await post('with a blank', ['a b'])
    await post('empty', [''])
    await post('not a list', 'plain')
    await post('of Kubernetes', ['foregroundDeletion'])
    await post('both of Kubernetes', ['foregroundDeletion', 'orphan'])
    await post('the same twice', [hold, hold])
    await post('of the namespaces', ['kubernetes'])
    await post('a long one', [`example.com/${'a'.repeat(64)}`])
  },

  'many-with-finalizers': async (t) => {
    const ns = await t.namespace()
    await put(t, maps(ns), CM('a', { labels: { set: 'x' }, finalizers: [hold] }))
    await put(t, maps(ns), CM('b', { labels: { set: 'x' } }))
    await t.step('delete both', 'DELETE', `${maps(ns)}?labelSelector=set%3Dx`, {
      pick: (b) => ({
        kind: b.kind,
        items: b.items?.map((i) => ({ name: i.metadata.name, marked: !!i.metadata.deletionTimestamp })),
      }),
    })
    await t.step('one is left', 'GET', `${maps(ns)}?labelSelector=set%3Dx`, { pick: (b) => b.items.map(meta) })
    await t.step('delete with a grace', 'DELETE', `${maps(ns, 'a')}?gracePeriodSeconds=60`, { pick: meta })
    await t.step('only tried', 'PATCH', `${maps(ns, 'a')}?dryRun=All`, {
      type: merge,
      body: { metadata: { finalizers: null } },
      pick: (b) => b.metadata.finalizers ?? null,
    })
    await t.step('it is still there', 'GET', maps(ns, 'a'), { pick: meta })
    await t.step('merged into by a strategic patch', 'PATCH', maps(ns, 'a'), {
      type: strategic,
      body: { metadata: { '$deleteFromPrimitiveList/finalizers': [hold] } },
      pick: (b) => b.metadata.finalizers ?? null,
    })
    await t.step('it is gone', 'GET', maps(ns, 'a'))
  },
}
