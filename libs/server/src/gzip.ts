import { gzipSync } from 'node:zlib'
import type { ApiResponse } from '@ensign/endpoints'
import { limits } from './limits.ts'

/** Fast rather than small, as kube-apiserver. Source: responsewriters/writers.go, defaultGzipContentEncodingLevel. */
const level = 1

/** The answer compressed, when it is long and the client wants that. */
export function compressed(
  accept: string | string[] | undefined,
  { body, headers }: ApiResponse,
): Pick<ApiResponse, 'body' | 'headers'> {
  if (
    !body ||
    body.length <= limits.gzipThresholdBytes ||
    headers['content-encoding'] ||
    !accept ||
    !/\bgzip\b/.test(String(accept))
  ) {
    return body ? { body, headers } : { headers }
  }
  return {
    body: gzipSync(body, { level }),
    headers: { ...headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' },
  }
}
