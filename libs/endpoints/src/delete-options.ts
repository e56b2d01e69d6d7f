/**
 * What a DELETE asks for.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go
 */
import { DeleteOptionsSchema, type FieldError, type Int64, invalid, notSupported } from '@ensign/apimachinery'
import type { DeleteRequest, RequestContext } from '@ensign/registry'
import { contentType, type Expected, objectFromBytes } from './body.ts'
import type { ApiRequest } from './exchange.ts'
import { numberParameter } from './list-options.ts'
import { bodyMediaType } from './media-type.ts'
import { booleanParameter, type RequestInfo } from './request-info.ts'
import { type WriteOptions, writeOptions } from './write-options.ts'

/** Registered in every group: clients name the group of what they delete, or none. */
const deleteOptionsKind: Expected = {
  group: 'meta.k8s.io',
  version: 'v1',
  kind: 'DeleteOptions',
  schema: DeleteOptionsSchema,
  isOptions: true,
}

/** What a client may say of a deletion. */
export interface DeleteOptionsBody {
  gracePeriodSeconds?: Int64
  preconditions?: { uid?: string; resourceVersion?: string }
  orphanDependents?: boolean
  propagationPolicy?: string
  dryRun?: string[]
}

/** From the body when there is one, whatever its Content-Type says of nothing, else from the query. */
export async function deleteOptions({
  request,
  info,
  context,
}: {
  readonly request: ApiRequest
  readonly info: RequestInfo
  readonly context: RequestContext
}): Promise<{ deletion: DeleteRequest; options: WriteOptions }> {
  const bytes = await request.body()
  const options = writeOptions(info.query, request, 'DeleteOptions')
  const body: DeleteOptionsBody =
    bytes.length > 0
      ? (objectFromBytes(
          bytes,
          bodyMediaType(contentType(request)),
          deleteOptionsKind,
          'Ignore',
          context.warn,
        ) as unknown as DeleteOptionsBody)
      : optionsFromQuery(info.query)
  checkDeleteOptions(body)
  const deletion = body as DeleteRequest
  return { deletion, options: { ...options, dryRun: options.dryRun || (body.dryRun?.length ?? 0) > 0 } }
}

/**
 * Source: apimachinery pkg/apis/meta/v1/validation/validation.go, ValidateDeleteOptions
 *
 * @throws StatusError 422 that names everything that cannot be asked for
 */
export function checkDeleteOptions({ propagationPolicy, orphanDependents, dryRun }: DeleteOptionsBody): void {
  const errors: FieldError[] = []
  if (propagationPolicy !== undefined && orphanDependents !== undefined) {
    errors.push({
      type: 'FieldValueInvalid',
      field: 'propagationPolicy',
      value: JSON.stringify(propagationPolicy),
      detail: 'orphanDependents and deletionPropagation cannot be both set',
    })
  } else if (propagationPolicy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(propagationPolicy)) {
    errors.push(notSupported('propagationPolicy', propagationPolicy, ['Foreground', 'Background', 'Orphan', 'nil']))
  }
  if (dryRun?.some((d) => d !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']))
  if (errors.length) throw invalid('meta.k8s.io', 'DeleteOptions', '', errors)
}

function optionsFromQuery(query: URLSearchParams | undefined): DeleteOptionsBody {
  const grace = numberParameter(query, 'gracePeriodSeconds')
  const policy = query?.get('propagationPolicy')
  const orphan = query?.get('orphanDependents')
  return {
    ...(grace !== undefined && { gracePeriodSeconds: grace }),
    ...(policy && { propagationPolicy: policy }),
    ...(orphan && { orphanDependents: booleanParameter(orphan) }),
  }
}
