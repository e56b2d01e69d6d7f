/** What a scenario plays with: requests whose answers are kept as steps. */
import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import https from 'node:https'
import { type Kept, Placeholders } from './placeholders.ts'

export { decode } from './placeholders.ts'

const keptHeaders = [
  'content-type',
  'warning',
  'www-authenticate',
  'allow',
  'retry-after',
  'cache-control',
  'location',
  'content-encoding',
]
/** Milliseconds for one answer, and for something that the server does by itself. */
const answerMs = 15_000
const untilMs = 20_000

/** One answer, in a form that can be compared. */
export interface Step {
  readonly step: string
  readonly [part: string]: unknown
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly raw: Buffer
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers has no type here
  readonly json: any
}

export interface RequestOptions {
  /** An object goes out as JSON, text and bytes as they are. */
  readonly body?: unknown
  readonly type?: string
  readonly accept?: string
  /** A header of null is left out. */
  readonly headers?: Record<string, string | string[] | null>
  readonly token?: string
  readonly anonymous?: boolean
  readonly certificate?: { readonly cert: string; readonly key: string }
  /** To be impersonated. */
  readonly as?: { user?: string; uid?: string; groups?: string[]; extra?: Record<string, string[]> }
}

export interface StepOptions extends RequestOptions {
  readonly keep?: Kept
  /** From the parsed body to what is compared. */
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers has no type here
  readonly pick?: (body: any) => unknown
}

export interface Administrator {
  readonly server: string
  readonly ca: string
  readonly cert: string
  readonly key: string
}

export type Scenario = (session: Session) => Promise<void>

export class Session {
  readonly steps: Step[] = []
  /** PEM of the authority of the server. */
  readonly ca: string
  readonly #administrator: Administrator
  readonly #run = randomBytes(3).toString('hex')
  readonly #placeholders: Placeholders
  readonly #namespaces: string[] = []
  readonly #cluster: string[] = []
  readonly #agents = new Map<string, https.Agent>()

  constructor(administrator: Administrator) {
    this.#administrator = administrator
    this.ca = administrator.ca
    this.#placeholders = new Placeholders(administrator.server)
  }

  async run(play: Scenario): Promise<void> {
    const { json } = await this.quiet('GET', '/.well-known/openid-configuration')
    this.#placeholders.issuer = json?.issuer
    await play(this)
  }

  /** A name of this run's own for a cluster-scoped object; removed at the end when `path` is given. */
  name(label: string, path?: string): string {
    const made = `g${this.#run}-${label}`
    this.#placeholders.names.set(made, `{${label}}`)
    if (path) this.#cluster.push(`${path}/${made}`)
    return made
  }

  /** A new namespace whose default ServiceAccount and kube-root-ca.crt are there. Not a step. */
  async namespace(label = 'ns'): Promise<string> {
    const made = this.ownNamespace(label)
    await this.#made('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: made } })
    const there = async (path: string) => (await this.quiet('GET', `/api/v1/namespaces/${made}/${path}`)).status === 200
    await this.until(() => there('serviceaccounts/default'), 'the default ServiceAccount')
    await this.until(() => there('configmaps/kube-root-ca.crt'), 'kube-root-ca.crt')
    return made
  }

  /** A namespace of this run that the scenario makes itself; removed at the end. */
  ownNamespace(label = 'ns'): string {
    const made = this.name(label)
    this.#namespaces.push(made)
    return made
  }

  /** A new ServiceAccount in `ns` and its object. Not a step. */
  async serviceAccount(ns: string, name: string, extra: object = {}): Promise<unknown> {
    const object = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name }, ...extra }
    return (await this.#made(`/api/v1/namespaces/${ns}/serviceaccounts`, object)).json
  }

  /** A token of a ServiceAccount. Not a step. */
  async token(ns: string, name: string, spec: object = {}): Promise<string> {
    const { json } = await this.#made(`/api/v1/namespaces/${ns}/serviceaccounts/${name}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: [], ...spec },
    })
    return json.status.token
  }

  async #made(path: string, body: object): Promise<Answer> {
    const answer = await this.quiet('POST', path, { body })
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.text}`)
    return answer
  }

  /** One request whose answer becomes a step. */
  async step(label: string, method: string, path: string, options: StepOptions = {}): Promise<Answer> {
    const answer = await this.quiet(method, path, options)
    const { status, headers, json, text } = answer
    const placeholders = this.#placeholders
    const { pick, keep } = options
    this.steps.push({
      step: `${label}: ${method} ${placeholders.text(path)}`,
      status,
      ...Object.fromEntries(
        keptHeaders.filter((h) => headers[h] !== undefined).map((h) => [h, placeholders.text(String(headers[h]))]),
      ),
      ...(json !== undefined
        ? { body: placeholders.value(pick ? pick(json) : json, keep) }
        : text && { text: placeholders.text(pick ? String(pick(text)) : text) }),
    })
    return answer
  }

  /** A value that the scenario worked out itself, as a step. */
  note(label: string, value: unknown): void {
    this.steps.push({ step: label, value: this.#placeholders.value(value) })
  }

  /** A request that leaves no step. Never rejects for a status. */
  quiet(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { data, headers } = outgoing(options)
      const request = https.request(
        this.#administrator.server + path,
        { method, headers, agent: this.#agent(options), timeout: answerMs },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const raw = Buffer.concat(chunks)
            const text = raw.toString()
            const { statusCode: status = 0, headers: received } = response
            const json = /json/.test(received['content-type'] ?? '') ? parsed(text) : undefined
            resolve({ status, headers: received, raw, text, json })
          })
        },
      )
      request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer in ${answerMs} ms`)))
      request.on('error', reject)
      if (data !== undefined) request.write(data)
      request.end()
    })
  }

  /** A watch as one step: its status and its first `count` events (or those of `ms` milliseconds), while `during` runs. */
  async watch(
    label: string,
    path: string,
    {
      count = Number.POSITIVE_INFINITY,
      ms = 5000,
      during,
      pick,
      ...options
    }: StepOptions & { count?: number; ms?: number; during?: () => Promise<void> } = {},
  ): Promise<unknown[]> {
    const events: unknown[] = []
    let status: number | undefined
    let contentType: string | undefined
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const request = https.request(
      this.#administrator.server + path,
      { method: 'GET', headers: outgoing(options).headers, agent: this.#agent(options) },
      (response) => {
        status = response.statusCode
        contentType = response.headers['content-type']
        let rest = ''
        response.on('data', (chunk: Buffer) => {
          const lines = `${rest}${chunk}`.split('\n')
          rest = lines.pop() as string
          for (const line of lines) {
            if (line.trim() && events.length < count) events.push(eventOf(line))
          }
          if (events.length >= count) finish()
        })
        response.on('end', () => {
          if (rest.trim() && events.length < count) events.push(eventOf(rest))
          finish()
        })
        response.on('error', () => finish())
        Promise.resolve(during?.()).catch(reject)
      },
    )
    const timer = setTimeout(() => finish(), ms)
    const finish = () => {
      clearTimeout(timer)
      request.destroy()
      resolve()
    }
    request.on('error', (error) => (status === undefined ? reject(error) : finish()))
    request.end()
    await promise
    this.steps.push({
      step: `${label}: WATCH ${this.#placeholders.text(path)}`,
      status,
      'content-type': contentType,
      events: this.#placeholders.value(pick ? events.map(pick) : events),
    })
    return events
  }

  async until(check: () => Promise<boolean>, what: string, ms = untilMs): Promise<void> {
    const end = Date.now() + ms
    while (Date.now() < end) {
      if (await check()) return
      await this.sleep(100)
    }
    throw new Error(`waited ${ms} ms for ${what}`)
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms))
  }

  /** Removes what the run has made. */
  async cleanUp(): Promise<void> {
    const namespaces = this.#namespaces.map((ns) => `/api/v1/namespaces/${ns}`)
    for (const path of [...this.#cluster.reverse(), ...namespaces]) await this.quiet('DELETE', path).catch(() => {})
    for (const agent of this.#agents.values()) agent.destroy()
  }

  /** Connections of the administrator, of nobody, and of each other certificate apart. */
  #agent({ token, anonymous, certificate }: RequestOptions): https.Agent {
    const { ca, cert, key } = this.#administrator
    const presented = certificate ?? (token !== undefined || anonymous ? undefined : { cert, key })
    const name = presented?.cert ?? ''
    const agent = this.#agents.get(name) ?? new https.Agent({ keepAlive: true, ca, ...presented })
    this.#agents.set(name, agent)
    return agent
  }
}

function outgoing({ body, type, accept = 'application/json', headers: more = {}, token, as }: RequestOptions): {
  data: string | Buffer | undefined
  headers: OutgoingHttpHeaders
} {
  const headers: Record<string, string | string[] | number | null> = {
    accept,
    'user-agent': 'conformance/1',
    ...more,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(as?.user !== undefined && { 'impersonate-user': as.user }),
    ...(as?.uid && { 'impersonate-uid': as.uid }),
    ...(as?.groups && { 'impersonate-group': as.groups }),
  }
  for (const [key, values] of Object.entries(as?.extra ?? {})) headers[`impersonate-extra-${key}`] = values
  let data: string | Buffer | undefined
  if (body !== undefined) {
    data = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    headers['content-type'] = type ?? 'application/json'
    headers['content-length'] = Buffer.byteLength(data)
  }
  const present = Object.entries(headers).filter(([, value]) => value !== null)
  return { data, headers: Object.fromEntries(present) as OutgoingHttpHeaders }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a line of a watch holds, also where it is not JSON. */
const eventOf = (line: string): unknown =>
  parsed(line) ?? { type: 'NOT JSON', object: { kind: 'text', metadata: {}, text: line.slice(0, 200) } }
