import type { Identity } from './garbage-collector-identity.ts'

/** How many are remembered. Source: pkg/controller/garbagecollector/graph_builder.go, NewReferenceCache(500) */
const rememberedMax = 500

/**
 * Owners that are known to be gone: whoever had a thousand dependents is asked for once. A UID never comes back, and what is
 * remembered is a UID with the coordinates at which it is not.
 */
export class AbsentOwners {
  readonly #keys = new Set<string>()

  add(identity: Identity): void {
    const key = keyOf(identity)
    this.#keys.delete(key)
    this.#keys.add(key)
    if (this.#keys.size <= rememberedMax) return
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest)
      return
    }
  }

  has(identity: Identity): boolean {
    return this.#keys.has(keyOf(identity))
  }
}

const keyOf = ({ apiVersion, kind, namespace, name, uid }: Identity): string =>
  JSON.stringify([apiVersion, kind, namespace, name, uid])
