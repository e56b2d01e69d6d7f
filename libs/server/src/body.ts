import type { IncomingMessage } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import { StatusError } from '@ensign/apimachinery'
import { limits } from '@ensign/endpoints'
import { limits as transportLimits } from '@ensign/transport'

const empty = new Uint8Array(0)

/**
 * The whole body of a request; throws a StatusError without waiting for the rest: 413 above the limit, 429 when there is no
 * room for it, 408 when it takes too long.
 */
export function readBody(
  stream: IncomingMessage | ServerHttp2Stream,
  declaredLength: string | undefined,
  mayTake: (bytes: number) => boolean = () => true,
): Promise<Uint8Array> {
  const max = limits.requestBodyBytesMax
  return new Promise<Uint8Array>((resolve, reject) => {
    if (Number(declaredLength ?? 0) > max) return reject(tooLarge())
    const timer = setTimeout(() => reject(tooSlow()), transportLimits.requestTimeoutMs)
    const chunks: Buffer[] = []
    let size = 0
    let isComplete = false
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > max) refuse(tooLarge())
      else if (!mayTake(chunk.length)) refuse(noRoom())
      else chunks.push(chunk)
    })
    // What comes behind a refusal is read and forgotten.
    const refuse = (error: StatusError) => {
      clearTimeout(timer)
      chunks.length = 0
      reject(error)
    }
    stream.on('end', () => {
      isComplete = true
      clearTimeout(timer)
      resolve(chunks.length === 0 ? empty : chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
    })
    // Every stream closes, also after its end: an error that nobody sees would be the dearest part of most requests.
    const broken = () => {
      clearTimeout(timer)
      if (!isComplete) reject(new StatusError('BadRequest', 'the request body ended early'))
    }
    stream.on('error', broken)
    stream.on('close', broken)
  })
}

const tooSlow = (): StatusError =>
  new StatusError(
    'Timeout',
    `the request body did not arrive within ${transportLimits.requestTimeoutMs / 1000} s`,
    undefined,
    { code: 408 },
  )

const noRoom = (): StatusError =>
  new StatusError('TooManyRequests', 'Too many requests, please try again later.', { retryAfterSeconds: 1 })

const tooLarge = (): StatusError =>
  new StatusError('RequestEntityTooLarge', `Request entity too large: limit is ${limits.requestBodyBytesMax}`)
