/**
 * The journey of one request, whatever carried it: request info, authentication, impersonation, a place among those in
 * flight, authorization, and then what was asked for. Both front doors call this and nothing else.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/server/config.go, DefaultBuildHandlerChain
 */
import type { AdmissionChain } from '@ensign/admission'
import { badRequest, StatusError, type UserInfo, unauthorized, verbsOf } from '@ensign/apimachinery'
import { type Authorizer, refusal } from '@ensign/authorization'
import type { RequestContext } from '@ensign/registry'
import { type ActionHandler, runAction } from './action.ts'
import type { ApiRequest, ApiResponse, Handler } from './exchange.ts'
import { impersonatedUser } from './impersonation.ts'
import type { InFlight } from './in-flight.ts'
import { getObject, listObjects, type Stored, watchObjects } from './read.ts'
import { attributesOf, parseRequestInfo, type RequestInfo } from './request-info.ts'
import type { ResourceSet, Served } from './resource-set.ts'
import {
  auditId,
  errorResponse,
  indented,
  notFoundPath,
  unservedResource,
  wantsPretty,
  warningHeaders,
} from './response.ts'
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
  /** Paths outside of the resources; undefined when nothing is there. Runs after authorization. */
  readonly paths: (request: ApiRequest, info: RequestInfo) => ApiResponse | Promise<ApiResponse | undefined> | undefined
  authenticate(request: ApiRequest): Authenticated | undefined | Promise<Authenticated | undefined>
  readonly authorizer: Authorizer
  readonly admission: AdmissionChain
  readonly inFlight: InFlight
  /** Milliseconds since the epoch. */
  now(): number
  readonly observe?: (info: RequestInfo | undefined, status: number, startedMs: number) => void
  /** An error that is a bug of ours; the client is told nothing of it. */
  unexpected(error: unknown, info: RequestInfo | undefined): void
}

export function createHandler(options: ChainOptions): Handler {
  return async (request) => {
    const startedMs = performance.now()
    const warnings: string[] = []
    let info: RequestInfo | undefined
    let answer: ApiResponse
    try {
      info = requestInfo(request)
      answer = await respond(options, request, info, warnings)
    } catch (error) {
      if (!(error instanceof StatusError)) options.unexpected(error, info)
      answer = errorResponse(error)
    }
    if (wantsPretty(request, info?.query)) answer = indented(answer)
    answer.headers['audit-id'] = auditId(request)
    if (warnings.length > 0) answer.headers['warning'] = warningHeaders(warnings)
    options.observe?.(info, answer.status, startedMs)
    return answer
  }
}

function requestInfo({ method, path, query }: ApiRequest): RequestInfo {
  try {
    return parseRequestInfo(method, path, query)
  } catch (error) {
    throw badRequest(`the path of the request is not valid: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function respond(
  options: ChainOptions,
  request: ApiRequest,
  info: RequestInfo,
  warnings: string[],
): Promise<ApiResponse> {
  const identified = options.authenticate(request)
  const authenticated = identified instanceof Promise ? await identified : identified
  if (!authenticated) throw unauthorized()
  if (authenticated.warnings) warnings.push(...authenticated.warnings)
  const user = impersonatedUser(request.headers, authenticated.user, options.authorizer) ?? authenticated.user
  const leave = options.inFlight.enter(user, isMutating(info.verb))
  try {
    const attributes = attributesOf(info)
    const { allowed, reason } = options.authorizer.authorize(user, attributes)
    if (!allowed) throw refusal(user, attributes, reason)
    const answer = info.isResource
      ? serveResource(options, request, info, user, warnings)
      : options.paths(request, info)
    return (await answer) ?? notFoundPath()
  } finally {
    leave()
  }
}

const isMutating = (verb: string): boolean => verb !== 'get' && verb !== 'list' && verb !== 'watch'

function serveResource(
  options: ChainOptions,
  request: ApiRequest,
  info: RequestInfo,
  user: UserInfo,
  warnings: string[],
): ApiResponse | Promise<ApiResponse> {
  const { group, version, resource, subresource } = info
  const served = options.resources.find(group, version, resource)
  if (!served) return options.resources.hasVersion(group, version) ? errorResponse(unservedResource()) : notFoundPath()
  if (info.tooDeep || (subresource && !served.definition.subresources?.[subresource]))
    return errorResponse(unservedResource())
  if (served.definition.namespaced && info.name !== '' && info.namespace === '')
    return errorResponse(unservedResource())
  checkVerb(info, served)

  const context: RequestContext = {
    user,
    now: options.now(),
    dryRun: false,
    subresource,
    warn: (text) => warnings.push(text),
  }
  const action = options.actions.get(`${group}/${version}/${resource}/${subresource}`)
  if (action) return runAction({ action, request, info, served, context, admission: options.admission })
  if (!served.resource) return errorResponse(unservedResource())
  const stored = served as Stored
  switch (info.verb) {
    case 'get':
      return getObject(request, info, stored)
    case 'list':
      return listObjects(request, info, stored)
    case 'watch':
      return watchObjects(request, info, stored)
  }
  const call: WriteCall = { request, info, served: stored, context }
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

const methodNotAllowed = (): StatusError =>
  new StatusError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

function checkVerb({ verb, subresource, name }: RequestInfo, { definition }: Served): void {
  const part = subresource ? definition.subresources?.[subresource] : undefined
  const verbs: readonly string[] = part ? part.verbs : verbsOf(definition)
  const fits =
    verb === 'create'
      ? subresource !== '' || name === ''
      : verb === 'update' || verb === 'patch' || verb === 'delete'
        ? name !== ''
        : true
  if (!fits || !verbs.includes(verb)) throw methodNotAllowed()
}
