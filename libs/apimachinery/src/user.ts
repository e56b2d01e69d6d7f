/**
 * Who a request comes from, in the JSON shape of authentication.k8s.io UserInfo.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/authentication/user/user.go
 */
export interface UserInfo {
  readonly username: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** Members may do everything, before any authorizer is asked. */
export const mastersGroup = 'system:masters'
export const authenticatedGroup = 'system:authenticated'
export const unauthenticatedGroup = 'system:unauthenticated'
export const anonymousUser = 'system:anonymous'
