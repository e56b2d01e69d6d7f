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
