/**
 * The outside of a token, read strictly and believed in nothing: who verified no signature may look at a claim only to
 * decide whom to ask.
 */
import { keyIdLengthMax, tokenLengthMax } from './limits.ts'

export interface ParsedJws {
  readonly token: string
  readonly header: { readonly alg: string; readonly kid?: string }
  readonly payload: Buffer
}

/**
 * The compact form (RFC 7515 §7.1), or undefined for anything else: other than three parts, padding or characters
 * outside base64url, bits left over in a last character, a header that is no JSON object with `alg`, extensions that
 * must be understood (`crit`), or too long a text.
 */
export function parseJws(token: string): ParsedJws | undefined {
  if (token.length > tokenLengthMax) return undefined
  const parts = token.split('.')
  const [headerPart, payloadPart, signaturePart] = parts
  if (parts.length !== 3 || !headerPart || !payloadPart || signaturePart === undefined) return undefined
  const payload = decode(payloadPart)
  const headerBytes = decode(headerPart)
  if (!payload || !headerBytes || !decode(signaturePart)) return undefined
  const header = parseJsonObject(headerBytes)
  if (!header || typeof header.alg !== 'string' || 'crit' in header) return undefined
  if (header.kid === undefined) return { token, header: { alg: header.alg }, payload }
  if (typeof header.kid !== 'string' || header.kid.length > keyIdLengthMax) return undefined
  return { token, header: { alg: header.alg, kid: header.kid }, payload }
}

/** A JSON object in valid UTF-8, or undefined. */
export function parseJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Exactly the bytes that encode to this text: two texts must never be the same token. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}
