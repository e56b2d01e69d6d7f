/** Operations of subresources that lead out of the API: their options are parameters, and their answer is whatever comes back. */
import type { FieldSchema, MessageSchema } from '@ensign/apimachinery'
import { upper } from './openapi-names.ts'
import type { JsonObject, SchemaCollector } from './openapi-schemas.ts'

export interface Connection {
  /** Kind of the resource, and the subresource's name. */
  readonly resource: string
  readonly name: string
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string }
  readonly options: MessageSchema
  readonly verbs: readonly string[]
}

const methods: Readonly<Record<string, string>> = {
  create: 'post',
  delete: 'delete',
  get: 'get',
  patch: 'patch',
  update: 'put',
}

/** By HTTP method. `idOf` names an operation by its verb and its subject. */
export function connectionOperations(
  { resource, name, kind, options, verbs }: Connection,
  collector: SchemaCollector,
  idOf: (verb: string, subject: string) => string,
): Record<string, JsonObject> {
  const subject = resource + upper(name)
  // What is read in a form of its own connects nobody.
  const isRead = kind.kind === resource
  const operations = verbs.map((verb): [string, JsonObject] => {
    const method = methods[verb] ?? verb
    const what = `${name} of a ${resource}`
    const answer = { schema: { type: 'string' } }
    return [
      method,
      {
        description: isRead ? `read ${what}` : `connect ${method.toUpperCase()} requests to ${what}`,
        operationId: isRead ? idOf('read', subject) : idOf(`connect ${upper(method)}`, subject),
        parameters: options.fields.map((field) => parameter(field, collector.descriptionOf(options, field))),
        responses: {
          200: { description: 'OK', content: isRead ? { 'text/plain': answer } : { '*/*': answer } },
          401: { description: 'Unauthorized' },
        },
        'x-kubernetes-action': isRead ? 'get' : 'connect',
        'x-kubernetes-group-version-kind': kind,
      },
    ]
  })
  return Object.fromEntries(operations)
}

function parameter({ name, type }: FieldSchema, description: string): JsonObject {
  const simple = type === 'bool' ? 'boolean' : type === 'int32' || type === 'int64' ? 'integer' : 'string'
  return { name, in: 'query', description, schema: { type: simple, uniqueItems: true } }
}
