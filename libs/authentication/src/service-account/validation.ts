import type { AuditAnnotations } from '../authentication.ts'
import type { ParsedClaims } from './parsed-claims.ts'
import type { NamedObjects, TokenObjects } from './token-objects.ts'

/** What a validator says of a token whose signature and audience are in order. */
export type Validity =
  | {
      readonly ok: true
      readonly warnings?: readonly string[]
      readonly auditAnnotations?: AuditAnnotations
    }
  | {
      readonly ok: false
      readonly reason: string
      readonly auditAnnotations?: AuditAnnotations
      /** An object was not there, or was another: a cache that is behind may be the cause. */
      readonly cacheMayBeBehind?: boolean
    }

/** One kind of token: which objects it names, and whether it is good while they are as `objects` has them. */
export interface Validator {
  named(claims: ParsedClaims): NamedObjects
  validate(token: string, claims: ParsedClaims, objects: TokenObjects): Validity
}

export const valid: Validity = { ok: true }
export const invalid = (reason: string): Validity => ({ ok: false, reason })
export const missing = (reason: string): Validity => ({ ok: false, reason, cacheMayBeBehind: true })

/**
 * Milliseconds. Clocks of issuer and verifier may differ by this much; an object that is being deleted counts for as
 * long. Source: go-jose jwt, DefaultLeeway.
 */
export const leewayMs = 60_000

/** The object that `find` returns; undefined when the store cannot say either. */
export function objectOrNone<T>(find: () => T | undefined): T | undefined {
  try {
    return find()
  } catch {
    return undefined
  }
}
