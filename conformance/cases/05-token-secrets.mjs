/** Secrets of type kubernetes.io/service-account-token: how the token controller fills, keeps and removes them, and what their tokens are good for. */

import { decode } from '../session.ts'

const at = (ns, name = '') => `/api/v1/namespaces/${ns}/secrets${name && `/${name}`}`
const accounts = (ns, name = '') => `/api/v1/namespaces/${ns}/serviceaccounts${name && `/${name}`}`
const type = 'kubernetes.io/service-account-token'
const forAccount = (name, account, annotations = {}, extra = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, annotations: { 'kubernetes.io/service-account.name': account, ...annotations } },
  type,
  ...extra,
})
const merge = 'application/merge-patch+json'
const plain = (data) =>
  data && Object.fromEntries(Object.entries(data).map(([k, v]) => [k, Buffer.from(v, 'base64').toString()]))
/** What a token says, without the algorithm of this server's key. */
const said = (token) => ({ header: Object.keys(decode(token).header).sort(), claims: decode(token).claims })
const same = (a, b) => JSON.stringify(said(a)) === JSON.stringify(said(b))
/** A Secret with its data decoded. */
const readable = (b) => {
  if (b.kind !== 'Secret') return b
  const data = plain(b.data)
  return { ...b, data: { ...data, token: said(data.token) } }
}
const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
const who = '/apis/authentication.k8s.io/v1/selfsubjectreviews'

const full = async (t, ns, name) => {
  let found
  await t.until(async () => (found = (await t.quiet('GET', at(ns, name))).json)?.data?.token, 'the token')
  return found
}
const make = async (t, ns, name, account, annotations, extra) => {
  const r = await t.quiet('POST', at(ns), { body: forAccount(name, account, annotations, extra) })
  if (r.status !== 201) throw new Error(r.text)
  return Buffer.from((await full(t, ns, name)).data.token, 'base64').toString()
}
const gone = (t, ns, name) =>
  t.until(async () => (await t.quiet('GET', at(ns, name))).status === 404, `the end of ${name}`)

export default {
  filled: async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    await t.step('make one', 'POST', at(ns), {
      body: forAccount('s', 'robot'),
      pick: (b) => ({ type: b.type, annotations: b.metadata.annotations, data: b.data ?? null }),
    })
    await full(t, ns, 's')
    await t.step('the controller fills it', 'GET', at(ns, 's'), { pick: readable })
    await t.step('the account does not list it', 'GET', accounts(ns, 'robot'))
    await t.step('found by its type', 'GET', `${at(ns)}?fieldSelector=type%3D${encodeURIComponent(type)}`, {
      pick: (b) => b.items.map((i) => i.metadata.name),
    })
    await t.step('an account makes none by itself', 'GET', `${at(ns)}?fieldSelector=metadata.name!%3Ds`, {
      pick: (b) => b.items,
    })
    const { json } = await t.quiet('GET', at(ns, 's'))
    const roots = (await t.quiet('GET', `/api/v1/namespaces/${ns}/configmaps/kube-root-ca.crt`)).json.data['ca.crt']
    t.note(
      'the certificates in it are those of kube-root-ca.crt',
      Buffer.from(json.data['ca.crt'], 'base64').toString() === roots,
    )
    t.note('the namespace in it', Buffer.from(json.data.namespace, 'base64').toString())
    t.note(
      'the claims have no times',
      Object.keys(
        JSON.parse(Buffer.from(Buffer.from(json.data.token, 'base64').toString().split('.')[1], 'base64url')),
      ).sort(),
    )
  },

  used: async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    const token = await make(t, ns, 's', 'robot')
    await t.sleep(500)
    await t.step('who it is', 'POST', who, { token, body: review })
    await t.step('reviewed', 'POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } },
      pick: (b) => b.status,
    })
    await t.step('reviewed for an audience', 'POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token, audiences: ['vault'] } },
      pick: (b) => b.status,
    })
    await t.step('it may not read secrets', 'GET', at(ns), { token })
    let labels
    await t.until(
      async () =>
        (labels = (await t.quiet('GET', at(ns, 's'))).json.metadata.labels)?.['kubernetes.io/legacy-token-last-used'],
      'the day of use',
    )
    t.note(
      'the day of its use is kept',
      Object.fromEntries(Object.entries(labels).map(([k, v]) => [k, /^\d{4}-\d\d-\d\d$/.test(v)])),
    )
  },

  'listed-by-its-account': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot', { secrets: [{ name: 's' }, { name: 'other' }] })
    const token = await make(t, ns, 's', 'robot')
    await t.sleep(500)
    await t.step('using it gives a warning', 'POST', who, { token, body: review, pick: (b) => b.status })
    await t.step('delete it', 'DELETE', at(ns, 's'))
    await t.until(
      async () => (await t.quiet('GET', accounts(ns, 'robot'))).json.secrets.length === 1,
      'the account without it',
    )
    await t.step('it is taken from the list', 'GET', accounts(ns, 'robot'))
  },

  'without-an-account': async (t) => {
    const ns = await t.namespace()
    await t.step('no annotation', 'POST', at(ns), {
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'n' }, type },
    })
    await t.step('an account that is not there', 'POST', at(ns), {
      body: forAccount('s', 'nobody'),
      pick: (b) => ({ kind: b.kind, annotations: b.metadata.annotations }),
    })
    await gone(t, ns, 's')
    await t.step('it is removed', 'GET', at(ns, 's'))
    const robot = await t.serviceAccount(ns, 'robot')
    await t.step('the uid of another', 'POST', at(ns), {
      body: forAccount('u', 'robot', { 'kubernetes.io/service-account.uid': '11111111-1111-1111-1111-111111111111' }),
      pick: (b) => ({ kind: b.kind }),
    })
    await gone(t, ns, 'u')
    await t.step('it is removed as well', 'GET', at(ns, 'u'))
    await t.step('the right uid', 'POST', at(ns), {
      body: forAccount('r', 'robot', { 'kubernetes.io/service-account.uid': robot.metadata.uid }),
      pick: (b) => ({ kind: b.kind }),
    })
    await full(t, ns, 'r')
    await t.step('it is filled', 'GET', at(ns, 'r'), {
      pick: (b) => ({ annotations: b.metadata.annotations, keys: Object.keys(b.data) }),
    })
    await t.step('name another account', 'PATCH', at(ns, 'r'), {
      type: merge,
      body: { metadata: { annotations: { 'kubernetes.io/service-account.name': 'default' } } },
      pick: (b) => b.metadata.annotations,
    })
    await gone(t, ns, 'r')
    await t.step('then it goes', 'GET', at(ns, 'r'))
  },

  'kept-whole': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    const token = await make(t, ns, 's', 'robot', {}, { stringData: { extra: 'mine' } })
    const now = async () => plain((await t.quiet('GET', at(ns, 's'))).json.data)
    await t.step('other data is left', 'GET', at(ns, 's'), {
      pick: (b) => ({ keys: Object.keys(b.data).sort(), extra: plain(b.data).extra }),
    })
    await t.step('take the token away', 'PATCH', at(ns, 's'), {
      type: merge,
      body: { data: { token: null } },
      pick: (b) => Object.keys(b.data).sort(),
    })
    await full(t, ns, 's')
    t.note('it says the same again', same((await now()).token, token))
    await t.step('change the certificates', 'PATCH', at(ns, 's'), {
      type: merge,
      body: { stringData: { 'ca.crt': 'mine' } },
      pick: (b) => plain(b.data)['ca.crt'],
    })
    await t.until(async () => (await now())['ca.crt'].startsWith('-----BEGIN'), 'the certificates')
    t.note('they are put back', (await now())['ca.crt'])
    await t.quiet('PATCH', at(ns, 's'), { type: merge, body: { data: { 'ca.crt': null, namespace: null } } })
    await t.until(async () => (await now()).namespace && (await now())['ca.crt'], 'certificates and namespace')
    t.note('both are filled again', Object.keys(await now()).sort())
    await t.step('another namespace is left', 'PATCH', at(ns, 's'), {
      type: merge,
      body: { stringData: { namespace: 'elsewhere' } },
      pick: (b) => plain(b.data).namespace,
    })
    await t.step('another token is left', 'PATCH', at(ns, 's'), {
      type: merge,
      body: { stringData: { token: 'mine' } },
      pick: (b) => plain(b.data).token,
    })
    await t.sleep(1000)
    t.note('a second later', await now())
    await t.step('take the annotation away', 'PATCH', at(ns, 's'), {
      type: merge,
      body: { metadata: { annotations: { 'kubernetes.io/service-account.name': null } } },
    })
    await t.quiet('PATCH', at(ns, 's'), {
      type: merge,
      body: { metadata: { annotations: { 'kubernetes.io/service-account.uid': null } }, data: { namespace: null } },
    })
    await t.until(
      async () => (await t.quiet('GET', at(ns, 's'))).json.metadata.annotations['kubernetes.io/service-account.uid'],
      'the uid',
    )
    t.note('the uid is put back', Object.keys((await t.quiet('GET', at(ns, 's'))).json.metadata.annotations).sort())
    await t.step('another type', 'PUT', at(ns, 's'), {
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, type: 'Opaque' },
    })
  },

  'deleted-secret': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    const token = await make(t, ns, 's', 'robot')
    await t.step('delete it', 'DELETE', at(ns, 's'))
    await t.sleep(1000)
    await t.step('its token is no good', 'POST', who, { token, body: review })
    await t.step('reviewed', 'POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } },
      pick: (b) => b.status,
    })
    await t.step('the account stays', 'GET', accounts(ns, 'robot'), { pick: (b) => b.metadata.name })
    const again = await make(t, ns, 's', 'robot')
    t.note('made again it says the same', same(again, token))
  },

  'deleted-account': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    const token = await make(t, ns, 's', 'robot')
    await make(t, ns, 'd', 'default')
    await t.step('delete the account', 'DELETE', accounts(ns, 'robot'), { pick: (b) => b.kind })
    await gone(t, ns, 's')
    await t.step('its secret goes with it', 'GET', at(ns, 's'))
    await t.step('the one of another stays', 'GET', at(ns, 'd'), { pick: (b) => b.metadata.name })
    await t.serviceAccount(ns, 'robot')
    await t.sleep(500)
    await t.step('the old token is no good for the new account', 'POST', who, { token, body: review })
    const fresh = await make(t, ns, 's', 'robot')
    t.note('the new token is another', fresh !== token)
  },

  'held-by-finalizers': async (t) => {
    const ns = await t.namespace()
    const finalizers = ['example.com/hold']
    await t.serviceAccount(ns, 'robot')
    await t.quiet('PATCH', accounts(ns, 'robot'), { type: merge, body: { metadata: { finalizers } } })
    await make(t, ns, 's', 'robot')
    await t.step('delete an account that is held', 'DELETE', accounts(ns, 'robot'), {
      pick: (b) => ({ kind: b.kind, marked: !!b.metadata.deletionTimestamp }),
    })
    await t.sleep(1000)
    await t.step('its secret stays with it', 'GET', at(ns, 's'), {
      pick: (b) => ({ kind: b.kind, marked: !!b.metadata?.deletionTimestamp }),
    })
    await t.quiet('PATCH', accounts(ns, 'robot'), { type: merge, body: { metadata: { finalizers: null } } })
    await gone(t, ns, 's')
    await t.step('and goes with it', 'GET', at(ns, 's'))
    const token = await make(t, ns, 'd', 'default')
    await t.quiet('PATCH', at(ns, 'd'), { type: merge, body: { metadata: { finalizers } } })
    await t.step('delete a secret that is held', 'DELETE', at(ns, 'd'), {
      pick: (b) => ({ kind: b.kind, marked: !!b.metadata?.deletionTimestamp }),
    })
    await t.sleep(1000)
    await t.step('its token is no good at once', 'POST', who, { token, body: review })
    await t.quiet('PATCH', at(ns, 'd'), { type: merge, body: { metadata: { finalizers: null } } })
  },

  'changed-token': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    const token = await make(t, ns, 's', 'robot')
    await t.step('put another text in its place', 'PATCH', at(ns, 's'), {
      type: merge,
      body: { stringData: { token: 'other' } },
      pick: (b) => plain(b.data).token,
    })
    await t.sleep(1000)
    await t.step('the true token is no longer good', 'POST', who, { token, body: review })
    const second = await make(t, ns, 's2', 'robot')
    await t.quiet('PATCH', at(ns, 's2'), {
      type: merge,
      body: { metadata: { labels: { 'kubernetes.io/legacy-token-invalid-since': '2020-01-01' } } },
    })
    await t.sleep(1000)
    await t.step('a token said to be invalid', 'POST', who, { token: second, body: review })
  },
}
