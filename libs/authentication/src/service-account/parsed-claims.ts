/** Claims that came in: read into one shape, once, with every member checked for its type. */
import { parseJsonObject } from '@ensign/keypair'
import { audiencesMax } from '../limits.ts'
import type { ObjectClaim } from './claims.ts'

export interface ParsedClaims {
  readonly issuer: string
  readonly subject: string
  readonly audiences: readonly string[]
  readonly jti: string
  /** Seconds since 1970; undefined when the token does not say. */
  readonly notBefore: number | undefined
  readonly expiry: number | undefined
  readonly issuedAt: number | undefined
  readonly bound: BoundClaims
  readonly legacy: LegacyClaims
}

/** The object under `kubernetes.io`; texts are empty when absent, as Go has them. */
export interface BoundClaims {
  readonly namespace: string
  readonly serviceAccount: Required<ObjectClaim>
  readonly pod: Required<ObjectClaim> | undefined
  readonly secret: Required<ObjectClaim> | undefined
  readonly node: Required<ObjectClaim> | undefined
  readonly warnAfter: number | undefined
}

export interface LegacyClaims {
  readonly namespace: string
  readonly secretName: string
  readonly serviceAccountName: string
  readonly serviceAccountUid: string
}

/** The issuer that a payload names, before anything about it is believed. */
export function unverifiedIssuer(payload: Uint8Array): string | undefined {
  const issuer = parseJsonObject(payload)?.iss
  return typeof issuer === 'string' ? issuer : undefined
}

/** The claims of a payload whose signature was verified, or undefined when one has the wrong type. */
export function parseClaims(payload: Uint8Array): ParsedClaims | undefined {
  const claims = parseJsonObject(payload)
  if (!claims) return undefined
  try {
    return {
      issuer: text(claims.iss),
      subject: text(claims.sub),
      audiences: texts(claims.aud),
      jti: text(claims.jti),
      notBefore: seconds(claims.nbf),
      expiry: seconds(claims.exp),
      issuedAt: seconds(claims.iat),
      bound: boundOf(object(claims['kubernetes.io']) ?? {}),
      legacy: {
        namespace: text(claims['kubernetes.io/serviceaccount/namespace']),
        secretName: text(claims['kubernetes.io/serviceaccount/secret.name']),
        serviceAccountName: text(claims['kubernetes.io/serviceaccount/service-account.name']),
        serviceAccountUid: text(claims['kubernetes.io/serviceaccount/service-account.uid']),
      },
    }
  } catch (error) {
    if (error instanceof WrongType) return undefined
    throw error
  }
}

class WrongType extends Error {}

function boundOf(claims: Readonly<Record<string, unknown>>): BoundClaims {
  const named = (value: unknown) => {
    const claim = object(value)
    return claim && { name: text(claim.name), uid: text(claim.uid) }
  }
  return {
    namespace: text(claims.namespace),
    serviceAccount: named(claims.serviceaccount) ?? { name: '', uid: '' },
    pod: named(claims.pod),
    secret: named(claims.secret),
    node: named(claims.node),
    // Zero is how Go says absent.
    warnAfter: seconds(claims.warnafter) || undefined,
  }
}

function text(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw new WrongType()
  return value
}

/** RFC 7519 §4.1.3: one audience may stand without its list. */
function texts(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (list.length > audiencesMax) throw new WrongType()
  return list.map((item) => {
    if (typeof item !== 'string') throw new WrongType()
    return item
  })
}

/** RFC 7519 §2, NumericDate, without its fraction. JSON may hold numbers that are none here: 1e999 would never be over. */
function seconds(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new WrongType()
  return Math.trunc(value)
}

function object(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object' || Array.isArray(value)) throw new WrongType()
  return value as Readonly<Record<string, unknown>>
}
