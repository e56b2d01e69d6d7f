/** Secrets and ConfigMaps: types and what they need, keys, sizes, and what cannot be changed later. */

const S = (name, extra = {}) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, ...extra })
const CM = (name, extra = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...extra })
const secrets = (ns, name = '') => `/api/v1/namespaces/${ns}/secrets${name && `/${name}`}`
const maps = (ns, name = '') => `/api/v1/namespaces/${ns}/configmaps${name && `/${name}`}`
const merge = 'application/merge-patch+json'
const strategic = 'application/strategic-merge-patch+json'
const b64 = (text) => Buffer.from(text).toString('base64')
const content = (b) =>
  b.kind === 'Status'
    ? b
    : {
        kind: b.kind,
        name: b.metadata.name,
        type: b.type,
        immutable: b.immutable,
        data: b.data,
        binaryData: b.binaryData,
        stringData: b.stringData,
      }
const sizes = (b) =>
  b.kind === 'Status'
    ? b
    : {
        kind: b.kind,
        sizes: Object.fromEntries(Object.entries({ ...b.data, ...b.binaryData }).map(([k, v]) => [k, v.length])),
      }

export default {
  opaque: async (t) => {
    const ns = await t.namespace()
    await t.step('with data', 'POST', secrets(ns), { body: S('plain', { data: { a: b64('one') } }) })
    await t.step('read it', 'GET', secrets(ns, 'plain'))
    await t.step('list them', 'GET', secrets(ns))
    await t.step('with text', 'POST', secrets(ns), {
      body: S('text', { stringData: { a: 'one', b: 'zwei ä' } }),
      pick: content,
    })
    await t.step('text goes before data', 'POST', secrets(ns), {
      body: S('both', { data: { a: b64('data'), c: b64('kept') }, stringData: { a: 'text' } }),
      pick: content,
    })
    await t.step('with nothing', 'POST', secrets(ns), { body: S('empty') })
    await t.step('with an empty and a null value', 'POST', secrets(ns), {
      body: S('hollow', { data: { a: '', b: null } }),
      pick: content,
    })
    await t.step('with empty data', 'POST', secrets(ns), {
      body: S('hollow2', { data: {}, stringData: {} }),
      pick: content,
    })
    await t.step('again', 'POST', secrets(ns), { body: S('plain') })
    await t.step('one that is not there', 'GET', secrets(ns, 'nothing'))
    await t.step('delete it', 'DELETE', secrets(ns, 'plain'))
  },

  'data-refused': async (t) => {
    const ns = await t.namespace()
    const post = (label, extra) => t.step(label, 'POST', secrets(ns), { body: S('x', extra) })
    await post('not base64', { data: { a: 'one two' } })
    await post('base64 without its end', { data: { a: 'b25lMQ' } })
    await post('base64 for addresses', { data: { a: '_-8=' } })
    await post('a number', { data: { a: 1 } })
    await post('a list', { data: ['a'] })
    await post('text that is a number', { stringData: { a: 1 } })
    await post('a key with a blank', { data: { 'a b': '' } })
    await post('a key with a slash', { data: { 'a/b': '' } })
    await post('a key of one dot', { data: { '.': '' } })
    await post('a key of two dots', { data: { '..': '' } })
    await post('a key that begins with two dots', { data: { '..a': '' } })
    await post('an empty key', { data: { '': '' } })
    await post('a long key', { data: { ['a'.repeat(254)]: '' } })
    await post('a bad key of text', { stringData: { 'a b': '' } })
    await t.step('two bad keys', 'POST', secrets(ns), {
      body: S('x', { data: { 'a b': '', 'c d': '' } }),
      pick: (b) => ({ code: b.code, reason: b.reason, fields: b.details.causes.map((c) => c.field).sort() }),
    })
    await t.step('odd keys that are fine', 'POST', secrets(ns), {
      body: S('odd', { data: { '.a': '', 'A_b-c.d': '', 0: '', ['a'.repeat(253)]: '' } }),
      pick: (b) => Object.keys(b.data).map((k) => k.length),
    })
    await t.step('base64 with line ends', 'POST', secrets(ns), {
      body: S('lines', { data: { a: 'b25l\nMQ==' } }),
      pick: content,
    })
  },

  types: async (t) => {
    const ns = await t.namespace()
    const post = (label, name, type, extra = {}) =>
      t.step(label, 'POST', secrets(ns), { body: S(name, { type, ...extra }), pick: content })
    await post('basic-auth with nothing', 'b0', 'kubernetes.io/basic-auth')
    await post('basic-auth with a user', 'b1', 'kubernetes.io/basic-auth', { stringData: { username: 'u' } })
    await post('basic-auth with a password', 'b2', 'kubernetes.io/basic-auth', { stringData: { password: 'p' } })
    await post('ssh-auth with nothing', 's0', 'kubernetes.io/ssh-auth')
    await post('ssh-auth with an empty key', 's1', 'kubernetes.io/ssh-auth', { data: { 'ssh-privatekey': '' } })
    await post('ssh-auth', 's2', 'kubernetes.io/ssh-auth', { stringData: { 'ssh-privatekey': 'k' } })
    await post('tls with nothing', 't0', 'kubernetes.io/tls')
    await post('tls with a key alone', 't1', 'kubernetes.io/tls', { stringData: { 'tls.key': 'k' } })
    await post('tls, not checked further', 't2', 'kubernetes.io/tls', { data: { 'tls.key': '', 'tls.crt': '' } })
    await post('dockercfg with nothing', 'd0', 'kubernetes.io/dockercfg')
    await post('dockercfg that is not JSON', 'd1', 'kubernetes.io/dockercfg', { stringData: { '.dockercfg': 'x' } })
    await post('dockercfg', 'd2', 'kubernetes.io/dockercfg', { stringData: { '.dockercfg': '{}' } })
    await post('dockerconfigjson with nothing', 'j0', 'kubernetes.io/dockerconfigjson')
    await post('dockerconfigjson that is not JSON', 'j1', 'kubernetes.io/dockerconfigjson', {
      stringData: { '.dockerconfigjson': '{' },
    })
    await post('dockerconfigjson that is a list', 'j2', 'kubernetes.io/dockerconfigjson', {
      stringData: { '.dockerconfigjson': '[]' },
    })
    await post('dockerconfigjson', 'j3', 'kubernetes.io/dockerconfigjson', {
      stringData: { '.dockerconfigjson': '{"auths":{}}' },
    })
    await post('service-account-token without an account', 'a0', 'kubernetes.io/service-account-token')
    await post('service-account-token of no account', 'a1', 'kubernetes.io/service-account-token', {
      metadata: { name: 'a1', annotations: { 'kubernetes.io/service-account.name': '' } },
    })
    await post('bootstrap token, not checked further', 'bootstrap-token-abcdef', 'bootstrap.kubernetes.io/token', {
      stringData: { 'token-id': 'x' },
    })
    await post("a type of one's own", 'o', 'example.com/own')
    await post('a type that is not a name', 'o2', 'not a name!')
    await t.step('by their type', 'GET', `${secrets(ns)}?fieldSelector=type%3Dkubernetes.io%2Fbasic-auth`, {
      pick: (b) => b.items.map((i) => i.metadata.name),
    })
    await t.step(
      'by another type',
      'GET',
      `${secrets(ns)}?fieldSelector=type!%3Dkubernetes.io%2Fbasic-auth,metadata.name%3Db1`,
      { pick: (b) => b.items.map((i) => i.metadata.name) },
    )
    await t.step('by a field that cannot be selected', 'GET', `${secrets(ns)}?fieldSelector=data%3Dx`)
  },

  'secret-updates': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', secrets(ns), { body: S('s', { stringData: { a: '1', b: '2' } }) })
    await t.quiet('POST', secrets(ns), {
      body: S('auth', { type: 'kubernetes.io/ssh-auth', stringData: { 'ssh-privatekey': 'k' } }),
    })
    await t.step('another type', 'PUT', secrets(ns, 's'), { body: S('s', { type: 'example.com/own' }) })
    await t.step('no type', 'PUT', secrets(ns, 's'), { body: S('s', { stringData: { a: '3' } }), pick: content })
    await t.step('no type for one with a type', 'PUT', secrets(ns, 'auth'), {
      body: S('auth', { stringData: { 'ssh-privatekey': 'k2' } }),
    })
    await t.step('without the key it needs', 'PUT', secrets(ns, 'auth'), {
      body: S('auth', { type: 'kubernetes.io/ssh-auth' }),
    })
    await t.step('text in a patch', 'PATCH', secrets(ns, 's'), {
      type: merge,
      body: { stringData: { c: 'new' } },
      pick: content,
    })
    await t.step('a key removed', 'PATCH', secrets(ns, 's'), {
      type: strategic,
      body: { data: { a: null } },
      pick: content,
    })
    await t.step('a bad value in a patch', 'PATCH', secrets(ns, 's'), {
      type: strategic,
      body: { data: { a: '!!!' } },
      pick: (b) => ({ ...b, message: b.message?.split(': ').slice(-2).join(': '), details: undefined }),
    })
    await t.step('all data removed', 'PATCH', secrets(ns, 's'), { type: merge, body: { data: null }, pick: content })
  },

  'secret-applied': async (t) => {
    const ns = await t.namespace()
    const type = 'application/apply-patch+yaml'
    await t.step('with text', 'PATCH', `${secrets(ns, 's')}?fieldManager=one`, {
      type,
      body: S('s', { stringData: { a: '1' } }),
      pick: content,
    })
    await t.step('with data in its place', 'PATCH', `${secrets(ns, 's')}?fieldManager=one`, {
      type,
      body: S('s', { data: { b: b64('2') } }),
      pick: content,
    })
    await t.step('by another', 'PATCH', `${secrets(ns, 's')}?fieldManager=two`, {
      type,
      body: S('s', { data: { b: b64('3') } }),
    })
    await t.step('who owns what', 'GET', secrets(ns, 's'), {
      keep: { managed: true },
      pick: (b) => b.metadata.managedFields,
    })
    await t.step('a map', 'PATCH', `${maps(ns, 'm')}?fieldManager=one`, {
      type,
      body: CM('m', { data: { a: '1', b: '1' } }),
      pick: content,
    })
    await t.step('a map with one key less', 'PATCH', `${maps(ns, 'm')}?fieldManager=one`, {
      type,
      body: CM('m', { data: { a: '1' } }),
      pick: content,
    })
    await t.step('a map by another with one key more', 'PATCH', `${maps(ns, 'm')}?fieldManager=two`, {
      type,
      body: CM('m', { data: { c: '1' } }),
      pick: content,
    })
  },

  'secret-immutable': async (t) => {
    const ns = await t.namespace()
    await t.step('create one', 'POST', secrets(ns), { body: S('s', { immutable: true, stringData: { a: '1' } }) })
    await t.step('change its data', 'PATCH', secrets(ns, 's'), { type: merge, body: { stringData: { a: '2' } } })
    await t.step('the same data', 'PATCH', secrets(ns, 's'), {
      type: merge,
      body: { stringData: { a: '1' } },
      pick: content,
    })
    await t.step('make it changeable', 'PATCH', secrets(ns, 's'), { type: merge, body: { immutable: false } })
    await t.step('leave the word out', 'PUT', secrets(ns, 's'), { body: S('s', { stringData: { a: '1' } }) })
    await t.step('change both', 'PUT', secrets(ns, 's'), { body: S('s', { stringData: { a: '2' } }) })
    await t.step('change its labels', 'PATCH', secrets(ns, 's'), {
      type: merge,
      body: { metadata: { labels: { a: '1' } } },
      pick: (b) => b.metadata.labels,
    })
    await t.step('remove it', 'DELETE', secrets(ns, 's'))
    await t.quiet('POST', secrets(ns), { body: S('later', { immutable: false, stringData: { a: '1' } }) })
    await t.step('make one so later, with new data', 'PATCH', secrets(ns, 'later'), {
      type: merge,
      body: { immutable: true, stringData: { a: '2' } },
      pick: content,
    })
    await t.step('then no more', 'PATCH', secrets(ns, 'later'), { type: merge, body: { data: { b: '' } } })
    await t.step('the word of the wrong type', 'POST', secrets(ns), { body: S('wrong', { immutable: 'yes' }) })
  },

  sizes: async (t) => {
    const ns = await t.namespace()
    const bytes = (n) => Buffer.alloc(n, 120)
    await t.step('a secret of 1 MiB', 'POST', secrets(ns), {
      body: S('s', { data: { a: bytes(1048576).toString('base64') } }),
      pick: sizes,
    })
    await t.step('a secret of one byte more', 'POST', secrets(ns), {
      body: S('s1', { data: { a: bytes(1048577).toString('base64') } }),
    })
    await t.step('a secret of one byte more in two keys', 'POST', secrets(ns), {
      body: S('s2', { data: { a: bytes(1048576).toString('base64'), b: b64('x') } }),
    })
    await t.step('a map of 1 MiB', 'POST', maps(ns), {
      body: CM('m', { data: { a: bytes(1048576).toString() } }),
      pick: sizes,
    })
    await t.step('a map of one byte more', 'POST', maps(ns), {
      body: CM('m1', { data: { a: bytes(1048577).toString() } }),
    })
    await t.step('a map of one byte more in both kinds', 'POST', maps(ns), {
      body: CM('m2', { data: { a: bytes(1048576).toString() }, binaryData: { b: b64('x') } }),
    })
    await t.step('a body of more than 3 MiB', 'POST', maps(ns), {
      body: CM('m3', { data: { a: bytes(3145728).toString() } }),
    })
    await t.step('a map grown by one byte', 'PATCH', maps(ns, 'm'), { type: merge, body: { data: { b: 'x' } } })
  },

  'config-maps': async (t) => {
    const ns = await t.namespace()
    await t.step('with both kinds of data', 'POST', maps(ns), {
      body: CM('m', { data: { a: 'one', 'b.txt': 'zwei ä\n' }, binaryData: { c: b64('\u0000\u0001') } }),
    })
    await t.step('read it', 'GET', maps(ns, 'm'))
    await t.step('with nothing', 'POST', maps(ns), { body: CM('empty', { data: {} }) })
    await t.step('list by label, none', 'GET', `${maps(ns)}?labelSelector=a`)
    const post = (label, extra) => t.step(label, 'POST', maps(ns), { body: CM('x', extra) })
    await post('one key in both', { data: { a: '1' }, binaryData: { a: b64('1') } })
    await post('a key with a blank', { data: { 'a b': '' } })
    await post('a bad key of bytes', { binaryData: { '..': '' } })
    await post('bytes that are not base64', { binaryData: { a: '!' } })
    await post('a number', { data: { a: 1 } })
    await post('an object', { data: { a: {} } })
    await post('a null value', { data: { a: null } })
    await t.step('by a field that cannot be selected', 'GET', `${maps(ns)}?fieldSelector=data.a%3Done`)
    await t.step('change a key', 'PATCH', maps(ns, 'm'), {
      type: merge,
      body: { data: { a: 'two', 'b.txt': null } },
      pick: content,
    })
    await t.step('delete it', 'DELETE', maps(ns, 'm'))
    await t.step('delete it again', 'DELETE', maps(ns, 'm'))
  },

  'config-map-immutable': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', maps(ns), {
      body: CM('m', { immutable: true, data: { a: '1' }, binaryData: { b: b64('1') } }),
    })
    await t.step('change its data', 'PATCH', maps(ns, 'm'), { type: merge, body: { data: { a: '2' } } })
    await t.step('change its bytes', 'PATCH', maps(ns, 'm'), { type: merge, body: { binaryData: { b: null } } })
    await t.step('make it changeable', 'PATCH', maps(ns, 'm'), { type: merge, body: { immutable: null } })
    await t.step('change all', 'PUT', maps(ns, 'm'), { body: CM('m', { data: { a: '2' } }) })
    await t.step('change its labels', 'PATCH', maps(ns, 'm'), {
      type: merge,
      body: { metadata: { labels: { a: '1' } } },
      pick: (b) => b.metadata.labels,
    })
    await t.step('remove it', 'DELETE', maps(ns, 'm'))
  },

  'as-a-table': async (t) => {
    const ns = await t.namespace()
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
    const cells = (b) => ({
      kind: b.kind,
      columns: b.columnDefinitions.map(({ description, ...c }) => c),
      rows: b.rows.map((r) => r.cells.map((c, i) => (i === r.cells.length - 1 ? typeof c : c))),
    })
    await t.quiet('POST', secrets(ns), { body: S('s', { type: 'example.com/own', stringData: { a: '1', b: '2' } }) })
    await t.quiet('POST', maps(ns), { body: CM('m', { data: { a: '1' }, binaryData: { b: b64('2') } }) })
    await t.step('secrets', 'GET', secrets(ns), { accept, pick: cells })
    await t.step('maps', 'GET', `${maps(ns)}?fieldSelector=metadata.name%3Dm`, { accept, pick: cells })
    await t.step('no secrets', 'GET', `${secrets(ns)}?labelSelector=none`, { accept, pick: cells })
  },

  'root-certificates': async (t) => {
    const ns = await t.namespace()
    const path = maps(ns, 'kube-root-ca.crt')
    const pem = async () => (await t.quiet('GET', path)).json.data?.['ca.crt']
    const first = await pem()
    await t.step('in every namespace', 'GET', path)
    await t.step('change it', 'PATCH', path, {
      type: merge,
      body: { data: { 'ca.crt': 'mine', more: 'x' } },
      pick: content,
    })
    await t.until(async () => (await pem()) === first, 'the certificates again')
    await t.step('it is put back', 'GET', path)
    await t.step('take its description away', 'PATCH', path, {
      type: merge,
      body: { metadata: { annotations: { 'kubernetes.io/description': null } } },
      pick: (b) => b.metadata.annotations ?? null,
    })
    await t.until(async () => (await t.quiet('GET', path)).json.metadata.annotations, 'the description again')
    await t.step('that is put back', 'GET', path, { pick: (b) => b.metadata.annotations })
    await t.step('change its description and its labels', 'PATCH', path, {
      type: merge,
      body: { metadata: { annotations: { 'kubernetes.io/description': 'mine' }, labels: { a: 'b' } } },
      pick: (b) => b.metadata.annotations,
    })
    await t.step('delete it', 'DELETE', path)
    await t.until(async () => (await t.quiet('GET', path)).status === 200, 'the certificates once more')
    await t.step('it is made again', 'GET', path)
  },
}
