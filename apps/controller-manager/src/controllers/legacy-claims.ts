import type { Secret, ServiceAccount } from '@ensign/api'
import type { Claims } from '@ensign/keypair'

/**
 * The claims of a token that lives in a Secret. It has no audience and no end: it is valid for as long as its Secret and its
 * ServiceAccount exist. The issuer is this one whatever `--service-account-issuer` says.
 * Source: kubernetes/kubernetes pkg/serviceaccount/legacy.go, LegacyClaims and LegacyIssuer.
 */
export function legacyClaims(serviceAccount: Readonly<ServiceAccount>, secret: Readonly<Secret>): Claims {
  const { namespace = '', name = '', uid = '' } = serviceAccount.metadata
  return {
    iss: 'kubernetes/serviceaccount',
    sub: `system:serviceaccount:${namespace}:${name}`,
    'kubernetes.io/serviceaccount/namespace': namespace,
    'kubernetes.io/serviceaccount/secret.name': secret.metadata.name ?? '',
    'kubernetes.io/serviceaccount/service-account.name': name,
    'kubernetes.io/serviceaccount/service-account.uid': uid,
  }
}
