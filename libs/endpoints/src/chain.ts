/**
 * The journey of one request, whatever carried it: request info, authentication, impersonation, a place among those in
 * flight, authorization, and then what was asked for. Both front doors call this and nothing else.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/server/config.go, DefaultBuildHandlerChain
 */
import type { AdmissionChain } from '@ensign/admission'
import {
  andThen,
  anonymousUser,
  badRequest,
  isVirtual,
  type MaybePromise,
  StatusError,
  type UserInfo,
  unauthorized,
  verbsOf,
} from '@ensign/apimachinery'
import { type Authorizer, refusal } from '@ensign/authorization'
import type { RequestContext } from '@ensign/registry'
import { type ActionHandler, runAction } from './action.ts'
import { BodyRoom } from './body-room.ts'
import { type ConnectHandler, runConnect } from './connect.ts'
import type { ApiRequest, ApiResponse, Handler } from './exchange.ts'
import { durationProblem } from './go-duration.ts'
import { createImpersonation, type Impersonation } from './impersonation.ts'
import { type InFlight, tooManyRequests } from './in-flight.ts'
import { getObject, listObjects, watchObjects } from './read.ts'
import { attributesOf, parseRequestInfo, type RequestInfo } from './request-info.ts'
import type { ResourceSet, Served, Stored } from './resource-set.ts'
import {
  auditId,
  errorResponse,
  inWantedForm,
  methodNotAllowed,
  notFoundPath,
  unservedResource,
  warningHeaders,
} from './response.ts'
import { WatchRoom } from './watch-room.ts'
import { createObject, deleteCollection, deleteObject, patchObject, updateObject, type WriteCall } from './write.ts'

/** Who sent a request. Undefined is nobody: the request is refused with 401. */
export interface Authenticated {
  readonly user: UserInfo
  readonly warnings?: readonly string[]
}

export interface ChainOptions {
  readonly resources: ResourceSet
  /** By `group/version/resource/subresource`, the last part empty for reviews. */
  readonly actions: ReadonlyMap<string, ActionHandler>
  /** By `group/version/resource/subresource`, for subresources that lead out of the API. */
  readonly connections: ReadonlyMap<string, ConnectHandler>
  /** Paths outside of the resources; undefined when nothing is there. Runs after authorization. */
  readonly paths: (request: ApiRequest, info: RequestInfo) => MaybePromise<ApiResponse | undefined>
  authenticate(request: ApiRequest): MaybePromise<Authenticated | undefined>
  readonly authorizer: Authorizer
  readonly admission: AdmissionChain
  readonly inFlight: InFlight
  /** Milliseconds since the epoch. */
  now(): number
  readonly observe?: (info: RequestInfo | undefined, status: number, startedMs: number) => void
  /** An error that is a bug of ours; the client is told nothing of it. */
  unexpected(error: unknown, info: RequestInfo | undefined): void
}

/** With what all requests share. */
interface Chain extends ChainOptions {
  readonly bodies: BodyRoom
  readonly watches: WatchRoom
}

export function createHandler(given: ChainOptions): Handler {
  const options: Chain = { ...given, bodies: new BodyRoom(), watches: new WatchRoom() }
  const impersonation = createImpersonation(options.authorizer)
  return (request) => {
    const startedMs = performance.now()
    const warnings: string[] = []
    let info: RequestInfo | undefined
    const failed = (error: unknown): ApiResponse => {
      if (!(error instanceof StatusError)) options.unexpected(error, info)
      return errorResponse(error)
    }
    const finished = (said: ApiResponse): ApiResponse => {
      const answer = inWantedForm(request, info?.query, said)
      answer.headers['audit-id'] = auditId(request)
      if (warnings.length > 0) answer.headers['warning'] = warningHeaders(warnings)
      options.observe?.(info, answer.status, startedMs)
      return answer
    }
    let answer: MaybePromise<ApiResponse>
    try {
      info = requestInfo(request)
      checkTimeout(info.query)
      answer = respond(options, impersonation, request, info, warnings)
    } catch (error) {
      answer = failed(error)
    }
    return answer instanceof Promise ? answer.catch(failed).then(finished) : finished(answer)
  }
}

function requestInfo({ method, path, query }: ApiRequest): RequestInfo {
  try {
    return parseRequestInfo(method, path, query)
  } catch (error) {
    throw badRequest(`the path of the request is not valid: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Source: apiserver pkg/endpoints/filters/request_deadline.go */
function checkTimeout(query: URLSearchParams | undefined): void {
  const text = query?.get('timeout')
  if (!text) return
  const problem = durationProblem(text)
  if (problem) throw badRequest(`invalid timeout specified in the request URL - ${problem}`)
}

function respond(
  options: Chain,
  impersonation: Impersonation,
  request: ApiRequest,
  info: RequestInfo,
  warnings: string[],
): MaybePromise<ApiResponse> {
  return andThen(options.authenticate(request), (authenticated) => {
    if (!authenticated) throw unauthorized()
    const { username } = authenticated.user
    if (username !== anonymousUser && request.peer.identify?.(username) === false) throw tooManyConnections()
    if (authenticated.warnings) warnings.push(...authenticated.warnings)
    const attributes = attributesOf(info)
    const user = impersonation.userFor(request.headers, authenticated.user, attributes) ?? authenticated.user
    const authorize = (): void => {
      const { allowed, reason } = options.authorizer.authorize(user, attributes)
      if (!allowed) throw refusal(user, attributes, reason)
    }
    const serve = (): MaybePromise<ApiResponse> =>
      info.isResource
        ? serveResource(options, request, info, user, warnings)
        : andThen(options.paths(request, info), (answer) => answer ?? notFoundPath())
    if (!info.isResource || bodiless.has(request.method))
      return andThen(options.inFlight.enter(user, info), (leave) =>
        holding(leave, () => {
          authorize()
          return serve()
        }),
      )
    // Who may not do it need not send it; and a seat is for work, not for waiting until a body has come.
    authorize()
    const share = options.bodies.enter(user.username)
    if (!share) throw tooManyRequests()
    return holding(share.release, async () => {
      // Whoever reads it is told what is wrong with it.
      await request.body(share.mayTake).catch(() => {})
      const leave = await options.inFlight.enter(user, info)
      return await holding(leave, serve)
    })
  })
}

const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Does the work, and gives its place back whatever comes of it. */
function holding<T>(leave: () => void, work: () => MaybePromise<T>): MaybePromise<T> {
  let result: MaybePromise<T>
  try {
    result = work()
  } catch (error) {
    leave()
    throw error
  }
  if (result instanceof Promise) return result.finally(leave)
  leave()
  return result
}

function serveResource(
  options: Chain,
  request: ApiRequest,
  asked: RequestInfo,
  user: UserInfo,
  warnings: string[],
): MaybePromise<ApiResponse> {
  const { group, version, resource, subresource } = asked
  const served = options.resources.find(group, version, resource)
  if (!served) return unserved(options.resources, asked)
  const { definition } = served
  const part = subresource ? definition.subresources?.[subresource] : undefined
  if (subresource && !part) return unserved(options.resources, asked)
  if (asked.tooDeep && !(part && 'anyPath' in part)) return unserved(options.resources, asked)
  const isNamespaces = group === '' && resource === 'namespaces'
  if (!definition.namespaced && asked.namespace !== '' && !isNamespaces) return unserved(options.resources, asked)
  // What is asked of a namespace is authorized in it, but it lives in none.
  const info = definition.namespaced ? asked : { ...asked, namespace: '' }
  // What is only asked has neither names nor a list of all namespaces.
  const isElsewhere = asked.name !== '' || (definition.namespaced && !asked.inNamespace)
  if (asked.name.includes('/') || (isVirtual(definition) && isElsewhere)) return unserved(options.resources, asked)
  checkVerb(info, request.method, served)
  if (definition.deprecation) warnings.push(definition.deprecation)
  if (definition.namespaced && asked.name !== '' && !asked.inNamespace && !isNamespaces)
    return unserved(options.resources, asked)
  if (definition.namespaced && info.name !== '' && info.namespace === '')
    throw badRequest('Namespace parameter required.')

  const context: RequestContext = {
    user,
    now: options.now(),
    dryRun: false,
    subresource,
    warn: (text) => warnings.push(text),
  }
  const authorize = (verb: string): void => {
    const attributes = { ...attributesOf(asked), verb }
    const { allowed, reason } = options.authorizer.authorize(user, attributes)
    if (!allowed) throw refusal(user, attributes, reason)
  }
  const address = `${group}/${version}/${resource}/${subresource}`
  const connect = options.connections.get(address)
  if (connect) return runConnect({ connect, request, info, served, context, admission: options.admission, authorize })
  const action = options.actions.get(address)
  if (action) return runAction({ action, request, info, served, context, admission: options.admission })
  if (!served.resource) return errorResponse(unservedResource())
  const stored = served as Stored
  switch (info.verb) {
    case 'get':
      return getObject(request, info, stored)
    case 'list':
      return listObjects(request, info, stored)
    case 'watch':
      return watchObjects(request, info, stored, (objects) => options.watches.enter(user.username, objects))
  }
  const call: WriteCall = {
    request,
    info,
    served: stored,
    context,
    authorizeCreate: () => authorize('create'),
    schemaOf: (apiVersion, kind) => options.resources.schemaOf(apiVersion, kind),
  }
  switch (info.verb) {
    case 'create':
      return createObject(call)
    case 'update':
      return updateObject(call)
    case 'patch':
      return patchObject(call)
    case 'delete':
      return deleteObject(call)
    case 'deletecollection':
      return deleteCollection(call)
    default:
      throw methodNotAllowed()
  }
}

const tooManyConnections = (): StatusError =>
  new StatusError('TooManyRequests', 'this user has too many connections, please try again later', {
    retryAfterSeconds: 1,
  })

/** A group that is served answers for what it lacks in its own form; nobody answers for other groups. */
const unserved = (resources: ResourceSet, { group }: RequestInfo): ApiResponse =>
  resources.versions.some((v) => v.group === group) ? errorResponse(unservedResource()) : notFoundPath()

function checkVerb({ verb, subresource, name, namespace }: RequestInfo, method: string, { definition }: Served): void {
  const part = subresource ? definition.subresources?.[subresource] : undefined
  const verbs: readonly string[] = part ? part.verbs : verbsOf(definition)
  if (method === 'HEAD' || !verbs.includes(verb) || !fits()) throw methodNotAllowed()

  /** Objects are made in a collection and changed under their name; both need their namespace. */
  function fits(): boolean {
    if (subresource) return true
    if (verb === 'create') return name === '' && (!definition.namespaced || namespace !== '')
    if (verb === 'deletecollection') return !definition.namespaced || namespace !== ''
    return verb === 'update' || verb === 'patch' ? name !== '' : true
  }
}
