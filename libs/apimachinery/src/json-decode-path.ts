/** Where a value stands in the object that is decoded: a chain that costs little to grow, and is rendered only for errors. */
import type { Member, Plan } from './schema-plan.ts'

export interface DecodePath {
  readonly parent: DecodePath | undefined
  /** The message that has the member. */
  readonly plan: Plan
  readonly member: Member
  /** Index in the member's list or key in its map. */
  readonly key: string | number | undefined
}

export function memberPath(parent: DecodePath | undefined, plan: Plan, member: Member): DecodePath {
  return { parent, plan, member, key: undefined }
}

export function elementPath({ parent, plan, member }: DecodePath, key: string | number): DecodePath {
  return { parent, plan, member, key }
}

/** As strict errors name it: `spec.containers[0].env`, `metadata.labels.a`. */
export function strictPathOf({ parent, member, key }: DecodePath): string {
  const own =
    key === undefined ? member.name : typeof key === 'number' ? `${member.name}[${key}]` : `${member.name}.${key}`
  return parent ? `${strictPathOf(parent)}.${own}` : own
}

/** As type errors name it: no indexes or map keys, but the embedded structs. */
export function fieldStackOf({ parent, member }: DecodePath): string {
  const own = member.embedded + member.name
  return parent ? `${fieldStackOf(parent)}.${own}` : own
}
