/** One block of PEM (RFC 7468), read as leniently as Go's encoding/pem does. */
export interface PemBlock {
  readonly type: string
  /** Lines `Key: value` of RFC 1421 in front of the base64. */
  readonly headers: ReadonlyMap<string, string>
  readonly bytes: Buffer
  /** What stands behind the block. */
  readonly rest: string
}

const beginLine = /(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t]*\r?\n/g
const base64Text = /^[A-Za-z0-9+/\s]*={0,2}\s*$/

/** The first whole block of the text; what is none is passed over. */
export function firstPemBlock(text: string): PemBlock | undefined {
  for (const begin of text.matchAll(beginLine)) {
    const type = begin[1] as string
    const from = begin.index + begin[0].length
    const endLine = `-----END ${type}-----`
    const end = text.indexOf(endLine, from)
    if (end < 0) continue
    const { headers, body } = headersAndBody(text.slice(from, end))
    if (!base64Text.test(body)) continue
    return { type, headers, bytes: Buffer.from(body, 'base64'), rest: text.slice(end + endLine.length) }
  }
  return undefined
}

function headersAndBody(text: string): { headers: Map<string, string>; body: string } {
  const headers = new Map<string, string>()
  const lines = text.split('\n')
  let first = 0
  for (; first < lines.length; first++) {
    const line = lines[first] as string
    const colon = line.indexOf(':')
    if (colon < 0) break
    headers.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim())
  }
  return { headers, body: lines.slice(first).join('\n') }
}
