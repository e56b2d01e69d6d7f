/**
 * Objects of one type by namespace and name, readable in the order of their keys' bytes, as etcd orders them.
 * Names are kept sorted per namespace.
 */
import type { CachedObject } from './cached-object.ts'
import { lowerBound, SortedNames } from './sorted-names.ts'

interface Bucket {
  readonly objects: Map<string, CachedObject>
  readonly names: SortedNames
}

export class OrderedIndex {
  readonly #buckets = new Map<string, Bucket>()
  /** Sorted by name and slash, since `a-b/x` is before `a/x` in key order. */
  readonly #namespaces: string[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  get(namespace: string, name: string): CachedObject | undefined {
    return this.#buckets.get(namespace)?.objects.get(name)
  }

  set(object: CachedObject): void {
    let bucket = this.#buckets.get(object.namespace)
    if (!bucket) {
      bucket = { objects: new Map(), names: new SortedNames() }
      this.#buckets.set(object.namespace, bucket)
      this.#namespaces.splice(lowerBound(this.#namespaces, object.namespace, withSlash), 0, object.namespace)
    }
    if (!bucket.objects.has(object.name)) {
      bucket.names.add(object.name)
      this.#size++
    }
    bucket.objects.set(object.name, object)
  }

  delete(namespace: string, name: string): void {
    const bucket = this.#buckets.get(namespace)
    if (!bucket?.objects.delete(name)) return
    this.#size--
    bucket.names.delete(name)
    if (bucket.names.size === 0) {
      this.#buckets.delete(namespace)
      this.#namespaces.splice(lowerBound(this.#namespaces, namespace, withSlash), 1)
    }
  }

  clear(): void {
    this.#buckets.clear()
    this.#namespaces.length = 0
    this.#size = 0
  }

  /** Number of objects in one namespace, or in all. */
  count(namespace: string | undefined): number {
    return namespace === undefined ? this.#size : (this.#buckets.get(namespace)?.names.size ?? 0)
  }

  /** Number of objects with a key above `after`, which is in that namespace if one is given. */
  countAbove(namespace: string | undefined, after: { namespace: string; name: string }): number {
    let count = this.#buckets.get(after.namespace)?.names.countAbove(after.name) ?? 0
    if (namespace !== undefined) return count
    const at = lowerBound(this.#namespaces, after.namespace, withSlash)
    for (let i = at; i < this.#namespaces.length; i++) {
      const other = this.#namespaces[i] as string
      if (other !== after.namespace) count += this.count(other)
    }
    return count
  }

  /** Objects in key order with a key above `after`. */
  *range(namespace: string | undefined, after?: { namespace: string; name: string }): Generator<CachedObject> {
    if (namespace !== undefined) {
      yield* this.#inBucket(namespace, after?.name)
      return
    }
    let at = after ? lowerBound(this.#namespaces, after.namespace, withSlash) : 0
    for (; at < this.#namespaces.length; at++) {
      const current = this.#namespaces[at] as string
      yield* this.#inBucket(current, current === after?.namespace ? after.name : undefined)
    }
  }

  *#inBucket(namespace: string, after: string | undefined): Generator<CachedObject> {
    const bucket = this.#buckets.get(namespace)
    if (!bucket) return
    for (const name of bucket.names.above(after)) yield bucket.objects.get(name) as CachedObject
  }
}

const withSlash = (s: string): string => `${s}/`

/** The order of two keys `namespace/name`. Names are ASCII, so that UTF-16 order is byte order. */
export const keyOrder = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
