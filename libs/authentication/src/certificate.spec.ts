import { X509Certificate } from 'node:crypto'
import { createAuthority, issueCertificate, type Name } from '@ensign/pki'
import { manualClock } from '@ensign/process/testing'
import { expect, test } from 'vitest'
import { certificateAuthenticator, namesNobody } from './certificate.ts'

const dayMs = 86_400_000
const clock = manualClock()
const authority = createAuthority({ name: { commonName: 'ca' }, nowMs: clock.now(), validMs: 100 * dayMs })
const authenticator = certificateAuthenticator({ clock })

function peerNamed(name: Name, usage: 'client' | 'server' = 'client') {
  const pair = issueCertificate(authority, { name, usages: [usage], nowMs: clock.now(), validMs: dayMs })
  return { certificate: new X509Certificate(pair.certificatePem).raw }
}

test('the common name is the user, the organizations its groups in order', () => {
  const peer = peerNamed({ commonName: 'jane', organizations: ['b', 'a'] })
  const fingerprint = new X509Certificate(peer.certificate).fingerprint256.replaceAll(':', '').toLowerCase()
  const opinion = authenticator.authenticate(peer)
  expect(opinion).toEqual({
    ok: true,
    user: {
      username: 'jane',
      groups: ['b', 'a', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] },
    },
  })
  expect(authenticator.authenticate(peer)).toBe(opinion)
})

test('no certificate is left to others, and one without a common name names nobody, whatever its groups', () => {
  expect(authenticator.authenticate({})).toBeUndefined()
  expect(authenticator.authenticate(peerNamed({ commonName: '', organizations: ['system:masters'] }))).toBe(namesNobody)
})

test('whoever is called anonymous is in no group for that', () => {
  expect(authenticator.authenticate(peerNamed({ commonName: 'system:anonymous' }))).toMatchObject({
    user: { username: 'system:anonymous', groups: [] },
  })
})

test('a certificate that the transport did not believe is a refusal', () => {
  expect(authenticator.authenticate({ certificateError: 'unable to verify' })).toEqual({
    ok: false,
    reason: 'verifying certificate failed: unable to verify',
  })
})

test("a server's certificate names no user", () => {
  expect(authenticator.authenticate(peerNamed({ commonName: 'jane' }, 'server'))).toEqual({
    ok: false,
    reason: 'verifying certificate failed: certificate specifies an incompatible key usage',
  })
})

test('a connection does not outlive its certificate', () => {
  const peer = peerNamed({ commonName: 'jane' })
  expect(authenticator.authenticate(peer)).toMatchObject({ ok: true })
  clock.advance(dayMs + 1)
  expect(authenticator.authenticate(peer)).toEqual({
    ok: false,
    reason: 'verifying certificate failed: certificate has expired',
  })
})

test('bytes that are no certificate are a refusal', () => {
  expect(authenticator.authenticate({ certificate: Buffer.of(0x30, 0) })).toMatchObject({ ok: false })
})
