/**
 * Makes X.509 v3 certificates (RFC 5280). P-256 throughout: every TLS stack takes it, and a pair takes less than a
 * millisecond to make.
 */
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { isIP } from 'node:net'
import { extensionValue } from './certificate-extensions.ts'
import * as der from './der.ts'
import { readAll } from './der-reader.ts'
import { attributeOids, subjectName } from './subject.ts'

/**
 * A certificate and its private key, both PEM. A key that was made here is in SEC 1 form (RFC 5915), as in kubeadm's
 * kubeconfigs: client libraries for Java know a key's algorithm from the label `EC PRIVATE KEY` alone, and take the key
 * of a bare `PRIVATE KEY` to be for RSA.
 * Source: k8s.io/client-go util/keyutil/key.go, MarshalPrivateKeyToPEM.
 */
export interface CertificatePair {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

export interface Name {
  readonly commonName: string
  readonly organizations?: readonly string[]
}

const extensionOids = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const

/** Of extended key usages. */
export const usageOids = {
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
  any: '2.5.29.37.0',
} as const

/** Clocks disagree: a certificate is valid from a little before it was made. */
export const backdateMs = 5 * 60_000

/** A certification authority that signs leaf certificates and nothing below them. */
export function createAuthority(options: { name: Name; nowMs: number; validMs: number }): CertificatePair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const name = nameDer(options.name)
  const keyId = keyIdentifier(spki)
  const extensions = [
    extension('basicConstraints', true, der.sequence(der.boolean(true), der.integer(Buffer.of(0)))),
    // digitalSignature, keyCertSign, cRLSign
    extension('keyUsage', true, der.bitString(Buffer.of(0b1000_0110), 1)),
    extension('subjectKeyIdentifier', false, der.octetString(keyId)),
  ]
  const body = { issuer: name, subject: name, spki, extensions, nowMs: options.nowMs, validMs: options.validMs }
  return pair(signCertificate(body, privateKey), privateKey)
}

/** A certificate for one server or client, signed by the authority. */
export function issueCertificate(
  authority: CertificatePair,
  options: {
    name: Name
    usages: readonly (keyof typeof usageOids)[]
    /** Host names and IP addresses of a server. */
    altNames?: readonly string[]
    nowMs: number
    validMs: number
  },
): CertificatePair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const issuer = new X509Certificate(authority.certificatePem)
  const { altNames = [] } = options
  const extensions = [
    extension('basicConstraints', true, der.sequence()),
    // digitalSignature
    extension('keyUsage', true, der.bitString(Buffer.of(0b1000_0000), 7)),
    extension('extendedKeyUsage', false, der.sequence(...options.usages.map((usage) => der.oid(usageOids[usage])))),
    extension('subjectKeyIdentifier', false, der.octetString(keyIdentifier(spki))),
    authorityKeyIdentifier(issuer),
    ...(altNames.length > 0 ? [extension('subjectAltName', false, der.sequence(...altNames.map(generalName)))] : []),
  ]
  // Not beyond its issuer: a chain is valid as long as all of it is.
  const validMs = Math.min(options.validMs, Date.parse(issuer.validTo) - options.nowMs)
  const body = {
    issuer: subjectName(issuer.raw),
    subject: nameDer(options.name),
    spki,
    extensions,
    nowMs: options.nowMs,
    validMs,
  }
  return pair(signCertificate(body, createPrivateKey(authority.privateKeyPem)), privateKey)
}

export interface CertificateBody {
  issuer: Buffer
  subject: Buffer
  spki: Buffer
  extensions: readonly Buffer[]
  nowMs: number
  validMs: number
}

/** The certificate, DER. */
export function signCertificate(body: CertificateBody, key: KeyObject): Buffer {
  const { digest, algorithm } = signatureOf(key)
  const tbs = der.sequence(
    der.explicit(0, der.integer(Buffer.of(2))), // v3
    der.integer(serialNumber()),
    algorithm,
    body.issuer,
    der.sequence(der.time(body.nowMs - backdateMs), der.time(body.nowMs + body.validMs)),
    body.subject,
    body.spki,
    der.explicit(3, der.sequence(...body.extensions)),
  )
  return der.sequence(tbs, algorithm, der.bitString(sign(digest, tbs, key)))
}

/** How a key signs. The authority may be somebody else's: theirs is often RSA. */
function signatureOf(key: KeyObject): { digest: string; algorithm: Buffer } {
  if (key.asymmetricKeyType === 'rsa') {
    return { digest: 'sha256', algorithm: der.sequence(der.oid('1.2.840.113549.1.1.11'), der.element(0x05)) }
  }
  const curve = key.asymmetricKeyDetails?.namedCurve
  if (curve === 'prime256v1') return { digest: 'sha256', algorithm: der.sequence(der.oid('1.2.840.10045.4.3.2')) }
  if (curve === 'secp384r1') return { digest: 'sha384', algorithm: der.sequence(der.oid('1.2.840.10045.4.3.3')) }
  if (curve === 'secp521r1') return { digest: 'sha512', algorithm: der.sequence(der.oid('1.2.840.10045.4.3.4')) }
  throw new Error('the key of a certification authority must be RSA, P-256, P-384 or P-521')
}

export function extension(name: keyof typeof extensionOids, critical: boolean, value: Buffer): Buffer {
  const parts = [der.oid(extensionOids[name]), ...(critical ? [der.boolean(true)] : []), der.octetString(value)]
  return der.sequence(...parts)
}

/** Organizations first, as kubeadm and cfssl write them. */
function nameDer({ commonName, organizations = [] }: Name): Buffer {
  const attribute = (type: string, value: string) => der.set(der.sequence(der.oid(type), der.utf8String(value)))
  return der.sequence(
    ...organizations.map((organization) => attribute(attributeOids.organization, organization)),
    attribute(attributeOids.commonName, commonName),
  )
}

function generalName(name: string): Buffer {
  const version = isIP(name)
  return version === 0 ? der.implicit(2, Buffer.from(name, 'latin1')) : der.implicit(7, addressBytes(name, version))
}

function addressBytes(address: string, version: number): Buffer {
  if (version === 4) return Buffer.from(address.split('.').map(Number))
  // The URL parser knows all short forms; its own output has at most one "::" left.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}

/** What the authority calls its key, which may be somebody else's choice; chains are built by it. */
export function authorityKeyIdentifier(issuer: X509Certificate): Buffer {
  const own = extensionValue(issuer.raw, extensionOids.subjectKeyIdentifier)
  const id = own
    ? (readAll(own)[0]?.content ?? own)
    : keyIdentifier(issuer.publicKey.export({ type: 'spki', format: 'der' }))
  return extension('authorityKeyIdentifier', false, der.sequence(der.implicit(0, id)))
}

/** RFC 7093 §2 method 1: the leftmost 160 bits of the SHA-256 of the key. */
function keyIdentifier(spki: Buffer): Buffer {
  return createHash('sha256').update(spki).digest().subarray(0, 20)
}

/** 127 random bits: positive, and twice what CAs must have. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0] ?? 0) & 0x7f
  return bytes
}

function pair(certificate: Buffer, privateKey: KeyObject): CertificatePair {
  return {
    certificatePem: pemOf(certificate),
    privateKeyPem: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
  }
}

export function pemOf(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
