/** Lists in pages and at revisions, selectors, and watches. */

const maps = (ns) => `/api/v1/namespaces/${ns}/configmaps`
const secretsOf = (ns) => `/api/v1/namespaces/${ns}/secrets`
const podsOf = (ns) => `/api/v1/namespaces/${ns}/pods`
const map = (name, labels, data) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...(labels && { labels }) },
  ...(data && { data }),
})
const secret = (name, type, data) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  ...(type && { type }),
  ...(data && { data }),
})
const merge = 'application/merge-patch+json'

/** The server's own revision in a text. */
const mask = (s) =>
  s.kind === 'Status' && s.message
    ? { ...s, message: s.message.replace(/current: \d+/, 'current: <revision>').replace(/\(\d+\)$/, '(<revision>)') }
    : s
const names = (l) => (l.items ? l.items.map((o) => o.metadata.name) : mask(l))
const page = (l) => (l.items ? { metadata: l.metadata, names: names(l) } : mask(l))
const event = ({ type, object: o }) => ({
  type,
  ...(o.kind === 'Status'
    ? { status: mask(o) }
    : {
        kind: o.kind,
        name: o.metadata.name ?? null,
        labels: o.metadata.labels ?? null,
        data: o.data ?? null,
        ...(o.metadata.annotations && { annotations: o.metadata.annotations }),
      }),
})
const selector = (s) => encodeURIComponent(s)
const future = '888888888888'
const revisionNow = async (t, ns) => (await t.quiet('GET', maps(ns))).json.metadata.resourceVersion

async function five(t, ns) {
  for (const n of ['a', 'b', 'c', 'd', 'e']) await t.quiet('POST', secretsOf(ns), { body: secret(n) })
}

export default {
  'the shape of a list': async (t) => {
    const ns = await t.namespace()
    await t.step('empty', 'GET', secretsOf(ns))
    await t.quiet('POST', secretsOf(ns), { body: secret('a', undefined, { k: 'dg==' }) })
    await t.step('one item', 'GET', secretsOf(ns))
    await t.step('in a namespace that is not there', 'GET', secretsOf(t.name('nowhere')))
    await t.step('ServiceAccounts', 'GET', `/api/v1/namespaces/${ns}/serviceaccounts`)
    await t.step('Roles', 'GET', `/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/roles`)
    await t.step('a kind that is not there', 'GET', `/api/v1/namespaces/${ns}/nothings`)
    await t.step('a group that is not there', 'GET', `/apis/none.example.com/v1/namespaces/${ns}/nothings`)
  },

  pages: async (t) => {
    const ns = await t.namespace()
    await five(t, ns)
    const path = `${secretsOf(ns)}?limit=2`
    const first = await t.step('first page', 'GET', path, { pick: page })
    const second = await t.step('second page', 'GET', `${path}&continue=${first.json.metadata.continue}`, {
      pick: page,
    })
    await t.step('last page', 'GET', `${path}&continue=${second.json.metadata.continue}`, { pick: page })
    await t.step('the second page once more', 'GET', `${path}&continue=${first.json.metadata.continue}`, { pick: page })
    await t.step('the rest in one page', 'GET', `${secretsOf(ns)}?limit=50&continue=${first.json.metadata.continue}`, {
      pick: page,
    })
    await t.step('the rest without a limit', 'GET', `${secretsOf(ns)}?continue=${first.json.metadata.continue}`, {
      pick: page,
    })
    await t.step('a limit of all', 'GET', `${secretsOf(ns)}?limit=5`, { pick: page })
    await t.step('a limit of 0', 'GET', `${secretsOf(ns)}?limit=0`, { pick: page })
    await t.step('a limit below 0', 'GET', `${secretsOf(ns)}?limit=-1`, { pick: page })
    t.note(
      'all pages have the revision of the first',
      new Set([first, second].map((r) => r.json.metadata.resourceVersion)).size === 1,
    )
  },

  'pages show what was there at the first': async (t) => {
    const ns = await t.namespace()
    await five(t, ns)
    const path = `${secretsOf(ns)}?limit=2`
    const first = (await t.quiet('GET', path)).json
    await t.quiet('DELETE', `${secretsOf(ns)}/c`)
    await t.quiet('POST', secretsOf(ns), { body: secret('bb') })
    const second = await t.step('second page after changes', 'GET', `${path}&continue=${first.metadata.continue}`, {
      pick: page,
    })
    await t.step('last page', 'GET', `${path}&continue=${second.json.metadata.continue}`, { pick: page })
    await t.step('a new list', 'GET', secretsOf(ns), { pick: page })
  },

  'pages with selectors': async (t) => {
    const ns = await t.namespace()
    for (const [n, x] of [
      ['a', '1'],
      ['b', '2'],
      ['c', '1'],
      ['d', '2'],
      ['e', '1'],
    ])
      await t.quiet('POST', maps(ns), { body: map(n, { x }) })
    const path = `${maps(ns)}?limit=2&labelSelector=${selector('x=1')}`
    const first = await t.step('first page, without a count of the rest', 'GET', path, { pick: page })
    await t.step('second page', 'GET', `${path}&continue=${first.json.metadata.continue}`, { pick: page })
    await t.step('by field', 'GET', `${maps(ns)}?limit=3&fieldSelector=${selector('metadata.name!=b')}`, { pick: page })
    await t.step('nothing matches', 'GET', `${maps(ns)}?limit=2&labelSelector=${selector('x=9')}`, { pick: page })
    await t.step('as a Table', 'GET', path, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
      pick: (l) => ({ metadata: l.metadata, rows: l.rows.map((r) => r.cells[0]) }),
    })
    await t.step('as metadata only', 'GET', path, {
      accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
      pick: page,
    })
  },

  'bad continue tokens': async (t) => {
    const ns = await t.namespace()
    await five(t, ns)
    const encode = (o) => Buffer.from(JSON.stringify(o)).toString('base64url')
    const list = (label, token, more = '') =>
      t.step(label, 'GET', `${secretsOf(ns)}?limit=2&continue=${token}${more}`, { pick: page })
    const { json: first } = await t.quiet('GET', `${secretsOf(ns)}?limit=2`)
    await list('not base64', '***')
    await list('not JSON', Buffer.from('hello').toString('base64url'))
    await list('an unknown version', encode({ v: 'v9', rv: 5, start: 'a' }))
    await list('no start', encode({ v: 'meta.k8s.io/v1', rv: 5 }))
    await list('revision 0', encode({ v: 'meta.k8s.io/v1', rv: 0, start: 'a' }))
    await list(
      'a start that goes up',
      encode({ v: 'meta.k8s.io/v1', rv: Number(first.metadata.resourceVersion), start: '../x' }),
    )
    await list('with a revision', first.metadata.continue, '&resourceVersion=5')
    await list('with a match', first.metadata.continue, '&resourceVersion=5&resourceVersionMatch=Exact')
  },

  'revisions of a list': async (t) => {
    const ns = await t.namespace()
    await five(t, ns)
    const { json: before } = await t.quiet('GET', secretsOf(ns))
    await t.quiet('DELETE', `${secretsOf(ns)}/c`)
    const rv = before.metadata.resourceVersion
    const list = (label, query) =>
      t.step(label, 'GET', `${secretsOf(ns)}?${query.replaceAll(rv, 'REVISION')}`, { pick: page })
    const at = async (label, query) => t.note(label, names((await t.quiet('GET', `${secretsOf(ns)}?${query}`)).json))
    await list('0', 'resourceVersion=0')
    await list('0, not older', 'resourceVersion=0&resourceVersionMatch=NotOlderThan')
    await at('one before the delete, exact', `resourceVersion=${rv}&resourceVersionMatch=Exact`)
    await at('one before the delete, not older', `resourceVersion=${rv}&resourceVersionMatch=NotOlderThan`)
    await at('one before the delete', `resourceVersion=${rv}`)
    await at('one before the delete with a limit is exact', `resourceVersion=${rv}&limit=10`)
    await at('not older with a limit', `resourceVersion=${rv}&limit=10&resourceVersionMatch=NotOlderThan`)
    await list('1, not older', 'resourceVersion=1&resourceVersionMatch=NotOlderThan')
    const one = await t.quiet('GET', `${secretsOf(ns)}/a?resourceVersion=${rv}`)
    t.note('one object not older', [one.status, one.json.metadata.name])
    await t.step('one object, 0', 'GET', `${secretsOf(ns)}/a?resourceVersion=0`, { pick: (o) => o.metadata.name })
    await t.step('one object, no number', 'GET', `${secretsOf(ns)}/a?resourceVersion=abc`)
  },

  'rules for revisions': async (t) => {
    const ns = await t.namespace()
    const list = (label, query) => t.step(label, 'GET', `${secretsOf(ns)}?${query}`, { pick: page })
    await list('a match without a revision', 'resourceVersionMatch=Exact')
    await list('not older without a revision', 'resourceVersionMatch=NotOlderThan')
    await list('exactly 0', 'resourceVersion=0&resourceVersionMatch=Exact')
    await list('an unknown match', 'resourceVersion=5&resourceVersionMatch=Near')
    await list('no number', 'resourceVersion=abc')
    await list('a number below 0', 'resourceVersion=-1')
    await list('initial events on a list', 'sendInitialEvents=true')
    await list(
      'initial events on a list with all they need',
      'sendInitialEvents=true&resourceVersion=0&resourceVersionMatch=NotOlderThan',
    )
  },

  'revisions of the future': async (t) => {
    const ns = await t.namespace()
    await t.step('list', 'GET', `${secretsOf(ns)}?resourceVersion=${future}`, { pick: mask })
    await t.step('list, exact', 'GET', `${secretsOf(ns)}?resourceVersion=${future}&resourceVersionMatch=Exact`, {
      pick: mask,
    })
    await t.step('one object', 'GET', `${maps(ns)}/kube-root-ca.crt?resourceVersion=${future}`, { pick: mask })
  },

  'a watch from the future': async (t) => {
    const ns = await t.namespace()
    const start = Date.now()
    await t.step('watch', 'GET', `${maps(ns)}?watch=true&resourceVersion=${future}&timeoutSeconds=1`, { pick: mask })
    t.note('it waits no longer than it has to', Date.now() - start < 5000)
  },

  'label selectors': async (t) => {
    const ns = await t.namespace()
    const labels = {
      a: { app: 'web', tier: 'front', n: '5' },
      b: { app: 'web', tier: 'back', n: '10' },
      c: { app: 'db', empty: '' },
      d: { 'example.com/app': 'web' },
    }
    for (const [n, l] of Object.entries(labels)) await t.quiet('POST', maps(ns), { body: map(n, l) })
    await t.quiet('POST', maps(ns), { body: map('e') })
    const list = (s) => t.step(s || '(empty)', 'GET', `${maps(ns)}?labelSelector=${selector(s)}`, { pick: names })
    for (const s of [
      '',
      'app=web',
      'app==web',
      'app!=web',
      'app',
      '!app',
      'app in (web,db)',
      'app in (web)',
      'app notin (web)',
      'app in ()',
      'app=web,tier=front',
      'app=web,tier!=front',
      'tier,!n',
      'n>5',
      'n<10',
      'n>x',
      'empty=',
      'empty',
      'example.com/app=web',
      ' app = web ',
      'app in ( web , db ),tier',
      'app=none',
      'app=db,app=web',
    ])
      await list(s)
  },

  'bad label selectors': async (t) => {
    const ns = await t.namespace()
    const list = (s) => t.step(s, 'GET', `${maps(ns)}?labelSelector=${selector(s)}`, { pick: names })
    for (const s of [
      'app in web',
      'app=web tier=front',
      '=web',
      'app=a b',
      'app=-x',
      'a/b/c=d',
      '-app',
      'app in (web',
      ',app=web',
      'app=web,',
      'app~web',
      'app=web)',
      'app=x!y',
      '!',
      `app=${'v'.repeat(64)}`,
      'n>',
    ])
      await list(s)
    await t.step('on a watch', 'GET', `${maps(ns)}?watch=true&labelSelector=${selector('a b')}`)
    await t.step('on a deletecollection', 'DELETE', `${maps(ns)}?labelSelector=${selector('a b')}`)
  },

  'field selectors': async (t) => {
    const ns = await t.namespace()
    for (const n of ['a', 'b']) await t.quiet('POST', maps(ns), { body: map(n) })
    const list = (s) => t.step(s || '(empty)', 'GET', `${maps(ns)}?fieldSelector=${selector(s)}`, { pick: names })
    for (const s of [
      'metadata.name=a',
      'metadata.name==a',
      'metadata.name!=a',
      'metadata.name=none',
      'metadata.name=a,metadata.name=b',
      `metadata.namespace=default`,
      'metadata.namespace!=default',
      'metadata.uid=x',
      'data.k=v',
      'metadata.name',
      'metadata.name=',
      '=a',
      'metadata.name=a,',
      'metadata.name>a',
      'metadata.name in (a)',
    ])
      await list(s)
    await t.step('of this namespace', 'GET', `${maps(ns)}?fieldSelector=${selector(`metadata.namespace=${ns}`)}`, {
      pick: names,
    })
    await t.step(
      'in another namespace',
      'GET',
      `/api/v1/configmaps?fieldSelector=${selector(`metadata.namespace=${ns},metadata.name=a`)}`,
      { pick: names },
    )
  },

  'field selectors of secrets and pods': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    await t.quiet('POST', secretsOf(ns), { body: secret('plain') })
    await t.quiet('POST', secretsOf(ns), { body: secret('basic', 'kubernetes.io/basic-auth', { username: 'dQ==' }) })
    const pod = (name, spec) =>
      t.quiet('POST', podsOf(ns), {
        body: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name },
          spec: { containers: [{ name: 'm', image: 'a' }], ...spec },
        },
      })
    await pod('a')
    await pod('b', { serviceAccountName: 'robot', restartPolicy: 'Never' })
    await pod('c', { nodeName: 'nowhere', hostNetwork: true })
    await t.quiet('PATCH', `${podsOf(ns)}/a/status`, {
      type: merge,
      body: { status: { phase: 'Running', podIP: '10.1.1.1', podIPs: [{ ip: '10.1.1.1' }] } },
    })
    const list = (path, s) => t.step(s, 'GET', `${path}?fieldSelector=${selector(s)}`, { pick: names })
    for (const s of ['type=Opaque', 'type!=Opaque', 'type=kubernetes.io/basic-auth', 'data.username=u'])
      await list(secretsOf(ns), s)
    for (const s of [
      'spec.nodeName=nowhere',
      'spec.nodeName=',
      'spec.nodeName!=nowhere',
      'spec.host=nowhere',
      'status.phase=Running',
      'status.phase!=Running',
      'spec.serviceAccountName=robot',
      'spec.serviceAccountName=robot,status.phase=Pending',
      'spec.restartPolicy=Never',
      'spec.schedulerName=default-scheduler',
      'spec.hostNetwork=true',
      'status.podIP=10.1.1.1',
      'status.podIPs=10.1.1.1',
      'status.nominatedNodeName=',
      'spec.priority=0',
      'spec.serviceAccount=robot',
    ])
      await list(podsOf(ns), s)
    await t.quiet('DELETE', `${podsOf(ns)}/c?gracePeriodSeconds=0`)
  },

  'field selectors of other kinds': async (t) => {
    const ns = await t.namespace()
    const list = (path, s) =>
      t.step(s.replace(ns, 'NS'), 'GET', `${path}?fieldSelector=${selector(s)}`, { pick: names })
    await list('/api/v1/namespaces', `metadata.name=${ns}`)
    await list('/api/v1/namespaces', `metadata.name=${ns},status.phase=Active`)
    await list('/api/v1/namespaces', `metadata.name=${ns},status.phase=Terminating`)
    await list('/api/v1/namespaces', 'spec.finalizers=kubernetes')
    await list(`/api/v1/namespaces/${ns}/serviceaccounts`, 'metadata.name=default')
    await list(`/api/v1/namespaces/${ns}/serviceaccounts`, 'secrets=x')
    await list(`/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/roles`, 'metadata.name!=x')
    await list(`/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/rolebindings`, 'roleRef.name=x')
    await list('/apis/rbac.authorization.k8s.io/v1/clusterroles', 'metadata.name=cluster-admin')
    await list('/apis/rbac.authorization.k8s.io/v1/clusterroles', 'metadata.name=cluster-admin,metadata.namespace=x')
    await list('/apis/certificates.k8s.io/v1/certificatesigningrequests', 'spec.signerName=example.com/none')
    await list('/apis/certificates.k8s.io/v1/certificatesigningrequests', 'spec.username=x')
    await list(`/api/v1/namespaces/${ns}/events`, 'involvedObject.name=x,reason=y,type=Normal')
    await list(`/api/v1/namespaces/${ns}/events`, 'message=x')
    await list(`/apis/events.k8s.io/v1/namespaces/${ns}/events`, 'regarding.name=x')
    await list('/api/v1/nodes', 'spec.unschedulable=true')
    await list(`/api/v1/namespaces/${ns}/services`, 'spec.type=ClusterIP,spec.clusterIP=None')
    await list(`/apis/coordination.k8s.io/v1/namespaces/${ns}/leases`, 'spec.holderIdentity=x')
  },

  'lists over all namespaces': async (t) => {
    const one = await t.namespace('one')
    const two = await t.namespace('two')
    const run = t.name('run')
    for (const [ns, n] of [
      [one, 'b'],
      [two, 'a'],
      [one, 'a'],
    ])
      await t.quiet('POST', maps(ns), { body: map(n, { run }) })
    // The order of namespaces is that of their names, which are made for the run: one before two.
    const pick = (l) => (l.items ? l.items.map((o) => `${o.metadata.namespace}/${o.metadata.name}`) : l)
    await t.step('by label', 'GET', `/api/v1/configmaps?labelSelector=run=${run}`, { pick })
    await t.step(
      'by label and name',
      'GET',
      `/api/v1/configmaps?labelSelector=run=${run}&fieldSelector=metadata.name=a`,
      { pick },
    )
    const first = await t.step('in pages', 'GET', `/api/v1/configmaps?labelSelector=run=${run}&limit=2`, { pick })
    await t.step(
      'second page',
      'GET',
      `/api/v1/configmaps?labelSelector=run=${run}&limit=2&continue=${first.json.metadata.continue}`,
      { pick },
    )
    await t.step('one of another namespace by its path', 'GET', `/api/v1/configmaps/a`)
    await t.step('POST over all namespaces', 'POST', '/api/v1/configmaps', { body: map('x') })
    await t.step('DELETE over all namespaces', 'DELETE', `/api/v1/configmaps?labelSelector=run=${run}`)
    await t.watch('a watch over all', `/api/v1/configmaps?watch=true&resourceVersion=0&labelSelector=run=${run}`, {
      count: 3,
      pick: ({ type, object: o }) => `${type} ${o.metadata.namespace}/${o.metadata.name}`,
    })
  },

  'a watch of changes': async (t) => {
    const ns = await t.namespace()
    const rv = await revisionNow(t, ns)
    const events = await t.watch(
      'from a revision',
      `${maps(ns)}?watch=true&fieldSelector=metadata.name%21%3Dkube-root-ca.crt&resourceVersion=${rv}`,
      {
        count: 5,
        pick: event,
        during: async () => {
          await t.quiet('POST', maps(ns), { body: map('a', { x: '1' }) })
          await t.quiet('PATCH', `${maps(ns)}/a`, { type: merge, body: { data: { k: '1' } } })
          await t.quiet('PATCH', `${maps(ns)}/a`, { type: merge, body: { data: { k: '1' } } })
          await t.quiet('POST', maps(ns), { body: map('b') })
          await t.quiet('DELETE', `${maps(ns)}/a`)
          await t.quiet('DELETE', `${maps(ns)}/b`)
        },
      },
    )
    t.steps.at(-1).step = 'from a revision: WATCH' // the path holds the revision
    const revisions = events.map((e) => Number(e.object.metadata.resourceVersion))
    t.note(
      'revisions rise',
      revisions.every((r, i) => i === 0 || r > revisions[i - 1]),
    )
    // A quiet server need not answer before the next change of the kind, so there is one.
    const soon = t.sleep(500).then(() => t.quiet('POST', maps(ns), { body: map('z') }))
    await t.watch('without a revision: what is there comes first', `${maps(ns)}?watch=true`, { count: 2, pick: event2 })
    await soon
    await t.watch('revision 0: the same, by name', `${maps(ns)}?watch=true&resourceVersion=0`, {
      count: 2,
      pick: event2,
    })
    await t.watch('the whole of an event', `${maps(ns)}?watch=true&resourceVersion=0&fieldSelector=metadata.name=z`, {
      count: 1,
    })
  },

  'a watch with selectors': async (t) => {
    const ns = await t.namespace()
    const patch = (body) => t.quiet('PATCH', `${maps(ns)}/a`, { type: merge, body })
    await t.watch('by label: leaving it is a delete', `${maps(ns)}?watch=true&resourceVersion=0&labelSelector=x%3D1`, {
      count: 5,
      pick: event,
      during: async () => {
        await t.sleep(200)
        await t.quiet('POST', maps(ns), { body: map('a', { x: '0' }, { k: '0' }) })
        await patch({ metadata: { labels: { x: '1' } }, data: { k: '1' } })
        await patch({ data: { k: '2' } })
        await patch({ metadata: { labels: { x: '2' } }, data: { k: '3' } })
        await patch({ metadata: { labels: { x: '1' } }, data: { k: '4' } })
        await t.quiet('DELETE', `${maps(ns)}/a`)
      },
    })
    await t.watch('by name', `${maps(ns)}?watch=true&resourceVersion=0&fieldSelector=metadata.name%3Db`, {
      count: 2,
      pick: event,
      during: async () => {
        await t.sleep(200)
        for (const n of ['a', 'b', 'c']) await t.quiet('POST', maps(ns), { body: map(n) })
        for (const n of ['a', 'b', 'c']) await t.quiet('DELETE', `${maps(ns)}/${n}`)
      },
    })
    await t.watch('one object by the older path', `/api/v1/watch/namespaces/${ns}/configmaps/d?resourceVersion=0`, {
      count: 2,
      pick: event,
      during: async () => {
        await t.sleep(200)
        for (const n of ['c', 'd']) await t.quiet('POST', maps(ns), { body: map(n) })
        await t.quiet('DELETE', `${maps(ns)}/d`)
      },
    })
    await t.step('the path of an object is not watched', 'GET', `${maps(ns)}/c?watch=true`, {
      pick: (o) => ({ kind: o.kind, name: o.metadata.name }),
    })
    await t.step('nor that of a missing one', 'GET', `${maps(ns)}/d?watch=true`)
    await t.step(
      'the older path with another name',
      'GET',
      `/api/v1/watch/namespaces/${ns}/configmaps/d?fieldSelector=metadata.name%3Dc`,
    )
  },

  'a watch of pods by phase': async (t) => {
    const ns = await t.namespace()
    const status = (phase) => t.quiet('PATCH', `${podsOf(ns)}/a/status`, { type: merge, body: { status: { phase } } })
    await t.watch('running pods', `${podsOf(ns)}?watch=true&resourceVersion=0&fieldSelector=status.phase%3DRunning`, {
      count: 2,
      pick: ({ type, object: o }) => ({ type, name: o.metadata.name, phase: o.status.phase }),
      during: async () => {
        await t.sleep(200)
        await t.quiet('POST', podsOf(ns), {
          body: {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'a' },
            spec: { containers: [{ name: 'm', image: 'a' }] },
          },
        })
        await status('Running')
        await status('Succeeded')
      },
    })
    await t.watch('the delete of an unscheduled pod', `${podsOf(ns)}?watch=true&resourceVersion=0`, {
      count: 3,
      pick: ({ type, object: o }) => ({
        type,
        name: o.metadata.name,
        grace: o.metadata.deletionGracePeriodSeconds ?? null,
        deleting: Boolean(o.metadata.deletionTimestamp),
      }),
      during: async () => {
        await t.sleep(200)
        await t.quiet('DELETE', `${podsOf(ns)}/a`)
      },
    })
  },

  'rules for initial events': async (t) => {
    const ns = await t.namespace()
    const watch = (label, query) =>
      t.step(label, 'GET', `${maps(ns)}?watch=true&timeoutSeconds=1&${query}`, { pick: mask })
    await watch('without a match', 'sendInitialEvents=true&allowWatchBookmarks=true')
    await watch(
      'with an exact match',
      'sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=Exact&resourceVersion=5',
    )
    await watch('a match without initial events', 'resourceVersionMatch=NotOlderThan')
    await watch('an unknown match', 'sendInitialEvents=true&resourceVersionMatch=Near')
    await watch('no number', 'resourceVersion=abc')
    await watch('a continue token', 'continue=abc')
  },

  'initial events': async (t) => {
    const ns = await t.namespace()
    await five(t, ns)
    const path = `${secretsOf(ns)}?watch=true&timeoutSeconds=20&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`
    const brief = ({ type, object: o }) => ({
      type,
      kind: o.kind,
      name: o.metadata?.name ?? null,
      annotations: o.metadata?.annotations ?? null,
      keys: Object.keys(o).sort(),
      ...(o.kind === 'Status' && { status: mask(o) }),
    })
    await t.watch('what is there, and the end of it', path, { count: 6, ms: 15000, pick: brief })
    await t.watch('not older than 0', `${path}&resourceVersion=0`, { count: 6, ms: 15000, pick: brief })
    await t.watch('by label, none there', `${path}&labelSelector=none`, { count: 1, ms: 15000, pick: brief })
    await t.watch('by name', `${path}&fieldSelector=metadata.name%3Dc`, { count: 2, ms: 15000, pick: brief })
    await t.watch('as metadata', path, {
      count: 6,
      ms: 15000,
      accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      pick: brief,
    })
    await t.watch('as tables', `${path}&fieldSelector=metadata.name%3Dc`, {
      count: 2,
      ms: 15000,
      accept: 'application/json;as=Table;g=meta.k8s.io;v=v1',
      pick: ({ type, object: o }) => ({
        type,
        kind: o.kind,
        columns: o.columnDefinitions?.map((c) => c.name) ?? null,
        rows: o.rows?.map((r) => r.cells?.slice(0, 3)) ?? null,
        annotations: o.metadata?.annotations ?? null,
      }),
    })
    const start = Date.now()
    await t.watch('without the wish for bookmarks', path.replace('&allowWatchBookmarks=true', ''), {
      count: 1,
      ms: 5000,
      pick: brief,
    })
    t.note('soon answered', Date.now() - start < 5000)
  },

  bookmarks: async (t) => {
    const ns = await t.namespace()
    const rv = await revisionNow(t, ns)
    const lines = async (query) =>
      (await t.quiet('GET', `${maps(ns)}?watch=true&resourceVersion=${rv}&timeoutSeconds=4${query}`)).text
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((l) => JSON.parse(l))
    const [asked, unasked] = await Promise.all([lines('&allowWatchBookmarks=true'), lines('')])
    t.note('before the end of a watch that asked for them', {
      type: asked[0]?.type ?? null,
      object: asked[0]?.object ?? null,
    })
    t.note(
      'nothing but bookmarks',
      asked.every((e) => e.type === 'BOOKMARK'),
    )
    t.note('none for one that did not ask', unasked.length)
  },

  'how a watch ends': async (t) => {
    const ns = await t.namespace()
    const start = Date.now()
    const r = await t.quiet('GET', `${secretsOf(ns)}?watch=true&resourceVersion=0&timeoutSeconds=1`)
    t.note('at its time, without an event', {
      status: r.status,
      text: r.text,
      soon: Date.now() - start < 3000,
      late: Date.now() - start >= 900,
    })
    await t.watch('too old a revision', `${maps(ns)}?watch=true&resourceVersion=1`, { count: 1, ms: 3000, pick: event })
    await t.step(
      'the older path',
      'GET',
      `/api/v1/watch/namespaces/${ns}/configmaps?resourceVersion=0&timeoutSeconds=1`,
      {
        pick: (x) =>
          typeof x === 'string'
            ? x
                .trim()
                .split('\n')
                .map((l) => event2(JSON.parse(l)))
                .map((e) => JSON.stringify(e))
                .join('\n')
            : event2(x),
      },
    )
    await t.step(
      'the older path of one object',
      'GET',
      `/api/v1/watch/namespaces/${ns}/configmaps/kube-root-ca.crt?resourceVersion=0&timeoutSeconds=1`,
      { pick: (x) => (typeof x === 'string' ? x : event2(x)) },
    )
    await t.step('watch=false is a list', 'GET', `${secretsOf(ns)}?watch=false`)
    await t.step('watch=0 is a list', 'GET', `${secretsOf(ns)}?watch=0`)
    await t.watch('watch=1', `${maps(ns)}?watch=1&resourceVersion=0`, { count: 1, pick: event2 })
    await t.watch('watch without a value', `${maps(ns)}?watch&resourceVersion=0`, { count: 1, pick: event2 })
    await t.watch('a limit does nothing', `${maps(ns)}?watch=true&resourceVersion=0&limit=1`, {
      count: 1,
      pick: event2,
    })
    await t.watch(
      'of a namespace that is not there',
      `${maps(t.name('nowhere'))}?watch=true&resourceVersion=0&timeoutSeconds=1`,
      { ms: 2500, count: 1 },
    )
    await t.step('POST is not watched', 'POST', `${maps(ns)}?watch=true`, {
      body: map('p'),
      pick: (o) => o.metadata?.name ?? o,
    })
  },

  'a watch in other forms': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), { body: map('a', { x: 'y' }, { k: 'v' }) })
    const only = `${maps(ns)}?watch=true&resourceVersion=0&fieldSelector=metadata.name%3Da`
    const row = ({ type, object: o }) => ({
      type,
      kind: o.kind,
      apiVersion: o.apiVersion,
      columns: o.columnDefinitions?.map((c) => c.name) ?? null,
      rows:
        o.rows?.map((r) => ({
          cells: r.cells.slice(0, 2),
          object: r.object && { kind: r.object.kind, metadata: r.object.metadata },
        })) ?? null,
    })
    const change = async () => {
      await t.sleep(300)
      await t.quiet('PATCH', `${maps(ns)}/a`, { type: merge, body: { data: { [Date.now()]: 'w' } } })
    }
    const clean = (e) => (e.rows ? { ...e, rows: e.rows.map((r) => ({ ...r, cells: [r.cells[0]] })) } : e)
    await t.watch('Table', only, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
      count: 2,
      pick: (e) => clean(row(e)),
      during: change,
    })
    await t.watch('Table without objects', `${only}&includeObject=None`, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
      count: 1,
      pick: (e) => clean(row(e)),
    })
    await t.watch('metadata only', only, {
      accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
      count: 1,
    })
    await t.watch('a stream as clients ask for it', only, {
      accept: 'application/json;stream=watch',
      count: 1,
      pick: event2,
    })
    await t.watch('anything', only, { accept: '*/*', count: 1, pick: event2 })
    await t.step('something unknown', 'GET', only, { accept: 'text/html' })
    const yaml = await t.quiet('GET', `${only}&timeoutSeconds=1`, { accept: 'application/yaml' })
    t.note('YAML', {
      status: yaml.status,
      type: yaml.headers['content-type'],
      body: yaml.status === 200 ? yaml.text.slice(0, 8) : yaml.text,
    })
    const binary = await t.quiet('GET', `${only}&timeoutSeconds=1`, {
      accept: 'application/vnd.kubernetes.protobuf;stream=watch',
    })
    t.note('protobuf: a length of four bytes, then an event without envelope around an object with one', {
      status: binary.status,
      type: binary.headers['content-type'],
      length: binary.raw.readUInt32BE(0) === binary.raw.length - 4,
      start: binary.raw.subarray(4, 11).toString('latin1'),
      envelope: binary.raw.includes('k8s\0'),
    })
  },

  deletecollection: async (t) => {
    const ns = await t.namespace()
    for (const [n, x] of [
      ['a', '1'],
      ['b', '2'],
      ['c', '1'],
      ['d', '3'],
    ])
      await t.quiet('POST', maps(ns), {
        body: {
          ...map(n, { x }),
          metadata: { name: n, labels: { x }, ...(n === 'd' && { finalizers: ['example.com/hold'] }) },
        },
      })
    const del = (label, query, more = {}) => t.step(label, 'DELETE', `${maps(ns)}?${query}`, { pick: page, ...more })
    await del('dry run', 'labelSelector=x%3D1&dryRun=All')
    await t.step('all are there', 'GET', maps(ns), { pick: names })
    await del('by label', 'labelSelector=x%3D1')
    await t.step('two are left', 'GET', maps(ns), { pick: names })
    await del('by name', 'fieldSelector=metadata.name%3Db')
    await del('nothing matches', 'labelSelector=x%3D9')
    await del('one with a finalizer', 'labelSelector=x%3D3', {
      pick: (l) => l.items?.map((o) => [o.metadata.name, Boolean(o.metadata.deletionTimestamp)]) ?? l,
    })
    await t.step('it stays until the finalizer goes', 'GET', `${maps(ns)}/d`, {
      pick: (o) => ({
        finalizers: o.metadata.finalizers,
        deleting: Boolean(o.metadata.deletionTimestamp),
        grace: o.metadata.deletionGracePeriodSeconds,
      }),
    })
    await t.step('the finalizer goes', 'PATCH', `${maps(ns)}/d`, {
      type: merge,
      body: { metadata: { finalizers: null } },
      pick: (o) => ({ kind: o.kind, name: o.metadata.name, finalizers: o.metadata.finalizers ?? null }),
    })
    await t.step('gone', 'GET', `${maps(ns)}/d`)
    await del('a bad field', 'fieldSelector=data.x%3D9')
    await t.step('not for namespaces', 'DELETE', '/api/v1/namespaces?labelSelector=none%3Dnone')
    await t.step('not for bindings of pods', 'DELETE', `/api/v1/namespaces/${ns}/bindings`)
  },

  'deletecollection of accounts': async (t) => {
    const ns = await t.namespace()
    const accounts = `/api/v1/namespaces/${ns}/serviceaccounts`
    for (const n of ['a', 'b']) await t.serviceAccount(ns, n)
    const { json: old } = await t.quiet('GET', `${accounts}/default`)
    await t.step('all', 'DELETE', accounts, { pick: page })
    await t.until(async () => (await t.quiet('GET', `${accounts}/default`)).status === 200, 'a new default account')
    await t.step('default comes back', 'GET', accounts, { pick: names })
    t.note('as another object', (await t.quiet('GET', `${accounts}/default`)).json.metadata.uid !== old.metadata.uid)
  },
}

/** An event without the certificate of kube-root-ca.crt. */
function event2(e) {
  const { data, annotations, ...rest } = event(e)
  return { ...rest, ...(e.type === 'BOOKMARK' && { annotations }) }
}
