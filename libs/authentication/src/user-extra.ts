/**
 * Keys of a user's `extra`.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/authentication/user/user.go and
 * staging/src/k8s.io/apiserver/pkg/authentication/serviceaccount/util.go
 */
export const credentialIdKey = 'authentication.kubernetes.io/credential-id'
export const nodeNameKey = 'authentication.kubernetes.io/node-name'
export const nodeUidKey = 'authentication.kubernetes.io/node-uid'
export const podNameKey = 'authentication.kubernetes.io/pod-name'
export const podUidKey = 'authentication.kubernetes.io/pod-uid'
