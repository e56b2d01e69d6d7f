import { describe, expect, test } from 'vitest'
import { createAuthority } from './certificate.ts'
import { certificatesProblem, parseCertificateRequest, signatureProblem } from './certificate-request.ts'
import * as der from './der.ts'
import { certificationRequest, pem } from './testing/certification-request.ts'
import { requestKeys } from './testing/request-keys.ts'

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
    [
      pem('CERTIFICATE REQUEST', Buffer.of(0x30, 0x02, 0x05, 0x00)),
      "asn1: structure error: tags don't match (16 vs {class:0 tag:5 length:0 isCompound:false})",
    ],
    [pem('CERTIFICATE REQUEST', Buffer.of(0x30, 0x80)), 'asn1: syntax error: indefinite length found (not DER)'],
    [pem('CERTIFICATE REQUEST', Buffer.of(0x30, 0x81, 0x01, 0x00)), 'asn1: structure error: non-minimal length'],
    [pem('CERTIFICATE REQUEST', Buffer.of(0x30, 0x82, 0x00, 0x80)), 'superfluous leading zeros in length'],
    [pem('CERTIFICATE REQUEST', Buffer.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)), 'length too large'],
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

describe('the key of a certificate request', () => {
  test.each(requestKeys())('$name is judged as Go judges it', ({ key, problem }) => {
    const judge = () => signatureProblem(parseCertificateRequest(certificationRequest({ ...asked, key }).pem))
    if (problem?.includes('curve')) expect(judge).toThrow(problem)
    else expect(judge()).toBe(problem)
  })

  test('of RSA that is too long for OpenSSL verifies nothing, and takes no time', () => {
    const modulus = Buffer.alloc(40_000, 0xff)
    const key = der.sequence(der.integer(modulus), der.integer(Buffer.of(1, 0, 1)))
    const algorithm = der.sequence(der.oid('1.2.840.113549.1.1.1'), Buffer.of(5, 0))
    const info = der.sequence(
      der.integer(Buffer.of(0)),
      der.sequence(),
      der.sequence(algorithm, der.bitString(key)),
      der.explicit(0),
    )
    const signed = der.sequence(der.oid('1.2.840.113549.1.1.11'), Buffer.of(5, 0))
    const request = der.sequence(info, signed, der.bitString(Buffer.alloc(40_000, 1)))
    expect(signatureProblem(parseCertificateRequest(pem('CERTIFICATE REQUEST', request)))).toBe(
      'crypto/rsa: verification error',
    )
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
