import { createPublicKey, type JsonWebKey } from 'node:crypto'
import type { Algorithm } from './algorithm.ts'
import { parseJsonObject } from './jws.ts'
import { KeyError } from './key-error.ts'
import { type PublicKey, publicKeyFrom } from './public-key.ts'

/** RFC 7517 §4 with the members of RFC 7518 §6.2.1 or §6.3.1. */
export type Jwk =
  | { use: 'sig'; kty: 'RSA'; kid: string; alg: Algorithm; n: string; e: string }
  | { use: 'sig'; kty: 'EC'; kid: string; crv: string; alg: Algorithm; x: string; y: string }

/** The members in the order in which Kubernetes prints them (go-jose's JSONWebKey.MarshalJSON). */
export function jwkOf({ key, kid, algorithm: alg }: PublicKey): Jwk {
  const { kty, n = '', e = '', crv = '', x = '', y = '' } = key.export({ format: 'jwk' })
  return kty === 'RSA' ? { use: 'sig', kty: 'RSA', kid, alg, n, e } : { use: 'sig', kty: 'EC', kid, crv, alg, x, y }
}

/** What relying parties may see of these keys. */
export function publishedKeys(keys: readonly PublicKey[]): PublicKey[] {
  return keys.filter((key) => !key.excludeFromDiscovery)
}

/** The JWK Set (RFC 7517 §5) of the published keys, in their order, as JSON without a final line break. */
export function jwksJson(keys: readonly PublicKey[]): string {
  return JSON.stringify({ keys: publishedKeys(keys).map(jwkOf) })
}

/**
 * The keys of a JWK Set, in order; those for other uses or of other types are passed over.
 * @throws KeyError when the text is no JWK Set.
 */
export function parseJwks(json: string): PublicKey[] {
  const members = parseJsonObject(Buffer.from(json))?.keys
  if (!Array.isArray(members)) throw new KeyError('unreadable', 'not a JWK Set')
  return members.flatMap((jwk: unknown) => {
    if (!isSigningJwk(jwk)) return []
    try {
      return [publicKeyFrom(createPublicKey({ key: jwk, format: 'jwk' }), { kid: jwk.kid })]
    } catch {
      return []
    }
  })
}

function isSigningJwk(jwk: unknown): jwk is JsonWebKey & { kid: string } {
  return (
    typeof jwk === 'object' &&
    jwk !== null &&
    'kid' in jwk &&
    typeof jwk.kid === 'string' &&
    (!('use' in jwk) || jwk.use === 'sig')
  )
}
