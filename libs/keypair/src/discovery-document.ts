/**
 * The OpenID Provider metadata with which a relying party finds the keys of an issuer.
 * Source: OpenID Connect Discovery 1.0 §3, and kubernetes/kubernetes pkg/serviceaccount/openidmetadata.go for the
 * members (only these: tokens are verified here, nobody logs in).
 */
import { publishedKeys } from './jwks.ts'
import type { PublicKey } from './public-key.ts'

export const discoveryPath = '/.well-known/openid-configuration'
export const jwksPath = '/openid/v1/jwks'
export const discoveryContentType = 'application/json'
export const jwksContentType = 'application/jwk-set+json'

/** Compact JSON without a final line break; the algorithms are those of the published keys. */
export function discoveryJson(options: { issuer: string; jwksUri: string; keys: readonly PublicKey[] }): string {
  const algorithms = new Set(publishedKeys(options.keys).map((key) => key.algorithm))
  return JSON.stringify({
    issuer: options.issuer,
    jwks_uri: options.jwksUri,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...algorithms].sort(),
  })
}

/** Why no relying party could discover this issuer, or undefined when it can. */
export function issuerProblem(issuer: string): string | undefined {
  const url = URL.parse(issuer)
  if (url === null) return `issuer URL cannot be parsed, got: ${issuer}`
  if (url.protocol !== 'https:') return `issuer URL must use https scheme, got: ${issuer}`
  if (issuer.includes('?')) return `issuer URL may not include a query, got: ${issuer}`
  if (issuer.includes('#')) return `issuer URL may not include a fragment, got: ${issuer}`
  return undefined
}
