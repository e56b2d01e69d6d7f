/**
 * OpenAPI v3: one document per group and version, made of the served kinds' schemas when it is first asked for.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/installer.go (operations and their names);
 * kubectl reads cli-runtime pkg/resource/query_param_verifier_v3.go and kubectl pkg/explain/v2
 */
import type { GroupVersionKind, MessageSchema } from '@ensign/apimachinery'
import { DeleteOptionsSchema, StatusSchema, WatchEventSchema } from '@ensign/apimachinery'
import { connectionOperations } from './openapi-connections.ts'
import { article, camel, operationId } from './openapi-names.ts'
import {
  deleteParameters,
  listParameters,
  pathParameter,
  readParameters,
  writeParameters,
} from './openapi-parameters.ts'
import { type JsonObject, SchemaCollector } from './openapi-schemas.ts'

/** What a document needs to know of a resource; a ResourceDefinition has it all. */
export interface OpenApiResource extends GroupVersionKind {
  readonly plural: string
  readonly namespaced: boolean
  readonly schema: MessageSchema
  /** All eight unless given. */
  readonly verbs?: readonly string[]
  readonly subresources?: Readonly<Record<string, OpenApiSubresource>>
}

/** With a kind of its own it is posted to; without, it is another view of the resource. */
export interface OpenApiSubresource {
  readonly kind?: string | undefined
  readonly group?: string
  readonly version?: string
  readonly schema?: MessageSchema
  /** Of the query, where it leads out of the API. */
  readonly options?: MessageSchema
  readonly verbs: readonly string[]
}

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const objectTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']
const patchTypes = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]
const patchSchemaName = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch'

/** The documents by their path in the index, such as `api/v1` and `apis/rbac.authorization.k8s.io/v1`. */
export async function openApiV3(
  resources: readonly OpenApiResource[],
  { version = 'unversioned' } = {},
): Promise<Map<string, JsonObject>> {
  // Half a megabyte of text that nothing else needs.
  const { descriptions } = await import('./generated/descriptions.ts')
  const documents = new Map<string, JsonObject>()
  for (const [path, own] of Map.groupBy(resources, pathOf)) {
    documents.set(path, new DocumentBuilder(path, new SchemaCollector(descriptions)).build(own, version))
  }
  return documents
}

/**
 * The index of the documents.
 *
 * @param hashes of the documents' bytes, by path; they make the addresses change when the content does
 */
export function openApiV3Index(hashes: ReadonlyMap<string, string>): JsonObject {
  const entries = [...hashes].map(([path, hash]) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }])
  return { paths: Object.fromEntries(entries) }
}

function pathOf({ group, version }: { group: string; version: string }): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`
}

interface Operation {
  /** The word of the operation's id: `create`, `listForAllNamespaces`… */
  readonly name: string
  readonly action: string
  readonly description: string
  readonly parameters: readonly JsonObject[]
  readonly answer: JsonObject
  readonly body?: JsonObject
  readonly codes?: readonly number[]
}

class DocumentBuilder {
  readonly #path: string
  readonly #collector: SchemaCollector
  readonly #paths: Record<string, JsonObject> = {}

  constructor(path: string, collector: SchemaCollector) {
    this.#path = path
    this.#collector = collector
  }

  build(resources: readonly OpenApiResource[], version: string): JsonObject {
    for (const resource of resources) this.#resource(resource)
    return {
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version },
      paths: this.#paths,
      components: {
        schemas: Object.fromEntries(Object.entries(this.#collector.schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
        securitySchemes: {
          BearerToken: { type: 'apiKey', name: 'authorization', in: 'header', description: 'Bearer token' },
        },
      },
    }
  }

  #resource(resource: OpenApiResource): void {
    const base = `/${this.#path}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}`
    const scope = resource.namespaced ? [pathParameter('namespace')] : []
    this.#collection(base, resource, scope)
    if (resource.namespaced && this.#serves(resource, 'list')) {
      const operation = { ...this.#list(resource), name: 'listForAllNamespaces' }
      this.#put(`/${this.#path}/${resource.plural}`, 'get', resource, operation, [])
    }
    this.#object(`${base}/{name}`, resource, [pathParameter('name'), ...scope])
    for (const [name, subresource] of Object.entries(resource.subresources ?? {})) {
      this.#subresource(`${base}/{name}/${name}`, resource, name, subresource, [pathParameter('name'), ...scope])
    }
  }

  #collection(path: string, resource: OpenApiResource, scope: readonly JsonObject[]): void {
    const own = this.#collector.ref(resource.schema)
    if (this.#serves(resource, 'list')) this.#put(path, 'get', resource, this.#list(resource), scope)
    if (this.#serves(resource, 'create')) {
      const description = `create ${article(resource.kind)}`
      const create = {
        name: 'create',
        action: 'post',
        description,
        parameters: writeParameters,
        answer: own,
        body: own,
        codes: [200, 201, 202],
      }
      this.#put(path, 'post', resource, create, scope)
    }
    if (this.#serves(resource, 'deletecollection')) {
      const description = `delete collection of ${resource.kind}`
      const parameters = [...new Set([...listParameters, ...deleteParameters])]
      const answer = this.#collector.ref(StatusSchema)
      const operation = {
        name: 'deleteCollection',
        action: 'deletecollection',
        description,
        parameters,
        answer,
        body: this.#deleteOptions(resource),
      }
      this.#put(path, 'delete', resource, operation, scope)
    }
  }

  #object(path: string, resource: OpenApiResource, scope: readonly JsonObject[]): void {
    const own = this.#collector.ref(resource.schema)
    const { kind } = resource
    if (this.#serves(resource, 'get')) {
      this.#put(
        path,
        'get',
        resource,
        {
          name: 'read',
          action: 'get',
          description: `read the specified ${kind}`,
          parameters: readParameters,
          answer: own,
        },
        scope,
      )
    }
    if (this.#serves(resource, 'update')) this.#put(path, 'put', resource, this.#update(kind, own), scope)
    if (this.#serves(resource, 'patch')) this.#put(path, 'patch', resource, this.#patch(kind, own), scope)
    if (this.#serves(resource, 'delete')) {
      const body = this.#deleteOptions(resource)
      const operation = {
        name: 'delete',
        action: 'delete',
        description: `delete ${article(kind)}`,
        parameters: deleteParameters,
        answer: own,
        body,
        codes: [200, 202],
      }
      this.#put(path, 'delete', resource, operation, scope)
    }
  }

  #subresource(
    path: string,
    resource: OpenApiResource,
    name: string,
    subresource: OpenApiSubresource,
    scope: readonly JsonObject[],
  ): void {
    if (subresource.options) return this.#connection(path, resource, name, subresource, subresource.options, scope)
    const schema = subresource.schema ?? resource.schema
    const gvk = schema.kind ?? resource
    const own = this.#collector.ref(schema)
    const suffix = name.charAt(0).toUpperCase() + name.slice(1)
    const what = `${name} of ${article(resource.kind)}`
    const operations: Record<string, [string, Operation]> = {
      get: [
        'get',
        { name: 'read', action: 'get', description: `read ${what}`, parameters: readParameters, answer: own },
      ],
      update: ['put', { ...this.#update(resource.kind, own), description: `replace ${what}` }],
      patch: ['patch', { ...this.#patch(resource.kind, own), description: `partially update ${what}` }],
      create: [
        'post',
        {
          name: 'create',
          action: 'post',
          description: `create ${what}`,
          parameters: writeParameters,
          answer: own,
          body: own,
          codes: [200, 201, 202],
        },
      ],
    }
    const view = { ...gvk, schema, plural: resource.plural, namespaced: resource.namespaced }
    for (const [verb, [method, operation]] of Object.entries(operations)) {
      if (subresource.verbs.includes(verb)) this.#put(path, method, view, operation, scope, `${resource.kind}${suffix}`)
    }
  }

  #connection(
    path: string,
    resource: OpenApiResource,
    name: string,
    { group = '', version = '', kind = '', verbs }: OpenApiSubresource,
    options: MessageSchema,
    scope: readonly JsonObject[],
  ): void {
    const idOf = (verb: string, subject: string) =>
      operationId(verb, resource.group, resource.version, resource.namespaced, subject)
    const connection = { resource: resource.kind, name, kind: { group, version, kind }, options, verbs }
    const tags = [`${camel(resource.group || 'core')}_${resource.version}`]
    const operations = connectionOperations(connection, this.#collector, idOf)
    const tagged = Object.entries(operations).map(([method, operation]) => [method, { tags, ...operation }])
    this.#paths[path] = { parameters: scope, ...Object.fromEntries(tagged) }
  }

  #list(resource: OpenApiResource): Operation {
    const answer = this.#collector.listRef(resource.schema, resource)
    return {
      name: 'list',
      action: 'list',
      description: `list or watch objects of kind ${resource.kind}`,
      parameters: listParameters,
      answer,
    }
  }

  #update(kind: string, own: JsonObject): Operation {
    const description = `replace the specified ${kind}`
    return {
      name: 'replace',
      action: 'put',
      description,
      parameters: writeParameters,
      answer: own,
      body: own,
      codes: [200, 201],
    }
  }

  #patch(kind: string, own: JsonObject): Operation {
    this.#collector.schemas[patchSchemaName] ??= {
      description: 'A change of an object, in the form that the content type names.',
      type: 'object',
    }
    const patch = { $ref: `#/components/schemas/${patchSchemaName}` }
    const body = { required: true, content: Object.fromEntries(patchTypes.map((type) => [type, { schema: patch }])) }
    const force = {
      name: 'force',
      in: 'query',
      description: 'Apply only: take over fields that others own.',
      schema: { type: 'boolean' },
    }
    const description = `partially update the specified ${kind}`
    return {
      name: 'patch',
      action: 'patch',
      description,
      parameters: [...writeParameters, force],
      answer: own,
      body,
      codes: [200, 201],
    }
  }

  #deleteOptions({ group, version }: OpenApiResource): JsonObject {
    const kinds = [{ group: '', kind: 'DeleteOptions', version: 'v1' }]
    if (group !== '' || version !== 'v1') kinds.push({ group, kind: 'DeleteOptions', version })
    return this.#collector.ref(DeleteOptionsSchema, kinds)
  }

  #put(
    path: string,
    method: string,
    resource: OpenApiResource,
    operation: Operation,
    scope: readonly JsonObject[],
    subject = resource.kind,
  ): void {
    const { group, version, kind, namespaced } = resource
    if (operation.action === 'list') this.#collector.ref(WatchEventSchema)
    const types = operation.action === 'list' ? [...objectTypes, 'application/json;stream=watch'] : objectTypes
    const content = Object.fromEntries(types.map((type) => [type, { schema: operation.answer }]))
    const answers = (operation.codes ?? [200]).map((code) => [code, { description: reasons[code], content }])
    const entry = this.#paths[path] ?? (scope.length > 0 ? { parameters: scope } : {})
    this.#paths[path] = entry
    entry[method] = {
      tags: [`${camel(group || 'core')}_${version}`],
      description: operation.description,
      operationId: operationId(operation.name, group, version, namespaced, subject),
      parameters: operation.parameters,
      ...(operation.body && {
        requestBody: 'content' in operation.body ? operation.body : { content: { '*/*': { schema: operation.body } } },
      }),
      responses: { ...Object.fromEntries(answers), 401: { description: 'Unauthorized' } },
      'x-kubernetes-action': operation.action,
      'x-kubernetes-group-version-kind': { group, kind, version },
    }
  }

  #serves(resource: OpenApiResource, verb: string): boolean {
    return (resource.verbs ?? allVerbs).includes(verb)
  }
}

const reasons: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' }
