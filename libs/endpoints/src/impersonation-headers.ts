/** The `Impersonate-…` headers. Source: impersonation.go, processImpersonationHeaders */
import type { RequestHeaders } from './exchange.ts'

export interface WantedUser {
  /** Empty when other headers came without it. */
  readonly username: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

const extraPrefix = 'impersonate-extra-'

/** Undefined when no header asks for anything. */
export function wantedUser(headers: RequestHeaders): WantedUser | undefined {
  const username = first(headers['impersonate-user'])
  const uid = first(headers['impersonate-uid'])
  const groups = all(headers['impersonate-group'])
  const extra: Record<string, readonly string[]> = {}
  for (const name in headers) {
    if (name.startsWith(extraPrefix)) extra[decoded(name.slice(extraPrefix.length))] = all(headers[name])
  }
  if (!username && !uid && groups.length === 0 && Object.keys(extra).length === 0) return undefined
  return { username, uid, groups, extra }
}

const first = (value: string | string[] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''

/** node joins a repeated unknown header with a comma and a blank; group names hold neither. */
const all = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : value.split(', ')

function decoded(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    // Kubernetes takes a key that is no percent-encoding as it stands.
    return key
  }
}

/** The user as Go prints the structure: upstream's refusal shows it so. */
export function goUser({ uid, groups, extra }: WantedUser): string {
  const strings = (values: readonly string[]) => `[]string{${values.map((v) => JSON.stringify(v)).join(', ')}}`
  const members = Object.entries(extra).map(([key, values]) => `${JSON.stringify(key)}:${strings(values)}`)
  const shownGroups = groups.length > 0 ? strings(groups) : '[]string(nil)'
  const shownExtra = members.length > 0 ? `map[string][]string{${members.join(', ')}}` : 'map[string][]string(nil)'
  return `&user.DefaultInfo{Name:"", UID:${JSON.stringify(uid)}, Groups:${shownGroups}, Extra:${shownExtra}}`
}
