/**
 * Lists: which revision a list shows, its pages, and what a continue token says.
 * All pages of one list show the same revision: later pages undo, from the cache's history, what happened since.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/storage/{interfaces,continue}.go,
 * staging/src/k8s.io/apimachinery/pkg/apis/meta/internalversion/validation/validation.go
 */
import { badRequest, JsonSyntaxError, parseJson, StatusError } from '@ensign/apimachinery'
import type { Revision } from '@ensign/store'
import type { CachedObject } from './cached-object.ts'
import { limits } from './limits.ts'
import { ListResult } from './list-result.ts'
import { keyOrder } from './ordered-index.ts'
import { resourceVersionOf, revisionOf } from './resource-version.ts'
import { isFiltered, type Selection, selects } from './selection.ts'
import type { WatchCache } from './watch-cache.ts'

export interface ListRequest {
  readonly selection: Selection
  /** Zero: no limit. */
  readonly limit: number
  /** The opaque token of the page before. */
  readonly continueToken?: string
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan'
}

interface Continue {
  /** Absent: at the newest revision, a list that is no longer consistent with the pages before. */
  readonly revision: Revision | undefined
  readonly after: { namespace: string; name: string }
}

/** Synchronous where the cache is known to be fresh. */
export function list(cache: WatchCache, request: ListRequest): ListResult | Promise<ListResult> {
  const position = request.continueToken ? decodeContinue(request) : undefined
  const exact = position ? position.revision : exactRevision(request)
  const waiting = position ? undefined : whenReadable(cache, request)
  const answer = (): ListResult => show(cache, request, exact, position)
  // Pages and exact revisions from before this process began are in the store's log, if anywhere.
  const reached = () =>
    exact !== undefined && exact < cache.historySince ? cache.reachBack(exact).then(answer) : answer()
  return waiting ? waiting.then(reached) : reached()
}

/** @param exact undefined for the present */
function show(
  cache: WatchCache,
  request: ListRequest,
  exact: Revision | undefined,
  position: Continue | undefined,
): ListResult {
  const { selection } = request
  if (exact !== undefined && exact !== cache.revision) {
    return page(cache, request, past(cache, request, exact, position?.after), exact, false, position)
  }
  const present = () =>
    page(cache, request, cache.index.range(selection.namespace, position?.after), cache.revision, true, position)
  if (position || isFiltered(selection) || selection.name !== undefined) return present()
  const id = `${selection.namespace ?? '*'} ${request.limit}`
  const kept = cache.lists.get(id)
  if (kept) return kept
  const result = present()
  // A longer name than any namespace has finds nothing, and is not worth remembering.
  if (id.length <= limits.keptListIdMax) cache.lists.set(id, result)
  return result
}

function page(
  cache: WatchCache,
  { selection, limit }: ListRequest,
  objects: Iterable<CachedObject>,
  showing: Revision,
  present: boolean,
  position: Continue | undefined,
): ListResult {
  const resourceVersion = resourceVersionOf(showing)
  const items: CachedObject[] = []
  const filtered = isFiltered(selection) || selection.name !== undefined
  if (selection.name !== undefined && selection.namespace !== undefined && present && !position) {
    const one = cache.get(selection.namespace, selection.name)
    return new ListResult(one && selects(selection, one) ? [one] : [], resourceVersion)
  }
  let more = 0
  for (const object of objects) {
    if (!selects(selection, object)) continue
    if (limit > 0 && items.length === limit) {
      more++
      // The rest is counted elsewhere, or with a selector not at all: it is enough to know that there is a next page.
      if (filtered || present) break
      continue
    }
    items.push(object)
  }
  if (more === 0) return new ListResult(items, resourceVersion)
  const last = items.at(-1) as CachedObject
  const remaining = filtered ? undefined : present ? cache.index.countAbove(selection.namespace, last) : more
  return new ListResult(items, resourceVersion, { continueToken: encodeContinue(showing, last), remaining })
}

/** Waits as the request's resourceVersion asks. */
function whenReadable(cache: WatchCache, { resourceVersion }: ListRequest): Promise<void> | undefined {
  if (!resourceVersion) return cache.fresh()
  const wanted = listRevision(resourceVersion)
  if (wanted > 0) return waitForRevision(cache, wanted)
  return cache.ready ? undefined : cache.fresh()
}

/** The one revision that the request wants to see. */
function exactRevision({ resourceVersion, resourceVersionMatch, limit }: ListRequest): Revision | undefined {
  const wanted = resourceVersion ? listRevision(resourceVersion) : 0
  const exact = resourceVersionMatch === 'Exact' || (resourceVersionMatch === undefined && limit > 0)
  return exact && wanted > 0 ? (wanted as Revision) : undefined
}

/** Waits a little for a revision that the cache does not have yet; throws a 504 StatusError when it does not come. */
export async function waitForRevision(cache: WatchCache, wanted: Revision): Promise<void> {
  if (!cache.ready) await cache.fresh()
  if (wanted <= cache.revision) return
  await cache.fresh()
  if (await cache.reaches(wanted, limits.futureRevisionWaitMs)) return
  throw new StatusError('Timeout', `Timeout: Too large resource version: ${wanted}, current: ${cache.revision}`, {
    retryAfterSeconds: 1,
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
  })
}

/** Lists say in their own words what is wrong with a resourceVersion. Source: storage/cacher/cacher.go, GetList */
function listRevision(resourceVersion: string): Revision {
  try {
    return revisionOf(resourceVersion)
  } catch (error) {
    throw badRequest(`invalid resource version: ${(error as Error).message}`)
  }
}

/** The objects as they were at `revision`, in key order; throws a 410 StatusError when that is forgotten. */
function* past(
  cache: WatchCache,
  request: ListRequest,
  revision: Revision,
  after: { namespace: string; name: string } | undefined,
): Generator<CachedObject> {
  const { namespace } = request.selection
  const since = cache.eventsAfter(revision)
  if (!since)
    throw request.continueToken ? expiredContinue(after as { namespace: string; name: string }) : expiredList()
  /** What an object was at `revision`, where it is not what it is now. The first event after it tells. */
  const then = new Map<string, CachedObject | undefined>()
  for (const { now, was } of since) {
    const { key } = (now ?? was) as CachedObject
    if (!then.has(key)) then.set(key, was)
  }
  const afterKey = after && keyOf(after)
  const gone = [...then.values()]
    .filter((o): o is CachedObject => o !== undefined && (namespace === undefined || o.namespace === namespace))
    .filter((o) => afterKey === undefined || o.key > afterKey)
    .sort(keyOrder)
  let next = 0
  for (const object of cache.index.range(namespace, after)) {
    if (then.has(object.key)) continue
    while (next < gone.length && (gone[next] as CachedObject).key < object.key) yield gone[next++] as CachedObject
    yield object
  }
  while (next < gone.length) yield gone[next++] as CachedObject
}

const keyOf = ({ namespace, name }: { namespace: string; name: string }): string =>
  namespace ? `${namespace}/${name}` : name

function encodeContinue(revision: Revision | undefined, last: { namespace: string; name: string }): string {
  return Buffer.from(
    JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision ?? -1, start: `${keyOf(last)}\u0000` }),
  ).toString('base64url')
}

function decodeContinue({ continueToken, resourceVersion, selection }: ListRequest): Continue {
  if (resourceVersion && resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue')
  const unusable = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`)
  let token: unknown
  try {
    if (!/^[\w-]*$/.test(continueToken as string)) throw new JsonSyntaxError('illegal base64 data at input byte 0')
    token = parseJson(Buffer.from(continueToken as string, 'base64url')).value
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : 'not a token')
  }
  const { v, rv, start } = (token ?? {}) as { v?: unknown; rv?: unknown; start?: unknown }
  if (v !== 'meta.k8s.io/v1')
    throw unusable(`server does not recognize this encoded version ${typeof v === 'string' ? v : ''}`)
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0)
    throw unusable('incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  if (typeof start !== 'string' || start === '') throw unusable('encoded start key empty (version meta.k8s.io/v1)')
  const key = start.endsWith('\u0000') ? start.slice(0, -1) : start
  const slash = key.indexOf('/')
  const after =
    slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
  if (key.includes('..') || (selection.namespace && after.namespace !== selection.namespace)) throw unusable(key)
  return { revision: rv < 0 ? undefined : (rv as Revision), after }
}

const expiredList = (): StatusError =>
  new StatusError('Expired', 'The resourceVersion for the provided list is too old.')

function expiredContinue(after: { namespace: string; name: string }): StatusError {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'
  return new StatusError('Expired', message, undefined, { continueToken: encodeContinue(undefined, after) })
}
