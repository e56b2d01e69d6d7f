import { oidText, readAll, tags } from './der.ts'

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
 * @throws RangeError when the bytes are no certificate.
 */
export const subjectOf = (certificate: Buffer): Subject => subjectOfName(subjectName(certificate))

/** Reads the contents of a name. @throws RangeError when they are none. */
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

/** The contents of the subject's name, byte for byte. @throws RangeError when the bytes are no certificate. */
export function subjectName(certificate: Buffer): Buffer {
  const [outer] = readAll(certificate)
  const [tbs] = readAll(outer?.content ?? Buffer.alloc(0))
  const fields = readAll(tbs?.content ?? Buffer.alloc(0))
  // RFC 5280 §4.1: [0] version (absent in v1), serialNumber, signature, issuer, validity, subject, …
  const subject = fields[fields[0]?.tag === 0xa0 ? 5 : 4]
  if (subject?.tag !== tags.sequence) throw new RangeError('not a certificate')
  return subject.content
}

/** Type and text of every attribute, whether or not they share a relative distinguished name. */
export function* attributesOf(name: Buffer): Iterable<[type: string, value: string]> {
  for (const relative of readAll(name)) {
    for (const attribute of readAll(relative.content)) {
      const [type, value] = readAll(attribute.content)
      if (type && value) yield [oidText(type.content), textOf(value.tag, value.content)]
    }
  }
}

/** RFC 5280 §4.1.2.4, DirectoryString, and the IA5String that some authorities write. */
function textOf(tag: number, content: Buffer): string {
  switch (tag) {
    case 0x1e: // BMPString: UTF-16, most significant byte first
      return Buffer.from(content).swap16().toString('utf16le')
    case 0x14: // TeletexString, which everybody reads as Latin-1
      return content.toString('latin1')
    default: // UTF8String, PrintableString, IA5String
      return content.toString('utf8')
  }
}
