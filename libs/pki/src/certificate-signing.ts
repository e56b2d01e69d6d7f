/**
 * Answers certificate requests: a certificate for the key, the subject and the names that were asked for.
 * Source: kubernetes/kubernetes pkg/controller/certificates/authority/{authority,policies}.go
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import {
  authorityKeyIdentifier,
  backdateMs,
  type CertificatePair,
  extension,
  pemOf,
  signCertificate,
} from './certificate.ts'
import type { AltNames, CertificateRequest } from './certificate-request.ts'
import * as der from './der.ts'
import { attributesOf, subjectName } from './subject.ts'

/** Bits of RFC 5280 §4.2.1.3, by the names that certificates.k8s.io has for them. */
const keyUsageBits: Readonly<Record<string, number>> = {
  signing: 0,
  'digital signature': 0,
  'content commitment': 1,
  'key encipherment': 2,
  'data encipherment': 3,
  'key agreement': 4,
  'cert sign': 5,
  'crl sign': 6,
  'encipher only': 7,
  'decipher only': 8,
}

/** In the order in which they are written. */
const extendedUsages: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
}

/** Certificates of less than this last as long as was asked for from now on; longer ones count from where they begin. */
const shortMs = 8 * 60 * 60_000

/** Attributes that a subject keeps, in their order: country to postal code, then the name. Others are left out. */
const keptAttributes = [
  '2.5.4.6',
  '2.5.4.10',
  '2.5.4.11',
  '2.5.4.7',
  '2.5.4.8',
  '2.5.4.9',
  '2.5.4.17',
  '2.5.4.3',
  '2.5.4.5',
]
const commonName = '2.5.4.3'
const serialNumber = '2.5.4.5'

/**
 * The certificate, PEM.
 *
 * @throws Error when the authority has expired, or the key is of no kind that a certificate is given for
 */
export function answerRequest(
  authority: CertificatePair,
  request: CertificateRequest,
  options: { usages: readonly string[]; nowMs: number; validMs: number },
): string {
  const { nowMs, validMs, usages } = options
  const issuer = new X509Certificate(authority.certificatePem)
  const issuerEndMs = Date.parse(issuer.validTo)
  if (issuerEndMs <= nowMs) throw new Error(`the signer has expired: NotAfter=${issuer.validTo}`)
  const endMs = nowMs + (validMs < shortMs ? validMs : validMs - backdateMs)
  const { key } = request.publicKey
  if (!key) throw new Error('x509: only RSA, ECDSA and Ed25519 public keys supported')
  const subject = subjectOf(request)
  const names = generalNames(request.altNames)
  const keyBits = usages.flatMap((usage) => keyUsageBits[usage] ?? [])
  const purposes = [
    ...new Set(Object.entries(extendedUsages).flatMap(([name, oid]) => (usages.includes(name) ? [oid] : []))),
  ]
  const extensions = [
    ...(keyBits.length > 0 ? [extension('keyUsage', true, bits(keyBits))] : []),
    ...(purposes.length > 0 ? [extension('extendedKeyUsage', false, der.sequence(...purposes.map(der.oid)))] : []),
    extension('basicConstraints', true, der.sequence()),
    authorityKeyIdentifier(issuer),
    // Where nothing else names anybody, whoever reads the certificate must understand the names.
    ...(names.length > 0 ? [extension('subjectAltName', subject.length === 2, der.sequence(...names))] : []),
  ]
  const body = {
    issuer: subjectName(issuer.raw),
    subject,
    spki: key.export({ type: 'spki', format: 'der' }),
    extensions,
    nowMs,
    validMs: Math.min(endMs, issuerEndMs) - nowMs,
  }
  return pemOf(signCertificate(body, createPrivateKey(authority.privateKeyPem)))
}

/** One set of each kind of attribute, as Go writes names. */
function subjectOf({ subjectDer }: CertificateRequest): Buffer {
  const attributes = attributesOf(subjectDer)
  const relative = keptAttributes.flatMap((type) => {
    const values = attributes.filter(([own]) => own === type).map(([, value]) => value)
    // Of names and serial numbers there is one: the last.
    const kept = type === commonName || type === serialNumber ? values.slice(-1) : values
    const members = kept.map((value) => der.sequence(der.oid(type), der.utf8String(value)))
    return members.length > 0 ? [der.set(...members.sort(Buffer.compare))] : []
  })
  return der.sequence(...relative)
}

const generalNames = ({ dns, emails, addresses, uris }: AltNames): Buffer[] => [
  ...dns.map((name) => der.implicit(2, Buffer.from(name, 'latin1'))),
  ...emails.map((name) => der.implicit(1, Buffer.from(name, 'latin1'))),
  ...addresses.map((address) => der.implicit(7, address)),
  ...uris.map((uri) => der.implicit(6, Buffer.from(uri, 'latin1'))),
]

/** A BIT STRING as short as its last one. */
function bits(numbers: readonly number[]): Buffer {
  const last = Math.max(...numbers)
  const bytes = Buffer.alloc(Math.floor(last / 8) + 1)
  for (const n of numbers) bytes[n >> 3] = (bytes[n >> 3] ?? 0) | (0x80 >> (n & 7))
  return der.bitString(bytes, 7 - (last & 7))
}
