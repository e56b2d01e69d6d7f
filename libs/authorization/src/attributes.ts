/**
 * What is to be decided: who wants to do what to which thing.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/authorization/authorizer/interfaces.go
 */
import type { UserInfo } from '@ensign/apimachinery'

export interface ResourceAttributes {
  readonly isResource: true
  readonly verb: string
  readonly group: string
  readonly resource: string
  /** Empty for the resource itself. */
  readonly subresource: string
  /** Empty at the cluster scope. */
  readonly namespace: string
  /** Empty for collections and on create. */
  readonly name: string
}

export interface PathAttributes {
  readonly isResource: false
  /** HTTP method in lower case. */
  readonly verb: string
  readonly path: string
}

export type RequestAttributes = ResourceAttributes | PathAttributes

export interface Decision {
  readonly allowed: boolean
  /** Why; shown in reviews and, when it is not empty, in the refusal. */
  readonly reason: string
}

/** Decides in one turn of the event loop, from what is in memory. */
export interface Authorizer {
  authorize(user: UserInfo, attributes: RequestAttributes): Decision
}
