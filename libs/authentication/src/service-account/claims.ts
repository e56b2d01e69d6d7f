/**
 * What tokens say.
 * Source: kubernetes/kubernetes pkg/serviceaccount/claims.go (bound tokens), pkg/serviceaccount/legacy.go (tokens in
 * Secrets), pkg/registry/core/serviceaccount/storage/token.go (how long).
 */
import type { Claims } from '@ensign/keypair'
import { serviceAccountUsername } from './username.ts'

/** Issuer of every token in a Secret, whatever the issuer of the plane. */
export const legacyIssuer = 'kubernetes/serviceaccount'

/** An object as a claim names it. A node that does not exist has no uid. */
export interface ObjectClaim {
  readonly name: string
  readonly uid?: string
}

/** What a bound token dies with. A pod's token also says on which node it was made. */
export type Binding =
  | { readonly pod: ObjectClaim; readonly node?: ObjectClaim }
  | { readonly secret: ObjectClaim }
  | { readonly node: ObjectClaim }

/** Claims of a token from TokenRequest. Times are seconds since 1970. */
export function boundClaims(options: {
  issuer: string
  audiences: readonly string[]
  namespace: string
  serviceAccount: ObjectClaim
  binding?: Binding
  nowSeconds: number
  lifetime: TokenLifetime
  /** A random UUID. */
  jti: string
}): Claims {
  const { nowSeconds, lifetime } = options
  const { warnAfterSeconds } = lifetime
  const binding: { pod?: ObjectClaim; secret?: ObjectClaim; node?: ObjectClaim } = options.binding ?? {}
  const named = (object: ObjectClaim | undefined) =>
    object && { name: object.name, ...(object.uid !== undefined && object.uid !== '' && { uid: object.uid }) }
  return {
    iss: options.issuer,
    sub: serviceAccountUsername(options.namespace, options.serviceAccount.name),
    aud: options.audiences,
    iat: nowSeconds,
    nbf: nowSeconds,
    exp: nowSeconds + lifetime.validSeconds,
    jti: options.jti,
    'kubernetes.io': {
      namespace: options.namespace,
      serviceaccount: named(options.serviceAccount),
      pod: named(binding.pod),
      secret: named(binding.secret),
      node: named(binding.node),
      warnafter: warnAfterSeconds === undefined ? undefined : nowSeconds + warnAfterSeconds,
    },
  }
}

/** Claims of a token in a Secret. It has no end: it lives as long as the Secret. */
export function legacyClaims(options: {
  namespace: string
  serviceAccount: Required<ObjectClaim>
  secret: string
}): Claims {
  const { namespace, serviceAccount, secret } = options
  return {
    iss: legacyIssuer,
    sub: serviceAccountUsername(namespace, serviceAccount.name),
    'kubernetes.io/serviceaccount/namespace': namespace,
    'kubernetes.io/serviceaccount/secret.name': secret,
    'kubernetes.io/serviceaccount/service-account.name': serviceAccount.name,
    'kubernetes.io/serviceaccount/service-account.uid': serviceAccount.uid,
  }
}

/** The expiration that kubelet asks for on behalf of clients that may not reload their token. Seconds (1 h 7 s). */
export const extendableExpirationSeconds = 3607
/** What such a token gets instead. Seconds (365 days). */
export const extendedExpirationSeconds = 31_536_000

export interface TokenLifetime {
  /** What the answer says: `spec.expirationSeconds`, and how far away `status.expirationTimestamp` is. */
  readonly expirationSeconds: number
  /** How long the token really works. */
  readonly validSeconds: number
  /** From when its use counts as stale. */
  readonly warnAfterSeconds?: number
  /** For the client, when it gets less than it asked for. */
  readonly warning?: string
}

/** How long a token lives. All in seconds; a maximum of 0 means none. */
export function tokenLifetime(options: {
  requestedSeconds: number
  maxSeconds: number
  /** `--service-account-extend-token-expiration` */
  extend: boolean
  boundToPod: boolean
  audiences: readonly string[]
  apiAudiences: readonly string[]
}): TokenLifetime {
  const { requestedSeconds, maxSeconds, audiences, apiAudiences } = options
  const tooLong = maxSeconds > 0 && requestedSeconds > maxSeconds
  const expirationSeconds = tooLong ? maxSeconds : requestedSeconds
  const warning = tooLong && {
    warning: `requested expiration of ${requestedSeconds} seconds shortened to ${maxSeconds} seconds`,
  }
  const extended =
    options.extend &&
    options.boundToPod &&
    expirationSeconds === extendableExpirationSeconds &&
    audiences.every((audience) => apiAudiences.includes(audience))
  if (!extended) return { expirationSeconds, validSeconds: expirationSeconds, ...warning }
  return {
    expirationSeconds,
    validSeconds: extendedExpirationSeconds,
    warnAfterSeconds: expirationSeconds,
    ...warning,
  }
}
