/**
 * Reads PKCS #10 certificate requests (RFC 2986) and the certificates that answer them. Faults are told in the words of
 * Go's libraries, which clients of Kubernetes get to see.
 * Source: kubernetes/kubernetes pkg/apis/certificates/helpers.go (ParseCSR), validation/validation.go
 */
import { X509Certificate } from 'node:crypto'
import { tags } from './der.ts'
import { DerError, DerReader, type Element, inWords } from './der-reader.ts'
import { firstPemBlock } from './pem-block.ts'
import {
  type AlgorithmIdentifier,
  type RequestedKey,
  readAlgorithm,
  requestedKey,
  signatureFault,
} from './requested-key.ts'
import { type Subject, subjectOfName } from './subject.ts'

export interface CertificateRequest {
  readonly subject: Subject
  /** The whole name, DER. */
  readonly subjectDer: Buffer
  readonly publicKey: RequestedKey
  /** The names it asks for (RFC 5280 §4.2.1.6), addresses as bytes. */
  readonly altNames: AltNames
  /** What was signed, how, and with what outcome. */
  readonly signed: { readonly bytes: Buffer; readonly algorithm: AlgorithmIdentifier; readonly signature: Buffer }
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

/** @throws CertificateRequestError when the text holds no request. */
export function parseCertificateRequest(pem: string): CertificateRequest {
  const block = firstPemBlock(pem)
  if (block?.type !== 'CERTIFICATE REQUEST')
    throw new CertificateRequestError('PEM block type must be CERTIFICATE REQUEST')
  try {
    return readRequest(block.bytes)
  } catch (error) {
    if (error instanceof DerError) throw new CertificateRequestError(error.message, { cause: error })
    throw error
  }
}

/** What is wrong with the signature by which the asker shows to hold the key; undefined when it is good. */
export function signatureProblem({ publicKey, signed }: CertificateRequest): string | undefined {
  return signatureFault(publicKey, signed.algorithm, signed.bytes, signed.signature)
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

/**
 * RFC 2986 §4. The outline is read first and what it holds after that, so that of several faults the same one is told.
 * Source: golang/go src/crypto/x509/x509.go, ParseCertificateRequest
 */
function readRequest(der: Buffer): CertificateRequest {
  const top = new DerReader(der)
  const request = top.structure({ type: 'certificateRequest' })
  const info = request.expect(tags.sequence, { type: 'tbsCertificateRequest' })
  const members = new DerReader(info.content)
  members.integer() // version
  const subject = members.any()
  const spki = members.expect(tags.sequence, { type: 'publicKeyInfo' })
  const keyMembers = new DerReader(spki.content)
  const keyAlgorithm = readAlgorithm(keyMembers)
  const keyBits = keyMembers.bitString()
  const attributes = members.implicitList({ type: '' })
  const algorithm = readAlgorithm(request)
  const signature = request.bitString()
  if (!top.isAtEnd) throw new DerError('asn1: syntax error: trailing data')
  return {
    publicKey: requestedKey(spki.raw, keyAlgorithm, keyBits),
    subject: subjectOfName(subject.raw),
    subjectDer: subject.raw,
    altNames: altNamesOf(attributes),
    signed: { bytes: info.raw, algorithm, signature },
  }
}

/** RFC 2985 §5.4.2: extensions stand in an attribute of the request. Attributes that cannot be read are passed over. */
function altNamesOf(attributes: readonly Element[]): AltNames {
  const values = new Map<string, Buffer>()
  for (const attribute of attributes) {
    const first = extensionRequestValue(attribute)
    if (!first) continue
    for (const { raw } of new DerReader(first.raw).listOf(tags.sequence, { type: '' })) {
      const extension = new DerReader(raw).structure({ type: 'Extension' })
      const id = extension.oid()
      extension.optionalBoolean() // critical
      const value = extension.octetString()
      if (values.has(id)) throw new DerError('x509: certificate request contains duplicate requested extensions')
      values.set(id, value)
    }
  }
  const names = values.get(subjectAltNameOid)
  return names ? readAltNames(names) : { dns: [], addresses: [], emails: [], uris: [] }
}

function extensionRequestValue(attribute: Element): Element | undefined {
  try {
    const members = new DerReader(attribute.raw).structure({ type: 'pkcs10Attribute' })
    const isExtensionRequest = members.oid() === extensionRequestOid
    const [first] = members.listOf(undefined, { type: '', isSet: true })
    return isExtensionRequest ? first : undefined
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

/** RFC 3986 §3: a scheme, and a host that is a domain name where there is an authority. */
function checkedUri(uri: string): string {
  const problem = (what: string) => new DerError(`x509: cannot parse URI ${JSON.stringify(uri)}: ${what}`)
  const parsed = (what: string) => problem(`parse ${JSON.stringify(uri)}: ${what}`)
  if (/[\0-\x1f\x7f]/.test(uri)) throw parsed('net/url: invalid control character in URL')
  if (uri.startsWith(':')) throw parsed('missing protocol scheme')
  const badEscape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(uri)?.[0]
  if (badEscape) throw parsed(`invalid URL escape ${JSON.stringify(badEscape)}`)
  const host = /^[^/?#]*:\/\/([^/?#]*)/.exec(uri)?.[1]?.replace(/^.*@/, '') ?? ''
  if (host !== '' && !/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(host)) throw problem('invalid domain')
  return uri
}

/** RFC 5280 §4.2.1.6. Source: golang/go src/crypto/x509/parser.go, parseSANExtension */
function readAltNames(der: Buffer): AltNames {
  const names = { dns: [] as string[], addresses: [] as Buffer[], emails: [] as string[], uris: [] as string[] }
  const malformed = (what: string): DerError => new DerError(`x509: ${what}`)
  const ascii = (content: Buffer, kind: string): string => {
    if (content.some((byte) => byte >= 0x80)) throw malformed(`SAN ${kind} is malformed`)
    return content.toString('latin1')
  }
  const list = inWords('x509: invalid subject alternative names', () => new DerReader(der).structure({ type: '' }))
  while (!list.isAtEnd) {
    const { raw, content } = inWords('x509: invalid subject alternative name', () => list.any())
    if (raw[0] === 0x81) names.emails.push(ascii(content, 'rfc822Name'))
    else if (raw[0] === 0x82) names.dns.push(ascii(content, 'dNSName'))
    else if (raw[0] === 0x86) names.uris.push(checkedUri(ascii(content, 'uniformResourceIdentifier')))
    else if (raw[0] === 0x87) {
      if (content.length !== 4 && content.length !== 16)
        throw malformed(`cannot parse IP address of length ${content.length}`)
      names.addresses.push(content)
    }
  }
  return names
}
