/** Every message against the models of the JavaScript client, so that no field is missing or mistyped. */
import { type FieldSchema, isVirtual, type MessageSchema } from '@ensign/apimachinery'
import * as client from '@kubernetes/client-node'
import { describe, expect, test } from 'vitest'
import * as metaV1 from '../../apimachinery/src/generated/meta-v1.ts'
import * as admissionregistrationV1 from './generated/admissionregistration-v1.ts'
import * as authenticationV1 from './generated/authentication-v1.ts'
import * as authorizationV1 from './generated/authorization-v1.ts'
import * as certificatesV1 from './generated/certificates-v1.ts'
import * as coordinationV1 from './generated/coordination-v1.ts'
import * as coreV1 from './generated/core-v1.ts'
import * as discoveryV1 from './generated/discovery-v1.ts'
import * as eventsV1 from './generated/events-v1.ts'
import * as policyV1 from './generated/policy-v1.ts'
import * as rbacV1 from './generated/rbac-v1.ts'
import { servedKinds } from './served-kinds.ts'

interface Attribute {
  readonly baseName: string
  readonly type: string
  readonly format: string
}

/** The client has the stable versions only. */
const modules = [
  { prefix: 'Core', module: coreV1 },
  { prefix: 'Events', module: eventsV1 },
  { prefix: 'Rbac', module: rbacV1 },
  { prefix: 'Authentication', module: authenticationV1 },
  { prefix: 'Authorization', module: authorizationV1 },
  { prefix: 'Admissionregistration', module: admissionregistrationV1 },
  { prefix: 'Certificates', module: certificatesV1 },
  { prefix: 'Coordination', module: coordinationV1 },
  { prefix: 'Discovery', module: discoveryV1 },
  { prefix: 'Policy', module: policyV1 },
  { prefix: 'Meta', module: metaV1 },
]

/** Messages without a model: nothing in the API's paths refers to them. */
const withoutModel = [
  // Query parameters, not bodies.
  'GetOptions',
  'ListOptions',
  'CreateOptions',
  'UpdateOptions',
  'PatchOptions',
  'PodLogOptions',
  'PodAttachOptions',
  'PodExecOptions',
  'PodPortForwardOptions',
  'PodProxyOptions',
  'ServiceProxyOptions',
  'NodeProxyOptions',
  // The envelope of protobuf bodies.
  'Unknown',
  'TypeMeta',
  // Answers in another representation, and a list of anything.
  'PartialObjectMetadata',
  'PartialObjectMetadataList',
  'List',
  // Inline messages: their members belong to the messages around them.
  'VolumeSource',
  'ProbeHandler',
  'EphemeralContainerCommon',
  'Rule',
]

const all = modules.flatMap(({ prefix, module }) =>
  Object.entries(module).flatMap(([name, schema]) =>
    name.endsWith('Schema') ? [{ prefix, schema: schema as MessageSchema }] : [],
  ),
)

describe('every message has the fields of its model in the JavaScript client', () => {
  const compared = all.filter(({ schema }) => !withoutModel.includes(kindName(schema)))

  test.each(compared.map(({ prefix, schema }) => [schema.name, prefix, schema] as const))('%s', (_, prefix, schema) => {
    const attributes = modelOf(schema, prefix)
    const ours = new Map(flatten(schema).map((field) => [field.name, typeOf(field)]))
    if (schema.kind) ours.set('kind', 'string').set('apiVersion', 'string')
    const theirs = new Map(
      attributes.map(({ baseName, type, format }) => [baseName, withFormat(withoutPrefix(type), format)]),
    )
    expect(Object.fromEntries([...ours].sort())).toEqual(Object.fromEntries([...theirs].sort()))
  })
})

describe('every served kind', () => {
  const known = new Set(all.map(({ schema }) => schema.name))
  const messages = new Map(all.map(({ schema }) => [schema.name, schema]))

  // There is no definition, so nothing is said of what one is made of.
  const compared = servedKinds.filter(({ kind }) => kind !== 'CustomResourceDefinition')
  test.each(compared.map((kind) => [`${kind.group}/${kind.version} ${kind.kind}`, kind] as const))(
    '%s is made of compared messages alone, its list and its subresources too',
    (_, definition) => {
      const actions = Object.values(definition.subresources ?? {}).flatMap((s) => ('schema' in s ? [s.schema] : []))
      const list = messages.get(`${definition.schema.name}List`)
      const reached = new Set<MessageSchema>()
      for (const schema of [definition.schema, ...actions, ...(list ? [list] : [])]) reach(schema, reached)
      // The client has no models of beta versions.
      const names = [...reached].map((s) => s.name).filter((name) => !/\.v1beta\d+\./.test(name))
      expect(names.filter((name) => !known.has(name))).toEqual([])
      if (isVirtual(definition)) return
      expect(list, 'its list').toBeDefined()
    },
  )
})

function reach(schema: MessageSchema, reached: Set<MessageSchema>): void {
  if (reached.has(schema)) return
  reached.add(schema)
  for (const { type } of schema.fields) if (typeof type !== 'string') reach(type(), reached)
}

function modelOf(schema: MessageSchema, prefix: string): readonly Attribute[] {
  const models = client as unknown as Record<string, { getAttributeTypeMap?: () => Attribute[] }>
  const model = models[`${prefix}V1${kindName(schema)}`] ?? models[`V1${kindName(schema)}`]
  if (!model?.getAttributeTypeMap) throw new Error(`no model for ${schema.name}`)
  return model.getAttributeTypeMap()
}

function kindName(schema: MessageSchema): string {
  return schema.name.slice(schema.name.lastIndexOf('.') + 1)
}

function flatten(schema: MessageSchema): FieldSchema[] {
  return schema.fields.flatMap((field) =>
    field.inline && typeof field.type !== 'string' ? flatten(field.type()) : [field],
  )
}

const scalarNames: Readonly<Record<string, string>> = {
  string: 'string',
  bool: 'boolean',
  int32: 'number',
  int64: 'number',
  double: 'number',
  bytes: 'string',
  time: 'Date',
  microTime: 'MicroTime',
  quantity: 'string',
  intOrString: 'IntOrString',
  rawExtension: 'any',
  fieldsV1: 'any',
  stringList: 'Array<string>',
}

const formats: Readonly<Record<string, string>> = {
  int32: 'int32',
  int64: 'int64',
  double: 'double',
  bytes: 'byte',
  time: 'date-time',
  microTime: 'date-time-micro',
  intOrString: 'int-or-string',
}

function typeOf(field: FieldSchema): string {
  const { type } = field
  const one = typeof type === 'string' ? scalarNames[type] : kindName(type())
  const whole = field.repeated ? `Array<${one}>` : field.map ? `{ [key: string]: ${one}; }` : `${one}`
  return withFormat(whole, typeof type === 'string' ? (formats[type] ?? '') : '')
}

const withFormat = (type: string, format: string): string => (format ? `${type} (${format})` : type)

/** `Array<V1Container>` and `CoreV1EventSeries` by the names of their messages. */
function withoutPrefix(type: string): string {
  return type.replace(/\b(?:[A-Z][a-z]+)??V1(?=[A-Z])/g, '')
}
