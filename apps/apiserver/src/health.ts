/**
 * /livez, /readyz and /healthz with their parts, in kube-apiserver's words.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/server/healthz/healthz.go
 */
import { type ApiResponse, textResponse } from '@ensign/endpoints'
import { createMetrics } from '@ensign/process'

/** Undefined is fine; else what is wrong, for the log and for those who ask verbosely. */
export interface HealthCheck {
  readonly name: string
  /** What tools ask for the same by. */
  readonly aliases?: readonly string[]
  /** Only whether the process should get traffic, not whether it must be restarted. */
  readonly readinessOnly?: boolean
  check(): string | undefined
}

export interface Health {
  /** The answer for a health path, or undefined when it is none. */
  answer(path: string, query: URLSearchParams | undefined): ApiResponse | undefined
  /** What the checks say now and how often they were asked, in Prometheus' text format (KEP-3466). */
  indicators(): string
}

const kinds = ['healthz', 'livez', 'readyz'] as const
type Kind = (typeof kinds)[number]
const ping: HealthCheck = { name: 'ping', check: () => undefined }

export function createHealth(given: readonly HealthCheck[]): Health {
  const checks = [ping, ...given]
  const relevantTo = (kind: Kind) => checks.filter((c) => kind !== 'livez' || !c.readinessOnly)
  const metrics = createMetrics()
  const state = metrics.gauge({
    name: 'kubernetes_healthcheck',
    help: 'Whether the last look at a health check found it well (1) or not (0).',
    labels: ['name', 'type'],
  })
  const looks = metrics.counter({
    name: 'kubernetes_healthchecks_total',
    help: 'Looks at a health check, by what they found.',
    labels: ['name', 'status', 'type'],
  })

  function look({ name, check }: HealthCheck, type: Kind): string | undefined {
    const problem = check()
    state.labels(name, type).set(problem === undefined ? 1 : 0)
    looks.labels(name, problem === undefined ? 'success' : 'error', type).inc()
    return problem
  }

  function onePart(kind: Kind, part: string): ApiResponse | undefined {
    const isMeant = ({ name, aliases }: HealthCheck) => name === part || aliases?.includes(part)
    const one = checks.find(isMeant)
    if (!one) return undefined
    const problem = look(one, kind)
    return problem === undefined ? textResponse(200, 'ok') : textResponse(500, `internal server error: ${problem}\n`)
  }

  return {
    answer(path, query) {
      const [, name, ...rest] = path.split('/')
      const kind = kinds.find((k) => k === name)
      if (!kind) return undefined
      const part = rest.join('/')
      if (part) return onePart(kind, part)
      const relevant = relevantTo(kind)
      const excluded = query?.getAll('exclude') ?? []
      const lines: string[] = []
      let failed = 0
      for (const one of relevant) {
        if ([one.name, ...(one.aliases ?? [])].some((n) => excluded.includes(n))) {
          lines.push(`[+]${one.name} excluded: ok`)
          continue
        }
        const problem = look(one, kind)
        if (problem !== undefined) failed++
        // Why is for whoever may read the log; this page is open to everybody.
        lines.push(problem === undefined ? `[+]${one.name} ok` : `[-]${one.name} failed: reason withheld`)
      }
      const unknown = excluded.filter((e) => !relevant.some((c) => c.name === e || c.aliases?.includes(e)))
      if (unknown.length > 0)
        lines.push(
          `warn: some health checks cannot be excluded: no matches for ${unknown.map((u) => JSON.stringify(u)).join(',')}`,
        )
      if (failed > 0) return textResponse(500, `${lines.join('\n')}\n${kind} check failed\n`)
      return textResponse(200, query?.has('verbose') ? `${lines.join('\n')}\n${kind} check passed\n` : 'ok')
    },
    indicators() {
      for (const kind of kinds) for (const one of relevantTo(kind)) look(one, kind)
      return metrics.expose()
    },
  }
}
