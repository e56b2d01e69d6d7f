import type { IncomingMessage } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import { StatusError } from '@ensign/apimachinery'
import { limits } from '@ensign/endpoints'

const empty = new Uint8Array(0)

/** The whole body of a request; throws a 413 StatusError above the limit, without waiting for the rest. */
export async function readBody(
  stream: IncomingMessage | ServerHttp2Stream,
  declaredLength: string | undefined,
): Promise<Uint8Array> {
  const max = limits.requestBodyBytesMax
  if (Number(declaredLength ?? 0) > max) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  return await new Promise<Uint8Array>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > max) reject(tooLarge())
      else chunks.push(chunk)
    })
    stream.on('end', () =>
      resolve(chunks.length === 0 ? empty : chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)),
    )
    const broken = () => reject(new StatusError('BadRequest', 'the request body ended early'))
    stream.on('error', broken)
    stream.on('aborted', broken)
    stream.on('close', broken)
  })
}

const tooLarge = (): StatusError =>
  new StatusError('RequestEntityTooLarge', `Request entity too large: limit is ${limits.requestBodyBytesMax}`)
