/**
 * JSON schemas of the kinds for an OpenAPI v3 document: the runtime schema with our documentation and Kubernetes'
 * extensions, from which kubectl validates, explains and computes patches.
 * Source: kubernetes/kube-openapi pkg/builder3, pkg/idl (the x-kubernetes-* extensions)
 */
import type { FieldSchema, GroupVersionKind, MessageSchema, ScalarType } from '@ensign/apimachinery'
import { ListMetaSchema } from '@ensign/apimachinery'

export type JsonObject = { [member: string]: unknown }
export type Descriptions = { readonly [message: string]: { readonly [field: string]: string } }

/** Components of one document, gathered as they are referred to. */
export class SchemaCollector {
  readonly schemas: JsonObject = {}
  readonly #descriptions: Descriptions

  constructor(descriptions: Descriptions) {
    this.#descriptions = descriptions
  }

  /** What a field says of itself. */
  descriptionOf({ name }: MessageSchema, field: FieldSchema): string {
    return this.#descriptions[name]?.[field.name] ?? ''
  }

  /** A reference to the message's schema, which is added with all it refers to. */
  ref(schema: MessageSchema, kinds?: readonly GroupVersionKind[]): JsonObject {
    if (!Object.hasOwn(this.schemas, schema.name)) {
      // Entered first, because messages may contain themselves.
      this.schemas[schema.name] = {}
      this.schemas[schema.name] = this.#message(schema, kinds ?? (schema.kind ? [schema.kind] : []))
    }
    return { $ref: `#/components/schemas/${schema.name}` }
  }

  /** A reference to the list of a kind. */
  listRef(schema: MessageSchema, item: GroupVersionKind): JsonObject {
    const list: MessageSchema = {
      name: `${schema.name}List`,
      goName: `${schema.goName}List`,
      kind: { ...item, kind: `${item.kind}List` },
      fields: [
        { name: 'metadata', number: 1, type: () => ListMetaSchema, presence: 'always' },
        { name: 'items', number: 2, type: () => schema, presence: 'always', repeated: true, required: true },
      ],
    }
    return this.ref(list)
  }

  /** A reference to a schema that is no message of ours. */
  #wellKnownRef(name: string, schema: JsonObject): JsonObject {
    this.schemas[name] ??= schema
    return { $ref: `#/components/schemas/${name}` }
  }

  #message(schema: MessageSchema, kinds: readonly GroupVersionKind[]): JsonObject {
    const fields = flatten(schema)
    const own = this.#descriptions[schema.name] ?? {}
    const properties: JsonObject = {}
    if (schema.kind) Object.assign(properties, typeMetaProperties)
    for (const { field, owner } of fields)
      properties[field.name] = this.#property(field, this.#descriptions[owner.name]?.[field.name])
    const required = fields.filter(({ field }) => field.required).map(({ field }) => field.name)
    return {
      ...describe(own['']),
      type: 'object',
      ...(required.length > 0 && { required: required.sort() }),
      properties,
      ...(schema.structType && { 'x-kubernetes-map-type': schema.structType }),
      ...(kinds.length > 0 && { 'x-kubernetes-group-version-kind': kinds }),
    }
  }

  #property(field: FieldSchema, description: string | undefined): JsonObject {
    const value = { ...this.#value(field), ...(field.enum && { enum: field.enum }) }
    const extensions = {
      ...(field.listType && { 'x-kubernetes-list-type': field.listType }),
      ...(field.listMapKeys && { 'x-kubernetes-list-map-keys': field.listMapKeys }),
      ...((field.mapType ?? field.structType) && { 'x-kubernetes-map-type': field.mapType ?? field.structType }),
      ...(field.patchStrategy && { 'x-kubernetes-patch-strategy': field.patchStrategy.join(',') }),
      ...(field.patchMergeKey && { 'x-kubernetes-patch-merge-key': field.patchMergeKey }),
    }
    const about = { ...describe(description), ...(field.default !== undefined && { default: field.default }) }
    if (field.repeated) return { ...about, type: 'array', items: value, ...extensions }
    if (field.map) return { ...about, type: 'object', additionalProperties: value, ...extensions }
    // Nothing may stand beside a $ref, so it is wrapped.
    return { ...about, ...('$ref' in value ? { allOf: [value] } : value), ...extensions }
  }

  #value({ type }: FieldSchema): JsonObject {
    if (typeof type !== 'string') return this.ref(type())
    const wellKnown = wellKnownScalars[type]
    return wellKnown ? this.#wellKnownRef(...wellKnown) : { ...plainScalars[type] }
  }
}

const typeMetaProperties: JsonObject = {
  apiVersion: {
    description: 'Group and version of the kind, such as "v1" or "rbac.authorization.k8s.io/v1".',
    type: 'string',
  },
  kind: { description: 'Name of the kind in CamelCase. It never changes.', type: 'string' },
}

const plainScalars: Readonly<Partial<Record<ScalarType, JsonObject>>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
  stringList: { type: 'array', items: { type: 'string' } },
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const numberOrText = [{ type: 'integer' }, { type: 'string' }]

const wellKnownScalars: Readonly<Partial<Record<ScalarType, [string, JsonObject]>>> = {
  time: [
    `${meta}.Time`,
    { description: 'A time in RFC 3339 form, to the second.', type: 'string', format: 'date-time' },
  ],
  microTime: [
    `${meta}.MicroTime`,
    { description: 'A time in RFC 3339 form, to the microsecond.', type: 'string', format: 'date-time' },
  ],
  fieldsV1: [`${meta}.FieldsV1`, { description: 'The set of fields that a manager owns, as a tree.', type: 'object' }],
  intOrString: [
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    {
      description: 'A number or a text, such as a port number or the name of a port.',
      format: 'int-or-string',
      oneOf: numberOrText,
    },
  ],
  quantity: [
    'io.k8s.apimachinery.pkg.api.resource.Quantity',
    {
      description: 'An amount with an optional unit, such as 100m, 1.5Gi or 2e3.',
      oneOf: [{ type: 'string' }, { type: 'number' }],
    },
  ],
  rawExtension: [
    'io.k8s.apimachinery.pkg.runtime.RawExtension',
    { description: 'An object of any kind.', type: 'object' },
  ],
}

/** The fields of the JSON object, those of inline messages among them, with the message that documents each. */
function flatten(schema: MessageSchema): { field: FieldSchema; owner: MessageSchema }[] {
  return schema.fields.flatMap((field) =>
    field.inline && typeof field.type !== 'string' ? flatten(field.type()) : [{ field, owner: schema }],
  )
}

function describe(description: string | undefined): JsonObject {
  return description ? { description } : {}
}
