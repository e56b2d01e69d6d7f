/** ServiceAccounts as objects: every verb, every check of what is sent, and what the server changes or drops. */

const SA = (name, extra = {}) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name }, ...extra })
const withMeta = (metadata, extra = {}) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata, ...extra })
const at = (ns, name = '') => `/api/v1/namespaces/${ns}/serviceaccounts${name && `/${name}`}`
const merge = 'application/merge-patch+json'
const strategic = 'application/strategic-merge-patch+json'
const jsonPatch = 'application/json-patch+json'
const shown = (b) =>
  b.kind === 'ServiceAccount'
    ? {
        name: b.metadata.name,
        labels: b.metadata.labels,
        annotations: b.metadata.annotations,
        secrets: b.secrets,
        imagePullSecrets: b.imagePullSecrets,
        automount: b.automountServiceAccountToken,
      }
    : b
/** The patched object that some refusals repeat in their text is cut, as its revision and managed fields are not the subject. */
const cut = (b) => {
  if (b.kind !== 'Status') return shown(b)
  const short = (text) => text?.replace(/Invalid value: "\{.*\}(\\n)?": /s, 'Invalid value: "<the object>": ')
  return {
    ...b,
    message: short(b.message),
    details: { ...b.details, causes: b.details?.causes?.map((c) => ({ ...c, message: short(c.message) })) },
  }
}
const names = (b) =>
  b.items
    ? { kind: b.kind, apiVersion: b.apiVersion, metadata: b.metadata, names: b.items.map((i) => i.metadata.name) }
    : b

export default {
  'create-and-read': async (t) => {
    const ns = await t.namespace()
    await t.step('create one', 'POST', at(ns), { body: SA('robot') })
    await t.step('read it', 'GET', at(ns, 'robot'))
    await t.step('create it again', 'POST', at(ns), { body: SA('robot') })
    await t.step('read one that is not there', 'GET', at(ns, 'nobody'))
    await t.step('read one in a namespace that is not there', 'GET', at('no-such-namespace', 'robot'))
    await t.step('list them', 'GET', at(ns))
    await t.step('list by name', 'GET', `${at(ns)}?fieldSelector=metadata.name%3Drobot`, { pick: names })
    await t.step('list all but that name', 'GET', `${at(ns)}?fieldSelector=metadata.name!%3Drobot`, { pick: names })
    await t.step(
      'list by a field that cannot be selected',
      'GET',
      `${at(ns)}?fieldSelector=automountServiceAccountToken%3Dtrue`,
    )
    await t.step('list in a namespace that is not there', 'GET', at('no-such-namespace'))
    await t.step('create in a namespace that is not there', 'POST', at('no-such-namespace'), { body: SA('robot') })
    const { text } = await t.quiet('GET', `${at(ns, 'robot')}?pretty=true`)
    t.note('asked to be pretty', text.split('\n').slice(0, 4))
    const plain = await t.quiet('GET', at(ns, 'robot'))
    t.note('not asked to be pretty', {
      lines: plain.text.split('\n').length,
      endsWithNewline: plain.text.endsWith('\n'),
      start: plain.text.slice(0, 60),
    })
    const browser = await t.quiet('GET', at(ns, 'robot'), { headers: { 'user-agent': 'curl/8.0' } })
    t.note('pretty for curl', browser.text.split('\n').slice(0, 3))
  },

  'list-by-label': async (t) => {
    const ns = await t.namespace()
    for (const [n, labels] of [
      ['a', { tier: 'web' }],
      ['b', { tier: 'db', gone: '' }],
      ['c', {}],
    ])
      await t.quiet('POST', at(ns), { body: withMeta({ name: n, labels }) })
    const by = (label, selector) =>
      t.step(label, 'GET', `${at(ns)}?labelSelector=${encodeURIComponent(selector)}`, { pick: names })
    await by('equal', 'tier=web')
    await by('equal, written twice', 'tier==web')
    await by('not equal', 'tier!=web')
    await by('one of', 'tier in (web, db)')
    await by('none of', 'tier notin (web)')
    await by('there', 'gone')
    await by('not there', '!tier')
    await by('both', 'tier,!gone')
    await by('not a selector', 'tier in web')
    await by('not a key', '-tier=web')
    await by('not a value', 'tier=a b')
    await t.step('not a field selector', 'GET', `${at(ns)}?fieldSelector=metadata.name`)
    await t.step('by label and by name', 'GET', `${at(ns)}?labelSelector=tier&fieldSelector=metadata.name%3Db`, {
      pick: names,
    })
  },

  fields: async (t) => {
    const ns = await t.namespace()
    await t.step('secrets keep only their names', 'POST', at(ns), {
      body: SA('s', {
        secrets: [
          {
            name: 's1',
            namespace: 'other',
            kind: 'Secret',
            uid: 'u',
            fieldPath: 'f',
            resourceVersion: '1',
            apiVersion: 'v1',
          },
          { name: 's2' },
        ],
      }),
    })
    await t.step('secrets that are not there, twice, or nameless', 'POST', at(ns), {
      body: SA('s-odd', { secrets: [{ name: 'x' }, { name: 'x' }, {}] }),
    })
    await t.step('secrets of the wrong form', 'POST', at(ns), { body: SA('s-bad', { secrets: ['s1'] }) })
    await t.step('pull secrets, one twice', 'POST', at(ns), {
      body: SA('p', { imagePullSecrets: [{ name: 'r1' }, { name: 'r1' }, {}] }),
    })
    await t.step('no automount', 'POST', at(ns), { body: SA('am', { automountServiceAccountToken: false }) })
    await t.step('automount of null', 'POST', at(ns), { body: SA('am-null', { automountServiceAccountToken: null }) })
    await t.step('automount as text', 'POST', at(ns), { body: SA('am-text', { automountServiceAccountToken: 'true' }) })
    await t.step('automount as a number', 'POST', at(ns), {
      body: SA('am-number', { automountServiceAccountToken: 1 }),
    })
    await t.step('empty lists', 'POST', at(ns), { body: SA('empty', { secrets: [], imagePullSecrets: [] }) })
    await t.step('secrets keep only their names when replaced', 'PUT', at(ns, 's'), {
      body: SA('s', { secrets: [{ name: 's3', namespace: 'other', uid: 'u' }] }),
      pick: shown,
    })
    await t.step('a PUT without a field removes it', 'PUT', at(ns, 'am'), { body: SA('am'), pick: shown })
  },

  names: async (t) => {
    const ns = await t.namespace()
    const tries = {
      'with a capital': 'Robot',
      'with an underscore': 'a_b',
      'with a dash in front': '-a',
      'with a dash behind': 'a-',
      'with a dot behind': 'a.',
      'with two dots': 'a..b',
      'of one dot': '.',
      'of two dots': '..',
      'with a slash': 'a/b',
      'with a percent sign': 'a%b',
      'with a blank': 'a b',
      'with a colon': 'a:b',
      'not in ASCII': 'ä',
      'of 254 characters': 'a'.repeat(254),
    }
    for (const [label, name] of Object.entries(tries)) await t.step(label, 'POST', at(ns), { body: SA(name) })
    await t.step('of 253 characters', 'POST', at(ns), {
      body: SA('a'.repeat(253)),
      pick: (b) => ({ kind: b.kind, length: b.metadata?.name?.length, message: b.message }),
    })
    await t.step('with dots and digits', 'POST', at(ns), { body: SA('0.a-1.b'), pick: shown })
    await t.step('no name', 'POST', at(ns), { body: withMeta({}) })
    await t.step('an empty name', 'POST', at(ns), { body: SA('') })
    await t.step('no metadata', 'POST', at(ns), { body: { apiVersion: 'v1', kind: 'ServiceAccount' } })
    await t.step('a name that is a number', 'POST', at(ns), { body: SA(5) })
  },

  'generate-name': async (t) => {
    const ns = await t.namespace()
    await t.step('a name is made', 'POST', at(ns), { body: withMeta({ generateName: 'robot-' }) })
    await t.step('a name and a name to be made', 'POST', at(ns), {
      body: withMeta({ generateName: 'robot-', name: 'mine' }),
      pick: (b) => ({ name: b.metadata.name, generateName: b.metadata.generateName }),
    })
    await t.step('a bad beginning', 'POST', at(ns), {
      body: withMeta({ generateName: 'Robot-' }),
      pick: (b) => ({
        ...b,
        message: b.message?.replace(/Robot-[a-z0-9]{5}/g, 'Robot-<suffix>'),
        details: {
          ...b.details,
          name: b.details?.name?.replace(/Robot-[a-z0-9]{5}/, 'Robot-<suffix>'),
          causes: b.details?.causes?.map((c) => ({
            ...c,
            message: c.message.replace(/Robot-[a-z0-9]{5}/g, 'Robot-<suffix>'),
          })),
        },
      }),
    })
    await t.step('a long beginning is cut', 'POST', at(ns), {
      body: withMeta({ generateName: 'a'.repeat(100) }),
      pick: (b) => ({
        kind: b.kind,
        length: b.metadata?.name?.length,
        kept: /^a+/.exec(b.metadata?.name ?? '')?.[0].length >= 58,
        generateName: b.metadata?.generateName?.length,
      }),
    })
    const made = await t.quiet('POST', at(ns), { body: withMeta({ generateName: 'abc-' }) })
    t.note('the letters used', /^abc-[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(made.json.metadata.name))
  },

  'labels-and-annotations': async (t) => {
    const ns = await t.namespace()
    const label = (text, labels) => t.step(text, 'POST', at(ns), { body: withMeta({ name: 'x', labels }) })
    await label('a label key with a blank', { 'a b': 'v' })
    await label('an empty label key', { '': 'v' })
    await label('a label key with two slashes', { 'a/b/c': 'v' })
    await label('a label key with a bad prefix', { 'A_b/c': 'v' })
    await label('a label key with no name', { 'example.com/': 'v' })
    await label('a long label key', { ['a'.repeat(64)]: 'v' })
    await label('a label value with a blank', { a: 'v w' })
    await label('a long label value', { a: 'v'.repeat(64) })
    await label('a label value that is a number', { a: 5 })
    await label('labels that are a list', ['a'])
    await label('two bad labels', { 'a b': 'v w' })
    const annotation = (text, annotations) =>
      t.step(text, 'POST', at(ns), { body: withMeta({ name: 'x', annotations }) })
    await annotation('an annotation key with a blank', { 'a b': 'v' })
    await annotation('an annotation key with a capital', { 'Example.com/Key': 'v' })
    const size = (n) => ({ k: 'v'.repeat(n - 1) })
    await t.step('annotations of 256 KiB', 'POST', at(ns), {
      body: withMeta({ name: 'full', annotations: size(262144) }),
      pick: (b) => ({ kind: b.kind, size: b.metadata?.annotations?.k?.length, message: b.message }),
    })
    await t.step('annotations of one byte more', 'POST', at(ns), {
      body: withMeta({ name: 'over', annotations: size(262145) }),
      pick: (b) => (b.kind === 'Status' ? b : 'created'),
    })
    await t.step('the deprecated annotation gives a warning', 'POST', at(ns), {
      body: withMeta({ name: 'warned', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } }),
      pick: shown,
    })
    await t.step('not again when it was there', 'PUT', at(ns, 'warned'), {
      body: withMeta({ name: 'warned', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'false' } }),
      pick: shown,
    })
    await t.step('but when it is added', 'PATCH', at(ns, 'default'), {
      type: merge,
      body: { metadata: { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } } },
      pick: shown,
    })
  },

  'bodies-refused': async (t) => {
    const ns = await t.namespace()
    const post = (label, body, type) => t.step(label, 'POST', at(ns), { body, type })
    await post('another kind', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } })
    await post('a kind that is not known', { apiVersion: 'v1', kind: 'Nothing', metadata: { name: 'x' } })
    await post('another version', { apiVersion: 'v2', kind: 'ServiceAccount', metadata: { name: 'x' } })
    await post('another group', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' } })
    await post('a list of them', { apiVersion: 'v1', kind: 'ServiceAccountList', items: [] })
    await post('another namespace', withMeta({ name: 'x', namespace: 'other' }))
    await post('nothing', '')
    await post('half a document', '{"kind":"ServiceAccount",')
    await post('an array', '[]')
    await post('a number', '42')
    await post('null', 'null')
    await post('no kind and no version', { metadata: { name: 'kindless' } })
    await post('no kind', { apiVersion: 'v1', metadata: { name: 'kindless2' } })
    await post('metadata that is text', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: 'x' })
    await post('an unknown content type', SA('x'), 'text/plain')
    await post('a content type that is not one', SA('x'), '///')
    await post('no content type', SA('typeless'), '')
    await post('JSON said with a character set', SA('charset'), 'application/json; charset=utf-8')
    await post(
      'YAML',
      'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: yaml\nautomountServiceAccountToken: false\n',
      'application/yaml',
    )
    await post('bad YAML', 'apiVersion: v1\n  kind: [', 'application/yaml')
  },

  'fields-not-known': async (t) => {
    const ns = await t.namespace()
    const post = (label, query, body) => t.step(label, 'POST', `${at(ns)}${query}`, { body, pick: shown })
    const odd = (name) => SA(name, { colour: 'red', metadata: { name, size: 5 } })
    await post('not said', '', odd('a'))
    await post('warn', '?fieldValidation=Warn', odd('b'))
    await post('ignore', '?fieldValidation=Ignore', odd('c'))
    await post('strict', '?fieldValidation=Strict', odd('d'))
    await post('a word not known', '?fieldValidation=Loose', odd('e'))
    await post(
      'strict: inside a list',
      '?fieldValidation=Strict',
      SA('f', { secrets: [{ name: 'x', nope: 1 }], imagePullSecrets: [{ name: 'y' }, { nope: 2 }] }),
    )
    await post('strict: the wrong case', '?fieldValidation=Strict', SA('g', { AutomountServiceAccountToken: false }))
    await post('ignored: the wrong case', '?fieldValidation=Ignore', SA('h', { AutomountServiceAccountToken: false }))
    const twice = (name) =>
      `{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"${name}","labels":{"a":"1","a":"2"}},"automountServiceAccountToken":true,"automountServiceAccountToken":false}`
    await post('strict: twice', '?fieldValidation=Strict', twice('i'))
    await post('warn: twice', '?fieldValidation=Warn', twice('j'))
    await post('ignore: twice', '?fieldValidation=Ignore', twice('k'))
    await t.step('strict: twice in YAML', 'POST', `${at(ns)}?fieldValidation=Strict`, {
      type: 'application/yaml',
      body: 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: l\n  name: m\n',
      pick: shown,
    })
    await t.step('strict in a PUT', 'PUT', `${at(ns, 'a')}?fieldValidation=Strict`, { body: odd('a'), pick: shown })
    await t.step('strict in a merge patch', 'PATCH', `${at(ns, 'a')}?fieldValidation=Strict`, {
      type: merge,
      body: { colour: 'red' },
      pick: cut,
    })
    await t.step('warn in a merge patch', 'PATCH', `${at(ns, 'a')}?fieldValidation=Warn`, {
      type: merge,
      body: { colour: 'red' },
      pick: cut,
    })
    await t.step('strict in a strategic patch', 'PATCH', `${at(ns, 'a')}?fieldValidation=Strict`, {
      type: strategic,
      body: { colour: 'red' },
      pick: cut,
    })
    await t.step('strict in a JSON patch', 'PATCH', `${at(ns, 'a')}?fieldValidation=Strict`, {
      type: jsonPatch,
      body: [{ op: 'add', path: '/colour', value: 'red' }],
      pick: cut,
    })
  },

  'metadata-on-create': async (t) => {
    const ns = await t.namespace()
    await t.step('a revision', 'POST', at(ns), { body: withMeta({ name: 'a', resourceVersion: '5' }) })
    await t.step('the server makes what is its own', 'POST', at(ns), {
      body: withMeta({
        name: 'b',
        uid: '11111111-1111-1111-1111-111111111111',
        creationTimestamp: '2001-01-01T00:00:00Z',
        selfLink: '/x',
        generation: 7,
        deletionTimestamp: '2001-01-01T00:00:00Z',
        deletionGracePeriodSeconds: 5,
      }),
      pick: (b) =>
        b.kind === 'Status'
          ? b
          : {
              ...b,
              metadata: {
                ...b.metadata,
                uid: b.metadata.uid === '11111111-1111-1111-1111-111111111111' ? 'mine' : 'its own',
                creationTimestamp: b.metadata.creationTimestamp.startsWith('2001') ? 'mine' : 'its own',
              },
            },
    })
    await t.step('a time that is not one', 'POST', at(ns), {
      body: withMeta({ name: 'c', creationTimestamp: 'yesterday' }),
    })
    await t.step('managed fields that are nonsense', 'POST', at(ns), {
      body: withMeta({ name: 'd', managedFields: [{ manager: 'me', operation: 'Nothing' }] }),
    })
    await t.step('the namespace of the path', 'POST', at(ns), {
      body: withMeta({ name: 'e', namespace: ns }),
      pick: shown,
    })
    await t.step('a finalizer that is not one', 'POST', at(ns), { body: withMeta({ name: 'f', finalizers: ['a b'] }) })
    await t.step('a finalizer without a domain', 'POST', at(ns), {
      body: withMeta({ name: 'g', finalizers: ['plain'] }),
    })
    await t.step('a finalizer with a domain', 'POST', at(ns), {
      body: withMeta({ name: 'h', finalizers: ['example.com/hold'] }),
    })
    await t.quiet('PATCH', at(ns, 'h'), { type: merge, body: { metadata: { finalizers: null } } })
    await t.step('who wrote which field', 'POST', `${at(ns)}?fieldManager=tester`, {
      body: withMeta({ name: 'i', labels: { a: 'b' } }, { secrets: [{ name: 's' }] }),
      keep: { managed: true },
      pick: (b) => b.metadata.managedFields,
    })
    await t.step('a long name of a manager', 'POST', `${at(ns)}?fieldManager=${'m'.repeat(129)}`, { body: SA('j') })
  },

  replace: async (t) => {
    const ns = await t.namespace()
    const made = await t.serviceAccount(ns, 'robot')
    const old = made.metadata.resourceVersion
    const put = (label, name, body, query = '') => t.step(label, 'PUT', `${at(ns, name)}${query}`, { body })
    await put('without a revision', 'robot', withMeta({ name: 'robot', labels: { a: '1' } }))
    await put('with an old revision', 'robot', withMeta({ name: 'robot', resourceVersion: old }))
    const now = (await t.quiet('GET', at(ns, 'robot'))).json
    await put('with the right revision', 'robot', { ...now, metadata: { ...now.metadata, labels: { a: '2' } } })
    await put('with revision 0', 'robot', withMeta({ name: 'robot', resourceVersion: '0' }))
    await put('with a revision that is not one', 'robot', withMeta({ name: 'robot', resourceVersion: 'abc' }))
    await put('with another name', 'robot', SA('other'))
    await put('without a name', 'robot', withMeta({}))
    await put('with another namespace', 'robot', withMeta({ name: 'robot', namespace: 'other' }))
    await put('with another uid', 'robot', withMeta({ name: 'robot', uid: '11111111-1111-1111-1111-111111111111' }))
    await put('one that is not there', 'nobody', SA('nobody'))
    await put('one that is not there, with a revision', 'nobody', withMeta({ name: 'nobody', resourceVersion: old }))
    await put('another kind', 'robot', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'robot' } })
    await put('with a bad label', 'robot', withMeta({ name: 'robot', labels: { 'a b': 'c' } }))
  },

  'replace-keeps': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    const first = (await t.quiet('GET', at(ns, 'robot'))).json
    const same = await t.quiet('PUT', at(ns, 'robot'), { body: first })
    t.note('nothing changed, the same revision', {
      status: same.status,
      same: same.json.metadata.resourceVersion === first.metadata.resourceVersion,
    })
    const changed = await t.quiet('PUT', at(ns, 'robot'), {
      body: SA('robot', { automountServiceAccountToken: false }),
    })
    t.note('something changed', {
      revision: changed.json.metadata.resourceVersion !== first.metadata.resourceVersion,
      uid: changed.json.metadata.uid === first.metadata.uid,
      created: changed.json.metadata.creationTimestamp === first.metadata.creationTimestamp,
    })
    await t.step('another time of creation', 'PUT', at(ns, 'robot'), {
      body: withMeta({ name: 'robot', creationTimestamp: '2001-01-01T00:00:00Z' }),
      pick: (b) => (b.kind === 'Status' ? b : { old: b.metadata.creationTimestamp.startsWith('2001') }),
    })
    await t.step('a time of deletion', 'PUT', at(ns, 'robot'), {
      body: withMeta({ name: 'robot', deletionTimestamp: '2001-01-01T00:00:00Z' }),
    })
    await t.step('a generation', 'PUT', at(ns, 'robot'), {
      body: withMeta({ name: 'robot', generation: 5 }),
      pick: (b) => (b.kind === 'Status' ? b : { generation: b.metadata.generation ?? null }),
    })
    await t.step('a beginning of a name', 'PUT', at(ns, 'robot'), {
      body: withMeta({ name: 'robot', generateName: 'rob' }),
      pick: (b) => (b.kind === 'Status' ? b : { generateName: b.metadata.generateName ?? null }),
    })
  },

  patch: async (t) => {
    const ns = await t.namespace()
    const made = await t.serviceAccount(ns, 'robot', {
      secrets: [{ name: 's1' }, { name: 's2' }],
      imagePullSecrets: [{ name: 'p1' }, { name: 'p2' }],
    })
    const patch = (label, type, body, name = 'robot') => t.step(label, 'PATCH', at(ns, name), { type, body, pick: cut })
    await patch('merge: labels', merge, { metadata: { labels: { a: '1', b: '2' } } })
    await patch('merge: null removes', merge, { metadata: { labels: { a: null } } })
    await patch('merge: a list is replaced', merge, { secrets: [{ name: 's3' }] })
    await patch('strategic: secrets are merged by name', strategic, { secrets: [{ name: 's4' }] })
    await patch('strategic: one is removed', strategic, { secrets: [{ name: 's3', $patch: 'delete' }] })
    await patch('strategic: pull secrets are replaced', strategic, { imagePullSecrets: [{ name: 'p3' }] })
    await patch('strategic: the list is replaced when asked', strategic, {
      secrets: [{ name: 's5' }, { $patch: 'replace' }],
    })
    await patch('JSON: add, replace, remove', jsonPatch, [
      { op: 'add', path: '/secrets/-', value: { name: 's6' } },
      { op: 'replace', path: '/imagePullSecrets/0/name', value: 'p4' },
      { op: 'remove', path: '/metadata/labels' },
    ])
    await patch('JSON: a test that fails', jsonPatch, [
      { op: 'test', path: '/secrets/0/name', value: 'zzz' },
      { op: 'remove', path: '/secrets' },
    ])
    await patch('JSON: a path that is not there', jsonPatch, [{ op: 'remove', path: '/metadata/labels/none' }])
    await patch('JSON: an operation that is not known', jsonPatch, [{ op: 'jump', path: '/secrets' }])
    await patch('JSON: not a list', jsonPatch, { op: 'remove' })
    await patch('merge: not an object', merge, '[]')
    await patch('merge: half a document', merge, '{"metadata":')
    await patch('merge: the wrong type', merge, { automountServiceAccountToken: 'yes' })
    await patch('strategic: the wrong type', strategic, { metadata: 'x' })
    await patch('merge: the name', merge, { metadata: { name: 'other' } })
    await patch('merge: the namespace', merge, { metadata: { namespace: 'other' } })
    await patch('merge: an old revision', merge, {
      metadata: { resourceVersion: made.metadata.resourceVersion, labels: { z: '1' } },
    })
    await patch('merge: another uid', merge, { metadata: { uid: '11111111-1111-1111-1111-111111111111' } })
    await patch('merge: the kind', merge, { kind: 'Secret' })
    await patch('merge: one that is not there', merge, { metadata: {} }, 'nobody')
    await patch('plain JSON', 'application/json', { metadata: {} })
    await patch('an unknown kind of patch', 'text/plain', '{}')
  },

  apply: async (t) => {
    const ns = await t.namespace()
    const type = 'application/apply-patch+yaml'
    const apply = (label, query, body, name = 'robot') =>
      t.step(label, 'PATCH', `${at(ns, name)}${query}`, { type, body, pick: shown })
    await apply('without a manager', '', SA('robot'))
    await apply(
      'a new one',
      '?fieldManager=one',
      SA('robot', { automountServiceAccountToken: false, metadata: { name: 'robot', labels: { a: '1', b: '1' } } }),
    )
    await apply(
      'the same again',
      '?fieldManager=one',
      SA('robot', { automountServiceAccountToken: false, metadata: { name: 'robot', labels: { a: '1', b: '1' } } }),
    )
    await apply(
      'another manager, another value',
      '?fieldManager=two',
      SA('robot', { automountServiceAccountToken: true }),
    )
    await apply(
      'another manager, by force',
      '?fieldManager=two&force=true',
      SA('robot', { automountServiceAccountToken: true }),
    )
    await apply(
      'a field that is left out goes',
      '?fieldManager=one',
      SA('robot', { metadata: { name: 'robot', labels: { a: '1' } } }),
    )
    await apply('another name', '?fieldManager=one', SA('other'))
    await apply('without a kind', '?fieldManager=one', { metadata: { name: 'robot' } })
    await apply('a field not known', '?fieldManager=one', SA('robot', { colour: 'red' }))
    await apply('not YAML', '?fieldManager=one', '{')
    await t.step('force in a merge patch', 'PATCH', `${at(ns, 'robot')}?force=true`, { type: merge, body: {} })
    await t.step('who owns which field now', 'GET', at(ns, 'robot'), {
      keep: { managed: true },
      pick: (b) => b.metadata.managedFields,
    })
  },

  delete: async (t) => {
    const ns = await t.namespace()
    const pick = (b) => ({ ...b, message: b.message?.replace(/record \(\d+\)/, 'record (<revision>)') })
    const remove = async (label, body, query = '', make = true) => {
      if (make) await t.quiet('POST', at(ns), { body: SA('robot') })
      await t.step(label, 'DELETE', `${at(ns, 'robot')}${query}`, body === undefined ? { pick } : { body, pick })
    }
    const options = (o) => ({ apiVersion: 'v1', kind: 'DeleteOptions', ...o })
    await remove('one', undefined)
    await remove('one that is not there', undefined, '', false)
    await remove('for another uid', options({ preconditions: { uid: '11111111-1111-1111-1111-111111111111' } }))
    await remove('for another revision', options({ preconditions: { resourceVersion: '1' } }))
    await remove('in a way that is not known', options({ propagationPolicy: 'Sideways' }))
    await remove('in a way not known, in the query', undefined, '?propagationPolicy=Sideways')
    await remove('in two ways', options({ propagationPolicy: 'Orphan', orphanDependents: true }))
    await remove('after less than no time', options({ gracePeriodSeconds: -5 }))
    await remove('after a time that is not one', undefined, '?gracePeriodSeconds=soon')
    await remove('with another kind of body', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } })
    await remove('with a body of half a document', '{')
    await remove('with a body of no kind', { propagationPolicy: 'Background' })
    await remove(
      'with the right uid',
      options({ preconditions: { uid: (await t.quiet('POST', at(ns), { body: SA('robot') })).json.metadata.uid } }),
    )
    await remove('with time to spare', options({ gracePeriodSeconds: 30 }))
    await remove('and leaving dependents', options({ orphanDependents: false }))
    await t.step('it is gone', 'GET', at(ns, 'robot'))
    const m = await t.serviceAccount(ns, 'robot')
    await t.step('with the right revision', 'DELETE', at(ns, 'robot'), {
      body: options({ preconditions: { resourceVersion: m.metadata.resourceVersion, uid: m.metadata.uid } }),
    })
    await t.step('with options of the group', 'DELETE', at(ns, 'default'), {
      body: { apiVersion: 'meta.k8s.io/v1', kind: 'DeleteOptions', preconditions: { uid: 'not-that' } },
    })
  },

  'delete-many': async (t) => {
    const ns = await t.namespace()
    for (const n of ['a', 'b', 'c', 'd'])
      await t.quiet('POST', at(ns), { body: withMeta({ name: n, labels: { set: n < 'c' ? 'one' : 'two' } }) })
    await t.step('by label, only tried', 'DELETE', `${at(ns)}?labelSelector=set%3Done&dryRun=All`, { pick: names })
    await t.step('by label', 'DELETE', `${at(ns)}?labelSelector=set%3Done`)
    await t.step('by name', 'DELETE', `${at(ns)}?fieldSelector=metadata.name%3Dc`, { pick: names })
    await t.step('none that fit', 'DELETE', `${at(ns)}?labelSelector=set%3Dthree`)
    await t.step('with a bad selector', 'DELETE', `${at(ns)}?labelSelector=a%20b%20c`)
    await t.step('with a bad body', 'DELETE', `${at(ns)}?labelSelector=set%3Dtwo`, {
      body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Sideways' },
    })
    await t.step('what is left', 'GET', `${at(ns)}?labelSelector=set`, { pick: names })
    await t.step('in a namespace that is not there', 'DELETE', at('no-such-namespace'))
  },

  'dry-run': async (t) => {
    const ns = await t.namespace()
    const made = await t.serviceAccount(ns, 'robot')
    await t.step('create', 'POST', `${at(ns)}?dryRun=All`, { body: SA('ghost') })
    await t.step('it is not there', 'GET', at(ns, 'ghost'))
    await t.step('create one that is there', 'POST', `${at(ns)}?dryRun=All`, { body: SA('robot') })
    await t.step('create a bad one', 'POST', `${at(ns)}?dryRun=All`, { body: SA('A') })
    await t.step('replace', 'PUT', `${at(ns, 'robot')}?dryRun=All`, {
      body: withMeta({ name: 'robot', labels: { a: '1' } }),
    })
    await t.step('patch', 'PATCH', `${at(ns, 'robot')}?dryRun=All`, {
      type: merge,
      body: { metadata: { labels: { b: '1' } } },
    })
    await t.step('delete', 'DELETE', `${at(ns, 'robot')}?dryRun=All`)
    await t.step('delete, said in the body', 'DELETE', at(ns, 'robot'), {
      body: { apiVersion: 'v1', kind: 'DeleteOptions', dryRun: ['All'] },
    })
    const { json } = await t.quiet('GET', at(ns, 'robot'))
    t.note('untouched', json.metadata.resourceVersion === made.metadata.resourceVersion)
    await t.step('a word that is not known', 'POST', `${at(ns)}?dryRun=Some`, { body: SA('ghost') })
    await t.step('an empty word', 'POST', `${at(ns)}?dryRun=`, {
      body: SA('ghost2'),
      pick: (b) => ({ kind: b.kind, message: b.message }),
    })
    await t.step('a word not known, in a delete', 'DELETE', `${at(ns, 'robot')}?dryRun=Some`)
    await t.step('a word not known, in a patch', 'PATCH', `${at(ns, 'robot')}?dryRun=true`, { type: merge, body: {} })
    await t.step('a word not known, in a replace', 'PUT', `${at(ns, 'robot')}?dryRun=true`, { body: SA('robot') })
  },

  'default-comes-back': async (t) => {
    const ns = await t.namespace()
    await t.step('the default one of a new namespace', 'GET', at(ns, 'default'))
    const before = (await t.quiet('GET', at(ns, 'default'))).json.metadata.uid
    await t.step('delete it', 'DELETE', at(ns, 'default'))
    await t.until(
      async () => (await t.quiet('GET', at(ns, 'default'))).status === 200,
      'the default ServiceAccount again',
    )
    const r = await t.step('it is made again', 'GET', at(ns, 'default'))
    t.note('as another one', r.json.metadata.uid !== before)
    await t.serviceAccount(ns, 'robot')
    await t.step('delete another', 'DELETE', at(ns, 'robot'))
    await t.sleep(1000)
    await t.step('that one stays away', 'GET', at(ns, 'robot'))
    await t.step('delete all', 'DELETE', at(ns), { pick: names })
    await t.until(
      async () => (await t.quiet('GET', at(ns, 'default'))).status === 200,
      'the default ServiceAccount once more',
    )
    await t.step('only the default one came back', 'GET', at(ns), { pick: names })
  },

  'held-by-a-finalizer': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', at(ns), { body: withMeta({ name: 'robot', finalizers: ['example.com/hold'] }) })
    const token = await t.token(ns, 'robot')
    await t.step('delete it', 'DELETE', at(ns, 'robot'))
    await t.step('it is still there', 'GET', at(ns, 'robot'))
    await t.step('delete it again', 'DELETE', at(ns, 'robot'))
    await t.step('create it again', 'POST', at(ns), { body: SA('robot') })
    await t.step('its token still works for a minute', 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      token,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      pick: (b) => (b.kind === 'Status' ? b : b.status.userInfo.username),
    })
    await t.step('a new token while it goes', 'POST', `${at(ns, 'robot')}/token`, {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
      pick: (b) => (b.kind === 'Status' ? b : Object.keys(b.status)),
    })
    await t.step('let it go', 'PATCH', at(ns, 'robot'), { type: merge, body: { metadata: { finalizers: null } } })
    await t.step('it is gone', 'GET', at(ns, 'robot'))
  },

  protobuf: async (t) => {
    const ns = await t.namespace()
    const type = 'application/vnd.kubernetes.protobuf'
    const field = (n, ...parts) => {
      const value = Buffer.concat(parts.map((p) => Buffer.from(p)))
      return Buffer.concat([Buffer.from([(n << 3) | 2, value.length]), value])
    }
    const flag = (n, on) => Buffer.from([n << 3, on ? 1 : 0])
    const unknown = (kind, ...raw) =>
      Buffer.concat([
        Buffer.from('k8s\0'),
        field(1, field(1, 'v1'), field(2, kind)),
        field(2, ...raw),
        field(3, ''),
        field(4, ''),
      ])
    const post = (label, body) => t.step(label, 'POST', at(ns), { type, body, pick: cut })
    await post(
      'as kubectl creates one',
      unknown(
        'ServiceAccount',
        field(
          1,
          field(1, 'robot'),
          field(2, ''),
          field(3, ns),
          field(4, ''),
          field(5, ''),
          field(6, ''),
          Buffer.from([0x38, 0]),
          field(8),
        ),
      ),
    )
    await post(
      'with everything',
      unknown(
        'ServiceAccount',
        field(1, field(1, 'full'), field(11, field(1, 'a'), field(2, 'b')), field(12, field(1, 'note'), field(2, 'x'))),
        field(2, field(3, 's1')),
        field(2, field(3, 's2')),
        field(3, field(1, 'p1')),
        flag(4, false),
      ),
    )
    await t.step('read as JSON', 'GET', at(ns, 'full'))
    await post('a bad name', unknown('ServiceAccount', field(1, field(1, 'A'))))
    await post('another kind', unknown('ConfigMap', field(1, field(1, 'x'))))
    await post('without its first bytes', Buffer.from('robot'))
    await post('with nothing behind its first bytes', Buffer.from('k8s\0'))
    await post('cut short', unknown('ServiceAccount', field(1, field(1, 'short'))).subarray(0, 24))
    await t.step('JSON said to be protobuf', 'POST', at(ns), { type, body: SA('x') })
    const r = await t.quiet('GET', at(ns, 'robot'), { accept: type })
    t.note('asked for protobuf', {
      status: r.status,
      type: r.headers['content-type'],
      start: r.raw.subarray(0, 4).toString('hex'),
    })
    const either = await t.quiet('GET', at(ns, 'robot'), { accept: `${type},application/json` })
    t.note('asked for either', {
      status: either.status,
      oneOf: [type, 'application/json'].includes(either.headers['content-type']),
    })
    await t.step('delete options', 'DELETE', at(ns, 'robot'), {
      type,
      body: Buffer.concat([
        Buffer.from('k8s\0'),
        field(1, field(1, 'v1'), field(2, 'DeleteOptions')),
        field(2, field(4, 'Background')),
      ]),
      pick: (b) => ({ kind: b.kind, message: b.message }),
    })
  },

  'as-a-table': async (t) => {
    const ns = await t.namespace()
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
    const rows = (b) => ({
      ...b,
      columnDefinitions: b.columnDefinitions?.map(({ description, ...c }) => ({ ...c, described: !!description })),
      rows: b.rows?.map((r) => ({
        cells: r.cells.map((c, i) => (i === 0 ? c : typeof c)),
        object: r.object && { kind: r.object.kind, apiVersion: r.object.apiVersion, name: r.object.metadata.name },
      })),
    })
    await t.step('a list', 'GET', at(ns), { accept, pick: rows })
    await t.step('one', 'GET', at(ns, 'default'), { accept, pick: rows })
    await t.step('with nothing of the object', 'GET', `${at(ns)}?includeObject=None`, { accept, pick: rows })
    await t.step('with the whole object', 'GET', `${at(ns)}?includeObject=Object`, { accept, pick: rows })
    await t.step('with something not known', 'GET', `${at(ns)}?includeObject=Half`, {
      accept,
      pick: (b) => (b.kind === 'Status' ? b : rows(b)),
    })
    await t.step('only metadata of the list', 'GET', at(ns), {
      accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
    })
    await t.step('only metadata of one', 'GET', at(ns, 'default'), {
      accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
    })
  },
}
