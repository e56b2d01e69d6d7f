/**
 * /livez, /readyz and /healthz with their parts, in kube-apiserver's words.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/server/healthz/healthz.go
 */
import { type ApiResponse, textResponse } from '@ensign/endpoints'

/** Undefined is fine; else what is wrong, for the log and for those who ask verbosely. */
export interface HealthCheck {
  readonly name: string
  /** Only whether the process should get traffic, not whether it must be restarted. */
  readonly readinessOnly?: boolean
  check(): string | undefined
}

const ping: HealthCheck = { name: 'ping', check: () => undefined }

/** The answer for a health path, or undefined when it is none. */
export function healthAnswer(
  path: string,
  query: URLSearchParams | undefined,
  checks: readonly HealthCheck[],
): ApiResponse | undefined {
  const [, kind, ...rest] = path.split('/')
  const part = rest.join('/')
  if (kind !== 'livez' && kind !== 'readyz' && kind !== 'healthz') return undefined
  const relevant = [ping, ...checks.filter((c) => kind !== 'livez' || !c.readinessOnly)]
  if (part) {
    const one = relevant.find((c) => c.name === part)
    if (!one) return undefined
    const problem = one.check()
    return problem === undefined ? textResponse(200, 'ok') : textResponse(500, `internal server error: ${problem}\n`)
  }
  const excluded = query?.getAll('exclude') ?? []
  const lines: string[] = []
  let failed = 0
  for (const { name, check } of relevant) {
    if (excluded.includes(name)) {
      lines.push(`[+]${name} excluded: ok`)
      continue
    }
    const problem = check()
    if (problem !== undefined) failed++
    // Why is for whoever may read the log; this page is open to everybody.
    lines.push(problem === undefined ? `[+]${name} ok` : `[-]${name} failed: reason withheld`)
  }
  const unknown = excluded.filter((e) => !relevant.some((c) => c.name === e))
  if (unknown.length > 0)
    lines.push(
      `warn: some health checks cannot be excluded: no matches for ${unknown.map((u) => JSON.stringify(u)).join(',')}`,
    )
  if (failed > 0) return textResponse(500, `${lines.join('\n')}\n${kind} check failed\n`)
  return textResponse(200, query?.has('verbose') ? `${lines.join('\n')}\n${kind} check passed\n` : 'ok')
}
