import type { UserInfo } from '@ensign/apimachinery'

/** Who a request comes from, or why nobody knows. */
export type Authentication =
  | {
      readonly ok: true
      readonly user: UserInfo
      /** Of the audiences asked for, those that the credential is meant for. Absent when it knows of none. */
      readonly audiences?: readonly string[]
      /** For `Warning` headers. */
      readonly warnings?: readonly string[]
      readonly auditAnnotations?: AuditAnnotations
    }
  | {
      readonly ok: false
      /** For the log and TokenReview only: a client is told "Unauthorized" and no more. */
      readonly reason: string
      readonly auditAnnotations?: AuditAnnotations
    }

/** `undefined`: the credential is not one of ours, somebody else may know it. */
export type Opinion = Authentication | undefined

export type AuditAnnotations = Readonly<Record<string, string>>

export const refused = (reason: string): Authentication => ({ ok: false, reason })

/** The same with more to be said in the audit log. */
export function annotated(authentication: Authentication, annotations: AuditAnnotations | undefined): Authentication {
  if (!annotations || Object.keys(annotations).length === 0) return authentication
  return { ...authentication, auditAnnotations: { ...authentication.auditAnnotations, ...annotations } }
}

/**
 * Several reasons as one text: each once, bracketed when there is more than one.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/errors/errors.go, aggregate.Error.
 */
export function aggregateReasons(reasons: readonly string[]): string {
  const distinct = [...new Set(reasons)]
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`
}
