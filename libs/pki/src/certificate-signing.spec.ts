import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createAuthority } from './certificate.ts'
import { parseCertificateRequest } from './certificate-request.ts'
import { answerRequest } from './certificate-signing.ts'
import { subjectOf } from './subject.ts'
import { type Asked, certificationRequest } from './testing/certification-request.ts'

const hourMs = 60 * 60_000
const nowMs = Math.floor(Date.now() / 1000) * 1000
const authority = createAuthority({ name: { commonName: 'ca' }, nowMs, validMs: 100 * hourMs })

function signed(asked: Asked, options: { usages?: readonly string[]; validMs?: number } = {}): X509Certificate {
  const request = parseCertificateRequest(certificationRequest(asked).pem)
  const { usages = ['digital signature', 'client auth'], validMs = hourMs } = options
  return new X509Certificate(answerRequest(authority, request, { usages, nowMs, validMs }))
}

describe('a certificate', () => {
  const asked = { commonName: 'jane', organizations: ['ops', 'dev'], dns: ['a.example.test'] }

  test('is for the key, the subject and the names that were asked for', () => {
    const { pem, privateKey } = certificationRequest(asked)
    const options = { usages: ['client auth'], nowMs, validMs: hourMs }
    const certificate = new X509Certificate(answerRequest(authority, parseCertificateRequest(pem), options))
    expect(certificate.checkPrivateKey(privateKey)).toBe(true)
    expect(certificate.verify(new X509Certificate(authority.certificatePem).publicKey)).toBe(true)
    expect(certificate.checkIssued(new X509Certificate(authority.certificatePem))).toBe(true)
    expect(subjectOf(certificate.raw)).toMatchObject({ commonName: 'jane', organizations: ['dev', 'ops'] })
    expect(certificate.subjectAltName).toBe('DNS:a.example.test')
    expect(certificate.ca).toBe(false)
  })

  test('is good for the usages that were asked for', () => {
    expect(signed(asked, { usages: ['server auth', 'client auth'] }).keyUsage).toEqual([
      '1.3.6.1.5.5.7.3.1',
      '1.3.6.1.5.5.7.3.2',
    ])
  })

  test.each([
    ['a short one', hourMs, hourMs],
    ['a long one', 50 * hourMs, 50 * hourMs - 5 * 60_000],
    ['one that would outlive its authority', 1000 * hourMs, 100 * hourMs],
  ])('%s begins a little earlier and ends in time', (_, validMs, endsAfterMs) => {
    const certificate = signed(asked, { validMs })
    expect(Date.parse(certificate.validFrom)).toBe(nowMs - 5 * 60_000)
    expect(Date.parse(certificate.validTo)).toBe(nowMs + endsAfterMs)
  })

  test('is not given by an authority that has expired', () => {
    const request = parseCertificateRequest(certificationRequest(asked).pem)
    const late = { usages: [], nowMs: nowMs + 101 * hourMs, validMs: hourMs }
    expect(() => answerRequest(authority, request, late)).toThrow('the signer has expired')
  })
})
