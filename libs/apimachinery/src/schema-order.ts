/** The order in which Kubernetes writes members: that of the schema, at every depth. */
import type { MessageSchema } from './schema.ts'
import { type Member, type Plan, planOf } from './schema-plan.ts'

/** The same value with its members in order. What is in order already, which most values are, is not copied. */
export const inSchemaOrder = <T>(schema: MessageSchema, value: T): T => messageInOrder(planOf(schema), value) as T

function messageInOrder(plan: Plan, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const given = value as Record<string, unknown>
  let changed: Record<string, unknown> | undefined
  let last = -1
  let isOrdered = true
  for (const name of Object.keys(given)) {
    const member = plan.byName.get(name)
    if (!member) continue
    if (member.slot < last) isOrdered = false
    last = member.slot
    if (member.scalar !== undefined) continue
    const before = given[name]
    const after = memberInOrder(member, before)
    if (after !== before) {
      changed ??= { ...given }
      changed[name] = after
    }
  }
  const result = changed ?? given
  if (isOrdered) return result
  const ordered: Record<string, unknown> = {}
  for (const { name } of plan.members) if (name in result) ordered[name] = result[name]
  return Object.assign(ordered, result)
}

function memberInOrder({ shape, message }: Member, value: unknown): unknown {
  if (shape === 'one') return messageInOrder(message, value)
  if (typeof value !== 'object' || value === null) return value
  if (!Array.isArray(value)) {
    const entries = Object.entries(value).map(([key, item]) => [key, messageInOrder(message, item)] as const)
    return entries.some(([key, item]) => item !== (value as Record<string, unknown>)[key])
      ? Object.fromEntries(entries)
      : value
  }
  const items = value.map((item) => messageInOrder(message, item))
  return items.some((item, i) => item !== value[i]) ? items : value
}
