/**
 * Reads PKCS #10 certificate requests (RFC 2986) and the certificates that answer them. Faults are told in the words of
 * Go's libraries, which clients of Kubernetes get to see.
 * Source: kubernetes/kubernetes pkg/apis/certificates/helpers.go (ParseCSR), validation/validation.go
 */
import { createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto'
import { type Element, oidText, readAll, tags } from './der.ts'
import { firstPemBlock } from './pem-block.ts'
import { type Subject, subjectOfName } from './subject.ts'

export interface CertificateRequest {
  readonly subject: Subject
  /** The whole name, DER. */
  readonly subjectDer: Buffer
  readonly publicKey: KeyObject
  /** The names it asks for (RFC 5280 §4.2.1.6), addresses as bytes. */
  readonly altNames: AltNames
  /** What was signed, how, and with what outcome. */
  readonly signed: { readonly bytes: Buffer; readonly algorithm: string; readonly signature: Buffer }
}

export interface AltNames {
  readonly dns: readonly string[]
  readonly addresses: readonly Buffer[]
  readonly emails: readonly string[]
  readonly uris: readonly string[]
}

/** What is wrong with a request or a certificate. */
export class CertificateRequestError extends Error {}

const extensionRequestOid = '1.2.840.113549.1.9.14'
const subjectAltNameOid = '2.5.29.17'

/** Digest of each signature algorithm; Ed25519 has none of its own. */
const digests: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
}
const insecure: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.4': 'MD5-RSA',
  '1.2.840.113549.1.1.5': 'SHA1-RSA',
  '1.2.840.10045.4.1': 'ECDSA-SHA1',
}

/** @throws CertificateRequestError when the text holds no request. */
export function parseCertificateRequest(pem: string): CertificateRequest {
  const block = firstPemBlock(pem)
  if (block?.type !== 'CERTIFICATE REQUEST')
    throw new CertificateRequestError('PEM block type must be CERTIFICATE REQUEST')
  const [outer, ...trailing] = elementsOf(block.bytes)
  if (trailing.length > 0) throw new CertificateRequestError('asn1: syntax error: trailing data')
  const [info, algorithm, signature] = membersOf(outer)
  const [, subject, spki, attributes] = membersOf(info)
  if (!info || !subject || !spki || signature?.tag !== tags.bitString) throw malformed()
  return {
    subject: subjectFrom(subject),
    subjectDer: subject.raw,
    publicKey: keyOf(spki),
    altNames: altNamesOf(attributes),
    signed: {
      bytes: info.raw,
      algorithm: oidText(membersOf(algorithm)[0]?.content ?? Buffer.alloc(0)),
      // The first byte counts unused bits, of which a signature has none.
      signature: signature.content.subarray(1),
    },
  }
}

/** What is wrong with the signature by which the asker shows to hold the key; undefined when it is good. */
export function signatureProblem({ publicKey, signed }: CertificateRequest): string | undefined {
  const { algorithm, bytes, signature } = signed
  const weak = insecure[algorithm]
  if (weak) return `x509: cannot verify signature: insecure algorithm ${weak}`
  const digest = digests[algorithm]
  if (digest === undefined) return 'x509: cannot verify signature: algorithm unimplemented'
  if (verify(digest, bytes, publicKey, signature)) return undefined
  const kind = publicKey.asymmetricKeyType
  if (kind === 'rsa') return 'crypto/rsa: verification error'
  return `x509: ${kind === 'ec' ? 'ECDSA' : 'Ed25519'} verification failure`
}

/** What is wrong with PEM certificates that a signer gives; undefined when they can be read. */
export function certificatesProblem(pem: string): string | undefined {
  let count = 0
  for (let block = firstPemBlock(pem); block; block = firstPemBlock(block.rest)) {
    if (block.type !== 'CERTIFICATE')
      return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(block.type)}`
    if (block.headers.size > 0) return 'no PEM block headers are permitted'
    if (block.bytes.length === 0) return 'found CERTIFICATE PEM block containing 0 certificates'
    if (!isCertificate(block.bytes)) return 'x509: malformed certificate'
    count++
  }
  return count === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined
}

function isCertificate(der: Buffer): boolean {
  try {
    return new X509Certificate(der).raw.length > 0
  } catch {
    return false
  }
}

const truncated = () => new CertificateRequestError('asn1: syntax error: truncated tag or length')
const malformed = () => new CertificateRequestError('asn1: structure error: tags do not match')

function elementsOf(bytes: Buffer): Element[] {
  try {
    return readAll(bytes)
  } catch (error) {
    if (error instanceof RangeError) throw truncated()
    throw error
  }
}

function membersOf(element: Element | undefined): Element[] {
  if (element?.tag !== tags.sequence) throw malformed()
  return elementsOf(element.content)
}

function subjectFrom({ content }: Element): Subject {
  try {
    return subjectOfName(content)
  } catch (error) {
    if (error instanceof RangeError) throw truncated()
    throw error
  }
}

function keyOf({ raw }: Element): KeyObject {
  try {
    return createPublicKey({ key: raw, format: 'der', type: 'spki' })
  } catch (error) {
    throw new CertificateRequestError('x509: failed to parse public key of certificate request', { cause: error })
  }
}

/** RFC 2985 §5.4.2: extensions stand in an attribute of the request. */
function altNamesOf(attributes: Element | undefined): AltNames {
  const names = { dns: [] as string[], addresses: [] as Buffer[], emails: [] as string[], uris: [] as string[] }
  for (const attribute of attributes ? elementsOf(attributes.content) : []) {
    const [type, values] = membersOf(attribute)
    if (!type || !values || oidText(type.content) !== extensionRequestOid) continue
    for (const extension of elementsOf(values.content).flatMap(membersOf)) {
      const parts = membersOf(extension)
      const value = parts.at(-1)
      if (!parts[0] || !value || oidText(parts[0].content) !== subjectAltNameOid) continue
      for (const name of membersOf(elementsOf(value.content)[0])) {
        if (name.tag === 0x81) names.emails.push(name.content.toString('latin1'))
        else if (name.tag === 0x82) names.dns.push(name.content.toString('latin1'))
        else if (name.tag === 0x86) names.uris.push(name.content.toString('latin1'))
        else if (name.tag === 0x87) names.addresses.push(name.content)
      }
    }
  }
  return names
}
