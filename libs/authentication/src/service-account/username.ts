/**
 * How a ServiceAccount is called as a user.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/authentication/serviceaccount/util.go
 */
import { isDns1123Label, isDns1123Subdomain } from '@ensign/apimachinery'

const prefix = 'system:serviceaccount:'
export const allServiceAccountsGroup = 'system:serviceaccounts'

export function serviceAccountUsername(namespace: string, name: string): string {
  return `${prefix}${namespace}:${name}`
}

/** The account behind a user name, or undefined when it is not one's of a ServiceAccount. */
export function parseServiceAccountUsername(username: string): { namespace: string; name: string } | undefined {
  if (!username.startsWith(prefix)) return undefined
  const [namespace = '', name = '', ...rest] = username.slice(prefix.length).split(':')
  if (rest.length > 0 || isDns1123Label(namespace).length > 0 || isDns1123Subdomain(name).length > 0) return undefined
  return { namespace, name }
}

/** The groups of every account of a namespace; `system:authenticated` comes from having authenticated. */
export function serviceAccountGroups(namespace: string): readonly string[] {
  return [allServiceAccountsGroup, `${allServiceAccountsGroup}:${namespace}`]
}
