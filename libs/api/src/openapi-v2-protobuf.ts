/**
 * The OpenAPI v2 document as the protobuf message openapi.v2.Document. Only what our documents have is written: the field
 * numbers are those of OpenAPIv2.proto in github.com/google/gnostic-models. What may be of any type is a text of YAML
 * there, which JSON is too.
 */
import type { JsonObject } from './openapi-schemas.ts'

/** Fields of one message, each already encoded. */
type Parts = readonly Uint8Array[]

const nothing = new Uint8Array(0)

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return [...bytes, rest]
}

const bytesField = (number: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes])
const message = (number: number, ...parts: Parts): Buffer => bytesField(number, Buffer.concat(parts))
const text = (number: number, value: unknown): Uint8Array =>
  typeof value === 'string' && value !== '' ? bytesField(number, Buffer.from(value)) : nothing
const flag = (number: number, value: unknown): Uint8Array =>
  value === true ? Buffer.from([...varint(number * 8), 1]) : nothing
const texts = (number: number, values: unknown): Parts => list(values).map((value) => text(number, value))

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const members = (value: unknown): [string, JsonObject][] => Object.entries((value ?? {}) as Record<string, JsonObject>)

/** Any {yaml = 2}. */
const any = (number: number, value: unknown): Uint8Array =>
  value === undefined ? nothing : message(number, text(2, `${JSON.stringify(value)}\n`))
/** NamedAny {name = 1, value = 2} for every extension. */
const extensions = (number: number, of: JsonObject): Parts =>
  Object.entries(of).flatMap(([name, value]) =>
    name.startsWith('x-') ? [message(number, text(1, name), any(2, value))] : [],
  )

export function openApiV2Protobuf(document: JsonObject): Buffer {
  const info = document['info'] as JsonObject
  return Buffer.concat([
    text(1, document['swagger']),
    message(2, text(1, info['title']), text(2, info['version'])),
    message(8, ...members(document['paths']).map(([name, item]) => message(2, text(1, name), pathItem(2, item)))),
    message(9, ...members(document['definitions']).map((definition) => namedSchema(1, definition))),
    ...list(document['security']).map((requirement) =>
      message(12, ...members(requirement).map(([name]) => message(1, text(1, name), message(2)))),
    ),
    message(13, ...members(document['securityDefinitions']).map(securityDefinition)),
  ])
}

/** ApiKeySecurity, the only kind there is here. */
const securityDefinition = ([name, { type, name: header, in: place, description }]: [string, JsonObject]): Buffer =>
  message(
    1,
    text(1, name),
    message(2, message(2, text(1, type), text(2, header), text(3, place), text(4, description))),
  )

const namedSchema = (number: number, [name, schema]: [string, JsonObject]): Buffer =>
  message(number, text(1, name), message(2, ...schemaParts(schema)))

function schemaParts(schema: JsonObject): Parts {
  const { properties, items, additionalProperties, type } = schema
  return [
    text(1, schema['$ref']),
    text(2, schema['format']),
    text(4, schema['description']),
    any(5, schema['default']),
    ...texts(19, schema['required']),
    ...list(schema['enum']).map((value) => any(20, value)),
    additionalProperties ? message(21, message(1, ...schemaParts(additionalProperties as JsonObject))) : nothing,
    type ? message(22, text(1, type)) : nothing,
    items ? message(23, message(1, ...schemaParts(items as JsonObject))) : nothing,
    properties ? message(25, ...members(properties).map((property) => namedSchema(1, property))) : nothing,
    ...extensions(31, schema),
  ]
}

const methodNumbers: Readonly<Record<string, number>> = { get: 2, put: 3, post: 4, delete: 5, patch: 8 }

const pathItem = (number: number, item: JsonObject): Buffer =>
  message(
    number,
    ...Object.entries(methodNumbers).map(([method, field]) =>
      item[method] ? message(field, ...operationParts(item[method] as JsonObject)) : nothing,
    ),
    ...list(item['parameters']).map((p) => parameter(9, p as JsonObject)),
  )

const operationParts = (operation: JsonObject): Parts => [
  ...texts(1, operation['tags']),
  text(3, operation['description']),
  text(5, operation['operationId']),
  ...texts(6, operation['produces']),
  ...texts(7, operation['consumes']),
  ...list(operation['parameters']).map((p) => parameter(8, p as JsonObject)),
  message(
    9,
    ...members(operation['responses']).map(([code, { description, schema }]) => {
      const content = schema ? message(2, message(1, ...schemaParts(schema as JsonObject))) : nothing
      return message(1, text(1, code), message(2, message(1, text(1, description), content)))
    }),
  ),
  ...texts(10, operation['schemes']),
  ...extensions(13, operation),
]

/** ParametersItem {parameter = 1}: of the body, or in the query or the path. */
function parameter(number: number, p: JsonObject): Buffer {
  const [name, description, required] = [p['name'], p['description'], p['required']]
  if (p['in'] === 'body') {
    const schema = message(5, ...schemaParts(p['schema'] as JsonObject))
    const body = message(1, text(1, description), text(2, name), text(3, 'body'), flag(4, required), schema)
    return message(number, message(1, body))
  }
  const about = [flag(1, required), text(2, p['in']), text(3, description), text(4, name)]
  // The two differ by one member in front of the type, which queries have.
  const shape =
    p['in'] === 'query'
      ? message(3, ...about, text(6, p['type']), flag(20, p['uniqueItems']))
      : message(4, ...about, text(5, p['type']), flag(19, p['uniqueItems']))
  return message(number, message(1, message(2, shape)))
}
