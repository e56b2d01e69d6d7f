/** Namespaces: what they are made with, what cannot be changed, and how they end. */

const NS = (name, extra = {}) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name }, ...extra })
const withMeta = (metadata, extra = {}) => ({ apiVersion: 'v1', kind: 'Namespace', metadata, ...extra })
const all = '/api/v1/namespaces'
const at = (name, sub = '') => `${all}/${name}${sub && `/${sub}`}`
const merge = 'application/merge-patch+json'
const strategic = 'application/strategic-merge-patch+json'
const conditions = (b) =>
  b.kind === 'Namespace'
    ? {
        phase: b.status.phase,
        finalizers: b.spec.finalizers,
        conditions: b.status.conditions?.map(({ lastTransitionTime, ...c }) => c),
      }
    : b
const label = (b) =>
  b.kind === 'Namespace'
    ? { name: b.metadata.name, labels: b.metadata.labels, finalizers: b.spec.finalizers, phase: b.status.phase }
    : b

/** A namespace ends some 6 s after its deletion, but a controller that ends many others at the time lets it wait. */
const patience = 120_000

/** A namespace that the scenario makes without waiting for what controllers put in. */
const make = async (t, l, extra = {}) => {
  const name = t.ownNamespace(l)
  const r = await t.quiet('POST', all, { body: withMeta({ name, ...extra }) })
  if (r.status !== 201) throw new Error(r.text)
  return name
}

export default {
  create: async (t) => {
    const name = t.ownNamespace('made')
    await t.step('create one', 'POST', all, { body: NS(name) })
    await t.step('read it', 'GET', at(name))
    await t.step('create it again', 'POST', all, { body: NS(name) })
    await t.step('read one that is not there', 'GET', at('no-such-namespace'))
    const full = t.ownNamespace('full')
    await t.step('what may not be chosen', 'POST', all, {
      body: NS(full, {
        metadata: { name: full, labels: { 'kubernetes.io/metadata.name': 'other', a: 'b' } },
        spec: { finalizers: ['example.com/hold'] },
        status: { phase: 'Terminating' },
      }),
    })
    await t.quiet('PUT', at(full, 'finalize'), { body: NS(full, { spec: { finalizers: ['kubernetes'] } }) })
    await t.step('only tried', 'POST', `${all}?dryRun=All`, { body: NS(t.name('ghost')) })
    await t.step('in a namespace', 'POST', all, {
      body: withMeta({ name: t.ownNamespace('inside'), namespace: 'default' }),
    })
    const made = await t.step('a name that is made', 'POST', all, {
      body: withMeta({ generateName: 'gmade-' }),
      pick: (b) => ({
        kind: b.kind,
        labelled: b.metadata.labels['kubernetes.io/metadata.name'] === b.metadata.name,
        suffix: b.metadata.name.length - 'gmade-'.length,
        generateName: b.metadata.generateName,
      }),
    })
    if (made.json?.metadata?.name?.startsWith('gmade-')) await t.quiet('DELETE', at(made.json.metadata.name))
    await t.step('a finalizer that is not one', 'POST', all, {
      body: NS(t.name('bad'), { spec: { finalizers: ['a b'] } }),
    })
  },

  names: async (t) => {
    const tries = {
      'with a capital': 'Abc',
      'with a dot': 'a.b',
      'with an underscore': 'a_b',
      'with a dash in front': '-a',
      'of 64 characters': 'a'.repeat(64),
      'with a slash': 'a/b',
      empty: '',
    }
    for (const [text, name] of Object.entries(tries)) await t.step(text, 'POST', all, { body: NS(name) })
    await t.step('of 63 characters, only tried', 'POST', `${all}?dryRun=All`, { body: NS('a'.repeat(63)), pick: label })
    await t.step('of digits, only tried', 'POST', `${all}?dryRun=All`, { body: NS('123'), pick: label })
  },

  'what-is-in-a-new-one': async (t) => {
    const ns = await t.namespace()
    await t.step('its accounts', 'GET', `${at(ns)}/serviceaccounts`)
    await t.step('its secrets', 'GET', `${at(ns)}/secrets`)
    await t.step('its config maps', 'GET', `${at(ns)}/configmaps`)
    await t.step('its roles', 'GET', `/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/roles`)
    await t.step('found by its label', 'GET', `${all}?labelSelector=kubernetes.io%2Fmetadata.name%3D${ns}`, {
      pick: (b) => b.items.map((i) => i.metadata.name),
    })
    await t.step('found by its name', 'GET', `${all}?fieldSelector=metadata.name%3D${ns}`, {
      pick: (b) => b.items.map((i) => i.metadata.name),
    })
    await t.step('found by its phase', 'GET', `${all}?fieldSelector=status.phase%3DActive,metadata.name%3D${ns}`, {
      pick: (b) => b.items.map((i) => i.metadata.name),
    })
    await t.step(
      'not found by another phase',
      'GET',
      `${all}?fieldSelector=status.phase%3DTerminating,metadata.name%3D${ns}`,
      { pick: (b) => b.items },
    )
    await t.step('by a field that cannot be selected', 'GET', `${all}?fieldSelector=spec.finalizers%3Dkubernetes`)
  },

  change: async (t) => {
    const ns = await make(t, 'ns')
    await t.step('patch its labels', 'PATCH', at(ns), {
      type: merge,
      body: { metadata: { labels: { a: '1' } } },
      pick: label,
    })
    await t.step('remove the label of its name', 'PATCH', at(ns), {
      type: merge,
      body: { metadata: { labels: { 'kubernetes.io/metadata.name': null } } },
      pick: label,
    })
    await t.step('change the label of its name', 'PATCH', at(ns), {
      type: merge,
      body: { metadata: { labels: { 'kubernetes.io/metadata.name': 'other' } } },
      pick: label,
    })
    await t.step('replace it without labels', 'PUT', at(ns), { body: NS(ns), pick: label })
    await t.step('replace it with another name', 'PUT', at(ns), { body: NS('other') })
    await t.step('replace it with a namespace', 'PUT', at(ns), { body: withMeta({ name: ns, namespace: 'default' }) })
    await t.step('change its finalizers', 'PATCH', at(ns), {
      type: merge,
      body: { spec: { finalizers: ['example.com/hold'] } },
      pick: label,
    })
    await t.step('change its phase', 'PATCH', at(ns), {
      type: merge,
      body: { status: { phase: 'Terminating' } },
      pick: label,
    })
    await t.step('replace one that is not there', 'PUT', at('no-such-namespace'), { body: NS('no-such-namespace') })
    await t.step('patch one that is not there', 'PATCH', at('no-such-namespace'), { type: merge, body: {} })
    await t.step('a bad label', 'PATCH', at(ns), { type: merge, body: { metadata: { labels: { 'a b': 'c' } } } })
    await t.step('replace it with an old revision', 'PUT', at(ns), {
      body: withMeta({ name: ns, resourceVersion: '1' }),
    })
  },

  status: async (t) => {
    const ns = await make(t, 'ns')
    const condition = {
      type: 'Ready',
      status: 'True',
      reason: 'Because',
      message: 'so',
      lastTransitionTime: '2020-01-01T00:00:00Z',
    }
    await t.step('read it', 'GET', at(ns, 'status'))
    await t.step('a condition by a merge patch', 'PATCH', at(ns, 'status'), {
      type: merge,
      body: { status: { conditions: [condition] } },
      pick: conditions,
    })
    await t.step('one more by a strategic patch', 'PATCH', at(ns, 'status'), {
      type: strategic,
      body: { status: { conditions: [{ ...condition, type: 'Fine', status: 'False' }] } },
      pick: conditions,
    })
    await t.step('labels are taken there too', 'PATCH', at(ns, 'status'), {
      type: merge,
      body: { metadata: { labels: { a: '1' } } },
      pick: label,
    })
    await t.step('finalizers are not taken there', 'PATCH', at(ns, 'status'), {
      type: merge,
      body: { spec: { finalizers: [] } },
      pick: label,
    })
    await t.step('to terminating without a deletion', 'PATCH', at(ns, 'status'), {
      type: merge,
      body: { status: { phase: 'Terminating' } },
      pick: label,
    })
    await t.step('replace it', 'PUT', at(ns, 'status'), {
      body: NS(ns, { status: { phase: 'Active' } }),
      pick: conditions,
    })
    await t.step('it cannot be created', 'POST', at(ns, 'status'), { body: NS(ns) })
  },

  finalize: async (t) => {
    const ns = await make(t, 'ns')
    await t.step('add a finalizer', 'PUT', at(ns, 'finalize'), {
      body: NS(ns, { spec: { finalizers: ['kubernetes', 'example.com/hold'] } }),
      pick: label,
    })
    await t.step('one that is not one', 'PUT', at(ns, 'finalize'), {
      body: NS(ns, { spec: { finalizers: ['kubernetes', 'plain'] } }),
    })
    await t.step('for another name', 'PUT', at(ns, 'finalize'), { body: NS('other', { spec: { finalizers: [] } }) })
    await t.step('labels are taken there too', 'PUT', at(ns, 'finalize'), {
      body: withMeta({ name: ns, labels: { a: '1' } }, { spec: { finalizers: ['kubernetes'] } }),
      pick: label,
    })
    await t.step('none at all on a live namespace', 'PUT', at(ns, 'finalize'), { body: NS(ns), pick: label })
    await t.step('it stays', 'GET', at(ns), { pick: label })
    await t.step('patch it', 'PATCH', at(ns, 'finalize'), { type: merge, body: {} })
    await t.step('for one that is not there', 'PUT', at('no-such-namespace', 'finalize'), {
      body: NS('no-such-namespace'),
    })
    const short = (b) =>
      b.kind === 'Namespace'
        ? { kind: b.kind, phase: b.status.phase, deleted: !!b.metadata.deletionTimestamp }
        : { kind: b.kind, status: b.status, message: b.message, details: b.details }
    await t.step('without finalizers the first deletion only marks it', 'DELETE', at(ns), { pick: short })
    await t.step('it is still there', 'GET', at(ns), { pick: short })
    await t.step('the second removes it', 'DELETE', at(ns), { pick: short })
    await t.step('it is gone', 'GET', at(ns), { pick: short })
  },

  'protected-ones': async (t) => {
    for (const name of ['default', 'kube-system', 'kube-public'])
      await t.step(`${name} stays`, 'DELETE', `${at(name)}?dryRun=All`)
    await t.step('one that is not there', 'DELETE', at('no-such-namespace'))
    const ns = await make(t, 'ns')
    await t.step('for another uid', 'DELETE', at(ns), {
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: '11111111-1111-1111-1111-111111111111' } },
    })
    await t.step('only tried', 'DELETE', `${at(ns)}?dryRun=All`, {
      pick: (b) => ({ kind: b.kind, phase: b.status?.phase, deleted: !!b.metadata.deletionTimestamp }),
    })
    await t.step('it is untouched', 'GET', at(ns), {
      pick: (b) => ({ phase: b.status.phase, deleted: !!b.metadata.deletionTimestamp }),
    })
  },

  'as-a-table': async (t) => {
    const ns = await make(t, 'ns')
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
    const cells = (b) => ({
      kind: b.kind,
      columns: b.columnDefinitions.map(({ description, ...c }) => c),
      rows: b.rows.map((r) => r.cells.map((c, i) => (i === r.cells.length - 1 ? typeof c : c))),
    })
    await t.step('one', 'GET', at(ns), { accept, pick: cells })
    await t.step('found by its name', 'GET', `${all}?fieldSelector=metadata.name%3D${ns}`, { accept, pick: cells })
    await t.quiet('DELETE', at(ns))
    await t.step('while it ends', 'GET', at(ns), { accept, pick: cells })
  },

  applied: async (t) => {
    const ns = t.ownNamespace('ns')
    const type = 'application/apply-patch+yaml'
    await t.step('one that is not there', 'PATCH', `${at(ns)}?fieldManager=one`, {
      type,
      body: withMeta({ name: ns, labels: { a: '1' } }),
      pick: label,
    })
    await t.step('with another label', 'PATCH', `${at(ns)}?fieldManager=one`, {
      type,
      body: withMeta({ name: ns, labels: { b: '1' } }),
      pick: label,
    })
    await t.step('without the label of its name', 'PATCH', `${at(ns)}?fieldManager=one`, {
      type,
      body: NS(ns),
      pick: label,
    })
    await t.step('by another with a value of its own', 'PATCH', `${at(ns)}?fieldManager=two`, {
      type,
      body: withMeta({ name: ns, labels: { 'kubernetes.io/metadata.name': 'other' } }),
      pick: label,
    })
  },

  'while-it-ends': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', `${at(ns)}/configmaps`, {
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'old', finalizers: ['example.com/hold'] } },
    })
    await t.step('delete it', 'DELETE', at(ns))
    await t.step('read it', 'GET', at(ns))
    await t.step('delete it again', 'DELETE', at(ns))
    await t.step('create it again', 'POST', all, { body: NS(ns) })
    await t.step('a new account', 'POST', `${at(ns)}/serviceaccounts`, {
      body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'new' } },
    })
    await t.step('a new config map of a made name', 'POST', `${at(ns)}/configmaps`, {
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'new-' } },
    })
    await t.step('a token', 'POST', `${at(ns)}/serviceaccounts/default/token`, {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    })
    await t.step(
      'a review of access',
      'POST',
      `/apis/authorization.k8s.io/v1/namespaces/${ns}/localsubjectaccessreviews`,
      {
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'LocalSubjectAccessReview',
          metadata: { namespace: ns },
          spec: { user: 'nobody', resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods' } },
        },
        pick: (b) => (b.kind === 'Status' ? b : b.kind),
      },
    )
    await t.step('what is there may be changed', 'PATCH', `${at(ns)}/configmaps/old`, {
      type: merge,
      body: { data: { a: '1' } },
      pick: (b) => b.data,
    })
    await t.step('what is there may be removed', 'DELETE', `${at(ns)}/serviceaccounts/default`, {
      pick: (b) => ({ kind: b.kind }),
    })
    await t.step('applying something new', 'PATCH', `${at(ns)}/configmaps/applied?fieldManager=x`, {
      type: 'application/apply-patch+yaml',
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' } },
    })
    await t.step('its labels may be changed', 'PATCH', at(ns), {
      type: merge,
      body: { metadata: { labels: { a: '1' } } },
      pick: label,
    })
    await t.quiet('PATCH', `${at(ns)}/configmaps/old`, { type: merge, body: { metadata: { finalizers: null } } })
  },

  'ends-and-comes-back': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    const token = await t.token(ns, 'robot')
    const before = (await t.quiet('GET', at(ns))).json.metadata.uid
    await t.quiet('DELETE', at(ns))
    await t.until(async () => (await t.quiet('GET', at(ns))).status === 404, 'the end of the namespace', patience)
    await t.step('it is gone', 'GET', at(ns))
    await t.step('what was in it is gone', 'GET', `${at(ns)}/serviceaccounts`)
    await t.step('delete it once more', 'DELETE', at(ns))
    const again = await t.quiet('POST', all, { body: NS(ns) })
    t.note('made again as another one', { status: again.status, other: again.json.metadata.uid !== before })
    await t.until(
      async () => (await t.quiet('GET', `${at(ns)}/serviceaccounts/default`)).status === 200,
      'the default ServiceAccount',
    )
    await t.step('only the default account came back', 'GET', `${at(ns)}/serviceaccounts`, {
      pick: (b) => b.items.map((i) => i.metadata.name),
    })
    await t.serviceAccount(ns, 'robot')
    await t.step('a token of before', 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      token,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    })
  },

  'ends-with-a-finalizer-of-its-own': async (t) => {
    const ns = await t.namespace()
    await t.quiet('PUT', at(ns, 'finalize'), {
      body: NS(ns, { spec: { finalizers: ['kubernetes', 'example.com/hold'] } }),
    })
    await t.quiet('DELETE', at(ns))
    await t.until(
      async () => !(await t.quiet('GET', at(ns))).json.spec.finalizers?.includes('kubernetes'),
      'the controller to be done with it',
      patience,
    )
    await t.step('it waits for the other finalizer', 'GET', at(ns), { pick: conditions })
    await t.step('its accounts are gone', 'GET', `${at(ns)}/serviceaccounts`, { pick: (b) => b.items })
    await t.step('let it go', 'PUT', at(ns, 'finalize'), {
      body: NS(ns),
      pick: (b) => (b.kind === 'Namespace' ? { phase: b.status.phase, finalizers: b.spec.finalizers ?? null } : b),
    })
    await t.step('it is gone', 'GET', at(ns))
  },

  'ends-with-a-finalizer-of-metadata': async (t) => {
    const ns = await make(t, 'ns', { finalizers: ['example.com/hold'] })
    await t.quiet('DELETE', at(ns))
    await t.until(
      async () => !(await t.quiet('GET', at(ns))).json.spec?.finalizers?.length,
      'the controller to be done with it',
      patience,
    )
    await t.step('it waits for the other finalizer', 'GET', at(ns), {
      pick: (b) => ({
        spec: b.spec,
        phase: b.status.phase,
        finalizers: b.metadata.finalizers,
        deleted: b.metadata.deletionTimestamp,
      }),
    })
    await t.step('add one more finalizer', 'PATCH', at(ns), {
      type: merge,
      body: { metadata: { finalizers: ['example.com/hold', 'example.com/more'] } },
    })
    await t.step('let it go', 'PATCH', at(ns), {
      type: merge,
      body: { metadata: { finalizers: null } },
      pick: (b) => (b.kind === 'Namespace' ? { phase: b.status.phase } : b),
    })
    await t.step('it is gone', 'GET', at(ns))
  },

  'ends-with-content-that-is-held': async (t) => {
    const ns = await t.namespace()
    for (const n of ['a', 'b'])
      await t.quiet('POST', `${at(ns)}/configmaps`, {
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: n, finalizers: ['example.com/hold'] } },
      })
    await t.quiet('DELETE', at(ns))
    await t.until(
      async () =>
        (await t.quiet('GET', at(ns))).json.status.conditions?.some(
          (c) => c.type === 'NamespaceFinalizersRemaining' && c.status === 'True',
        ),
      'the conditions',
      patience,
    )
    await t.step('it says what it waits for', 'GET', at(ns), { pick: conditions })
    await t.step('what is held is being deleted', 'GET', `${at(ns)}/configmaps`, {
      pick: (b) =>
        b.items.map((i) => ({
          name: i.metadata.name,
          deleted: !!i.metadata.deletionTimestamp,
          finalizers: i.metadata.finalizers,
        })),
    })
    for (const n of ['a', 'b'])
      await t.quiet('PATCH', `${at(ns)}/configmaps/${n}`, { type: merge, body: { metadata: { finalizers: null } } })
    await t.step('what was held is gone', 'GET', `${at(ns)}/configmaps`, { pick: (b) => b.items })
  },
}
