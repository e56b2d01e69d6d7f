/**
 * GET of one object, lists and watches.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go
 */
import {
  badRequest,
  decodeJson,
  encodeProtobuf,
  type FieldError,
  forbiddenField,
  invalid,
  type KubeObject,
  ListMetaSchema,
  notSupported,
  unwrapUnknown,
  wrapUnknown,
} from '@ensign/apimachinery'
import {
  type CachedObject,
  createWatch,
  type ListRequest,
  type ListResult,
  listHead,
  type Representation,
  type Resource,
  revisionOf,
  type Selection,
  selectionOf,
  waitForRevision,
} from '@ensign/registry'
import type { ApiRequest, ApiResponse } from './exchange.ts'
import { limits } from './limits.ts'
import { type Accepted, mediaTypes, negotiate } from './media-type.ts'
import { type IncludeObject, lengthDelimited, partialMetadata, table } from './representations.ts'
import { booleanParameter, type RequestInfo } from './request-info.ts'
import type { Served } from './resource-set.ts'
import { response } from './response.ts'
import { yaml } from './yaml.ts'

/** What was found of a kind that has a store; reading anything else is refused before. */
export type Stored = Served & { readonly resource: Resource }

export function getObject(
  request: ApiRequest,
  info: RequestInfo,
  { resource, representations }: Stored,
): ApiResponse | Promise<ApiResponse> {
  const accepted = negotiate(request.headers.accept)
  const representation = representations.of(accepted, includeObject(info.query))
  const found = resource.get(info.namespace, info.name, info.query?.get('resourceVersion') ?? undefined)
  const answer = (object: CachedObject) => response(200, accepted.mediaType, representation.object(object))
  return found instanceof Promise ? found.then(answer) : answer(found)
}

export async function listObjects(request: ApiRequest, info: RequestInfo, served: Stored): Promise<ApiResponse> {
  const accepted = negotiate(request.headers.accept)
  const { query } = info
  checkListOptions(query, false)
  const result = await served.resource.list({
    selection: selection(info, served),
    limit: numberParameter(query, 'limit') ?? 0,
    ...optional('continueToken', query?.get('continue')),
    ...optional('resourceVersion', query?.get('resourceVersion')),
    ...optional('resourceVersionMatch', query?.get('resourceVersionMatch') as ListRequest['resourceVersionMatch']),
  })
  return response(200, accepted.mediaType, listBytes(served, result, accepted, includeObject(query)))
}

export async function watchObjects(request: ApiRequest, info: RequestInfo, served: Stored): Promise<ApiResponse> {
  const accepted = negotiate(request.headers.accept)
  const { query } = info
  checkListOptions(query, true)
  const { resource, representations, definition } = served
  const resourceVersion = query?.get('resourceVersion') ?? ''
  const sendInitialEvents = query?.has('sendInitialEvents')
    ? booleanParameter(query.get('sendInitialEvents'))
    : undefined
  const wanted = resourceVersion ? revisionOf(resourceVersion) : undefined
  const selected = selection(info, served)
  if (wanted === undefined || (sendInitialEvents && wanted === 0)) await resource.cache.fresh()
  else if (wanted > 0) await waitForRevision(resource.cache, wanted)
  else if (!resource.cache.ready) await resource.cache.fresh()
  const fromState = sendInitialEvents ?? !wanted
  const seconds = numberParameter(query, 'timeoutSeconds') || limits.watchTimeoutSecondsMin * (1 + Math.random())
  return {
    status: 200,
    headers: { 'content-type': streamType(accepted), 'cache-control': 'no-cache, private' },
    events: createWatch(resource.cache, {
      selection: selected,
      representation: representations.of(accepted, includeObject(query)),
      since: fromState ? undefined : wanted || resource.cache.revision,
      bookmarks: booleanParameter(query?.get('allowWatchBookmarks')),
      initialEventsEnd: sendInitialEvents === true,
      timeoutMs: seconds * 1000,
      emptyObject: () => decodeJson(definition.schema, { metadata: {} }) as unknown as KubeObject,
    }),
  }
}

const streamType = ({ mediaType }: Accepted): string =>
  mediaType === mediaTypes.protobuf ? `${mediaType};stream=watch` : mediaType

export function selection(info: RequestInfo, { definition }: Served): Selection {
  const selected = selectionOf(definition, {
    namespace: info.namespace || undefined,
    ...optional('labelSelector', info.query?.get('labelSelector')),
    ...optional('fieldSelector', info.query?.get('fieldSelector')),
  })
  if (!info.name) return selected
  if (selected.name !== undefined && selected.name !== info.name)
    throw badRequest("fieldSelector metadata.name doesn't match requested name")
  return { ...selected, name: info.name }
}

/** Source: apimachinery pkg/apis/meta/internalversion/validation/validation.go, ValidateListOptions */
export function checkListOptions(query: URLSearchParams | undefined, isWatch: boolean): void {
  const resourceVersion = query?.get('resourceVersion') ?? ''
  const match = query?.get('resourceVersionMatch') ?? ''
  const errors: FieldError[] = []
  const initial = query?.has('sendInitialEvents') ?? false
  if (initial) {
    if (!isWatch) errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
    else {
      if (match !== 'NotOlderThan')
        errors.push(
          forbiddenField(
            'resourceVersionMatch',
            'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
          ),
        )
      if (query?.get('continue'))
        errors.push(
          forbiddenField('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'),
        )
    }
  } else if (match) {
    if (isWatch)
      errors.push(
        forbiddenField(
          'resourceVersionMatch',
          'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
        ),
      )
    else {
      if (!resourceVersion)
        errors.push(
          forbiddenField(
            'resourceVersionMatch',
            'resourceVersionMatch is forbidden unless resourceVersion is provided',
          ),
        )
      if (query?.get('continue'))
        errors.push(
          forbiddenField('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'),
        )
      if (match !== 'Exact' && match !== 'NotOlderThan')
        errors.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']))
      if (match === 'Exact' && resourceVersion === '0')
        errors.push(
          forbiddenField('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
        )
    }
  }
  if (errors.length) throw invalid('meta.k8s.io', 'ListOptions', '', errors)
}

export function includeObject(query: URLSearchParams | undefined): IncludeObject {
  const value = query?.get('includeObject') || 'Metadata'
  if (value === 'Metadata' || value === 'Object' || value === 'None') return value
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`,
  )
}

/** A parameter that is a number; throws a 400 StatusError when it is something else. */
export function numberParameter(query: URLSearchParams | undefined, name: string): number | undefined {
  const text = query?.get(name)
  if (!text) return undefined
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

/** Bytes of a list, from what is kept encoded of each item. */
export function listBytes(served: Stored, result: ListResult, accepted: Accepted, include: IncludeObject): Uint8Array {
  const metadata = {
    resourceVersion: result.resourceVersion,
    ...(result.continueToken !== undefined && { continue: result.continueToken }),
    ...(result.remaining !== undefined && { remainingItemCount: result.remaining }),
  }
  const { resource, representations, definition } = served
  if (accepted.mediaType === mediaTypes.protobuf) return protobufList(served, result, metadata, accepted)
  if (!accepted.as && accepted.mediaType === mediaTypes.json)
    return jsonList(listHead(resource.cache.encoding, metadata), result.items)
  const value =
    accepted.as === 'Table'
      ? table(
          definition,
          representations.columns,
          result.items.map((i) => i.object),
          metadata,
          include,
        )
      : accepted.as
        ? // An empty list of metadata has no items at all, unlike every other list.
          {
            kind: 'PartialObjectMetadataList',
            apiVersion: 'meta.k8s.io/v1',
            metadata,
            items: result.items.length ? result.items.map((i) => partialMetadata(i.object)) : null,
          }
        : {
            kind: `${definition.kind}List`,
            apiVersion: resource.cache.encoding.apiVersion,
            metadata,
            items: result.items.map((i) => withoutType(i.object)),
          }
  return Buffer.from(accepted.mediaType === mediaTypes.yaml ? yaml(value) : `${JSON.stringify(value)}\n`)
}

const withoutType = ({
  kind: _kind,
  apiVersion: _apiVersion,
  ...rest
}: Readonly<KubeObject>): Omit<KubeObject, 'kind' | 'apiVersion'> => rest

const brace = 0x7b
const comma = 0x2c
const listTail = Buffer.from(']}\n')

/** One allocation and one copy of each item's bytes. */
function jsonList(head: string, items: readonly CachedObject[]): Buffer {
  const parts = items.map((i) => i.itemJson)
  const headBytes = Buffer.from(head)
  const size = parts.reduce(
    (sum, p) => sum + p.length + 2,
    headBytes.length + listTail.length - (parts.length > 0 ? 1 : 0),
  )
  const out = Buffer.allocUnsafe(size)
  let at = headBytes.copy(out, 0)
  for (let i = 0; i < parts.length; i++) {
    if (i > 0) out[at++] = comma
    out[at++] = brace
    at += (parts[i] as Buffer).copy(out, at)
  }
  listTail.copy(out, at)
  return out
}

function protobufList(
  { definition, resource, representations }: Stored,
  { items }: ListResult,
  metadata: object,
  accepted: Accepted,
): Uint8Array {
  const kind = accepted.as ? 'PartialObjectMetadataList' : `${definition.kind}List`
  const apiVersion = accepted.as ? 'meta.k8s.io/v1' : resource.cache.encoding.apiVersion
  const representation: Representation = representations.of(accepted, 'Metadata')
  const raw = Buffer.concat([
    lengthDelimited(1, encodeProtobuf(ListMetaSchema, metadata)),
    ...items.map((item) => lengthDelimited(2, unwrapUnknown(representation.object(item)).raw)),
  ])
  return wrapUnknown({ apiVersion, kind }, raw)
}

const optional = <K extends string, V>(key: K, value: V | null | undefined | ''): { [P in K]?: V } =>
  (value === null || value === undefined || value === '' ? {} : { [key]: value }) as { [P in K]?: V }
