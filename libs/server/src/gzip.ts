import { gzip } from 'node:zlib'
import type { MaybePromise } from '@ensign/apimachinery'
import type { ApiResponse } from '@ensign/endpoints'
import { limits } from './limits.ts'

/** Fast rather than small, as kube-apiserver. Source: responsewriters/writers.go, defaultGzipContentEncodingLevel. */
const level = 1

/** By the bytes that were compressed: the same list is asked for again and again, and kept as long as it is. */
const known = new WeakMap<Uint8Array, Uint8Array>()

/** The answer compressed, when it is long and the client wants that. */
export function compressed(accept: string | string[] | undefined, answer: ApiResponse): MaybePromise<ApiResponse> {
  const { body, headers } = answer
  if (!body || body.length <= limits.gzipThresholdBytes || headers['content-encoding'] || !accept) return answer
  if (!acceptsGzip(String(accept))) return answer
  const inGzip = (bytes: Uint8Array): ApiResponse => ({
    ...answer,
    body: bytes,
    headers: {
      ...headers,
      'content-encoding': 'gzip',
      vary: headers.vary ? `${headers.vary}, Accept-Encoding` : 'Accept-Encoding',
    },
  })
  const found = known.get(body)
  if (found) return inGzip(found)
  return new Promise((resolve) => {
    // In the thread pool: a list of a few MiB takes as long as a thousand small requests.
    gzip(body, { level }, (error, bytes) => {
      if (error) return resolve(answer)
      known.set(body, bytes)
      resolve(inGzip(bytes))
    })
  })
}

/** Source: responsewriters/writers.go, negotiateContentEncoding: the bare word, without a quality. */
const acceptsGzip = (accept: string): boolean => accept.split(',').some((token) => token.trim() === 'gzip')
