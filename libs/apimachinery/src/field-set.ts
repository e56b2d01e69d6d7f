/**
 * Sets of paths into objects, in the very form in which `managedFields` holds them (FieldsV1): a tree whose nodes are path
 * elements. A node is a member of the set when it has no children, or has the child `.`. Sets are never changed once made,
 * so they share their parts, and an operation that changes nothing gives back what it got.
 * Source: sigs.k8s.io/structured-merge-diff fieldpath/{set,serialize}.go
 */
import { type PathElement, parseElement, showElement, sortElements } from './field-set-element.ts'
import { keptDepthMax } from './limits.ts'

export interface FieldSet {
  readonly [element: PathElement]: FieldSet
}

type Draft = { [element: PathElement]: FieldSet }

/** As a child: a node that is a member itself. */
export const self = '.'
/** A node that is a member and has no children; as a whole set, the one without members. */
export const leaf: FieldSet = Object.freeze({})
export const emptySet: FieldSet = leaf

export function hasChildren(node: FieldSet): boolean {
  if (node === leaf) return false
  for (const element in node) if (element !== self) return true
  return false
}

export const isMember = (node: FieldSet): boolean => self in node || !hasChildren(node)

/** A node with these children that is a member itself. */
export const withSelf = (children: FieldSet | undefined): FieldSet => (children ? { [self]: leaf, ...children } : leaf)

/** What belongs to one of the two or to both. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || b === leaf || includes(a, b)) return a
  if (!hasChildren(a)) return b
  return unionInto({}, a, b)
}

/** True when all that belongs to `b` belongs to `a`. */
export function includes(a: FieldSet, b: FieldSet): boolean {
  for (const element in b) {
    if (element === self) continue
    const left = a[element]
    const right = b[element] as FieldSet
    if (left === right) continue
    if (!left || (isMember(right) && !isMember(left)) || !includes(left, right)) return false
  }
  return true
}

function unionOfNodes(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a
  const own: Draft = isMember(a) || isMember(b) ? { [self]: leaf } : {}
  const node = unionInto(own, a, b)
  return hasChildren(node) ? node : leaf
}

function unionInto(result: Draft, a: FieldSet, b: FieldSet): FieldSet {
  for (const element of inOrder(a, b)) {
    if (element === self) continue
    const left = a[element]
    const right = b[element]
    result[element] = left && right ? unionOfNodes(left, right) : ((left ?? right) as FieldSet)
  }
  return result
}

function inOrder(a: FieldSet, b: FieldSet): PathElement[] {
  const elements = Object.keys(a)
  const ofA = elements.length
  for (const element in b) if (!(element in a)) elements.push(element)
  return ofA > 0 && ofA < elements.length ? sorted(elements) : elements
}

const sorted = (elements: readonly PathElement[]): PathElement[] => {
  const inOrder = sortElements(elements.filter((element) => element !== self))
  return inOrder.length < elements.length ? [self, ...inOrder] : inOrder
}

/**
 * What belongs to `a` and not to `b`. A member of `b` takes nothing but itself away: `a.b` less `a` is `a.b`, `a` less
 * `a.b` is `a`.
 */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => less(a, b, false) ?? emptySet

/** As difference, but a member of `b` takes away everything below it too. */
export const recursiveDifference = (a: FieldSet, b: FieldSet): FieldSet => less(a, b, true) ?? emptySet

function less(a: FieldSet, b: FieldSet, recursive: boolean): FieldSet | undefined {
  let changed: Draft | undefined
  for (const element in b) {
    const left = element === self ? undefined : (changed ?? a)[element]
    if (!left) continue
    const rest = nodeLess(left, b[element] as FieldSet, recursive)
    if (rest === left) continue
    changed ??= { ...a }
    if (rest) changed[element] = rest
    else delete changed[element]
  }
  if (!changed) return a
  return hasChildren(changed) ? changed : undefined
}

function nodeLess(a: FieldSet, b: FieldSet, recursive: boolean): FieldSet | undefined {
  const isTaken = isMember(b)
  if (isTaken && recursive) return undefined
  const stays = !isTaken && isMember(a)
  if (!hasChildren(a)) return stays ? a : undefined
  const rest = less(a, b, recursive)
  if (stays || !isTaken || !rest || !(self in rest)) return rest ?? (stays ? leaf : undefined)
  const { [self]: _, ...children } = rest
  return children
}

/** What belongs to both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const result: Draft = {}
  for (const element in a) {
    const right = b[element]
    if (element === self || !right) continue
    const left = a[element] as FieldSet
    const children = intersection(left, right)
    if (isMember(left) && isMember(right)) result[element] = hasChildren(children) ? withSelf(children) : leaf
    else if (hasChildren(children)) result[element] = children
  }
  return result
}

/** The paths of the members: those of one level before those below it. */
export function pathsOf(set: FieldSet): PathElement[][] {
  const paths: PathElement[][] = []
  const visit = (node: FieldSet, path: PathElement[]): void => {
    for (const element in node) {
      if (element !== self && isMember(node[element] as FieldSet)) paths.push([...path, element])
    }
    for (const element in node) {
      if (element !== self && hasChildren(node[element] as FieldSet))
        visit(node[element] as FieldSet, [...path, element])
    }
  }
  visit(set, [])
  return paths
}

/** As texts for people show it: `.spec.containers[name="main"].image`. */
export const showPath = (path: readonly PathElement[]): string => path.map(showElement).join('')

export function hasPath(set: FieldSet, path: readonly PathElement[]): boolean {
  let node: FieldSet | undefined = set
  for (const element of path) node = node?.[element]
  return node !== undefined && isMember(node)
}

/** A set of the paths with these members' names, such as `['metadata', 'ownerReferences']`. */
export function setOfMembers(...paths: readonly (readonly string[])[]): FieldSet {
  const nodeOf = (path: readonly string[]): FieldSet =>
    path.length === 0 ? leaf : { [`f:${path[0]}`]: nodeOf(path.slice(1)) }
  return paths.map(nodeOf).reduce(union, emptySet)
}

/**
 * The canonical form of a set that somebody else wrote: elements in order and in their one text form, unknown kinds of
 * elements left out.
 *
 * @throws SyntaxError when it is no set
 */
export function parseFieldSet(fields: unknown, depth = 0): FieldSet {
  if (fields === null || fields === undefined) return leaf
  if (typeof fields !== 'object' || Array.isArray(fields)) throw new SyntaxError('expected a map of fields')
  if (depth > keptDepthMax) throw new SyntaxError('exceeded max depth')
  const found = new Map<PathElement, FieldSet>()
  for (const [text, child] of Object.entries(fields)) {
    if (text === self) found.set(self, leaf)
    else {
      const element = parseElement(text)
      if (element !== undefined) found.set(element, parseFieldSet(child, depth + 1))
    }
  }
  if (found.size === 1 && found.has(self)) return leaf
  const result: Draft = {}
  for (const element of sorted([...found.keys()])) result[element] = found.get(element) as FieldSet
  return result
}
