/**
 * Requests that do something instead of storing something: reviews, and subresources such as `serviceaccounts/token`.
 * The chain decodes the body and runs admission around them; what they do is the app's to give.
 */
import type { AdmissionAttributes, AdmissionChain } from '@ensign/admission'
import {
  type ActionSubresource,
  type AnyResourceDefinition,
  badRequest,
  type KubeObject,
  StatusSchema,
} from '@ensign/apimachinery'
import { type RequestContext, trackOwners } from '@ensign/registry'
import { type Expected, readObject } from './body.ts'
import type { ApiRequest, ApiResponse } from './exchange.ts'
import { mediaTypes, negotiate, unknownForm } from './media-type.ts'
import { protobufObject } from './protobuf-object.ts'
import type { RequestInfo } from './request-info.ts'
import type { Served } from './resource-set.ts'
import { jsonResponse, response } from './response.ts'
import { writeOptions } from './write-options.ts'
import { yaml } from './yaml.ts'

export interface ActionCall {
  readonly context: RequestContext
  readonly namespace: string
  /** Of the object whose subresource was called; empty for reviews. */
  readonly name: string
  /** The body, decoded and admitted. */
  readonly object: KubeObject
  readonly request: ApiRequest
  /** The object with the owners of its fields, for errors that show it: the answer to an action leaves them out. */
  owned(): KubeObject
  /** Runs validating admission, when the handler knows that the object is valid. */
  validate(object: KubeObject): void | Promise<void>
}

/** Answers with an object of the action's kind, or with a Status; it becomes a 201. */
export type ActionHandler = (call: ActionCall) => Promise<KubeObject>

/** The answer of an action that has nothing to show. */
export const done = (): KubeObject =>
  ({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }) as KubeObject

export async function runAction(parts: {
  action: ActionHandler
  request: ApiRequest
  info: RequestInfo
  served: Served
  context: RequestContext
  admission: AdmissionChain
}): Promise<ApiResponse> {
  const { action, request, info, served, context, admission } = parts
  const accepted = negotiate(request.headers.accept)
  // A review is shown in no other form; what a subresource answers is shown as it is.
  if (accepted.as && !info.subresource) throw unknownForm()
  const options = writeOptions(info.query, request, 'CreateOptions')
  const expected: Expected = info.subresource
    ? (served.definition.subresources?.[info.subresource] as ActionSubresource)
    : served.definition
  const object = await readObject(request, expected, options.fieldValidation, context.warn)
  checkActionNamespace(object, info)
  const attributes: AdmissionAttributes = {
    operation: 'CREATE',
    definition: served.definition,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    user: context.user,
    dryRun: options.dryRun,
    object,
    warn: context.warn,
  }
  await admission.mutate(attributes)
  const result = await action({
    context: { ...context, dryRun: options.dryRun },
    owned: () => withOwners(object, served.definition, { ...context, fieldManager: options.fieldManager }),
    namespace: info.namespace,
    name: info.name,
    object,
    request,
    validate: (valid) => admission.validate({ ...attributes, object: valid }),
  })
  if (accepted.mediaType === mediaTypes.protobuf)
    return response(
      201,
      mediaTypes.protobuf,
      protobufObject(result.kind === 'Status' ? StatusSchema : expected.schema, result),
    )
  return accepted.mediaType === mediaTypes.yaml
    ? response(201, mediaTypes.yaml, Buffer.from(yaml(result)))
    : jsonResponse(201, result)
}

function withOwners(object: KubeObject, definition: AnyResourceDefinition, context: RequestContext): KubeObject {
  const owned = { ...object, metadata: { ...object.metadata } }
  trackOwners(owned, undefined, definition, context)
  return owned
}

function checkActionNamespace({ metadata }: KubeObject, { namespace }: RequestInfo): void {
  if (namespace && metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}
