import { X509Certificate } from 'node:crypto'
import { createAuthority, issueCertificate } from '@ensign/pki'
import { manualClock } from '@ensign/process/testing'
import { expect, test } from 'vitest'
import type { Opinion } from './authentication.ts'
import { createAuthenticator } from './authenticator.ts'
import { certificateAuthenticator } from './certificate.ts'

const jane: Opinion = { ok: true, user: { username: 'jane', groups: ['system:authenticated'] }, audiences: ['api'] }
const expired: Opinion = { ok: false, reason: 'service account token has expired' }

/** An authenticator that knows the tokens `jane` and `expired`, and remembers which audiences it was asked for. */
function create(anonymous: { enabled: boolean; paths?: string[] } = { enabled: true }) {
  const asked: (readonly string[] | undefined)[] = []
  const known: Record<string, Opinion> = { jane, expired }
  const authenticator = createAuthenticator({
    certificates: certificateAuthenticator({ clock: manualClock() }),
    tokens: [
      { authenticate: async () => undefined },
      {
        authenticate: async (token, audiences) => {
          asked.push(audiences)
          return known[token]
        },
      },
    ],
    anonymous,
    apiAudiences: ['api'],
  })
  const authenticate = (authorization?: string, certificateError?: string, path = '/api') =>
    authenticator.authenticate({ authorization, path, peer: certificateError ? { certificateError } : {} })
  return { authenticator, authenticate, asked }
}
const anonymous = { ok: true, user: { username: 'system:anonymous', groups: ['system:unauthenticated'] } }

test('a good token is its user, a bad one is refused and never anonymous', async () => {
  const { authenticate } = create()
  expect(await authenticate('Bearer jane')).toBe(jane)
  expect(await authenticate('Bearer unknown')).toEqual({ ok: false, reason: 'invalid bearer token' })
  expect(await authenticate('Bearer expired')).toEqual({
    ok: false,
    reason: '[invalid bearer token, service account token has expired]',
  })
})

test('without a credential one is anonymous, where that is allowed', async () => {
  expect(await create().authenticate()).toEqual({ ...anonymous, audiences: ['api'] })
  expect(await create().authenticate('Basic x')).toMatchObject(anonymous)
  expect(await create().authenticate('Bearer  jane')).toMatchObject({
    ...anonymous,
    warnings: ['the provided Authorization header contains extra space before the bearer token, and is ignored'],
  })
  expect(await create({ enabled: false }).authenticate()).toEqual({ ok: false, reason: 'no credentials' })
  const health = create({ enabled: true, paths: ['/healthz'] })
  expect(await health.authenticate(undefined, undefined, '/healthz')).toMatchObject(anonymous)
  expect(await health.authenticate()).toMatchObject({ ok: false })
})

test('a bad certificate is refused, unless a good token comes with it', async () => {
  const { authenticate } = create()
  const reason = 'verifying certificate failed: unknown authority'
  expect(await authenticate(undefined, 'unknown authority')).toEqual({ ok: false, reason })
  expect(await authenticate('Bearer jane', 'unknown authority')).toBe(jane)
  expect(await authenticate('Bearer x', 'unknown authority')).toEqual({
    ok: false,
    reason: `[invalid bearer token, ${reason}]`,
  })
})

test('a certificate without a common name is nobody: served where anybody is, refused under the API', async () => {
  const nowMs = manualClock().now()
  const authority = createAuthority({ name: { commonName: 'ca' }, nowMs, validMs: 1e9 })
  const pair = issueCertificate(authority, { name: { commonName: '' }, usages: ['client'], nowMs, validMs: 1e8 })
  const peer = { certificate: new X509Certificate(pair.certificatePem).raw }
  const { authenticator } = create()
  for (const path of ['/readyz', '/version', '/apiserver'])
    expect(await authenticator.authenticate({ path, peer })).toMatchObject(anonymous)
  for (const path of ['/api', '/apis', '/api/v1/namespaces', '/apis/authentication.k8s.io/v1/selfsubjectreviews'])
    expect(await authenticator.authenticate({ path, peer })).toMatchObject({ ok: false })
  expect(await authenticator.authenticate({ path: '/api', peer, authorization: 'Bearer jane' })).toBe(jane)
})

test('a review asks for the audiences of the review', async () => {
  const { authenticator, asked } = create()
  expect(await authenticator.review('jane', ['x'])).toBe(jane)
  expect(await authenticator.review('jane', [])).toBe(jane)
  expect(asked).toEqual([['x'], ['api']])
  expect(await authenticator.review('expired', [])).toEqual({
    ok: false,
    reason: '[invalid bearer token, service account token has expired]',
  })
})

test('a review of blanks is anonymous, as in Kubernetes', async () => {
  expect(await create().authenticator.review('  ', ['x'])).toMatchObject({ ...anonymous, audiences: ['x'] })
})
