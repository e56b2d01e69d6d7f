/**
 * GET of one object, lists and watches.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go
 */
import {
  andThen,
  apiVersionOf,
  badRequest,
  decodeJson,
  type KubeObject,
  type MaybePromise,
  StatusError,
} from '@ensign/apimachinery'
import {
  type CachedObject,
  createWatch,
  type ListRequest,
  type ListResult,
  type Resource,
  revisionOf,
  type Selection,
  selectionOf,
  type WatchShare,
  waitForRevision,
} from '@ensign/registry'
import type { ApiRequest, ApiResponse } from './exchange.ts'
import { tooManyRequests } from './in-flight.ts'
import { limits } from './limits.ts'
import { keptListBytes } from './list-bytes.ts'
import { checkListOptions, includeObject, numberParameter } from './list-options.ts'
import { type Accepted, mediaTypes, negotiate } from './media-type.ts'
import { booleanParameter, type RequestInfo } from './request-info.ts'
import type { Served, Stored } from './resource-set.ts'
import { response } from './response.ts'

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
  const answer = (found: ListResult) =>
    response(200, accepted.mediaType, keptListBytes(served, found, accepted, include))
  return andThen(result, answer)
}

export async function watchObjects(
  request: ApiRequest,
  info: RequestInfo,
  served: Stored,
  room: (objects: number) => WatchShare | undefined,
): Promise<ApiResponse> {
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
  const bookmarks = booleanParameter(query?.get('allowWatchBookmarks'))
  if (!fromState && wanted) await resource.cache.reachBack(wanted)
  const objects = fromState && selected.name === undefined ? resource.cache.index.count(selected.namespace) : 0
  const share = room(objects)
  if (!share) throw tooManyRequests()
  const seconds = numberParameter(query, 'timeoutSeconds') || limits.watchTimeoutSecondsMin * (1 + Math.random())
  return {
    status: 200,
    headers: { 'content-type': streamType(accepted), 'cache-control': 'no-cache, private' },
    events: createWatch(resource.cache, {
      selection: selected,
      representation: representations.of(accepted, includeObject(query)),
      since: fromState ? undefined : wanted || resource.cache.revision,
      bookmarks,
      initialEventsEnd: sendInitialEvents === true && bookmarks,
      timeoutMs: seconds * 1000,
      share,
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

const optional = <K extends string, V>(key: K, value: V | null | undefined | ''): { [P in K]?: V } =>
  (value === null || value === undefined || value === '' ? {} : { [key]: value }) as { [P in K]?: V }
