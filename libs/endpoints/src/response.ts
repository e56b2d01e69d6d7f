/** Answers as bytes and headers. */
import { randomUUID } from 'node:crypto'
import { parsePlainJson, type Status, StatusError, StatusSchema, toStatusError } from '@ensign/apimachinery'
import type { ApiRequest, ApiResponse } from './exchange.ts'
import { limits } from './limits.ts'
import { mediaTypes, negotiate } from './media-type.ts'
import { protobufObject } from './protobuf-object.ts'
import { yaml } from './yaml.ts'

const noCache = 'no-cache, private'

export function response(
  status: number,
  contentType: string,
  body: Uint8Array,
  more?: Record<string, string | string[]>,
): ApiResponse {
  return { status, headers: { 'content-type': contentType, 'cache-control': noCache, ...more }, body }
}

export const jsonResponse = (status: number, value: unknown, more?: Record<string, string | string[]>): ApiResponse =>
  response(status, mediaTypes.json, Buffer.from(`${JSON.stringify(value)}\n`), more)

export const textResponse = (status: number, text: string): ApiResponse =>
  response(status, 'text/plain; charset=utf-8', Buffer.from(text), { 'x-content-type-options': 'nosniff' })

/** The answer to whatever was thrown. */
export function errorResponse(error: unknown): ApiResponse {
  const { status } = toStatusError(error)
  return statusResponse(status)
}

export function statusResponse(status: Status): ApiResponse {
  const retryAfter = status.details?.retryAfterSeconds
  return jsonResponse(status.code ?? 200, status, {
    ...(retryAfter && { 'retry-after': String(retryAfter) }),
    ...(status.reason === 'Forbidden' && { 'x-content-type-options': 'nosniff' }),
  })
}

/** An answer for a person at a terminal or a browser is indented. */
function wantsPretty({ headers }: ApiRequest, query: URLSearchParams | undefined): boolean {
  const asked = query?.get('pretty')
  if (asked !== null && asked !== undefined) return asked === '' || asked === '1' || asked.toLowerCase() === 'true'
  const agent = headers['user-agent']
  return typeof agent === 'string' && /^(curl|Wget|Mozilla\/5\.0)/.test(agent)
}

/** A JSON answer indented where a person reads it, and a refusal in the form that was asked for. */
export function inWantedForm(
  request: ApiRequest,
  query: URLSearchParams | undefined,
  answer: ApiResponse,
): ApiResponse {
  if (!answer.body || answer.headers['content-type'] !== mediaTypes.json) return answer
  const parsed = () => parsePlainJson(Buffer.from(answer.body as Uint8Array).toString()) as unknown
  const mediaType = answer.status >= 400 ? refusalMediaType(request) : mediaTypes.json
  if (mediaType !== mediaTypes.json) {
    const body =
      mediaType === mediaTypes.yaml ? Buffer.from(yaml(parsed())) : protobufObject(StatusSchema, parsed() as Status)
    return { ...answer, headers: { ...answer.headers, 'content-type': mediaType }, body }
  }
  return wantsPretty(request, query)
    ? { ...answer, body: Buffer.from(`${JSON.stringify(parsed(), null, 2)}\n`) }
    : answer
}

function refusalMediaType({ headers }: ApiRequest): string {
  try {
    return negotiate(headers.accept).mediaType
  } catch {
    // That nothing acceptable can be had is itself said in JSON.
    return mediaTypes.json
  }
}

/** `Warning` header values, without duplicates and control characters, cut when they are too long together. */
export function warningHeaders(texts: readonly string[]): string[] {
  const distinct = [...new Set(texts)]
  const isCut = distinct.reduce((sum, t) => sum + t.length, 0) > limits.warningRunesMax
  const headers: string[] = []
  for (let i = 0, written = 0; i < distinct.length && written < limits.warningRunesMax; i++) {
    const all = distinct[i] as string
    const text = isCut ? all.slice(0, limits.warningRunesCut) : all
    written += text.length
    const quoted = text.replace(/[\\"]/g, '\\$&').replace(/[\u0000-\u001f\u007f]/g, ' ')
    // A header is bytes, which node takes as the characters of Latin-1.
    headers.push(`299 - "${Buffer.from(quoted).toString('latin1')}"`)
  }
  // What is more stands in one field, as lists may (RFC 9110 §5.3).
  const last = limits.warningFieldsMax - 1
  return headers.length <= limits.warningFieldsMax
    ? headers
    : [...headers.slice(0, last), headers.slice(last).join(', ')]
}

/** The request's own audit id or a new one. */
export function auditId({ headers }: ApiRequest): string {
  const given = headers['audit-id']
  return typeof given === 'string' && given !== '' && given.length <= 64 ? given : randomUUID()
}

export const notFoundPath = (): ApiResponse => textResponse(404, '404 page not found\n')

export const unservedResource = (): StatusError =>
  new StatusError('NotFound', 'the server could not find the requested resource', {})

export const methodNotAllowed = (): StatusError =>
  new StatusError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
