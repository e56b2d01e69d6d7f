import { describe, expect, test } from 'vitest'
import { createAuthority } from './certificate.ts'
import { certificatesProblem, parseCertificateRequest, signatureProblem } from './certificate-request.ts'
import { certificationRequest, pem } from './testing/certification-request.ts'

const asked = { commonName: 'jane', organizations: ['dev', 'ops'], dns: ['a.example.test'] }

describe('a certificate request', () => {
  test('says who asks, for which names, and holds its key', () => {
    const request = parseCertificateRequest(certificationRequest(asked).pem)
    expect(request.subject).toEqual({ commonName: 'jane', organizations: ['dev', 'ops'], uids: [] })
    expect(request.altNames.dns).toEqual(['a.example.test'])
    expect(signatureProblem(request)).toBeUndefined()
  })

  test('is found behind other text, and with headers', () => {
    const { pem: text } = certificationRequest(asked)
    expect(parseCertificateRequest(`some words\n${text}`).subject.commonName).toBe('jane')
    expect(parseCertificateRequest(text.replace('\n', '\nA: b\n\n')).subject.commonName).toBe('jane')
  })

  test('that somebody else signed is told from a good one', () => {
    const request = parseCertificateRequest(certificationRequest({ ...asked, spoiled: true }).pem)
    expect(signatureProblem(request)).toBe('x509: ECDSA verification failure')
  })

  test.each([
    ['nothing', 'PEM block type must be CERTIFICATE REQUEST'],
    [pem('CERTIFICATE', Buffer.from('x')), 'PEM block type must be CERTIFICATE REQUEST'],
    [pem('CERTIFICATE REQUEST', Buffer.from('x')), 'asn1: syntax error: truncated tag or length'],
    [pem('CERTIFICATE REQUEST', Buffer.of(0x30, 0x02, 0x05, 0x00)), 'asn1: structure error: tags do not match'],
  ])('that is none says why (%#)', (text, problem) => {
    expect(() => parseCertificateRequest(text)).toThrow(problem)
  })

  test('of any bytes is refused with a fault of its own', () => {
    const whole = certificationRequest(asked).pem.split('\n')[1] as string
    const bytes = Buffer.from(whole, 'base64')
    for (let length = 0; length < bytes.length; length++) {
      const read = () => parseCertificateRequest(pem('CERTIFICATE REQUEST', bytes.subarray(0, length)))
      expect(read).toThrow(/^asn1: |^x509: /)
    }
  })
})

describe('certificates from a signer', () => {
  const { certificatePem } = createAuthority({ name: { commonName: 'ca' }, nowMs: Date.now(), validMs: 60_000 })

  test('may be several', () => {
    expect(certificatesProblem(certificatePem + certificatePem)).toBeUndefined()
  })

  test.each([
    ['', 'must contain at least one CERTIFICATE PEM block'],
    [pem('CERTIFICATE', Buffer.from('x')), 'x509: malformed certificate'],
    [pem('PRIVATE KEY', Buffer.from('x')), 'only CERTIFICATE PEM blocks are allowed, found "PRIVATE KEY"'],
    [certificatePem.replace('\n', '\nA: b\n\n'), 'no PEM block headers are permitted'],
  ])('are refused when they cannot be read (%#)', (text, problem) => {
    expect(certificatesProblem(text)).toBe(problem)
  })
})
