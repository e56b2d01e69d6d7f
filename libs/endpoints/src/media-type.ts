/**
 * Accept and Content-Type, and what they ask of an answer.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go
 */
import { StatusError } from '@ensign/apimachinery'
import { limits } from './limits.ts'

export const mediaTypes = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
} as const
export type MediaType = (typeof mediaTypes)[keyof typeof mediaTypes]

export type Transformation = 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'

export interface Accepted {
  readonly mediaType: MediaType
  readonly as?: Transformation
  /** Group and version of the transformed object: clients of old ask for v1beta1. */
  readonly metaVersion?: string
}

interface Clause {
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
  readonly quality: number
}

const plainJson: Accepted = { mediaType: mediaTypes.json }
const served: readonly string[] = Object.values(mediaTypes)
const streamed: readonly string[] = [mediaTypes.json, mediaTypes.protobuf]
const streamTypes = streamed.map((type) => `${type};stream=watch`)

/** What is asked for: a collection may be listed or watched, which differs in the forms that can be had. */
export type Asked = 'object' | 'list' | 'watch'

const remembered: Readonly<Record<Asked, Map<string, Accepted | StatusError>>> = {
  object: new Map(),
  list: new Map(),
  watch: new Map(),
}

/** What to answer with, from the Accept header; throws a 406 StatusError when nothing that is asked for can be had. */
export function negotiate(accept: string | string[] | undefined, asked: Asked = 'object'): Accepted {
  if (!accept || accept === mediaTypes.json || accept === '*/*') return plainJson
  const header = Array.isArray(accept) ? accept.join(',') : accept
  const known = remembered[asked]
  let accepted = known.get(header)
  if (!accepted) {
    accepted = choose(header, asked)
    if (header.length <= limits.acceptCachedLengthMax) {
      if (known.size >= limits.acceptCacheSize) known.clear()
      known.set(header, accepted)
    }
  }
  if (accepted instanceof StatusError) throw accepted
  return accepted
}

function choose(header: string, asked: Asked): Accepted | StatusError {
  const offered = asked === 'watch' ? streamed : served
  const clauses = parseAccept(header)
  let unknownTransformation = false
  for (const { type, parameters } of clauses) {
    const mediaType = type === '*/*' ? mediaTypes.json : (offered.find((s) => s === type) as MediaType | undefined)
    if (!mediaType) continue
    const { as, g = '', v = '' } = parameters
    if (as === undefined) return mediaType === mediaTypes.json ? plainJson : { mediaType }
    const isMeta = g === 'meta.k8s.io' && (v === 'v1' || v === 'v1beta1')
    if (isMeta && as === 'Table' && mediaType !== mediaTypes.protobuf)
      return { mediaType, as, metaVersion: `${g}/${v}` }
    if (isMeta && (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList'))
      return { mediaType, as, metaVersion: `${g}/${v}` }
    unknownTransformation = true
  }
  if (unknownTransformation) return unknownForm(offered)
  // A form that lists have, but not watches, is refused later than one that nothing has.
  if (clauses.some(({ type }) => served.includes(type))) return unknownForm(streamTypes)
  return notAcceptable(asked === 'object' ? served : [...served, ...streamTypes])
}

/** The answer of a route none of whose representations is wanted. */
export const notAcceptable = (available: readonly string[]): StatusError =>
  new StatusError('NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${available.join(', ')}`, {})

/** Clauses by falling quality, equal ones in their order. */
export function parseAccept(header: string): Clause[] {
  return header
    .split(',')
    .map(parseClause)
    .filter((c) => c.type !== '')
    .sort((a, b) => b.quality - a.quality)
}

function parseClause(text: string): Clause {
  const [type = '', ...rest] = text.split(';').map((s) => s.trim())
  const parameters: Record<string, string> = {}
  for (const part of rest) {
    const equals = part.indexOf('=')
    if (equals > 0)
      parameters[part.slice(0, equals).trim().toLowerCase()] = part
        .slice(equals + 1)
        .trim()
        .replace(/^"(.*)"$/, '$1')
  }
  const quality = parameters['q'] === undefined ? 1 : Number(parameters['q']) || 0
  return { type, parameters, quality }
}

/** The type of a request body; JSON when the header is absent. Throws a 415 StatusError for any other. */
export function bodyMediaType(contentType: string | undefined): MediaType {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase()
  if (!type) return mediaTypes.json
  const known = served.find((s) => s === type) as MediaType | undefined
  if (known) return known
  throw new StatusError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${served.join(', ')}`,
  )
}

/** An object cannot be shown in the form that `as=` asks for. */
export const unknownForm = (available: readonly string[] = served): StatusError =>
  new StatusError('NotAcceptable', `only the following media types are accepted: ${available.join(', ')}`)
