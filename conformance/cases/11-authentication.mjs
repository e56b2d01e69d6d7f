/** Who a request is: tokens, reviews of tokens, certificates of authority aside, and impersonation. */
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { account, allowed, grant, grantCluster, rule } from '../grants.mjs'

const api = 'authentication.k8s.io/v1'
const reviews = `/apis/${api}/tokenreviews`
const selves = `/apis/${api}/selfsubjectreviews`
const review = (spec) => ({ body: { apiVersion: api, kind: 'TokenReview', spec } })
const self = (options = {}) => ({ ...options, body: { apiVersion: api, kind: 'SelfSubjectReview' } })
const statusOnly = { pick: (o) => o.status }
const whoami = (t, label, options) => t.step(label, 'POST', selves, self(options))

async function start(t) {
  const ns = await t.namespace()
  const robot = await t.serviceAccount(ns, 'robot')
  return { ns, robot, token: await t.token(ns, 'robot') }
}
async function made(t, path, body) {
  const r = await t.quiet('POST', path, { body })
  if (r.status !== 201) throw new Error(`${path}: ${r.status} ${r.text}`)
  return r.json
}
/** Deletes the object and waits until the token is no longer accepted. */
async function deleted(t, path, token) {
  const r = await t.quiet('DELETE', path)
  if (r.status !== 200) throw new Error(`DELETE ${path}: ${r.status} ${r.text}`)
  await t.sleep(250)
  await t.until(
    async () => (await t.quiet('POST', reviews, review({ token }))).json?.status?.authenticated !== true,
    'the token to be refused',
  )
}
/** Both ways to notice that a token is no good: its review and its use. */
async function refused(t, label, token) {
  await t.step(`review, ${label}`, 'POST', reviews, { ...review({ token }), ...statusOnly })
  await whoami(t, `use, ${label}`, { token })
}

const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
const headerOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url'))
const { privateKey: ownKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const signed = (header, claims) => {
  const text = `${part(header)}.${part(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), ownKey).toString('base64url')}`
}
/** The character in the middle of the text made another one. */
const spoil = (text) => {
  const at = text.length >> 1
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
}

export default {
  'review of a good token': async (t) => {
    const { ns, token } = await start(t)
    await t.step('everything that the review answers', 'POST', reviews, review({ token }))
    await t.step('with metadata', 'POST', reviews, {
      body: { apiVersion: api, kind: 'TokenReview', metadata: { name: 'x', labels: { a: 'b' } }, spec: { token } },
      pick: (o) => o.metadata,
    })
    await t.step('a status sent along is not believed', 'POST', reviews, {
      body: { apiVersion: api, kind: 'TokenReview', spec: { token }, status: { user: { username: 'root' } } },
      ...statusOnly,
    })
    await t.step('a dry run', 'POST', `${reviews}?dryRun=All`, { ...review({ token }), ...statusOnly })
    await t.step('the account itself may not ask', 'POST', reviews, { ...review({ token }), token })
    await t.step('anonymous may not ask', 'POST', reviews, { ...review({ token }), anonymous: true })
    await t.step('there is nothing to get', 'GET', reviews)
    t.note('in the namespace of the account', claimsOf(token)['kubernetes.io'].namespace === ns)
  },

  'review with audiences': async (t) => {
    const { ns } = await start(t)
    const both = await t.token(ns, 'robot', { audiences: ['vault', 'db'] })
    const plain = await t.token(ns, 'robot')
    const [apiAudience] = claimsOf(plain).aud
    const ask = (label, token, audiences) =>
      t.step(label, 'POST', reviews, { ...review({ token, audiences }), ...statusOnly })
    await ask('no audience asked for, token for others', both)
    await ask('one of two', both, ['db'])
    await ask('both, the other way round', both, ['db', 'vault'])
    await ask('one that fits and one that does not', both, ['queue', 'vault'])
    await ask('none that fits', both, ['queue'])
    await ask('none of several that fits', both, ['queue', 'mail'])
    await ask('a token for the server, asked for another', plain, ['vault'])
    await ask('a token for the server, asked for the server', plain, [apiAudience])
    await ask('an empty list', plain, [])
    await ask('an empty string', plain, [''])
    await whoami(t, 'a token for others does not open the server', { token: both })
    const withServer = await t.token(ns, 'robot', { audiences: ['vault', apiAudience] })
    await whoami(t, 'a token for others and the server does', { token: withServer })
    await ask('and its review names the server only', withServer)
  },

  'review of no token': async (t) => {
    await t.step('garbage', 'POST', reviews, review({ token: 'garbage' }))
    await t.step('an empty token', 'POST', reviews, review({ token: '' }))
    await t.step('no token', 'POST', reviews, review({}))
    await t.step('no spec', 'POST', reviews, { body: { apiVersion: api, kind: 'TokenReview' } })
    await t.step('a line break', 'POST', reviews, review({ token: 'a\nb' }))
    await t.step('three dots', 'POST', reviews, review({ token: 'a.b.c' }))
    await t.step('a number', 'POST', reviews, review({ token: 7 }))
    await t.step('another kind', 'POST', reviews, { body: { apiVersion: api, kind: 'SelfSubjectReview' } })
    await t.step('an old version', 'POST', '/apis/authentication.k8s.io/v1beta1/tokenreviews', review({ token: 'x' }))
  },

  'review of a token for a Pod': async (t) => {
    const { ns } = await start(t)
    await made(t, `/api/v1/namespaces/${ns}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'worker' },
      spec: { serviceAccountName: 'robot', containers: [{ name: 'c', image: 'example.test/c' }] },
    })
    const token = await t.token(ns, 'robot', { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'worker' } })
    await t.step('the pod is in extra', 'POST', reviews, { ...review({ token }), ...statusOnly })
    await whoami(t, 'as it uses it', { token })
    const long = await t.token(ns, 'robot', {
      expirationSeconds: 3607,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'worker' },
    })
    await whoami(t, 'a prolonged one', { token: long })
  },

  'tokens that were tampered with': async (t) => {
    const { token } = await start(t)
    const [header, claims, signature] = token.split('.')
    await refused(t, 'spoiled signature', `${header}.${claims}.${spoil(signature)}`)
    await refused(t, 'no signature', `${header}.${claims}.`)
    await refused(t, 'two parts', `${header}.${claims}`)
    await refused(t, 'four parts', `${token}.x`)
    await refused(
      t,
      'other claims under the old signature',
      `${header}.${part({ ...claimsOf(token), sub: 'system:serviceaccount:kube-system:default' })}.${signature}`,
    )
    await refused(t, 'claims that are not JSON', `${header}.${part('nothing')}.${signature}`)
    await refused(t, 'signature in base64 with padding', `${token}==`)
  },

  'tokens signed in another way': async (t) => {
    const { token } = await start(t)
    const claims = claimsOf(token)
    const { kid, alg } = headerOf(token)
    await refused(t, 'algorithm none', `${part({ alg: 'none', kid })}.${part(claims)}.`)
    await refused(
      t,
      'algorithm none with the old signature',
      `${part({ alg: 'none', kid })}.${token.split('.')[1]}.${token.split('.')[2]}`,
    )
    await refused(t, 'another key under the known key id', signed({ alg: 'RS256', kid }, claims))
    await refused(t, 'another key under its own key id', signed({ alg: 'RS256', kid: 'x'.repeat(43) }, claims))
    await refused(t, 'another key without key id', signed({ alg: 'RS256' }, claims))
    await refused(
      t,
      'another key and issuer',
      signed({ alg: 'RS256', kid }, { ...claims, iss: 'https://issuer.example.test' }),
    )
    await refused(
      t,
      'another key and the issuer of old tokens',
      signed({ alg: 'RS256', kid }, { ...claims, iss: 'kubernetes/serviceaccount' }),
    )
    await refused(t, 'the header without key id', `${part({ alg })}.${token.split('.')[1]}.${token.split('.')[2]}`)
    const { json } = await t.quiet('GET', '/openid/v1/jwks', { accept: '*/*' })
    const jwk = json.keys.find((k) => k.kid === kid)
    const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    const text = `${part({ alg: 'HS256', kid })}.${part(claims)}`
    await refused(
      t,
      'HS256 with the public key as the secret',
      `${text}.${createHmac('sha256', pem).update(text).digest('base64url')}`,
    )
  },

  'the body and headers of 401': async (t) => {
    const { ns } = await start(t)
    const token = 'garbage'
    for (const [label, method, path] of [
      ['a list', 'GET', `/api/v1/namespaces/${ns}/pods`],
      ['discovery', 'GET', '/api'],
      ['what anonymous may see', 'GET', '/version'],
      ['health', 'GET', '/healthz'],
      ['a path that is not there', 'GET', '/nothing/here'],
      ['a write', 'POST', `/api/v1/namespaces/${ns}/configmaps`],
      ['a watch', 'GET', `/api/v1/namespaces/${ns}/pods?watch=true`],
    ])
      await t.step(label, method, path, { token, ...(method === 'POST' && { body: { metadata: { name: 'x' } } }) })
    await t.step('YAML asked for', 'GET', '/api', { token, accept: 'application/yaml' })
    await t.step('a form asked for that is not there', 'GET', '/api', { token, accept: 'text/html' })
  },

  'Authorization headers': async (t) => {
    const { token } = await start(t)
    const header = (label, authorization) => whoami(t, label, { anonymous: true, headers: { authorization } })
    await header('small letters', `bearer ${token}`)
    await header('capital letters', `BEARER ${token}`)
    await header('two blanks', `Bearer  ${token}`)
    await header('a tab', `Bearer\t${token}`)
    await header('a word behind it', `Bearer ${token} more`)
    await header('the word alone', 'Bearer')
    await header('the token alone', token)
    await header('another scheme', `Token ${token}`)
    await header('Basic', `Basic ${Buffer.from('admin:secret').toString('base64')}`)
    await header('Basic with the token', `Basic ${Buffer.from(`:${token}`).toString('base64')}`)
    await header('empty', '')
    await header('two schemes', `Basic dTpw, Bearer ${token}`)
  },

  'other places for a token': async (t) => {
    const { token } = await start(t)
    await t.step('in the query', 'POST', `${selves}?access_token=x`, self({ anonymous: true }))
    await whoami(t, 'in a cookie', { anonymous: true, headers: { cookie: `token=${token}` } })
    await whoami(t, 'headers of a front proxy', {
      anonymous: true,
      headers: { 'x-remote-user': 'root', 'x-remote-group': 'system:masters' },
    })
    await whoami(t, 'headers of a front proxy beside a token', {
      token,
      headers: { 'x-remote-user': 'root', 'x-remote-group': 'system:masters' },
    })
    const socket = (protocols) => ({
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      'sec-websocket-protocol': protocols,
    })
    const prefix = 'base64url.bearer.authorization.k8s.io.'
    await whoami(t, 'subprotocol of a websocket', {
      anonymous: true,
      headers: socket(`${prefix}${part(token)}, v4.channel.k8s.io`),
    })
    await whoami(t, 'subprotocol with garbage', {
      anonymous: true,
      headers: socket(`${prefix}${part('garbage')}, v4.channel.k8s.io`),
    })
    await whoami(t, 'subprotocol and nothing beside it', {
      anonymous: true,
      headers: socket(`${prefix}${part(token)}`),
    })
    await whoami(t, 'subprotocol that is no base64url', {
      anonymous: true,
      headers: socket(`${prefix}****, v4.channel.k8s.io`),
    })
    await whoami(t, 'two tokens as subprotocols', {
      anonymous: true,
      headers: socket(`${prefix}${part(token)}, ${prefix}${part(token)}, v4.channel.k8s.io`),
    })
    await whoami(t, 'subprotocol without an upgrade', {
      anonymous: true,
      headers: { 'sec-websocket-protocol': `${prefix}${part(token)}, v4.channel.k8s.io` },
    })
  },

  'who I am': async (t) => {
    const { token } = await start(t)
    await t.step(
      'the admin',
      'POST',
      selves,
      self({
        pick: (o) => ({
          ...o,
          status: {
            members: Object.keys(o.status.userInfo).includes('username'),
            authenticated: o.status.userInfo.groups.at(-1),
          },
        }),
      }),
    )
    await whoami(t, 'an account', { token })
    await whoami(t, 'nobody', { anonymous: true })
    await t.step('metadata sent along', 'POST', selves, {
      token,
      body: { apiVersion: api, kind: 'SelfSubjectReview', metadata: { name: 'x', labels: { a: 'b' } } },
    })
    await t.step('a status sent along', 'POST', selves, {
      token,
      body: { apiVersion: api, kind: 'SelfSubjectReview', status: { userInfo: { username: 'root' } } },
    })
    await t.step('an empty object', 'POST', selves, { token, body: {} })
    await t.step('a dry run', 'POST', `${selves}?dryRun=All`, self({ token }))
    await t.step('no body', 'POST', selves, { token })
    await t.step('another kind', 'POST', selves, {
      token,
      body: { apiVersion: api, kind: 'TokenReview', spec: { token: 'x' } },
    })
    await t.step('GET', 'GET', selves)
    await t.step('one by name', 'GET', `${selves}/x`)
    await t.step('as a table', 'POST', selves, self({ token, accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }))
  },

  'what anonymous may do': async (t) => {
    const { ns } = await start(t)
    const ask = (label, method, path, options) => t.step(label, method, path, { anonymous: true, ...options })
    await ask('the version', 'GET', '/version', { pick: (o) => Object.keys(o).includes('gitVersion') })
    await ask('the version with a slash', 'GET', '/version/', { pick: (o) => Object.keys(o).includes('gitVersion') })
    await ask('healthz', 'GET', '/healthz')
    await ask('livez', 'GET', '/livez')
    await ask('readyz', 'GET', '/readyz')
    await ask('not a part of readyz', 'GET', '/readyz/etcd')
    await ask('not the APIs', 'GET', '/api')
    await ask('not the groups', 'GET', '/apis')
    await ask('not the root', 'GET', '/')
    await ask('not metrics', 'GET', '/metrics')
    await ask('not openapi', 'GET', '/openapi/v2')
    await ask('not a list', 'GET', `/api/v1/namespaces/${ns}/pods`)
    await ask('not one object', 'GET', `/api/v1/namespaces/${ns}/serviceaccounts/default`)
    await ask('not an object of the cluster', 'GET', '/api/v1/nodes/some')
    await ask('not a write', 'POST', `/api/v1/namespaces/${ns}/configmaps`, { body: { metadata: { name: 'x' } } })
    await ask('not a path that is not there', 'GET', '/nothing/here')
    await ask('not a method that is not there', 'PUT', '/version')
  },

  'a token of an account that was deleted': async (t) => {
    const { ns, token } = await start(t)
    const before = await t.token(ns, 'robot')
    await whoami(t, 'before', { token: before })
    await deleted(t, `/api/v1/namespaces/${ns}/serviceaccounts/robot`, token)
    await refused(t, 'deleted', token)
    await t.serviceAccount(ns, 'robot')
    await t.until(
      async () =>
        (await t.quiet('POST', reviews, review({ token: await t.token(ns, 'robot') }))).json?.status?.authenticated,
      'the new account',
    )
    await refused(t, 'made anew', token)
    await whoami(t, 'a new token', { token: await t.token(ns, 'robot') })
  },

  'a token whose Secret was deleted': async (t) => {
    const { ns } = await start(t)
    const secrets = `/api/v1/namespaces/${ns}/secrets`
    await made(t, secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'anchor' } })
    const bound = () => t.token(ns, 'robot', { boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 'anchor' } })
    const [a, b] = [await bound(), await bound()]
    await whoami(t, 'before', { token: b })
    await deleted(t, `${secrets}/anchor`, a)
    await refused(t, 'Secret deleted', a)
    await made(t, secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'anchor' } })
    await t.until(
      async () => (await t.quiet('POST', reviews, review({ token: await bound() }))).json?.status?.authenticated,
      'the new Secret',
    )
    await refused(t, 'Secret made anew', a)
    const again = await bound()
    await whoami(t, 'a token for the new Secret', { token: again })
  },

  'a token whose Pod was deleted': async (t) => {
    const { ns } = await start(t)
    const pods = `/api/v1/namespaces/${ns}/pods`
    const worker = (more) =>
      made(t, pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'worker' },
        spec: { serviceAccountName: 'robot', containers: [{ name: 'c', image: 'example.test/c' }], ...more },
      })
    const bound = () => t.token(ns, 'robot', { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'worker' } })
    await worker()
    const token = await bound()
    await deleted(t, `${pods}/worker`, token)
    await refused(t, 'Pod deleted', token)
    await worker({ nodeName: t.name('ghost') })
    await t.until(
      async () => (await t.quiet('POST', reviews, review({ token: await bound() }))).json?.status?.authenticated,
      'the new Pod',
    )
    await refused(t, 'Pod made anew', token)
    const [used, kept] = [await bound(), await bound()]
    await t.quiet('DELETE', `${pods}/worker`)
    await whoami(t, 'while the Pod is on its way out', { token: used })
    await t.step('a new token for it still', 'POST', `/api/v1/namespaces/${ns}/serviceaccounts/robot/token`, {
      body: { spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'worker' } } },
    })
    await deleted(t, `${pods}/worker?gracePeriodSeconds=0`, kept)
    await refused(t, 'Pod gone', kept)
  },

  'a token whose Node was deleted': async (t) => {
    const { ns } = await start(t)
    const node = t.name('node', '/api/v1/nodes')
    const build = () => made(t, '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: node } })
    await build()
    const token = await t.token(ns, 'robot', { boundObjectRef: { apiVersion: 'v1', kind: 'Node', name: node } })
    await deleted(t, `/api/v1/nodes/${node}`, token)
    await refused(t, 'Node deleted', token)
    await build()
    await t.sleep(500)
    await refused(t, 'Node made anew', token)
  },

  'impersonation by the admin': async (t) => {
    const { ns, robot } = await start(t)
    const as = (label, as) => whoami(t, label, { as })
    await as('a user', { user: 'jane' })
    await as('a user with groups', { user: 'jane', groups: ['dev', 'ops'] })
    await as('a group twice', { user: 'jane', groups: ['dev', 'dev'] })
    await as('a user with uid', { user: 'jane', uid: 'u-7' })
    await as('a user with extra', {
      user: 'jane',
      extra: { scopes: ['view', 'edit'], 'acme.com%2Fproject': 'some', UPPER: 'Case' },
    })
    await as('an account', { user: `system:serviceaccount:${ns}:robot` })
    await as('an account with a group', { user: `system:serviceaccount:${ns}:robot`, groups: ['dev'] })
    await as('an account with its uid', { user: `system:serviceaccount:${ns}:robot`, uid: robot.metadata.uid })
    await as('an account that is not there', { user: `system:serviceaccount:${ns}:nobody` })
    await as('a name that is nearly an account', { user: 'system:serviceaccount:only' })
    await as('a node', { user: 'system:node:some' })
    await as('a group of all', { user: 'jane', groups: ['system:authenticated'] })
    await as('a group of nobody', { user: 'jane', groups: ['system:unauthenticated'] })
    await as('anonymous', { user: 'system:anonymous' })
    await as('anonymous with the group of the admins', { user: 'system:anonymous', groups: ['system:masters'] })
    await as('a user with blanks', { user: 'jane doe' })
    await as('a user with a colon and slashes', { user: 'https://id.example.test/#jane' })
  },

  'impersonation without a user': async (t) => {
    await start(t)
    await whoami(t, 'a group', { as: { groups: ['dev'] } })
    await whoami(t, 'a uid', { as: { uid: 'u-7' } })
    await whoami(t, 'extra', { as: { extra: { scopes: 'view' } } })
    await t.step(
      'an empty user',
      'POST',
      selves,
      self({ as: { user: '' }, pick: (o) => o.status.userInfo.username !== '' && o.status.userInfo.groups.at(-1) }),
    )
    await whoami(t, 'an empty user with a group', { as: { user: '', groups: ['dev'] } })
    await whoami(t, 'a user with an empty group', { as: { user: 'jane', groups: [''] } })
    await whoami(t, 'a user with an extra without a key', {
      headers: { 'impersonate-user': 'jane', 'impersonate-extra-': 'x' },
    })
    await whoami(t, 'a user with an extra badly encoded', { as: { user: 'jane', extra: { 'a%2': 'x' } } })
    await whoami(t, 'an unknown header', { headers: { 'impersonate-user': 'jane', 'impersonate-thing': 'x' } })
    await whoami(t, 'two users', { headers: { 'impersonate-user': ['jane', 'joe'] } })
  },

  'impersonation and headers that are odd': async (t) => {
    const { ns } = await start(t)
    await whoami(t, 'a user with blanks around', { headers: { 'impersonate-user': ' jane ' } })
    await whoami(t, 'groups in one header stay one group', { as: { user: 'jane', groups: 'dev,ops' } })
    await whoami(t, 'an extra with capitals and its encoding', {
      as: { user: 'jane', extra: { 'Acme.Com%2FPRO%2Fx': 'V' } },
    })
    await whoami(t, 'an extra with no value', { as: { user: 'jane', extra: { scopes: '' } } })
    await whoami(t, 'an account with the group of another namespace', {
      as: { user: `system:serviceaccount:${ns}:robot`, groups: ['system:serviceaccounts:other'] },
    })
    await whoami(t, 'two uids', { headers: { 'impersonate-user': 'jane', 'impersonate-uid': ['u-1', 'u-2'] } })
    await whoami(t, 'a user of the system', { as: { user: 'system:admin', groups: ['system:masters'] } })
    await t.step('nobody may be someone at a public path', 'GET', '/version', { anonymous: true, as: { user: 'jane' } })
    await t.step('nobody may be nobody', 'GET', '/version', { anonymous: true, as: { user: 'system:anonymous' } })
    await t.step('discovery as a user', 'GET', '/api', { as: { user: 'jane' }, pick: (o) => o.versions })
    await t.step('what is made is made as the user', 'POST', `/api/v1/namespaces/${ns}/configmaps`, {
      as: { user: 'jane', groups: ['system:masters'] },
      body: { metadata: { name: 'x' } },
      pick: (o) => o.metadata.name,
    })
  },

  'rights of the impersonated user': async (t) => {
    const { ns } = await start(t)
    await t.step('no right of its own', 'GET', `/api/v1/namespaces/${ns}/pods`, { as: { user: 'jane' } })
    await t.step('the group of the admins may all', 'GET', `/api/v1/namespaces/${ns}/pods`, {
      as: { user: 'jane', groups: ['system:masters'] },
      pick: (o) => o.items,
    })
    await t.step('an account', 'GET', `/api/v1/namespaces/${ns}/secrets/x`, {
      as: { user: `system:serviceaccount:${ns}:robot` },
    })
    await t.step('anonymous', 'GET', '/api', { as: { user: 'system:anonymous' } })
    await t.step(
      'a token of the account, asked for by the admin as the account',
      'POST',
      `/api/v1/namespaces/${ns}/serviceaccounts/robot/token`,
      { body: {}, as: { user: `system:serviceaccount:${ns}:robot` } },
    )
  },

  'impersonation without the right': async (t) => {
    const { ns, token } = await start(t)
    await t.serviceAccount(ns, 'other')
    const list = (label, as) => t.step(label, 'GET', `/api/v1/namespaces/${ns}/pods`, { token, as })
    await list('a user', { user: 'jane' })
    await list('a user with a group', { user: 'jane', groups: ['dev'] })
    await list('a user with a uid', { user: 'jane', uid: 'u-7' })
    await list('a user with extra', { user: 'jane', extra: { scopes: 'view' } })
    await list('the group of the admins', { user: 'jane', groups: ['system:masters'] })
    await list('an account', { user: `system:serviceaccount:${ns}:other` })
    await list('itself', { user: `system:serviceaccount:${ns}:robot` })
    await list('an account with a group', { user: `system:serviceaccount:${ns}:other`, groups: ['dev'] })
    await list('a node', { user: 'system:node:some' })
    await list('a node with a group', { user: 'system:node:some', groups: ['system:nodes'] })
    await list('anonymous', { user: 'system:anonymous' })
    await t.step('one object', 'DELETE', `/api/v1/namespaces/${ns}/pods/x`, { token, as: { user: 'jane' } })
    await t.step('a subresource', 'GET', `/api/v1/namespaces/${ns}/pods/x/log`, { token, as: { user: 'jane' } })
    await t.step('an object of the cluster', 'GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles/view', {
      token,
      as: { user: 'jane' },
    })
    await t.step('a path', 'GET', '/metrics', { token, as: { user: 'jane' } })
    await t.step('nobody', 'GET', `/api/v1/namespaces/${ns}/pods`, { anonymous: true, as: { user: 'jane' } })
    await t.step('a bad token is told first', 'GET', `/api/v1/namespaces/${ns}/pods`, {
      token: 'garbage',
      as: { user: 'jane' },
    })
    await t.step('a group alone is told first', 'GET', `/api/v1/namespaces/${ns}/pods`, {
      token,
      as: { groups: ['dev'] },
    })
  },

  'the verb impersonate': async (t) => {
    const { ns, token } = await start(t)
    await t.serviceAccount(ns, 'other')
    const robot = account(ns, 'robot')
    const name = `system:serviceaccount:${ns}:robot`
    await grantCluster(
      t,
      'acts-as-jane',
      [
        rule(['impersonate'], [''], ['users'], ['jane']),
        rule(['impersonate'], [''], ['groups'], ['dev']),
        rule(['impersonate'], ['authentication.k8s.io'], ['uids'], ['u-7']),
        rule(['impersonate'], ['authentication.k8s.io'], ['userextras/scopes'], ['view']),
      ],
      robot,
    )
    await grant(t, ns, 'acts-as-other', [rule(['impersonate'], [''], ['serviceaccounts'], ['other'])], robot)
    await allowed(t, { user: name, resourceAttributes: { verb: 'impersonate', resource: 'users', name: 'jane' } })
    await allowed(t, {
      user: name,
      resourceAttributes: { verb: 'impersonate', resource: 'serviceaccounts', name: 'other', namespace: ns },
    })
    const as = (label, as) => whoami(t, label, { token, as })
    await as('the user', { user: 'jane' })
    await as('another user', { user: 'joe' })
    await as('the user with the group', { user: 'jane', groups: ['dev'] })
    await as('the user with another group', { user: 'jane', groups: ['dev', 'ops'] })
    await as('the user with the uid', { user: 'jane', uid: 'u-7' })
    await as('the user with another uid', { user: 'jane', uid: 'u-8' })
    await as('the user with extra', { user: 'jane', extra: { scopes: 'view' } })
    await as('the user with another value', { user: 'jane', extra: { scopes: ['view', 'edit'] } })
    await as('the user with another extra', { user: 'jane', extra: { realm: 'view' } })
    await as('the account', { user: `system:serviceaccount:${ns}:other` })
    await as('the account with a group', { user: `system:serviceaccount:${ns}:other`, groups: ['dev'] })
    await as('the account of that name elsewhere', { user: 'system:serviceaccount:kube-system:other' })
  },

  'constrained impersonation of a user': async (t) => {
    const { ns, token } = await start(t)
    const robot = account(ns, 'robot')
    const name = `system:serviceaccount:${ns}:robot`
    const jane = t.name('jane')
    const group = 'authentication.k8s.io'
    await grantCluster(
      t,
      'identity',
      [
        rule(['impersonate:user-info'], [group], ['users'], [jane]),
        rule(['impersonate:user-info'], [group], ['groups'], ['dev', 'system:masters']),
      ],
      robot,
    )
    await grant(t, ns, 'on-pods', [rule(['impersonate-on:user-info:list'], [''], ['pods'])], robot)
    await grant(t, ns, 'jane-reads', [rule(['list'], [''], ['pods', 'configmaps'])], {
      kind: 'User',
      apiGroup: 'rbac.authorization.k8s.io',
      name: jane,
    })
    await allowed(t, {
      user: name,
      resourceAttributes: { verb: 'impersonate:user-info', group, resource: 'users', name: jane },
    })
    await allowed(t, {
      user: name,
      resourceAttributes: { verb: 'impersonate-on:user-info:list', resource: 'pods', namespace: ns },
    })
    await allowed(t, { user: jane, resourceAttributes: { verb: 'list', resource: 'pods', namespace: ns } })
    const list = (label, what, as) =>
      t.step(label, 'GET', `/api/v1/namespaces/${ns}/${what}`, { token, as, pick: (o) => o.items ?? o })
    await list('the user lists pods', 'pods', { user: jane })
    await list('with the group', 'pods', { user: jane, groups: ['dev'] })
    await list('with another group', 'pods', { user: jane, groups: ['ops'] })
    await list('never the group of the admins', 'pods', { user: jane, groups: ['system:masters'] })
    await list('with a uid', 'pods', { user: jane, uid: 'u-7' })
    await list('with extra', 'pods', { user: jane, extra: { scopes: 'view' } })
    await list('what the user may and the caller may not hand on', 'configmaps', { user: jane })
    await list('another user', 'pods', { user: t.name('joe') })
    await list('without impersonation', 'pods')
    await whoami(t, 'not who I am', { token, as: { user: jane } })
  },

  'constrained impersonation of an account': async (t) => {
    const { ns, token } = await start(t)
    await t.serviceAccount(ns, 'other')
    const robot = account(ns, 'robot')
    const name = `system:serviceaccount:${ns}:robot`
    await grant(
      t,
      ns,
      'identity',
      [
        rule(['impersonate:serviceaccount'], ['authentication.k8s.io'], ['serviceaccounts'], ['other']),
        rule(['impersonate-on:serviceaccount:list'], [''], ['pods']),
      ],
      robot,
    )
    await grant(t, ns, 'other-reads', [rule(['list'], [''], ['pods'])], account(ns, 'other'))
    await allowed(t, {
      user: name,
      resourceAttributes: {
        verb: 'impersonate:serviceaccount',
        group: 'authentication.k8s.io',
        resource: 'serviceaccounts',
        name: 'other',
        namespace: ns,
      },
    })
    await allowed(t, {
      user: `system:serviceaccount:${ns}:other`,
      resourceAttributes: { verb: 'list', resource: 'pods', namespace: ns },
    })
    const list = (label, as) =>
      t.step(label, 'GET', `/api/v1/namespaces/${ns}/pods`, { token, as, pick: (o) => o.items ?? o })
    await list('the account lists pods', { user: `system:serviceaccount:${ns}:other` })
    await list('another account', { user: `system:serviceaccount:${ns}:default` })
    await list('with a group', { user: `system:serviceaccount:${ns}:other`, groups: ['dev'] })
    await t.step('another verb', 'GET', `/api/v1/namespaces/${ns}/pods/x`, {
      token,
      as: { user: `system:serviceaccount:${ns}:other` },
    })
  },

  'constrained impersonation of a node': async (t) => {
    const { ns, token } = await start(t)
    const robot = account(ns, 'robot')
    const name = `system:serviceaccount:${ns}:robot`
    const group = 'authentication.k8s.io'
    await grantCluster(
      t,
      'identity',
      [
        rule(['impersonate:arbitrary-node'], [group], ['nodes'], ['some']),
        rule(['impersonate-on:arbitrary-node:create'], [group], ['selfsubjectreviews']),
      ],
      robot,
    )
    await allowed(t, {
      user: name,
      resourceAttributes: { verb: 'impersonate:arbitrary-node', group, resource: 'nodes', name: 'some' },
    })
    await whoami(t, 'the node', { token, as: { user: 'system:node:some' } })
    await whoami(t, 'another node', { token, as: { user: 'system:node:other' } })
    await whoami(t, 'the node with a group', { token, as: { user: 'system:node:some', groups: ['system:nodes'] } })
    await t.step('something else as the node', 'GET', `/api/v1/namespaces/${ns}/pods`, {
      token,
      as: { user: 'system:node:some' },
    })
  },
}
