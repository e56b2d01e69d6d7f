/**
 * What a write through one door of a resource can change at all. Nobody comes to own, and nothing conflicts over, what is
 * reset to its old value anyway.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/registry/rest/{create_update,reset_fields}_strategy.go
 */
import { type FieldSet, hasChildren, isMember, leaf, recursiveDifference, self, setOfMembers } from './field-set.ts'

export type FieldFilter = (set: FieldSet) => FieldSet

export interface Changeable {
  /** Members that a write cannot change, whatever it says: `status`, `metadata.ownerReferences`. */
  readonly resetFields?: readonly string[]
  /** The only members that a write can change; `*` is any item: `spec.containers.*.resources`. */
  readonly settableFields?: readonly string[]
}

const filters = new WeakMap<Changeable, FieldFilter>()

/** Undefined where every field can be changed. */
export function fieldFilter(door: Changeable): FieldFilter | undefined {
  const { resetFields, settableFields } = door
  if (!resetFields && !settableFields) return undefined
  let filter = filters.get(door)
  if (!filter) {
    const reset = setOfMembers(...(resetFields ?? []).map((path) => path.split('.')))
    const settable = settableFields && patternOf(settableFields.map((path) => path.split('.')))
    filter = (set) => {
      const rest = recursiveDifference(set, reset)
      return settable ? matching(rest, settable) : rest
    }
    filters.set(door, filter)
  }
  return filter
}

/** By path element, `*` for any; undefined is everything. */
type Pattern = Map<string, Pattern> | undefined

function patternOf(paths: readonly (readonly string[])[]): Pattern {
  if (paths.some((path) => path.length === 0)) return undefined
  const heads = new Set(paths.map(([head]) => head as string))
  return new Map(
    [...heads].map((head) => [
      head === '*' ? head : `f:${head}`,
      patternOf(paths.filter((path) => path[0] === head).map((path) => path.slice(1))),
    ]),
  )
}

function matching(set: FieldSet, pattern: Pattern): FieldSet {
  if (!pattern) return set
  const result: { [element: string]: FieldSet } = {}
  for (const element in set) {
    const key = pattern.has('*') ? '*' : element
    if (element === self || !pattern.has(key)) continue
    const node = set[element] as FieldSet
    const inside = hasChildren(node) ? matching(node, pattern.get(key)) : leaf
    if (isMember(node)) result[element] = hasChildren(inside) ? { [self]: leaf, ...inside } : leaf
    else if (hasChildren(inside)) result[element] = inside
  }
  return result
}
