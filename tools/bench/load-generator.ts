/** A helper process: keeps a number of HTTP/2 requests in flight, and counts. */
import { readFileSync } from 'node:fs'
import { type ClientHttp2Session, connect } from 'node:http2'
import { helperInput, tell } from './child.ts'

export interface GeneratorInput {
  readonly url: string
  readonly token: string | undefined
  readonly bodyFile: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly connections: number
  /** In flight on each connection. */
  readonly streams: number
  readonly warmUpMs: number
  readonly measureMs: number
}

export interface GeneratorReport {
  readonly perSecond: number
  /** The first answer that was not a 2xx. */
  readonly problem?: string
}

const {
  url,
  token,
  bodyFile,
  headers: more,
  connections,
  streams,
  warmUpMs,
  measureMs,
} = await helperInput<GeneratorInput>()
const { origin, pathname, search } = new URL(url)
const body = bodyFile === undefined ? undefined : readFileSync(bodyFile)
const headers = {
  ':method': body ? 'POST' : 'GET',
  ':path': pathname + search,
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
  ...(body && { 'content-type': 'application/json', 'content-length': body.length }),
  ...more,
}

let done = 0
let problem: string | undefined

/** One request after another, until the process ends. */
function keepAsking(session: ClientHttp2Session): void {
  const stream = session.request(headers, { endStream: body === undefined })
  stream.on('response', ({ ':status': status }) => {
    if (status === undefined || status > 299) problem ??= `status ${status}`
  })
  stream.on('error', (error) => {
    problem ??= error.message
  })
  stream.on('close', () => {
    done++
    if (problem === undefined) keepAsking(session)
  })
  stream.resume()
  if (body) stream.end(body)
}

for (let i = 0; i < connections; i++) {
  // On loopback, towards a server that was started for this.
  const session = connect(origin, { rejectUnauthorized: false })
  session.on('error', (error) => {
    problem ??= error.message
  })
  session.on('connect', () => {
    for (let n = 0; n < streams; n++) keepAsking(session)
  })
}
setTimeout(() => {
  const before = done
  const from = performance.now()
  setTimeout(() => {
    const perSecond = ((done - before) * 1000) / (performance.now() - from)
    tell({ perSecond, ...(problem !== undefined && { problem }) } satisfies GeneratorReport)
    setTimeout(() => process.exit(0), 10)
  }, measureMs)
}, warmUpMs)
