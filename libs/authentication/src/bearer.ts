const extraSpaceWarning =
  'the provided Authorization header contains extra space before the bearer token, and is ignored'

/**
 * The token of an Authorization header. Neither token nor warning: the header is no business of ours.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/authentication/request/bearertoken/bearertoken.go
 */
export function bearerToken(header: string | readonly string[] | undefined): { token?: string; warning?: string } {
  const value = (typeof header === 'string' ? header : header?.[0])?.trim()
  if (!value) return {}
  // Nearly every header: the scheme as everybody writes it, one space, a token without one.
  if (value.startsWith('Bearer ') && value.indexOf(' ', 7) === -1) return { token: value.slice(7) }
  const [scheme = '', token, ...rest] = value.split(' ')
  if (token === undefined || scheme.toLowerCase() !== 'bearer') return {}
  if (token !== '') return { token }
  return rest.length > 0 ? { warning: extraSpaceWarning } : {}
}
