import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { buffer } from 'node:stream/consumers'

export interface Answer {
  readonly headers: Headers
  /** A character for each byte. */
  readonly body: string
}

/** By name. */
export type Headers = Readonly<Record<string, string>>

/** Headers that belong to a connection, or that every server adds by itself. */
const ownHeaders = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding'])

/** What one request is answered with, byte for byte; throws when it is refused. */
export async function ask(
  url: string,
  { caPem, token, post, headers: more }: { caPem: string; token?: string; post?: string; headers?: Headers },
): Promise<Answer> {
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(post !== undefined && { 'content-type': 'application/json' }),
    ...more,
  }
  const sent = request(url, { ca: caPem, headers, agent: false, method: post === undefined ? 'GET' : 'POST' })
  sent.end(post)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const body = (await buffer(response)).toString('latin1')
  if ((response.statusCode ?? 0) > 299) throw new Error(`${url}: ${response.statusCode} ${body}`)
  const kept = Object.entries(response.headers).filter(([name]) => !ownHeaders.has(name))
  return { headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])), body }
}
