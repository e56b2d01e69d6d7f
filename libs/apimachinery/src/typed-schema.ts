/**
 * A kind's schema as structured merges see it: scalars, lists (atomic, sets, keyed), maps and structs. Made once per
 * schema, when it is first needed.
 * Source: k8s.io/kube-openapi pkg/schemaconv, sigs.k8s.io/structured-merge-diff schema/elements.go
 */
import type { FieldSchema, MessageSchema, ScalarType } from './schema.ts'
import { type Member, type Plan, planOf } from './schema-plan.ts'

export type ValueType = ScalarValue | ListType | MapType | StructType | AnyType

export interface ScalarValue {
  readonly kind: 'scalar'
  /** `untyped` is any scalar: times, quantities, int-or-string. */
  readonly scalar: 'numeric' | 'string' | 'boolean' | 'untyped'
}

export interface ListType {
  readonly kind: 'list'
  /** Merged and owned as one value. */
  readonly atomic: boolean
  /** In alphabetical order. None in a list that is no map: a set of scalars. */
  readonly keys: readonly ListKey[]
  readonly element: ValueType
}

export interface ListKey {
  readonly name: string
  /** What an element without the member counts as. */
  readonly default: string | number | boolean | undefined
}

export interface MapType {
  readonly kind: 'map'
  readonly atomic: boolean
  readonly element: ValueType
}

/** JSON without a schema. */
export interface AnyType {
  readonly kind: 'any'
}

export interface StructField {
  readonly name: string
  /** The path element of FieldsV1: `f:name`. */
  readonly element: string
  readonly type: ValueType
  /** Nobody owns identity, bookkeeping and the metadata as such. `members`: what is inside may be owned. */
  readonly owned: 'yes' | 'members' | 'no'
}

export class StructType {
  readonly kind = 'struct'
  readonly atomic: boolean
  readonly #plan: Plan
  readonly #ownedOf: (field: string) => StructField['owned']
  #fields: readonly StructField[] | undefined
  #byName: ReadonlyMap<string, StructField> | undefined

  constructor(plan: Plan, atomic: boolean, ownedOf: (field: string) => StructField['owned'] = () => 'yes') {
    this.#plan = plan
    this.atomic = atomic
    this.#ownedOf = ownedOf
  }

  /** In alphabetical order, which is that of FieldsV1. Types may refer to themselves, so this waits until asked. */
  get fields(): readonly StructField[] {
    this.#fields ??= this.#plan.members.map((member) => this.#field(member)).sort((a, b) => (a.name < b.name ? -1 : 1))
    return this.#fields
  }

  field(name: string): StructField | undefined {
    this.#byName ??= new Map(this.fields.map((field) => [field.name, field]))
    return this.#byName.get(name)
  }

  #field(member: Member): StructField {
    const owned = this.#ownedOf(member.name)
    const type = owned === 'members' ? metadataType(member.message) : typeOfMember(member)
    return { name: member.name, element: `f:${member.name}`, type, owned }
  }
}

/** Source: apimachinery pkg/util/managedfields/internal/stripmeta.go */
const neverOwned = new Set([
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
])

const kinds = new WeakMap<MessageSchema, StructType>()

/** The type of whole objects of a kind. */
export function kindType(schema: MessageSchema): StructType {
  let type = kinds.get(schema)
  if (!type) {
    const ownedOf = (name: string): StructField['owned'] =>
      name === 'kind' || name === 'apiVersion' ? 'no' : name === 'metadata' ? 'members' : 'yes'
    type = new StructType(planOf(schema), false, ownedOf)
    kinds.set(schema, type)
  }
  return type
}

const metadataType = (plan: Plan): StructType =>
  new StructType(plan, false, (name) => (neverOwned.has(name) ? 'no' : 'yes'))

const structs = new WeakMap<Plan, { separate?: StructType; atomic?: StructType }>()

function structType(plan: Plan, field: FieldSchema): StructType {
  const isAtomic = field.structType === 'atomic' || plan.schema.structType === 'atomic'
  let made = structs.get(plan)
  if (!made) {
    made = {}
    structs.set(plan, made)
  }
  if (isAtomic) made.atomic ??= new StructType(plan, true)
  else made.separate ??= new StructType(plan, false)
  return (isAtomic ? made.atomic : made.separate) as StructType
}

function typeOfMember(member: Member): ValueType {
  const { field, shape } = member
  const element = member.scalar === undefined ? structType(member.message, field) : typeOfScalar(member.scalar)
  if (shape === 'one') return element
  if (shape === 'map') return { kind: 'map', atomic: field.mapType === 'atomic', element }
  const isAtomic = field.listType !== 'set' && field.listType !== 'map'
  return {
    kind: 'list',
    atomic: isAtomic,
    element,
    keys: field.listType === 'map' ? keysOf(field, member.message) : [],
  }
}

const keysOf = ({ listMapKeys = [] }: FieldSchema, { byName }: Plan): ListKey[] =>
  listMapKeys.toSorted().map((name) => ({ name, default: defaultOf(byName.get(name)?.field) }))

/** A member that Go always writes has its zero value as a default in OpenAPI. Source: kube-openapi pkg/generators/openapi.go */
function defaultOf(field: FieldSchema | undefined): ListKey['default'] {
  if (field?.default !== undefined) return field.default
  if (field?.presence !== 'always') return undefined
  if (field.type === 'string') return ''
  if (field.type === 'bool') return false
  return field.type === 'int32' || field.type === 'int64' ? 0 : undefined
}

const scalarOf = (scalar: ScalarValue['scalar']): ScalarValue => ({ kind: 'scalar', scalar })
const text = scalarOf('string')
const numeric = scalarOf('numeric')
const boolean = scalarOf('boolean')
const untyped = scalarOf('untyped')
const texts: ListType = { kind: 'list', atomic: true, keys: [], element: text }
const any: AnyType = { kind: 'any' }

function typeOfScalar(scalar: ScalarType): ValueType {
  switch (scalar) {
    case 'string':
    case 'bytes':
      return text
    case 'bool':
      return boolean
    case 'int32':
    case 'int64':
    case 'double':
      return numeric
    case 'time':
    case 'microTime':
    case 'intOrString':
    case 'quantity':
      return untyped
    case 'stringList':
      return texts
    case 'rawExtension':
    case 'fieldsV1':
      return any
  }
}

/** The type that a value of any type turns out to have: maps merge member by member, lists are one value. */
export function typeOfAny(value: unknown): ValueType {
  if (Array.isArray(value)) return { kind: 'list', atomic: true, keys: [], element: any }
  return typeof value === 'object' && value !== null ? { kind: 'map', atomic: false, element: any } : untyped
}
