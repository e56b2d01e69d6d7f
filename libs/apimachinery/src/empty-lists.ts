/**
 * An empty list or map that is always written is null by the time that it comes back from upstream's store, whose protobuf
 * cannot tell the two apart. Until then it is there: who wrote `rules: []` owns the field.
 */
import type { MessageSchema } from './schema.ts'
import { type Member, type Plan, planOf } from './schema-plan.ts'

/** Members to look at: lists and maps that are always written, and what may hold some further down. */
interface Walk {
  readonly always: readonly Member[]
  readonly holders: readonly (readonly [Member, Plan])[]
}

const walks = new WeakMap<Plan, Walk>()
const nothing: Walk = { always: [], holders: [] }

/** Makes empty lists and maps that are always written null, in place. Costs nothing for a kind that has none. */
export function forgetEmptyLists(schema: MessageSchema, object: object): void {
  forget(planOf(schema), object as Record<string, unknown>)
}

function forget(plan: Plan, object: Record<string, unknown>): void {
  const { always, holders } = walkOf(plan)
  for (const { name } of always) if (isEmpty(object[name])) object[name] = null
  for (const [{ name, shape }, inner] of holders) {
    const value = object[name]
    if (typeof value !== 'object' || value === null) continue
    if (shape === 'one') forget(inner, value as Record<string, unknown>)
    else for (const item of Object.values(value)) if (isObject(item)) forget(inner, item)
  }
}

function walkOf(plan: Plan): Walk {
  const known = walks.get(plan)
  if (known) return known
  // Of a schema that holds itself, which none is that has such lists.
  walks.set(plan, nothing)
  const always = plan.members.filter(({ shape, field }) => shape !== 'one' && field.presence === 'always')
  const holders = plan.members.flatMap((member): [Member, Plan][] => {
    if (member.scalar !== undefined) return []
    const inner = walkOf(member.message)
    return inner.always.length + inner.holders.length > 0 ? [[member, member.message]] : []
  })
  const walk = { always, holders }
  walks.set(plan, walk)
  return walk
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  for (const _ in value) return false
  return true
}
