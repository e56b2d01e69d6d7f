import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'

export interface Answer {
  readonly contentType: string
  readonly body: string
}

/** The bytes that one GET is answered with; throws when it is refused. */
export async function ask(url: string, options: { caPem: string; token?: string }): Promise<Answer> {
  const { caPem, token } = options
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const sent = request(url, { ca: caPem, headers, agent: false })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const body = await text(response)
  if (response.statusCode !== 200) throw new Error(`GET ${url}: ${response.statusCode} ${body}`)
  return { contentType: response.headers['content-type'] ?? '', body }
}
