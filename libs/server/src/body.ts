import type { IncomingMessage } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import { StatusError } from '@ensign/apimachinery'
import { limits } from '@ensign/endpoints'

const empty = new Uint8Array(0)

/** The whole body of a request; throws a 413 StatusError above the limit, without waiting for the rest. */
export function readBody(
  stream: IncomingMessage | ServerHttp2Stream,
  declaredLength: string | undefined,
): Promise<Uint8Array> {
  const max = limits.requestBodyBytesMax
  return new Promise<Uint8Array>((resolve, reject) => {
    if (Number(declaredLength ?? 0) > max) return reject(tooLarge())
    const chunks: Buffer[] = []
    let size = 0
    let isComplete = false
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > max) reject(tooLarge())
      else chunks.push(chunk)
    })
    stream.on('end', () => {
      isComplete = true
      resolve(chunks.length === 0 ? empty : chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
    })
    // Every stream closes, also after its end: an error that nobody sees would be the dearest part of most requests.
    const broken = () => {
      if (!isComplete) reject(new StatusError('BadRequest', 'the request body ended early'))
    }
    stream.on('error', broken)
    stream.on('close', broken)
  })
}

const tooLarge = (): StatusError =>
  new StatusError('RequestEntityTooLarge', `Request entity too large: limit is ${limits.requestBodyBytesMax}`)
