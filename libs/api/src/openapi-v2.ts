/**
 * OpenAPI v2: one document for everything, in the older dialect of the same schemas and operations. kubectl before 1.29
 * validates by it, and generators of clients in other languages read it.
 * Source: OpenAPI 2.0 (swagger.io/specification/v2); kubernetes/kube-openapi pkg/builder
 */
import type { JsonObject } from './openapi-schemas.ts'

/** @param documents as of version 3, by their path in the index */
export function openApiV2(documents: ReadonlyMap<string, JsonObject>, { version = 'unversioned' } = {}): JsonObject {
  const definitions: JsonObject = {}
  const paths: JsonObject = {}
  for (const document of documents.values()) {
    const { schemas } = document['components'] as { schemas: Record<string, JsonObject> }
    for (const [name, schema] of Object.entries(schemas))
      definitions[name] = withKindsOf(definitions[name] as JsonObject | undefined, schemaOf(schema) as JsonObject)
    for (const [path, item] of Object.entries(document['paths'] as Record<string, JsonObject>))
      paths[path] = pathItem(item)
  }
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version },
    paths: sorted(paths),
    definitions: sorted(definitions),
    securityDefinitions: {
      BearerToken: { type: 'apiKey', name: 'authorization', in: 'header', description: 'Bearer token' },
    },
    security: [{ BearerToken: [] }],
  }
}

const sorted = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))

const kindsMember = 'x-kubernetes-group-version-kind'

/** Messages that several groups register, such as DeleteOptions, are one definition with the kinds of all. */
function withKindsOf(known: JsonObject | undefined, schema: JsonObject): JsonObject {
  const kinds = [...listOf(known?.[kindsMember]), ...listOf(schema[kindsMember])]
  if (kinds.length === 0) return schema
  const unique = new Map(kinds.map((kind) => [JSON.stringify(kind), kind]))
  return { ...schema, [kindsMember]: [...unique.values()] }
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** A schema without what this dialect does not know: choices, and references that have to stand alone. */
function schemaOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(schemaOf)
  if (typeof value !== 'object' || value === null) return value
  const { oneOf, allOf, ...rest } = value as JsonObject
  const members = Object.entries(rest).map(([name, member]) => [
    name,
    name === '$ref' ? String(member).replace('#/components/schemas/', '#/definitions/') : schemaOf(member),
  ])
  const schema = Object.fromEntries(members) as JsonObject
  // A number or a text is written as text here.
  if (oneOf) return { ...schema, type: 'string' }
  const [reference] = listOf(allOf)
  return reference ? { ...schema, ...(schemaOf(reference) as JsonObject) } : schema
}

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const
const query = 'query'

function pathItem(item: JsonObject): JsonObject {
  const operations = methods.flatMap((method) =>
    item[method] ? [[method, operationOf(item[method] as JsonObject)] as const] : [],
  )
  return {
    ...Object.fromEntries(operations),
    ...(item['parameters'] !== undefined && { parameters: listOf(item['parameters']).map(parameterOf) }),
  }
}

interface Content {
  readonly content?: Readonly<Record<string, { schema: JsonObject }>>
  readonly required?: boolean
}

function operationOf(operation: JsonObject): JsonObject {
  const { parameters, requestBody, responses, ...rest } = operation
  const body = requestBody as Content | undefined
  const answers = Object.entries(responses as Record<string, Content & { description: string }>)
  const produced = Object.keys(answers[0]?.[1].content ?? {})
  const extensions = Object.entries(rest).filter(([name]) => name.startsWith('x-'))
  return {
    description: rest['description'],
    consumes: Object.keys(body?.content ?? { '*/*': {} }),
    produces: produced,
    schemes: ['https'],
    tags: rest['tags'],
    operationId: rest['operationId'],
    parameters: [...(body ? [bodyParameter(body)] : []), ...listOf(parameters).map(parameterOf)],
    responses: Object.fromEntries(
      answers.map(([code, { description, content }]) => [
        code,
        { description, ...(content && { schema: schemaOf(Object.values(content)[0]?.schema) }) },
      ]),
    ),
    ...Object.fromEntries(extensions),
  }
}

const bodyParameter = ({ content, required }: Content): JsonObject => ({
  name: 'body',
  in: 'body',
  ...(required && { required }),
  schema: schemaOf(Object.values(content ?? {})[0]?.schema),
})

/** The type stands in the parameter itself. */
function parameterOf(parameter: unknown): JsonObject {
  const { schema, ...rest } = parameter as JsonObject
  return { ...(schema as JsonObject), ...rest, ...(rest['in'] === query ? {} : { required: true }) }
}
