import type { Algorithm } from './algorithm.ts'
import type { PublicKey } from './public-key.ts'

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
