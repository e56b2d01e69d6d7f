/** TokenRequest: what POST serviceaccounts/NAME/token accepts, refuses and answers. */

import { account, allowed, grant, roleBinding, rule, user } from '../grants.mjs'
import { decode } from '../session.ts'

const kind = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' }
const path = (ns, name = 'robot') => `/api/v1/namespaces/${ns}/serviceaccounts/${name}/token`
const request = (spec = {}, metadata) => ({ body: { ...kind, ...(metadata && { metadata }), spec } })

async function made(t, resource, body) {
  const r = await t.quiet('POST', resource, { body })
  if (r.status !== 201) throw new Error(`${resource}: ${r.status} ${r.text}`)
  return r.json
}
const pod = (t, ns, name, serviceAccountName, more = {}) =>
  made(t, `/api/v1/namespaces/${ns}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { serviceAccountName, containers: [{ name: 'c', image: 'example.test/c' }], ...more },
  })
const secret = (t, ns, name, more = {}) =>
  made(t, `/api/v1/namespaces/${ns}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, ...more })
const otherUid = '11111111-2222-4333-8444-555555555555'

async function start(t) {
  const ns = await t.namespace()
  return { ns, robot: await t.serviceAccount(ns, 'robot') }
}

export default {
  'the defaults of an empty request': async (t) => {
    const { ns, robot } = await start(t)
    const r = await t.step('an empty spec', 'POST', path(ns), request({}))
    await t.step('nulls as kubectl sends them', 'POST', path(ns), {
      body: {
        ...kind,
        metadata: { creationTimestamp: null },
        spec: { audiences: null, expirationSeconds: null, boundObjectRef: null },
        status: { token: '', expirationTimestamp: null },
      },
    })
    await t.step('no spec at all', 'POST', path(ns), { body: kind })
    await t.step('no kind and no apiVersion', 'POST', path(ns), { body: { spec: { expirationSeconds: 700 } } })
    await t.step('a status in the request is dropped', 'POST', path(ns), {
      body: { ...kind, spec: {}, status: { token: 'mine', expirationTimestamp: '2001-01-01T00:00:00Z' } },
    })
    const { header, claims } = decode(r.json.status.token)
    t.note('members of the header, in order', Object.keys(header))
    t.note('the payload, in order', Object.keys(claims))
    t.note('iat equals nbf', claims.iat === claims.nbf)
    t.note('the times are whole numbers', [claims.iat, claims.nbf, claims.exp].every(Number.isInteger))
    t.note(
      'the expiry told is the one in the token',
      Math.abs(Date.parse(r.json.status.expirationTimestamp) / 1000 - claims.exp) <= 1,
    )
    t.note('the request carries the uid of the account', r.json.metadata.uid === robot.metadata.uid)
    t.note('so does the token', claims['kubernetes.io'].serviceaccount.uid === robot.metadata.uid)
    t.note(
      'jti is a random uuid',
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(claims.jti),
    )
    t.note('the key id is a SHA-256 in base64url', /^[\w-]{43}$/.test(header.kid))
  },

  'two requests give two tokens': async (t) => {
    const { ns } = await start(t)
    const [a, b] = [await t.token(ns, 'robot'), await t.token(ns, 'robot')].map(decode)
    t.note('other jti', a.claims.jti !== b.claims.jti)
    t.note('same key', a.header.kid === b.header.kid)
    await t.step('the account is as before', 'GET', `/api/v1/namespaces/${ns}/serviceaccounts/robot`)
    await t.step('no Secret came of it', 'GET', `/api/v1/namespaces/${ns}/secrets`, { pick: (l) => l.items })
  },

  audiences: async (t) => {
    const { ns } = await start(t)
    await t.step('one', 'POST', path(ns), request({ audiences: ['vault'] }))
    await t.step(
      'several keep their order',
      'POST',
      path(ns),
      request({ audiences: ['z', 'a', 'https://m.example.test/x?y'] }),
    )
    await t.step('the same twice', 'POST', path(ns), request({ audiences: ['vault', 'vault'] }))
    await t.step('an empty list', 'POST', path(ns), request({ audiences: [] }))
    await t.step('an empty string', 'POST', path(ns), request({ audiences: [''] }))
    await t.step('an empty string among others', 'POST', path(ns), request({ audiences: ['vault', ''] }))
    await t.step(
      'blanks and other scripts',
      'POST',
      path(ns),
      request({ audiences: [' two words ', 'täuschung', '日本'] }),
    )
    await t.step('not a list', 'POST', path(ns), request({ audiences: 'vault' }))
    await t.step('a number in the list', 'POST', path(ns), request({ audiences: [1] }))
    const long = await t.step('a long one', 'POST', path(ns), {
      ...request({ audiences: ['x'.repeat(5000)] }),
      pick: (o) => o.status?.token && decode(o.status.token).claims.aud.map((a) => a.length),
    })
    t.note('the long one is in the spec too', long.json.spec?.audiences?.[0].length)
  },

  'limits of the lifetime': async (t) => {
    const { ns } = await start(t)
    for (const seconds of [599, 600, 0, -1, 3601, 4294967296, 4294967297, 9007199254740991])
      await t.step(`${seconds} seconds`, 'POST', path(ns), request({ expirationSeconds: seconds }))
    await t.step('null means the default', 'POST', path(ns), request({ expirationSeconds: null }))
  },

  'a lifetime that is no whole number': async (t) => {
    const { ns } = await start(t)
    await t.step('text', 'POST', path(ns), request({ expirationSeconds: '600' }))
    await t.step('a fraction', 'POST', path(ns), request({ expirationSeconds: 600.5 }))
    await t.step('a whole number written as a fraction', 'POST', path(ns), {
      body: JSON.stringify({ ...kind, spec: {} }).replace('"spec":{}', '"spec":{"expirationSeconds":601.0}'),
    })
    await t.step('an exponent', 'POST', path(ns), {
      body: JSON.stringify({ ...kind, spec: {} }).replace('"spec":{}', '"spec":{"expirationSeconds":1e3}'),
    })
    await t.step('too large for 64 bits', 'POST', path(ns), {
      body: JSON.stringify({ ...kind, spec: {} }).replace(
        '"spec":{}',
        '"spec":{"expirationSeconds":92233720368547758070}',
      ),
    })
    await t.step('a boolean', 'POST', path(ns), request({ expirationSeconds: true }))
  },

  'two faults at once': async (t) => {
    const { ns } = await start(t)
    await t.step(
      'short and bound to nothing known',
      'POST',
      path(ns),
      request({ expirationSeconds: 5, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'none' } }),
    )
    await t.step('short and another name', 'POST', path(ns), request({ expirationSeconds: 5 }, { name: 'other' }))
    await t.step('short for a missing account', 'POST', path(ns, 'nobody'), request({ expirationSeconds: 5 }))
    await t.step('another name for a missing account', 'POST', path(ns, 'nobody'), request({}, { name: 'other' }))
  },

  'bound to a Pod': async (t) => {
    const { ns } = await start(t)
    const p = await pod(t, ns, 'worker', 'robot')
    const ref = { kind: 'Pod', apiVersion: 'v1', name: 'worker' }
    await t.step('by name', 'POST', path(ns), request({ boundObjectRef: ref }))
    await t.step('by name and uid', 'POST', path(ns), request({ boundObjectRef: { ...ref, uid: p.metadata.uid } }))
    await t.step('with another uid', 'POST', path(ns), request({ boundObjectRef: { ...ref, uid: otherUid } }))
    await t.step('a Pod that is not there', 'POST', path(ns), request({ boundObjectRef: { ...ref, name: 'none' } }))
    await t.step('an empty name', 'POST', path(ns), request({ boundObjectRef: { ...ref, name: '' } }))
    await t.step('no name', 'POST', path(ns), request({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1' } }))
    await t.step(
      'an odd version of the core group',
      'POST',
      path(ns),
      request({ boundObjectRef: { ...ref, apiVersion: 'v7' } }),
    )
    await t.step('no apiVersion', 'POST', path(ns), request({ boundObjectRef: { kind: 'Pod', name: 'worker' } }))
    await t.step('another group', 'POST', path(ns), request({ boundObjectRef: { ...ref, apiVersion: 'apps/v1' } }))
    await t.step('the kind in small letters', 'POST', path(ns), request({ boundObjectRef: { ...ref, kind: 'pod' } }))
  },

  'bound to a Pod of another account': async (t) => {
    const { ns } = await start(t)
    await t.serviceAccount(ns, 'other')
    const p = await pod(t, ns, 'worker', 'other')
    const ref = { kind: 'Pod', apiVersion: 'v1', name: 'worker' }
    await t.step('refused', 'POST', path(ns), request({ boundObjectRef: ref }))
    await t.step(
      'refused before the uid is looked at',
      'POST',
      path(ns),
      request({ boundObjectRef: { ...ref, uid: otherUid } }),
    )
    await t.step(
      'for its own account',
      'POST',
      path(ns, 'other'),
      request({ boundObjectRef: { ...ref, uid: p.metadata.uid } }),
    )
    const elsewhere = await t.namespace('elsewhere')
    await t.serviceAccount(elsewhere, 'other')
    await t.step(
      'a Pod of another namespace is not seen',
      'POST',
      path(elsewhere, 'other'),
      request({ boundObjectRef: ref }),
    )
  },

  'bound to a Pod with a node': async (t) => {
    const { ns } = await start(t)
    const node = t.name('node', '/api/v1/nodes')
    await made(t, '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: node } })
    await pod(t, ns, 'on-node', 'robot', { nodeName: node })
    await pod(t, ns, 'on-ghost', 'robot', { nodeName: t.name('ghost') })
    const r = await t.step(
      'the node is in the token',
      'POST',
      path(ns),
      request({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'on-node' } }),
    )
    const g = await t.step(
      'a node that is not there has no uid',
      'POST',
      path(ns),
      request({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'on-ghost' } }),
    )
    for (const [what, token] of [
      ['with a node', r.json.status.token],
      ['with a missing node', g.json.status.token],
    ])
      await t.step(`who I am ${what}`, 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
        token,
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      })
    for (const name of ['on-node', 'on-ghost'])
      await t.quiet('DELETE', `/api/v1/namespaces/${ns}/pods/${name}?gracePeriodSeconds=0`)
  },

  '3607 seconds for a Pod is prolonged': async (t) => {
    const { ns } = await start(t)
    await pod(t, ns, 'worker', 'robot')
    const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'worker' }
    const r = await t.step('3607', 'POST', path(ns), request({ boundObjectRef, expirationSeconds: 3607 }))
    const told = (Date.parse(r.json.status.expirationTimestamp) - Date.parse(r.json.metadata.creationTimestamp)) / 1000
    t.note('the answer still tells 3607', Math.abs(told - 3607) <= 1)
    await t.step(
      'with the audience of the server',
      'POST',
      path(ns),
      request({ boundObjectRef, expirationSeconds: 3607, audiences: r.json.spec.audiences }),
    )
    await t.step('3606', 'POST', path(ns), request({ boundObjectRef, expirationSeconds: 3606 }))
    await t.step('3608', 'POST', path(ns), request({ boundObjectRef, expirationSeconds: 3608 }))
    await t.step(
      'for another audience',
      'POST',
      path(ns),
      request({ boundObjectRef, expirationSeconds: 3607, audiences: ['vault'] }),
    )
    await t.step(
      'for the server and another audience',
      'POST',
      path(ns),
      request({ boundObjectRef, expirationSeconds: 3607, audiences: [...r.json.spec.audiences, 'vault'] }),
    )
    await t.step('without a Pod', 'POST', path(ns), request({ expirationSeconds: 3607 }))
    await secret(t, ns, 's')
    await t.step(
      'for a Secret',
      'POST',
      path(ns),
      request({ boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 's' }, expirationSeconds: 3607 }),
    )
  },

  'bound to a Secret': async (t) => {
    const { ns } = await start(t)
    const s = await secret(t, ns, 'anchor')
    await secret(t, ns, 'typed', { type: 'example.test/odd', stringData: { a: 'b' } })
    const ref = { kind: 'Secret', apiVersion: 'v1', name: 'anchor' }
    await t.step('by name', 'POST', path(ns), request({ boundObjectRef: ref }))
    await t.step('by name and uid', 'POST', path(ns), request({ boundObjectRef: { ...ref, uid: s.metadata.uid } }))
    await t.step('with another uid', 'POST', path(ns), request({ boundObjectRef: { ...ref, uid: otherUid } }))
    await t.step('a Secret of any type', 'POST', path(ns), request({ boundObjectRef: { ...ref, name: 'typed' } }))
    await t.step('a Secret that is not there', 'POST', path(ns), request({ boundObjectRef: { ...ref, name: 'none' } }))
    await t.step('an empty name', 'POST', path(ns), request({ boundObjectRef: { ...ref, name: '' } }))
  },

  'bound to a Node': async (t) => {
    const { ns } = await start(t)
    const name = t.name('node', '/api/v1/nodes')
    const n = await made(t, '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } })
    const ref = { kind: 'Node', apiVersion: 'v1', name }
    const r = await t.step('by name', 'POST', path(ns), request({ boundObjectRef: ref }))
    await t.step('by name and uid', 'POST', path(ns), request({ boundObjectRef: { ...ref, uid: n.metadata.uid } }))
    await t.step('with another uid', 'POST', path(ns), request({ boundObjectRef: { ...ref, uid: otherUid } }))
    await t.step(
      'a Node that is not there',
      'POST',
      path(ns),
      request({ boundObjectRef: { ...ref, name: t.name('ghost') } }),
    )
    await t.step('who I am', 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      token: r.json.status.token,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    })
  },

  'bound to a kind that nothing can be bound to': async (t) => {
    const { ns } = await start(t)
    const ref = (kind, apiVersion) => request({ boundObjectRef: { kind, apiVersion, name: 'x' } })
    await t.step('ConfigMap', 'POST', path(ns), ref('ConfigMap', 'v1'))
    await t.step('ServiceAccount', 'POST', path(ns), ref('ServiceAccount', 'v1'))
    await t.step('Deployment', 'POST', path(ns), ref('Deployment', 'apps/v1'))
    await t.step(
      'ValidatingWebhookConfiguration',
      'POST',
      path(ns),
      ref('ValidatingWebhookConfiguration', 'admissionregistration.k8s.io/v1'),
    )
    await t.step('no kind', 'POST', path(ns), request({ boundObjectRef: { apiVersion: 'v1', name: 'x' } }))
    await t.step('an empty reference', 'POST', path(ns), request({ boundObjectRef: {} }))
    await t.step('an apiVersion of three parts', 'POST', path(ns), ref('Pod', 'a/b/c'))
    await t.step('an apiVersion with an empty group', 'POST', path(ns), ref('Pod', '/v1'))
  },

  'the name, namespace and uid of the request': async (t) => {
    const { ns, robot } = await start(t)
    await t.step('the same name and namespace', 'POST', path(ns), request({}, { name: 'robot', namespace: ns }))
    await t.step('another name', 'POST', path(ns), request({}, { name: 'other' }))
    await t.step('another namespace', 'POST', path(ns), request({}, { namespace: 'kube-system' }))
    await t.step('the uid of the account', 'POST', path(ns), request({}, { uid: robot.metadata.uid }))
    await t.step('another uid', 'POST', path(ns), request({}, { uid: otherUid }))
    await t.step(
      'labels and annotations',
      'POST',
      path(ns),
      request({}, { labels: { a: 'b' }, annotations: { c: 'd' } }),
    )
    await t.step('bad labels', 'POST', path(ns), request({}, { labels: { 'a b': 'c d' } }))
    await t.step('a generateName', 'POST', path(ns), request({}, { generateName: 'token-' }))
    await t.step('a resourceVersion', 'POST', path(ns), request({}, { resourceVersion: '7' }))
  },

  'a body that is no TokenRequest': async (t) => {
    const { ns } = await start(t)
    await t.step('another kind', 'POST', path(ns), {
      body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'robot' } },
    })
    await t.step('another kind of the same group', 'POST', path(ns), {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'x' } },
    })
    await t.step('an unknown kind', 'POST', path(ns), {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenWish', spec: {} },
    })
    await t.step('an old version', 'POST', path(ns), {
      body: { apiVersion: 'authentication.k8s.io/v1beta1', kind: 'TokenRequest', spec: {} },
    })
    await t.step('a version without its group', 'POST', path(ns), {
      body: { apiVersion: 'v1', kind: 'TokenRequest', spec: {} },
    })
    await t.step('an empty object', 'POST', path(ns), { body: {} })
    await t.step('nothing', 'POST', path(ns))
    await t.step('a list', 'POST', path(ns), { body: '[]' })
    await t.step('not JSON', 'POST', path(ns), { body: 'token please' })
    await t.step('cut short', 'POST', path(ns), {
      body: '{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{',
    })
  },

  'unknown fields': async (t) => {
    const { ns } = await start(t)
    const odd = { body: { ...kind, spec: { audience: ['vault'], expirationSeconds: 900 } } }
    await t.step('ignored', 'POST', path(ns), odd)
    await t.step('warned of', 'POST', `${path(ns)}?fieldValidation=Warn`, odd)
    await t.step('refused', 'POST', `${path(ns)}?fieldValidation=Strict`, odd)
    await t.step('a member given twice', 'POST', `${path(ns)}?fieldValidation=Strict`, {
      body: '{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":700,"expirationSeconds":800}}',
    })
    await t.step('an unknown way of validation', 'POST', `${path(ns)}?fieldValidation=Maybe`, odd)
  },

  'YAML as request and as answer': async (t) => {
    const { ns } = await start(t)
    await t.step('a request in YAML', 'POST', path(ns), {
      type: 'application/yaml',
      body: 'apiVersion: authentication.k8s.io/v1\nkind: TokenRequest\nspec:\n  expirationSeconds: 1200\n',
    })
    const r = await t.step('an answer in YAML', 'POST', path(ns), {
      ...request(),
      accept: 'application/yaml',
      pick: (text) =>
        text
          .replace(/\n {2}managedFields:(\n {2}[ -].*)*/, '')
          .split('\n')
          .filter((l) => !/^ +(token|uid):/.test(l))
          .join('\n'),
    })
    t.note('it holds a token', /\n {2}token: eyJ/.test(r.text))
    await t.step('a request in an unknown form', 'POST', path(ns), { type: 'text/plain', body: 'x' })
    await t.step('an answer in an unknown form', 'POST', path(ns), { ...request(), accept: 'text/html' })
    await t.step('an answer as a table', 'POST', path(ns), {
      ...request(),
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    })
  },

  'an account or a namespace that is not there': async (t) => {
    const { ns } = await start(t)
    await t.step('no such account', 'POST', path(ns, 'nobody'), request())
    await t.step('no such namespace', 'POST', path(t.name('nowhere'), 'robot'), request())
    await t.step('a name that no account can have', 'POST', path(ns, 'Bad_Name'), request())
    await t.step('an account that was deleted', 'DELETE', `/api/v1/namespaces/${ns}/serviceaccounts/robot`)
    await t.step('no token for it', 'POST', path(ns), request())
  },

  'a namespace on its way out gives no tokens': async (t) => {
    const { ns } = await start(t)
    const before = await t.token(ns, 'robot')
    const held = await made(t, `/api/v1/namespaces/${ns}/configmaps`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'held', finalizers: ['example.test/hold'] },
    })
    await t.quiet('DELETE', `/api/v1/namespaces/${ns}`)
    await t.sleep(300)
    await t.step('refused', 'POST', path(ns), request())
    await t.step('refused as a dry run too', 'POST', `${path(ns)}?dryRun=All`, request())
    await t.step('refused before a missing account is seen', 'POST', path(ns, 'nobody'), request())
    await t.step('refused before another name is seen', 'POST', path(ns), request({}, { name: 'other' }))
    await t.step('one from before still works', 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      token: before,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    })
    await t.quiet('PATCH', `/api/v1/namespaces/${ns}/configmaps/${held.metadata.name}`, {
      body: { metadata: { finalizers: null } },
      type: 'application/merge-patch+json',
    })
  },

  'other methods and paths': async (t) => {
    const { ns } = await start(t)
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
      await t.step(method, method, path(ns), method === 'PUT' || method === 'PATCH' ? request() : {})
    await t.step('a longer path', 'POST', `${path(ns)}/more`, request())
    await t.step('an unknown subresource', 'POST', `/api/v1/namespaces/${ns}/serviceaccounts/robot/tokens`, request())
    await t.step('without a namespace', 'POST', '/api/v1/serviceaccounts/robot/token', request())
    await t.step('a top-level TokenRequest', 'POST', '/apis/authentication.k8s.io/v1/tokenrequests', request())
  },

  'dry run': async (t) => {
    const { ns } = await start(t)
    const r = await t.step(
      'dryRun=All',
      'POST',
      `${path(ns)}?dryRun=All`,
      request({ audiences: ['vault'], expirationSeconds: 900 }),
    )
    t.note('the answer holds a token', Boolean(r.json.status?.token))
    await t.step('a fault is still found', 'POST', `${path(ns)}?dryRun=All`, request({ expirationSeconds: 5 }))
    await t.step('an unknown dryRun', 'POST', `${path(ns)}?dryRun=Some`, request())
    await t.step('a missing account', 'POST', `${path(ns, 'nobody')}?dryRun=All`, request())
  },

  'the permission that is needed': async (t) => {
    const { ns } = await start(t)
    await t.serviceAccount(ns, 'other')
    const jane = t.name('jane')
    const joe = t.name('joe')
    const jim = t.name('jim')
    await grant(t, ns, 'accounts-only', [rule(['*'], [''], ['serviceaccounts'])], user(jane))
    await grant(t, ns, 'one-token', [rule(['create'], [''], ['serviceaccounts/token'], ['robot'])], user(joe))
    await grant(t, ns, 'all-tokens', [rule(['create'], [''], ['serviceaccounts/token'])], user(jim))
    const attributes = (verb, resource, name, subresource) => ({
      resourceAttributes: { namespace: ns, verb, resource, name, subresource },
    })
    await allowed(t, { user: jane, ...attributes('create', 'serviceaccounts') })
    await allowed(t, { user: joe, ...attributes('create', 'serviceaccounts', 'robot', 'token') })
    await allowed(t, { user: jim, ...attributes('create', 'serviceaccounts', 'robot', 'token') })
    await t.step('no right at all', 'POST', path(ns), { ...request(), as: { user: t.name('nobody') } })
    await t.step('every right on accounts is not enough', 'POST', path(ns), { ...request(), as: { user: jane } })
    await t.step('for this account only', 'POST', path(ns), { ...request(), as: { user: joe } })
    await t.step('not for another', 'POST', path(ns, 'other'), { ...request(), as: { user: joe } })
    await t.step('for all accounts', 'POST', path(ns, 'other'), { ...request(), as: { user: jim } })
    await t.step('a missing account is not given away', 'POST', path(ns, 'nobody'), { ...request(), as: { user: joe } })
    await t.step('anonymous', 'POST', path(ns), { ...request(), anonymous: true })
  },

  'an account asks for tokens': async (t) => {
    const { ns } = await start(t)
    await t.serviceAccount(ns, 'other')
    const token = await t.token(ns, 'robot')
    await t.step('not even for itself', 'POST', path(ns), { ...request(), token })
    await roleBinding(t, ns, 'robot-edits', { kind: 'ClusterRole', name: 'edit' }, account(ns, 'robot'))
    await allowed(t, {
      user: `system:serviceaccount:${ns}:robot`,
      resourceAttributes: {
        namespace: ns,
        verb: 'create',
        resource: 'serviceaccounts',
        subresource: 'token',
        name: 'other',
      },
    })
    await t.step('edit allows it for every account here', 'POST', path(ns, 'other'), { ...request(), token })
    await t.step('not elsewhere', 'POST', path('kube-system', 'default'), { ...request(), token })
  },

  'the id of the credential': async (t) => {
    const { ns } = await start(t)
    const token = await t.token(ns, 'robot')
    const r = await t.step('who I am', 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      token,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    })
    const [id] = r.json.status.userInfo.extra['authentication.kubernetes.io/credential-id']
    t.note('the credential id is the jti of the token', id === `JTI=${decode(token).claims.jti}`)
  },
}
