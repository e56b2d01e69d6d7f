/**
 * Create, update, patch and delete.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{create,update,patch,delete}.go
 */
import {
  type AnyResourceDefinition,
  badRequest,
  type KubeObject,
  type MessageSchema,
  type Status,
  StatusError,
} from '@ensign/apimachinery'
import { type CachedObject, checkUid, dropDuplicateOwners, type RequestContext } from '@ensign/registry'
import { readApply } from './apply.ts'
import { contentType, readObject } from './body.ts'
import { deleteOptions } from './delete-options.ts'
import type { ApiRequest, ApiResponse } from './exchange.ts'
import { listBytes } from './list-bytes.ts'
import { checkListOptions, includeObject, numberParameter } from './list-options.ts'
import { negotiate } from './media-type.ts'
import { patchOptionErrors, patchTypeOf, patchTypes, readPatch } from './patch.ts'
import { selection } from './read.ts'
import { booleanParameter, type RequestInfo } from './request-info.ts'
import type { Stored } from './resource-set.ts'
import { jsonResponse, response } from './response.ts'
import { type WriteOptions, writeOptions } from './write-options.ts'

/** Everything about the request that a write hands down. */
export interface WriteCall {
  readonly request: ApiRequest
  readonly info: RequestInfo
  readonly served: Stored
  readonly context: RequestContext
  /** Throws 403 unless the user may create the object too: an update or an apply may have to. */
  authorizeCreate(): void
  /** The schema of a kind that is served. */
  schemaOf(apiVersion: string, kind: string): MessageSchema | undefined
}

export async function createObject(call: WriteCall): Promise<ApiResponse> {
  const { request, info, served, context } = call
  const answer = answerOf(call)
  const options = writeOptions(info.query, request, 'CreateOptions')
  const object = await readObject(request, served.definition, options.fieldValidation, context.warn)
  checkNamespace(object, info, served)
  dropDuplicateOwners(object, context.warn)
  const made = await served.resource.create(info.namespace, withDefaults(object, served), contextOf(context, options))
  return answer(201, made)
}

export async function updateObject(call: WriteCall): Promise<ApiResponse> {
  const { request, info, served, context } = call
  const answer = answerOf(call)
  const options = writeOptions(info.query, request, 'UpdateOptions')
  const object = withDefaults(
    await readObject(request, served.definition, options.fieldValidation, context.warn),
    served,
  )
  checkName(object, info)
  checkNamespace(object, info, served)
  dropDuplicateOwners(object, context.warn)
  const createMissing = (): KubeObject => {
    call.authorizeCreate()
    return structuredClone(object)
  }
  const { object: updated, created } = await served.resource.update(
    info.namespace,
    info.name,
    (old) => {
      checkUid(object, old, served.definition)
      return structuredClone(object)
    },
    contextOf(context, options),
    served.definition.createOnUpdate && !info.subresource ? createMissing : undefined,
  )
  return answer(created ? 201 : 200, updated)
}

export async function patchObject(call: WriteCall): Promise<ApiResponse> {
  const { request, info, served, context } = call
  const answer = answerOf(call)
  const type = patchTypeOf(contentType(request))
  const options = writeOptions(info.query, request, 'PatchOptions', patchOptionErrors(type, info.query))
  const bytes = await request.body()
  if (type === patchTypes.apply) return await applyObject(call, options, bytes, answer)
  const patch = readPatch(type, {
    bytes,
    expected: served.definition,
    schemaOf: call.schemaOf,
    validation: options.fieldValidation,
    warn: context.warn,
  })
  const { object } = await served.resource.update(
    info.namespace,
    info.name,
    (old) => patched(patch(old), call),
    contextOf(context, options),
  )
  return answer(200, object)
}

async function applyObject(
  call: WriteCall,
  options: WriteOptions,
  bytes: Uint8Array,
  answer: Answer,
): Promise<ApiResponse> {
  const { info, served } = call
  // The apply settles who owns what; nothing is tracked after it.
  const { fieldManager: manager = '', ...context } = contextOf(call.context, options)
  const { apply, create } = readApply(bytes, {
    definition: served.definition,
    manager,
    force: booleanParameter(info.query?.get('force')),
    validation: options.fieldValidation,
    context,
  })
  const createMissing = (): KubeObject => {
    const object = patched(create(info.name), call)
    call.authorizeCreate()
    return object
  }
  const { object, created } = await served.resource.update(
    info.namespace,
    info.name,
    (old) => patched(apply(old), call),
    context,
    info.subresource ? undefined : createMissing,
  )
  return answer(created ? 201 : 200, object)
}

function patched(object: KubeObject, { info, served }: WriteCall): KubeObject {
  const next = withDefaults(object, served)
  checkName(next, info)
  checkNamespace(next, info, served)
  return next
}

export async function deleteObject(call: WriteCall): Promise<ApiResponse> {
  const { info, served, context } = call
  const answer = answerOf(call)
  const { deletion, options } = await deleteOptions(call)
  const { object, removed } = await served.resource.delete(
    info.namespace,
    info.name,
    deletion,
    contextOf(context, options),
  )
  // 202 only where a client used the old option and the object has not gone yet. Source: handlers/delete.go
  if (removed && !served.definition.answersDeletedObject) return jsonResponse(200, deleted(object, served.definition))
  return answer(!removed && deletion.orphanDependents === false ? 202 : 200, object)
}

/** `kind` holds the resource's name, as upstream's. Source: registry/generic/registry/store.go, finalizeDelete */
const deleted = ({ name, object }: CachedObject, { group, plural }: AnyResourceDefinition): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: { name, ...(group && { group }), kind: plural, ...(object.metadata.uid && { uid: object.metadata.uid }) },
})

export async function deleteCollection(call: WriteCall): Promise<ApiResponse> {
  const { request, info, served, context } = call
  const accepted = negotiate(request.headers.accept)
  checkListOptions(info.query, false)
  const { deletion, options } = await deleteOptions(call)
  const result = await served.resource.list({
    selection: selection(info, served),
    limit: numberParameter(info.query, 'limit') ?? 0,
  })
  for (const { namespace, name } of result.items) {
    try {
      await served.resource.delete(namespace, name, deletion, contextOf(context, options))
    } catch (error) {
      // Somebody else was faster; the collection is without it, which is what was asked for.
      if (!(error instanceof StatusError && error.reason === 'NotFound')) throw error
    }
  }
  // As it was found: the answer does not tell which of them are held by something and were only marked.
  return response(200, accepted.mediaType, listBytes(served, result, accepted, includeObject(info.query)))
}

type Answer = (status: number, object: CachedObject) => ApiResponse

/** Says how to answer before anything is written: a write whose answer nobody would accept is not done. */
function answerOf({ request, info, served }: WriteCall): Answer {
  const accepted = negotiate(request.headers.accept)
  const representation = served.representations.of(accepted, includeObject(info.query))
  return (status, object) => response(status, accepted.mediaType, representation.object(object))
}

const contextOf = (context: RequestContext, { dryRun, fieldManager }: WriteOptions): RequestContext => ({
  ...context,
  dryRun,
  fieldManager,
})

const withDefaults = (object: KubeObject, { definition }: Stored): KubeObject => definition.defaults?.(object) ?? object

/** Source: apiserver pkg/registry/rest/meta.go, EnsureObjectNamespaceMatchesRequestNamespace */
export function checkNamespace(
  { metadata }: KubeObject,
  { namespace }: RequestInfo,
  { definition }: { definition: { namespaced: boolean } },
): void {
  if (!definition.namespaced) {
    // In silence, as Kubernetes does.
    delete metadata.namespace
  } else if (metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  } else metadata.namespace = namespace
}

function checkName({ metadata }: KubeObject, { name }: RequestInfo): void {
  if (!metadata.name)
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  if (metadata.name !== name)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`)
}
