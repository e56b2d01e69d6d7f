import type { KubeObject } from '@ensign/apimachinery'
import { type Informer, ignore, type ResourceClient } from '@ensign/controller'

/**
 * Objects with generated names, as they are after what was written here: an informer that is behind would have a controller
 * make them twice.
 */
export interface OwnWrites<T> {
  /** All objects with this key. */
  view(key: string): readonly Readonly<T>[]
  create(namespace: string, object: Partial<T>): Promise<void>
  update(object: T): Promise<void>
  delete(object: Readonly<T>): Promise<void>
  /** Believes the informer again, after a failure. */
  forget(key: string): void
}

/** @param keyOf what objects are looked for by. */
export function ownWrites<T extends KubeObject>(
  informer: Informer<T>,
  client: ResourceClient<T>,
  keyOf: (object: Readonly<T>) => string,
): OwnWrites<T> {
  /** By key and uid: what the informer knows. */
  const known = new Map<string, Map<string, Readonly<T>>>()
  /** By key and uid: what was written, and is not known to the informer yet; null when it was deleted. */
  const written = new Map<string, Map<string, Readonly<T> | null>>()

  informer.subscribe(({ type, object, before }) => {
    const [key, { uid = '' }] = [keyOf(object), object.metadata]
    if (before && keyOf(before) !== key) {
      remove(known, keyOf(before), before.metadata.uid ?? '')
      remove(written, keyOf(before), before.metadata.uid ?? '')
    }
    if (type === 'deleted') {
      remove(known, key, uid)
      remove(written, key, uid)
      return
    }
    put(known, key, uid, object)
    const own = written.get(key)?.get(uid)
    if (own && revisionOf(object) >= revisionOf(own)) remove(written, key, uid)
  })

  return {
    view(key) {
      const merged = new Map<string, Readonly<T> | null>(known.get(key))
      for (const [uid, object] of written.get(key) ?? []) merged.set(uid, object)
      return [...merged.values()].filter((object) => object !== null)
    },
    async create(namespace, object) {
      remember(await client.create(namespace, object))
    },
    async update(object) {
      remember(await client.update(object))
    },
    async delete(object) {
      const { namespace = '', name = '', uid } = object.metadata
      const preconditions = { ...(uid !== undefined && { uid }) }
      await client.delete(namespace, name, { preconditions }).catch((error: unknown) => ignore(error, 'NotFound'))
      if (known.get(keyOf(object))?.has(uid ?? '')) put(written, keyOf(object), uid ?? '', null)
      else remove(written, keyOf(object), uid ?? '')
    },
    forget: (key) => written.delete(key),
  }

  function remember(object: T): void {
    const [key, { uid = '' }] = [keyOf(object), object.metadata]
    const seen = known.get(key)?.get(uid)
    if (!seen || revisionOf(seen) < revisionOf(object)) put(written, key, uid, object)
  }
}

/** Revisions of one resource type are comparable. */
const revisionOf = ({ metadata }: KubeObject): bigint => BigInt(metadata.resourceVersion ?? 0)

function put<V>(map: Map<string, Map<string, V>>, key: string, uid: string, value: V): void {
  const inner = map.get(key) ?? new Map<string, V>()
  map.set(key, inner.set(uid, value))
}

function remove<V>(map: Map<string, Map<string, V>>, key: string, uid: string): void {
  const inner = map.get(key)
  inner?.delete(uid)
  if (inner?.size === 0) map.delete(key)
}
