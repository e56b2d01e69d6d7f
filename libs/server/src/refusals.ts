/** Refusals of requests that do not come further than the listeners. */
import { StatusError } from '@ensign/apimachinery'
import type { ApiRequest } from '@ensign/endpoints'
import { limits } from './limits.ts'

/** The refusal of a URL above the limit, or undefined. */
export function urlTooLong({ path, query }: ApiRequest): StatusError | undefined {
  if (path.length + query.length <= limits.urlBytesMax) return undefined
  return new StatusError('BadRequest', `the URL of the request is longer than ${limits.urlBytesMax} bytes`, undefined, {
    code: 414,
  })
}

/** The refusal of a header with too many fields, of which names and values stand in turn; or undefined. */
export function tooManyFields(rawHeaders: readonly string[]): StatusError | undefined {
  if (rawHeaders.length <= 2 * limits.headerFieldsMax) return undefined
  return new StatusError(
    'BadRequest',
    `the header of the request has more than ${limits.headerFieldsMax} fields`,
    undefined,
    { code: 431 },
  )
}

export const tooMuchUnread = (): StatusError =>
  new StatusError('TooManyRequests', 'too many long answers that are not read yet, please try again later', {
    retryAfterSeconds: 1,
  })

export const tooManyOpen = (): StatusError =>
  new StatusError('TooManyRequests', 'too many requests without an answer, please try again later', {
    retryAfterSeconds: 1,
  })
