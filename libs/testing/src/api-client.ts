import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { createInterface } from 'node:readline'
import { parsePlainJson } from '@ensign/apimachinery'

/** Who asks: a certificate, a token, or nobody. */
export type Identity =
  | { readonly certificateFile: string; readonly privateKeyFile: string }
  | { readonly token: string }
  | 'anonymous'

export interface ApiReply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Parsed when it is JSON, else text. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into any answer
  readonly body: any
}

export interface WatchedEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  // biome-ignore lint/suspicious/noExplicitAny: tests look into any object
  readonly object: any
}

export interface ApiClient {
  get(path: string): Promise<ApiReply>
  post(path: string, body: unknown): Promise<ApiReply>
  put(path: string, body: unknown): Promise<ApiReply>
  patch(path: string, body: unknown, contentType?: string): Promise<ApiReply>
  delete(path: string): Promise<ApiReply>
  /** An answer in another form than JSON; undefined when the status is not 200. */
  bytes(path: string, accept: string): Promise<Buffer | undefined>
  /**
   * The events of a watch, until the server ends it.
   * @throws when the connection breaks, or when the answer is not a stream of events.
   */
  watch(path: string): AsyncIterable<WatchedEvent>
  close(): void
}

/** Plain HTTPS requests as one identity, over connections that are kept. `more` are headers of each of them. */
export function apiClient(
  server: string,
  caPem: string,
  identity: Identity,
  more: Readonly<Record<string, string | string[]>> = {},
): ApiClient {
  const credentials =
    typeof identity === 'object' && 'certificateFile' in identity
      ? { cert: readFileSync(identity.certificateFile), key: readFileSync(identity.privateKeyFile) }
      : {}
  const agent = new Agent({ ca: caPem, keepAlive: true, ...credentials })
  const authorization =
    typeof identity === 'object' && 'token' in identity ? { authorization: `Bearer ${identity.token}` } : {}

  const open = async (
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
    accept?: string,
  ) => {
    const headers = {
      ...more,
      ...authorization,
      ...(body !== undefined && { 'content-type': contentType }),
      ...(accept !== undefined && { accept }),
    }
    const sent = request(new URL(path, server), { agent, method, headers })
    sent.end(body === undefined ? undefined : JSON.stringify(body))
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return response
  }
  const send = async (...args: Parameters<typeof open>): Promise<ApiReply> => {
    const response = await open(...args)
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const isJson = response.headers['content-type']?.includes('json') ?? false
    return { status: response.statusCode ?? 0, headers: response.headers, body: isJson ? parsePlainJson(text) : text }
  }
  const bytes = async (path: string, accept: string): Promise<Buffer | undefined> => {
    const response = await open('GET', path, undefined, undefined, accept)
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk)
    return response.statusCode === 200 ? Buffer.concat(chunks) : undefined
  }
  async function* watch(path: string): AsyncIterable<WatchedEvent> {
    const response = await open('GET', path)
    if (response.statusCode !== 200) throw new Error(`the watch was answered with ${response.statusCode}`)
    for await (const line of createInterface({ input: response })) yield parsePlainJson(line) as WatchedEvent
    if (!response.complete) throw new Error('the connection of the watch broke')
  }
  return {
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    put: (path, body) => send('PUT', path, body),
    patch: (path, body, contentType = 'application/merge-patch+json') => send('PATCH', path, body, contentType),
    delete: (path) => send('DELETE', path),
    bytes,
    watch,
    close: () => agent.destroy(),
  }
}
