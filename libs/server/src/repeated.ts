import type { IncomingHttpHeaders } from 'node:http'
import type { ApiRequest } from '@ensign/endpoints'

const prefix = 'impersonate-'

/**
 * Headers that may be sent several times, as lists: joined by commas they could not be told apart again.
 *
 * @param rawHeaders names and values in turn, as they were sent
 */
export function withRepeated(headers: IncomingHttpHeaders, rawHeaders: readonly string[]): ApiRequest['headers'] {
  if (headers['impersonate-user'] === undefined && headers['impersonate-group'] === undefined) return headers
  const lists: Record<string, string[]> = {}
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase()
    if (!name.startsWith(prefix)) continue
    lists[name] ??= []
    lists[name].push(rawHeaders[i + 1] as string)
  }
  return { ...headers, ...lists }
}
