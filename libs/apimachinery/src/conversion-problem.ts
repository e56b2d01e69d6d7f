/**
 * What keeps decoded JSON from being an object of a kind, in the words of Kubernetes' converter, which strategic merge
 * patches go through where other bodies go through a JSON decoder.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/runtime/converter.go, fromUnstructured
 */
import { Base64Error, canonicalBase64 } from './base64.ts'
import { goType } from './go-text.ts'
import type { MessageSchema, ScalarType } from './schema.ts'
import { type Member, type Plan, planOf } from './schema-plan.ts'

/** The first problem in the order of the schema. Undefined when there is none, or none but in the text of a value. */
export const conversionProblem = (schema: MessageSchema, value: unknown): string | undefined =>
  problemOfMessage(planOf(schema), value)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Go's reflect.Kind of decoded JSON. */
const kindOf = (value: unknown): string => (isObject(value) ? 'map' : Array.isArray(value) ? 'slice' : goType(value))

function problemOfMessage(plan: Plan, value: unknown): string | undefined {
  if (!isObject(value)) return `cannot restore struct from: ${kindOf(value)}`
  for (const member of plan.members) {
    const problem = problemOfMember(member, value[member.name])
    if (problem !== undefined) return problem
  }
  return undefined
}

function problemOfMember(member: Member, value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined
  if (member.shape === 'one') return problemOfOne(member, value)
  const isMap = member.shape === 'map'
  if (isMap ? !isObject(value) : !Array.isArray(value))
    return `cannot restore ${isMap ? 'map' : 'slice'} from ${kindOf(value)}`
  for (const element of Object.values(value as object)) {
    const problem = element === null ? undefined : problemOfOne(member, element)
    if (problem !== undefined) return problem
  }
  return undefined
}

const problemOfOne = (member: Member, value: unknown): string | undefined =>
  member.scalar === undefined
    ? problemOfMessage(member.message, value)
    : problemOfScalar(member.scalar, value, member.field.goType)

function problemOfScalar(scalar: ScalarType, value: unknown, named: string | undefined): string | undefined {
  switch (scalar) {
    case 'string':
      if (typeof value === 'string') return undefined
      return kindOf(value) === 'int64' ? `cannot convert int64 to ${named ?? 'string'}` : 'unrecognized type: string'
    case 'bool':
      return typeof value === 'boolean' ? undefined : 'unrecognized type: bool'
    case 'int32':
    case 'int64':
      if (typeof value === 'bigint') return undefined
      if (typeof value !== 'number') return `unrecognized type: ${scalar}`
      return Number.isInteger(value) ? undefined : `cannot convert float64 to ${scalar}`
    case 'double':
      return typeof value === 'number' || typeof value === 'bigint' ? undefined : 'unrecognized type: float64'
    case 'bytes':
      if (typeof value === 'string') return problemOfBase64(value)
      return Array.isArray(value) ? undefined : `cannot restore slice from ${kindOf(value)}`
    case 'stringList':
      return Array.isArray(value) ? undefined : `cannot restore slice from ${kindOf(value)}`
    default:
      // These read their own JSON, and say themselves what is wrong with it.
      return undefined
  }
}

function problemOfBase64(text: string): string | undefined {
  try {
    canonicalBase64(text)
    return undefined
  } catch (error) {
    if (error instanceof Base64Error) return `error decoding from json: ${error.message}`
    throw error
  }
}
