/** The extensions of a certificate (RFC 5280 §4.1), which Node does not show. */
import { type Element, hasTag, oidText, readAll } from './der-reader.ts'

/** The value of one, DER. */
export function extensionValue(certificate: Buffer, wanted: string): Buffer | undefined {
  return extensionsOf(certificate)
    .find(([id]) => id && oidText(id.content) === wanted)
    ?.at(-1)?.content
}

/** Identifiers of those that whoever does not know them has to refuse the certificate for. */
export function criticalExtensions(certificate: Buffer): string[] {
  return extensionsOf(certificate).flatMap(([id, critical]) =>
    id && critical && hasTag(critical, 0x01) && critical.content[0] !== 0 ? oidText(id.content) : [],
  )
}

function extensionsOf(certificate: Buffer): Element[][] {
  const [tbs] = readAll(readAll(certificate)[0]?.content ?? Buffer.alloc(0))
  // The extensions stand last, as [3].
  const last = readAll(tbs?.content ?? Buffer.alloc(0)).at(-1)
  const all = last && hasTag(last, 0xa3) ? readAll(readAll(last.content)[0]?.content ?? Buffer.alloc(0)) : []
  return all.map(({ content }) => readAll(content))
}
