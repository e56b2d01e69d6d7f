/** One block of PEM (RFC 7468), read as leniently as Go's encoding/pem does. */
export interface PemBlock {
  readonly type: string
  /** Lines `Key: value` of RFC 1421 in front of the base64. */
  readonly headers: ReadonlyMap<string, string>
  readonly bytes: Buffer
  /** What stands behind the block. */
  readonly rest: string
}

const beginMark = '-----BEGIN '
const endMark = '\n-----END '
const dashes = '-----'

/**
 * The first whole block of the text; what is none is passed over. Each end belongs to the last beginning in front of it, so
 * that every part of the text is looked at once, however many beginnings have no end.
 * Source: golang/go src/encoding/pem/pem.go, Decode
 */
export function firstPemBlock(text: string): PemBlock | undefined {
  let from = 0
  for (let end = text.indexOf(endMark, from); end >= 0; end = text.indexOf(endMark, from)) {
    const trailer = end + endMark.length
    const begin = lastBegin(text.slice(from, end))
    const block = begin === undefined ? undefined : readBlock(text, from + begin, end)
    if (block) return block
    from = trailer
  }
  return undefined
}

function lastBegin(text: string): number | undefined {
  const at = text.lastIndexOf(beginMark)
  return at === 0 || text[at - 1] === '\n' ? at : undefined
}

function readBlock(text: string, begin: number, end: number): PemBlock | undefined {
  const typeLine = lineAt(text, begin + beginMark.length)
  if (!typeLine.text.endsWith(dashes)) return undefined
  const type = typeLine.text.slice(0, -dashes.length)
  const headers = new Map<string, string>()
  let from = typeLine.next
  for (let line = lineAt(text, from); from < end && line.text.includes(':'); line = lineAt(text, from)) {
    const colon = line.text.indexOf(':')
    headers.set(line.text.slice(0, colon).trim(), line.text.slice(colon + 1).trim())
    from = line.next
  }
  const endLine = lineAt(text, end + endMark.length)
  if (endLine.text !== `${type}${dashes}`) return undefined
  const base64 = text.slice(from, Math.max(from, end)).replace(/[ \t\r\n]/g, '')
  // Buffer.from passes over what is no base64.
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined
  return { type, headers, bytes: Buffer.from(base64, 'base64'), rest: text.slice(endLine.next) }
}

/** A line without the blanks at its end, and where the next one begins. */
function lineAt(text: string, from: number): { text: string; next: number } {
  const end = text.indexOf('\n', from)
  const line = text.slice(from, end < 0 ? text.length : end)
  return { text: line.trimEnd(), next: end < 0 ? text.length : end + 1 }
}
