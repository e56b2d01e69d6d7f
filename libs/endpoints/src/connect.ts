/**
 * Subresources that lead out of the API, or are read as something that is no object. The chain reads their options from the
 * query and runs admission before them; where they lead is the app's to know.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go (GetResourceWithOptions) and
 * rest.go (ConnectResource)
 */
import type { AdmissionChain } from '@ensign/admission'
import { apiVersionOf, type ConnectSubresource, type KubeObject, type MessageSchema } from '@ensign/apimachinery'
import type { RequestContext } from '@ensign/registry'
import type { ApiRequest, ApiResponse } from './exchange.ts'
import { numberParameter } from './list-options.ts'
import { booleanParameter, type RequestInfo } from './request-info.ts'
import type { Served } from './resource-set.ts'

export interface ConnectCall {
  readonly context: RequestContext
  readonly namespace: string
  readonly name: string
  /** What the query says, by the members of the subresource's options. */
  readonly options: Readonly<Record<string, unknown>>
  /** Whether the client wants to speak something else than HTTP from here on. */
  readonly isUpgrade: boolean
  /** Throws 403 unless the user may do this too. */
  authorize(verb: string): void
}

export type ConnectHandler = (call: ConnectCall) => Promise<ApiResponse>

export async function runConnect(parts: {
  readonly connect: ConnectHandler
  readonly request: ApiRequest
  readonly info: RequestInfo
  readonly served: Served
  readonly context: RequestContext
  readonly admission: AdmissionChain
  readonly authorize: (verb: string) => void
}): Promise<ApiResponse> {
  const { connect, request, info, served, context, admission, authorize } = parts
  const subresource = served.definition.subresources?.[info.subresource] as ConnectSubresource
  const options = optionsFromQuery(subresource.options, info.query)
  const { kind } = subresource.options.kind ?? subresource
  // What is only read is no connection.
  if (kind === subresource.kind) {
    const object: KubeObject = { kind, apiVersion: apiVersionOf(subresource), metadata: {}, ...options }
    const attributes = {
      operation: 'CONNECT' as const,
      definition: served.definition,
      subresource: info.subresource,
      namespace: info.namespace,
      name: info.name,
      user: context.user,
      dryRun: false,
      object,
      warn: context.warn,
    }
    await admission.mutate(attributes)
    await admission.validate(attributes)
  }
  return await connect({
    context,
    namespace: info.namespace,
    name: info.name,
    options,
    isUpgrade: String(request.headers['connection'] ?? '')
      .toLowerCase()
      .includes('upgrade'),
    authorize,
  })
}

/** Source: apimachinery pkg/runtime/codec.go, parameterCodec; pkg/runtime/conversion.go */
function optionsFromQuery(schema: MessageSchema, query: URLSearchParams | undefined): Record<string, unknown> {
  const options: Record<string, unknown> = {}
  for (const { name, type, repeated } of schema.fields) {
    if (!query?.has(name)) continue
    if (repeated) options[name] = query.getAll(name)
    else if (type === 'bool') options[name] = booleanParameter(query.get(name))
    else if (type === 'int64' || type === 'int32') options[name] = numberParameter(query, name)
    else options[name] = query.get(name)
  }
  return options
}
