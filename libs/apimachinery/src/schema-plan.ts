/**
 * A schema made ready for decoding and encoding: inline messages flattened into the JSON object they stand in, members
 * found by name and by number. A plan is made once per schema, when it is first needed.
 */
import type { FieldSchema, MessageSchema, ScalarType } from './schema.ts'

/** A member of the JSON object. */
export class Member {
  readonly field: FieldSchema
  readonly name: string
  /** Index in `Plan.members`, and in the slots that hold an object's values while it is decoded. */
  readonly slot: number
  readonly shape: 'one' | 'list' | 'map'
  /** Undefined when the value is a message. */
  readonly scalar: ScalarType | undefined
  /** Go names of the embedded structs the member comes from, each followed by a dot; they show in decoding errors. */
  readonly embedded: string
  #message: Plan | undefined

  constructor(field: FieldSchema, slot: number, embedded: string) {
    this.field = field
    this.name = field.name
    this.slot = slot
    this.shape = field.repeated ? 'list' : field.map ? 'map' : 'one'
    this.scalar = typeof field.type === 'string' ? field.type : undefined
    this.embedded = embedded
  }

  /** The plan of the value's message; only where `scalar` is undefined. */
  get message(): Plan {
    this.#message ??= planOf((this.field.type as () => MessageSchema)())
    return this.#message
  }
}

/** What a field number of a message stands for: a member, or an inline message whose members start at a slot. */
export type WireField =
  | { readonly field: FieldSchema; readonly member: Member; readonly inline?: undefined }
  | { readonly field: FieldSchema; readonly inline: WireFields; readonly member?: undefined }

export interface WireFields {
  /** Index is the field number. */
  readonly byNumber: readonly (WireField | undefined)[]
  /** The order in which a writer that works from the end to the beginning puts them. */
  readonly descending: readonly WireField[]
}

export interface Plan {
  readonly schema: MessageSchema
  /** Go's name without the package, for decoding errors. */
  readonly structName: string
  /** In JSON order. */
  readonly members: readonly Member[]
  readonly byName: ReadonlyMap<string, Member>
  /** Those members that are maps. */
  readonly maps: readonly Member[]
  readonly wire: WireFields
}

const plans = new WeakMap<MessageSchema, Plan>()

export function planOf(schema: MessageSchema): Plan {
  const known = plans.get(schema)
  if (known) return known
  const members: Member[] = []
  if (schema.kind) for (const field of typeMeta) members.push(new Member(field, members.length, 'TypeMeta.'))
  const wire = collect(schema, members, '')
  const plan: Plan = {
    schema,
    structName: schema.goName.slice(schema.goName.lastIndexOf('.') + 1),
    members,
    byName: new Map(members.map((member) => [member.name, member])),
    maps: members.filter(({ shape }) => shape === 'map'),
    wire,
  }
  plans.set(schema, plan)
  return plan
}

/** Not on the wire inside the message: the envelope carries them. */
const typeMeta: readonly FieldSchema[] = [
  { name: 'kind', number: 0, type: 'string', presence: 'omitempty' },
  { name: 'apiVersion', number: 0, type: 'string', presence: 'omitempty' },
]

function collect(schema: MessageSchema, members: Member[], embedded: string): WireFields {
  const fields = schema.fields.map((field): WireField => {
    if (field.inline && typeof field.type !== 'string') {
      const inlined = field.type()
      const goName = inlined.goName.slice(inlined.goName.lastIndexOf('.') + 1)
      return { field, inline: collect(inlined, members, `${embedded}${goName}.`) }
    }
    const member = new Member(field, members.length, embedded)
    members.push(member)
    return { field, member }
  })
  const byNumber: (WireField | undefined)[] = []
  for (const field of fields) byNumber[field.field.number] = field
  return { byNumber, descending: fields.toSorted((a, b) => b.field.number - a.field.number) }
}

/** The object of a plan's decoded slots: what Go's encoder would write of the struct. `undefined` stands for unset. */
export function objectFromSlots(plan: Plan, slots: readonly unknown[]): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  for (const member of plan.members) {
    const value = slots[member.slot]
    switch (member.field.presence) {
      case 'pointer':
        if (value !== undefined) object[member.name] = value
        break
      case 'nullable':
        object[member.name] = value === undefined ? null : value
        break
      case 'omitempty':
        if (!isEmpty(member, value)) object[member.name] = value
        break
      case 'always':
        // An empty list or map stays for now: whoever wrote it owns it. `forgetEmptyLists` makes it null for the store.
        object[member.name] = value === undefined ? zeroOf(member) : value
    }
  }
  return object
}

/** What an element of the member's list or map is when it is given as null, as Go's zero value. */
export function zeroElementOf(member: Member): unknown {
  return member.scalar === undefined ? objectFromSlots(member.message, []) : zeroOfScalar(member.scalar)
}

function zeroOf(member: Member): unknown {
  return member.shape === 'one' && member.scalar !== 'bytes' ? zeroElementOf(member) : null
}

function zeroOfScalar(scalar: ScalarType): unknown {
  switch (scalar) {
    case 'string':
    case 'bytes':
      return ''
    case 'bool':
      return false
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0
    case 'quantity':
      return '0'
    default:
      return null
  }
}

function isEmpty(member: Member, value: unknown): boolean {
  if (value === undefined) return true
  if (member.shape === 'list') return (value as readonly unknown[]).length === 0
  if (member.shape === 'map') {
    for (const _ in value as object) return false
    return true
  }
  if (member.scalar === 'stringList') return (value as readonly unknown[]).length === 0
  return value === '' || value === 0 || value === false
}

/** The order in which Go writes the keys of a map. */
export function sortedKeys(map: object): string[] {
  const keys = Object.keys(map)
  for (let i = 1; i < keys.length; i++) if ((keys[i] as string) < (keys[i - 1] as string)) return keys.sort()
  return keys
}
