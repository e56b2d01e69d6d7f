import type { KubeObject } from '@ensign/apimachinery'

/** What an informer knows, by namespace and name. Objects are shared: nobody may change them. */
export interface Lister<T extends KubeObject> {
  /** `namespace` is empty for cluster-scoped objects. */
  get(namespace: string, name: string): Readonly<T> | undefined
  /** Of one namespace, or of all when it is left out. */
  list(namespace?: string): readonly Readonly<T>[]
  readonly size: number
}

/** The memory behind a {@link Lister}. */
export class ObjectIndex<T extends KubeObject> implements Lister<T> {
  readonly #namespaces = new Map<string, Map<string, T>>()
  #size = 0

  get(namespace: string, name: string): T | undefined {
    return this.#namespaces.get(namespace)?.get(name)
  }

  list(namespace?: string): readonly T[] {
    if (namespace !== undefined) return [...(this.#namespaces.get(namespace)?.values() ?? [])]
    return [...this.#namespaces.values()].flatMap((objects) => [...objects.values()])
  }

  get size(): number {
    return this.#size
  }

  /** Tells what was there before. */
  set(object: T): T | undefined {
    const { namespace = '', name = '' } = object.metadata
    let objects = this.#namespaces.get(namespace)
    if (!objects) {
      objects = new Map()
      this.#namespaces.set(namespace, objects)
    }
    const before = objects.get(name)
    objects.set(name, object)
    if (!before) this.#size += 1
    return before
  }

  /** Tells what was there before. */
  delete(object: KubeObject): T | undefined {
    const { namespace = '', name = '' } = object.metadata
    const objects = this.#namespaces.get(namespace)
    const before = objects?.get(name)
    if (!objects || !before) return undefined
    objects.delete(name)
    if (objects.size === 0) this.#namespaces.delete(namespace)
    this.#size -= 1
    return before
  }
}
