import { describe, expect, test } from 'vitest'
import { boundClaims, legacyClaims, tokenLifetime } from './claims.ts'
import { parseServiceAccountUsername } from './username.ts'

const common = {
  issuer: 'https://id.example',
  audiences: ['b', 'a'],
  namespace: 'ns',
  serviceAccount: { name: 'sa', uid: 'sa-uid' },
  nowSeconds: 1000,
  lifetime: { expirationSeconds: 3600, validSeconds: 3600 },
  jti: 'id',
}
const shown = (claims: object) => JSON.parse(JSON.stringify(claims))

describe('a bound token says', () => {
  test('whose it is and how long', () => {
    expect(shown(boundClaims(common))).toEqual({
      iss: 'https://id.example',
      sub: 'system:serviceaccount:ns:sa',
      aud: ['b', 'a'],
      iat: 1000,
      nbf: 1000,
      exp: 4600,
      jti: 'id',
      'kubernetes.io': { namespace: 'ns', serviceaccount: { name: 'sa', uid: 'sa-uid' } },
    })
  })

  test.each([
    [{ pod: { name: 'p', uid: 'u' } }, { pod: { name: 'p', uid: 'u' } }],
    [
      { pod: { name: 'p', uid: 'u' }, node: { name: 'gone' } },
      { pod: { name: 'p', uid: 'u' }, node: { name: 'gone' } },
    ],
    [{ secret: { name: 's', uid: 'u' } }, { secret: { name: 's', uid: 'u' } }],
    [{ node: { name: 'n', uid: 'u' } }, { node: { name: 'n', uid: 'u' } }],
  ])('what it is bound to: %j', (binding, expected) => {
    expect(shown(boundClaims({ ...common, binding }))['kubernetes.io']).toEqual({
      namespace: 'ns',
      serviceaccount: { name: 'sa', uid: 'sa-uid' },
      ...expected,
    })
  })

  test('from when its use is stale', () => {
    const lifetime = { expirationSeconds: 3607, validSeconds: 31_536_000, warnAfterSeconds: 3607 }
    const claims = shown(boundClaims({ ...common, lifetime }))
    expect([claims.exp, claims['kubernetes.io'].warnafter]).toEqual([31_537_000, 4607])
  })
})

test('a token in a Secret says six things', () => {
  const { namespace, serviceAccount } = common
  expect(legacyClaims({ namespace, serviceAccount, secret: 's' })).toEqual({
    iss: 'kubernetes/serviceaccount',
    sub: 'system:serviceaccount:ns:sa',
    'kubernetes.io/serviceaccount/namespace': 'ns',
    'kubernetes.io/serviceaccount/secret.name': 's',
    'kubernetes.io/serviceaccount/service-account.name': 'sa',
    'kubernetes.io/serviceaccount/service-account.uid': 'sa-uid',
  })
})

describe('how long a token lives', () => {
  const asked = {
    requestedSeconds: 3607,
    maxSeconds: 0,
    extend: true,
    boundToPod: true,
    audiences: ['api'],
    apiAudiences: ['api', 'other'],
  }
  const plain = { expirationSeconds: 3607, validSeconds: 3607 }

  test('a year, when a pod asks for 3607 seconds and the API server alone', () => {
    const extended = { expirationSeconds: 3607, validSeconds: 31_536_000, warnAfterSeconds: 3607 }
    expect(tokenLifetime(asked)).toEqual(extended)
    expect(tokenLifetime({ ...asked, maxSeconds: 86_400 })).toEqual(extended)
  })

  test.each([
    ['without the flag', { extend: false }],
    ['for no pod', { boundToPod: false }],
    ['for somebody else as well', { audiences: ['api', 'vault'] }],
  ])('as asked %s', (_, change) => {
    expect(tokenLifetime({ ...asked, ...change })).toEqual(plain)
  })

  test('no longer than the maximum, which is looked at first', () => {
    expect(tokenLifetime({ ...asked, maxSeconds: 3600 })).toEqual({
      expirationSeconds: 3600,
      validSeconds: 3600,
      warning: 'requested expiration of 3607 seconds shortened to 3600 seconds',
    })
  })
})

test.each([
  ['system:serviceaccount:ns:sa.name', { namespace: 'ns', name: 'sa.name' }],
  ['system:serviceaccount:ns', undefined],
  ['system:serviceaccount:ns:sa:x', undefined],
  ['system:serviceaccount:n.s:sa', undefined],
  ['system:serviceaccount:ns:SA', undefined],
  ['system:serviceaccounts:ns:sa', undefined],
  ['jane', undefined],
])('the account behind the user name %s', (username, account) => {
  expect(parseServiceAccountUsername(username)).toEqual(account)
})
