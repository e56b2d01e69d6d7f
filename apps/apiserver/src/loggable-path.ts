/** Names of objects end at 253 characters, and those that people give are short; tokens are longer than this. */
const segmentLengthMax = 63
const segmentsMax = 12
/** A JSON object in base64url, as tokens begin (RFC 7515 §7.1) however short they are; and a bootstrap token. */
const tokenLike = /eyJ[\w-]*\.|^[a-z0-9]{6}\.[a-z0-9]{16}$/

/**
 * A request's path for the log. Whoever puts a token into a URL by mistake must not find it there, so parts that are long,
 * or look like a token, are left out; the query never gets here.
 */
export function loggablePath(path: string): string {
  const segments = path.split('/', segmentsMax + 1)
  const shown = segments.slice(0, segmentsMax).map((segment) => {
    const plain = decoded(segment)
    return plain.length > segmentLengthMax || tokenLike.test(plain) ? `(${plain.length} characters)` : segment
  })
  return segments.length > segmentsMax ? `${shown.join('/')}/…` : shown.join('/')
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
