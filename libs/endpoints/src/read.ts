/**
 * GET of one object, lists and watches.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go
 */
import {
  andThen,
  apiVersionOf,
  badRequest,
  decodeJson,
  encodeProtobuf,
  type KubeObject,
  ListMetaSchema,
  type MaybePromise,
  StatusError,
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
import { checkListOptions, includeObject, numberParameter } from './list-options.ts'
import { type Accepted, mediaTypes, negotiate } from './media-type.ts'
import { type IncludeObject, lengthDelimited, partialMetadata, partialMetadataText, table } from './representations.ts'
import { booleanParameter, type RequestInfo } from './request-info.ts'
import type { Served } from './resource-set.ts'
import { response } from './response.ts'
import { yaml } from './yaml.ts'

/** What was found of a kind that has a store; reading anything else is refused before. */
export type Stored = Served & { readonly resource: Resource }

export function getObject(
  request: ApiRequest,
  info: RequestInfo,
  { definition, resource, representations }: Stored,
): MaybePromise<ApiResponse> {
  const accepted = negotiate(request.headers.accept)
  if (accepted.as === 'PartialObjectMetadataList') throw notAList(accepted.as, definition.kind)
  const representation = representations.of(accepted, includeObject(info.query))
  const resourceVersion = info.query?.get('resourceVersion') ?? undefined
  const found = resourceVersion ? notOlder(resource, info, resourceVersion) : resource.get(info.namespace, info.name)
  const answer = (object: CachedObject) => response(200, accepted.mediaType, representation.object(object))
  return andThen(found, answer)
}

async function notOlder(
  resource: Resource,
  { namespace, name }: RequestInfo,
  resourceVersion: string,
): Promise<CachedObject> {
  const wanted = revisionOf(resourceVersion)
  if (wanted > 0) await waitForRevision(resource.cache, wanted)
  return await resource.get(namespace, name, resourceVersion)
}

/** What upstream's conversion says, with the name of its own type. */
const notAList = (as: string, kind: string): StatusError =>
  new StatusError('NotAcceptable', `you requested ${as}, but the requested object is not a list (*core.${kind})`)
const aList = (as: string, kind: string): StatusError =>
  new StatusError('NotAcceptable', `you requested ${as}, but the requested object is a list (*core.${kind}List)`)

export function listObjects(request: ApiRequest, info: RequestInfo, served: Stored): MaybePromise<ApiResponse> {
  const accepted = negotiate(request.headers.accept, 'list')
  if (accepted.as === 'PartialObjectMetadata') throw aList(accepted.as, served.definition.kind)
  const { query } = info
  checkListOptions(query, false)
  numberParameter(query, 'timeoutSeconds')
  const result = served.resource.list({
    selection: selection(info, served),
    limit: numberParameter(query, 'limit') ?? 0,
    ...optional('continueToken', query?.get('continue')),
    ...optional('resourceVersion', query?.get('resourceVersion')),
    ...optional('resourceVersionMatch', query?.get('resourceVersionMatch') as ListRequest['resourceVersionMatch']),
  })
  const include = includeObject(query)
  const answer = (found: ListResult) => response(200, accepted.mediaType, keptBytes(served, found, accepted, include))
  return andThen(result, answer)
}

export async function watchObjects(request: ApiRequest, info: RequestInfo, served: Stored): Promise<ApiResponse> {
  const accepted = negotiate(request.headers.accept, 'watch')
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
  else if (sendInitialEvents) await waitForRevision(resource.cache, wanted)
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
      emptyObject: () =>
        decodeJson<KubeObject>(definition.schema, {
          kind: definition.kind,
          apiVersion: apiVersionOf(definition),
          metadata: {},
        }),
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
    // Not known to Kubernetes, which passes over what it does not know: for the plane's own garbage collector.
    relationsOnly: booleanParameter(info.query?.get('relationsOnly')),
  })
  if (!info.name) return selected
  if (selected.name !== undefined && selected.name !== info.name)
    throw badRequest("fieldSelector metadata.name doesn't match requested name")
  return { ...selected, name: info.name }
}

function keptBytes(served: Stored, result: ListResult, accepted: Accepted, include: IncludeObject): Uint8Array {
  const bytes = () => listBytes(served, result, accepted, include)
  // Tables show ages.
  return accepted.as === 'Table' ? bytes() : result.encoded(served.representations.of(accepted, include).id, bytes)
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
  const type = { kind: definition.kind, apiVersion: apiVersionOf(definition) }
  if (!accepted.as && accepted.mediaType === mediaTypes.json) {
    const head = listHead(type, metadata)
    return definition.conversion
      ? convertedList(head, type, result.items, representations.of(accepted, include))
      : jsonList(head, result.items)
  }
  if (accepted.as && accepted.as !== 'Table' && accepted.mediaType === mediaTypes.json && !definition.conversion)
    return partialList(metadata, result.items, accepted)
  const objects = result.items.map((i) => resource.show(i))
  const value =
    accepted.as === 'Table'
      ? table(definition, representations.columns, objects, metadata, include, accepted.metaVersion)
      : accepted.as
        ? // An empty list of metadata has no items at all, unlike every other list.
          {
            kind: 'PartialObjectMetadataList',
            apiVersion: accepted.metaVersion ?? 'meta.k8s.io/v1',
            metadata,
            items: objects.length ? objects.map((o) => partialMetadata(o, accepted.metaVersion)) : null,
          }
        : {
            kind: `${definition.kind}List`,
            apiVersion: type.apiVersion,
            metadata,
            items: objects.map(withoutType),
          }
  return Buffer.from(accepted.mediaType === mediaTypes.yaml ? yaml(value) : `${JSON.stringify(value)}\n`)
}

const withoutType = ({
  kind: _kind,
  apiVersion: _apiVersion,
  ...rest
}: Readonly<KubeObject>): Omit<KubeObject, 'kind' | 'apiVersion'> => rest

/** An empty list of metadata has no items at all, unlike every other list. */
function partialList(metadata: object, items: readonly CachedObject[], { metaVersion }: Accepted): Buffer {
  const head = { kind: 'PartialObjectMetadataList', apiVersion: metaVersion ?? 'meta.k8s.io/v1', metadata }
  const texts = items.map((item) => partialMetadataText(item, metaVersion))
  const list = texts.length > 0 ? `[${texts.join(',')}]` : 'null'
  return Buffer.from(`${JSON.stringify(head).slice(0, -1)},"items":${list}}\n`)
}

const listTail = Buffer.from(']}\n')

/** One text and one encoding of it: nothing is kept of objects that are only read in lists. */
const jsonList = (head: string, items: readonly CachedObject[]): Buffer =>
  Buffer.from(`${head}${items.map((item) => item.item).join(',')}]}\n`)

/** A list of what is stored as another kind, from the bytes that are kept of each object as this one. */
function convertedList(
  head: string,
  { kind, apiVersion }: { kind: string; apiVersion: string },
  items: readonly CachedObject[],
  representation: Representation,
): Buffer {
  const typeLength = `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`.length
  const parts = items.flatMap((item, i) => [
    Buffer.from(i === 0 ? '{' : ',{'),
    representation.eventObject(item).subarray(typeLength),
  ])
  return Buffer.concat([Buffer.from(head), ...parts, listTail])
}

function protobufList(
  { definition, representations }: Stored,
  { items }: ListResult,
  metadata: object,
  accepted: Accepted,
): Uint8Array {
  const kind = accepted.as ? 'PartialObjectMetadataList' : `${definition.kind}List`
  const apiVersion = accepted.as ? 'meta.k8s.io/v1' : apiVersionOf(definition)
  const representation: Representation = representations.of(accepted, 'Metadata')
  const raw = Buffer.concat([
    lengthDelimited(1, encodeProtobuf(ListMetaSchema, metadata)),
    ...items.map((item) => lengthDelimited(2, unwrapUnknown(representation.object(item)).raw)),
  ])
  return wrapUnknown({ apiVersion, kind }, raw)
}

const optional = <K extends string, V>(key: K, value: V | null | undefined | ''): { [P in K]?: V } =>
  (value === null || value === undefined || value === '' ? {} : { [key]: value }) as { [P in K]?: V }
