import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'

export interface Answer {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Headers that belong to a connection, or that every server adds by itself. */
const ownHeaders = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding'])

/** What one request is answered with, byte for byte; throws when it is refused. */
export async function ask(
  url: string,
  { caPem, token, post }: { caPem: string; token?: string; post?: string },
): Promise<Answer> {
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(post !== undefined && { 'content-type': 'application/json' }),
  }
  const sent = request(url, { ca: caPem, headers, agent: false, method: post === undefined ? 'GET' : 'POST' })
  sent.end(post)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const body = await text(response)
  if ((response.statusCode ?? 0) > 299) throw new Error(`${url}: ${response.statusCode} ${body}`)
  const kept = Object.entries(response.headers).filter(([name]) => !ownHeaders.has(name))
  return { headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])), body }
}
