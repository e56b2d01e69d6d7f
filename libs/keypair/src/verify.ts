import type { ParsedJws } from './jws.ts'
import type { KeyRing } from './key-ring.ts'
import type { PublicKey } from './public-key.ts'

/** What came of a signature check. */
export type Verified =
  | { readonly ok: true; readonly key: PublicKey }
  /** `no-key`: the ring holds none with the token's id. `signature`: none of those tried made it. */
  | { readonly ok: false; readonly reason: 'no-key' | 'signature' }

/**
 * Checks a token's signature against the ring, each key with its own algorithm and no other: a header that names
 * `none`, an HMAC, or another algorithm than the key's is a signature that failed.
 * Source for which keys are tried: kubernetes/kubernetes pkg/serviceaccount/jwt.go, AuthenticateToken.
 */
export async function verifyJws(jws: ParsedJws, ring: KeyRing): Promise<Verified> {
  const keys = ring.find(jws.header.kid)
  if (keys.length === 0) return { ok: false, reason: 'no-key' }
  for (const key of keys) {
    if (key.algorithm === jws.header.alg && (await signatureFits(jws.token, key))) return { ok: true, key }
  }
  return { ok: false, reason: 'signature' }
}

async function signatureFits(token: string, { key, algorithm }: PublicKey): Promise<boolean> {
  // Loaded with the first token to verify: a plane that just started has none yet.
  const { compactVerify, errors } = await import('jose')
  try {
    await compactVerify(token, key, { algorithms: [algorithm] })
    return true
  } catch (error) {
    if (error instanceof errors.JOSEError) return false
    throw error
  }
}
