/** One request and its answer, whatever the protocol. Nothing in an answer comes from the request's host. */
import type { Documents } from './documents.ts'

export interface Request {
  readonly method: string
  /** With or without a query. */
  readonly target: string
  readonly ifNoneMatch: string | undefined
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Not sent when the method is HEAD. */
  readonly body: Buffer
}

/** What the answers are made from. */
export interface Served {
  readonly documents: Documents
  /** Why the documents may be outdated. */
  readonly staleBecause: string | undefined
}

const nothing = Buffer.alloc(0)

export function respond({ method, target, ifNoneMatch }: Request, served: Served): Answer {
  const query = target.indexOf('?')
  const path = query < 0 ? target : target.slice(0, query)
  const { documents } = served
  const document = documents.ok ? documents.byPath.get(path) : undefined
  if (document) {
    if (method !== 'GET' && method !== 'HEAD') return wrongMethod()
    if (ifNoneMatch !== undefined && matches(ifNoneMatch, document.etag)) {
      return { status: 304, headers: document.notModifiedHeaders, body: nothing }
    }
    return { status: 200, headers: document.headers, body: document.body }
  }
  if (path === '/livez') return probe(method, 200, 'ok')
  if (path === '/readyz' || path === '/healthz') return readiness(method, served)
  if (!documents.ok && path.includes('/.well-known/')) {
    return text(503, `not ready: ${documents.problem}`, { 'retry-after': '1' })
  }
  return text(404, 'not found')
}

/** Ready means: there is something to publish. What else is missing is said, but stops nobody. */
function readiness(method: string, { documents, staleBecause }: Served): Answer {
  if (!documents.ok) {
    const apiserver = staleBecause === undefined ? '[+]apiserver ok' : `[-]apiserver failed: ${staleBecause}`
    return probe(method, 503, `[-]keys failed: ${documents.problem}\n${apiserver}\nreadyz check failed`)
  }
  if (staleBecause === undefined) return probe(method, 200, 'ok')
  return probe(
    method,
    200,
    `[+]keys ok: serving the last ones\n[-]apiserver failed: ${staleBecause}\nreadyz check passed`,
  )
}

function probe(method: string, status: number, line: string): Answer {
  return method === 'GET' || method === 'HEAD' ? text(status, line) : wrongMethod()
}

function wrongMethod(): Answer {
  return text(405, 'method not allowed', { allow: 'GET, HEAD' })
}

function text(status: number, line: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = Buffer.from(`${line}\n`)
  return {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': String(body.length),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body,
  }
}

/** RFC 9110 §13.1.2, by weak comparison. */
function matches(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true
  return ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag)
}
