import { authenticatedGroup, type UserInfo } from '@ensign/apimachinery'
import { credentialIdKey, nodeNameKey, nodeUidKey, podNameKey, podUidKey } from '../user-extra.ts'
import type { ParsedClaims } from './parsed-claims.ts'
import { serviceAccountGroups, serviceAccountUsername } from './username.ts'

/**
 * The user that a bound token speaks for. Where it runs and which token it is, go into `extra`.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/authentication/serviceaccount/util.go, UserInfo.
 */
export function boundUser({ jti, bound }: ParsedClaims): UserInfo {
  const { namespace, serviceAccount, pod, node } = bound
  const extra: Record<string, readonly string[]> = {}
  if (jti) extra[credentialIdKey] = [`JTI=${jti}`]
  if (node?.name) extra[nodeNameKey] = [node.name]
  if (node?.name && node.uid) extra[nodeUidKey] = [node.uid]
  if (pod?.name && pod.uid) {
    extra[podNameKey] = [pod.name]
    extra[podUidKey] = [pod.uid]
  }
  return userOf(namespace, serviceAccount.name, serviceAccount.uid, extra)
}

/** The user that a token in a Secret speaks for: the account and nothing more. */
export function legacyUser({ legacy }: ParsedClaims): UserInfo {
  return userOf(legacy.namespace, legacy.serviceAccountName, legacy.serviceAccountUid, {})
}

function userOf(namespace: string, name: string, uid: string, extra: Record<string, readonly string[]>): UserInfo {
  return Object.freeze({
    username: serviceAccountUsername(namespace, name),
    ...(uid && { uid }),
    groups: Object.freeze([...serviceAccountGroups(namespace), authenticatedGroup]),
    ...(Object.keys(extra).length > 0 && { extra: Object.freeze(extra) }),
  })
}
