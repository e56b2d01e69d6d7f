import { tags } from './der.ts'
import { DerError, DerReader, hasTag, readAll, stringOf } from './der-reader.ts'

/** The parts of a certificate's subject that name a Kubernetes user. */
export interface Subject {
  readonly commonName: string
  /** Every O, in order. */
  readonly organizations: readonly string[]
  /** Every value of 1.3.6.1.4.1.57683.2, Kubernetes' attribute for a user's uid. */
  readonly uids: readonly string[]
}

export const attributeOids = { commonName: '2.5.4.3', organization: '2.5.4.10', uid: '1.3.6.1.4.1.57683.2' } as const

/**
 * Reads the subject of a DER certificate. From the bytes, because Node's text form of a name cannot tell two groups
 * from one with a line break in its name.
 * @throws DerError when the bytes are no certificate.
 */
export const subjectOf = (certificate: Buffer): Subject => subjectOfName(subjectName(certificate))

/** Reads a name, its tag and length included. @throws DerError when it is none. */
export function subjectOfName(name: Buffer): Subject {
  let commonName = ''
  const organizations: string[] = []
  const uids: string[] = []
  for (const [type, value] of attributesOf(name)) {
    // Of several common names Go keeps the last (crypto/x509/pkix, FillFromRDNSequence).
    if (type === attributeOids.commonName) commonName = value
    else if (type === attributeOids.organization) organizations.push(value)
    else if (type === attributeOids.uid) uids.push(value)
  }
  return { commonName, organizations, uids }
}

/** The subject's name, byte for byte, its tag and length included. @throws DerError when the bytes are no certificate. */
export function subjectName(certificate: Buffer): Buffer {
  const [outer] = readAll(certificate)
  const [tbs] = readAll(outer?.content ?? Buffer.alloc(0))
  const fields = readAll(tbs?.content ?? Buffer.alloc(0))
  // RFC 5280 §4.1: [0] version (absent in v1), serialNumber, signature, issuer, validity, subject, …
  const isVersioned = fields[0] !== undefined && hasTag(fields[0], 0xa0)
  const subject = fields[isVersioned ? 5 : 4]
  if (!subject || !hasTag(subject, tags.sequence)) throw new DerError('not a certificate')
  return subject.raw
}

/**
 * Type and text of every attribute whose value is a text, whether or not they share a relative distinguished name.
 * Source: golang/go src/crypto/x509/pkix/pkix.go, RDNSequence
 * @throws DerError when the bytes are no name
 */
export function attributesOf(name: Buffer): [type: string, value: string][] {
  const reader = new DerReader(name)
  const found: [string, string][] = []
  for (const relative of reader.listOf(tags.set, { type: 'RDNSequence' })) {
    const set = new DerReader(relative.raw)
    for (const { raw } of set.listOf(tags.sequence, { type: 'RelativeDistinguishedNameSET', isSet: true })) {
      const attribute = new DerReader(raw).structure({ type: 'AttributeTypeAndValue' })
      const type = attribute.oid()
      const text = stringOf(attribute.any())
      if (text !== undefined) found.push([type, text])
    }
  }
  if (!reader.isAtEnd) throw new DerError('x509: trailing data after X.509 Subject')
  return found
}
