/** What others need to check the tokens of this cluster: issuer discovery and its keys. */
import { createPublicKey, verify } from 'node:crypto'
import { decode } from '../session.ts'

const discovery = '/.well-known/openid-configuration'
const jwks = '/openid/v1/jwks'
const any = { accept: '*/*' }
const algorithms = ['ES256', 'ES384', 'ES512', 'RS256']
const members = { RSA: 'use kty kid alg n e', EC: 'use kty kid crv alg x y' }
// How many keys a server has and of which type is its own affair.
const pickKeys = {
  pick: (o) =>
    o.keys
      ? {
          ...o,
          keys:
            o.keys.length > 0 && o.keys.every((k) => k.use === 'sig' && Object.keys(k).join(' ') === members[k.kty]),
        }
      : o,
}
const pickDocument = {
  pick: (o) =>
    o.issuer
      ? {
          ...o,
          jwks_uri: /^https:\/\/[^/]+\/openid\/v1\/jwks$/.test(o.jwks_uri),
          id_token_signing_alg_values_supported: o.id_token_signing_alg_values_supported.every((a) =>
            algorithms.includes(a),
          ),
        }
      : o,
}
const alike = (a, b) => a.toString() === b.toString()

async function start(t) {
  const ns = await t.namespace()
  await t.serviceAccount(ns, 'robot')
  return { ns, token: await t.token(ns, 'robot') }
}

export default {
  'the discovery document': async (t) => {
    const { token } = await start(t)
    const r = await t.step('the admin reads it', 'GET', discovery, pickDocument)
    t.note('its members, in order', Object.keys(JSON.parse(r.text)))
    t.note('nothing around it', r.text === JSON.stringify(r.json))
    t.note('the issuer is that of a token', r.json.issuer === decode(token).claims.iss)
    t.note(
      'the algorithm of a token is among those told',
      r.json.id_token_signing_alg_values_supported.includes(decode(token).header.alg),
    )
    await t.step('an account reads it', 'GET', discovery, { token, ...pickDocument })
    await t.step('a bad token may not', 'GET', discovery, { token: 'garbage' })
  },

  'the keys': async (t) => {
    const { token } = await start(t)
    const r = await t.step('the admin reads them', 'GET', jwks, { ...any, ...pickKeys })
    t.note('nothing around them', r.text === JSON.stringify(r.json))
    const privates = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
    t.note(
      'no private member',
      r.json.keys.every((k) => privates.every((m) => !(m in k))),
    )
    t.note('each key has its own id', new Set(r.json.keys.map((k) => k.kid)).size === r.json.keys.length)
    t.note(
      'each key id is a SHA-256 in base64url',
      r.json.keys.every((k) => /^[\w-]{43}$/.test(k.kid)),
    )
    const { header } = decode(token)
    const key = r.json.keys.find((k) => k.kid === header.kid)
    t.note('the key of a fresh token is among them', Boolean(key))
    t.note('with its algorithm', key.alg === header.alg)
    const [head, payload, signature] = token.split('.')
    const publicKey = createPublicKey({ key, format: 'jwk' })
    t.note(
      'it verifies the token',
      verify(
        `sha${key.alg.slice(2)}`,
        Buffer.from(`${head}.${payload}`),
        { key: publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      ),
    )
    await t.step('an account reads them', 'GET', jwks, { ...any, token, ...pickKeys })
    await t.step('anonymous may not', 'GET', jwks, { ...any, anonymous: true })
    await t.step('an ordinary user may not', 'GET', jwks, { ...any, as: { user: 'jane' } })
    await t.step('a bad token may not', 'GET', jwks, { ...any, token: 'garbage' })
    await t.step('every account of the cluster may', 'GET', jwks, {
      ...any,
      as: { user: 'jane', groups: ['system:serviceaccounts'] },
      ...pickKeys,
    })
  },

  'forms that are asked for': async (t) => {
    await start(t)
    for (const accept of [
      'application/json',
      '*/*',
      'application/*',
      'text/html',
      'application/yaml',
      'application/jwk-set+json',
      'application/json, application/jwk-set+json',
    ]) {
      await t.step(`document as ${accept}`, 'GET', discovery, { accept, ...pickDocument })
      await t.step(`keys as ${accept}`, 'GET', jwks, { accept, ...pickKeys })
    }
    await t.step('document with no wish', 'GET', discovery, { headers: { accept: null }, ...pickDocument })
    await t.step('keys with no wish', 'GET', jwks, { headers: { accept: null }, ...pickKeys })
  },

  'other methods': async (t) => {
    const { token } = await start(t)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']) {
      await t.step(`document, ${method}`, method, discovery, any)
      await t.step(`keys, ${method}`, method, jwks, any)
    }
    await t.step('an account may only get the document', 'POST', discovery, { ...any, token })
    await t.step('an account may only get the keys', 'DELETE', jwks, { ...any, token })
  },

  'paths nearby': async (t) => {
    const { token } = await start(t)
    for (const path of [
      `${discovery}/`,
      `${jwks}/`,
      '/.well-known',
      '/.well-known/jwks.json',
      '/openid',
      '/openid/v1',
      '/openid/v2/jwks',
      `${jwks}?x=y`,
    ])
      await t.step('the admin', 'GET', path, { ...any, pick: (o) => (o.keys ? 'keys' : o.issuer ? 'document' : o) })
    for (const path of [`${discovery}/`, `${jwks}/`, '/openid', '/openid/v1'])
      await t.step('an account', 'GET', path, {
        ...any,
        token,
        pick: (o) => (o.keys ? 'keys' : o.issuer ? 'document' : o),
      })
  },

  'the same to everyone and each time': async (t) => {
    const { token } = await start(t)
    const [a, b, c, d] = [
      await t.quiet('GET', discovery),
      await t.quiet('GET', discovery, { token }),
      await t.quiet('GET', jwks, any),
      await t.quiet('GET', jwks, { ...any, token }),
    ]
    t.note('the document', alike(a.raw, b.raw))
    t.note('the keys', alike(c.raw, d.raw))
    t.note(
      'length told',
      [a, c].every((r) => Number(r.headers['content-length']) === r.raw.length),
    )
    t.note(
      'no ETag',
      [a, c].every((r) => r.headers.etag === undefined),
    )
  },
}
