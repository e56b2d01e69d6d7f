import type { PublicKey } from './public-key.ts'

/** The keys that verify, in order. They may change while the process runs. */
export interface KeyRing {
  /** All keys, in the order in which they were given. */
  keys(): readonly PublicKey[]
  /**
   * Keys worth trying: those with this id, or all when a token names none.
   * Source: kubernetes/kubernetes pkg/serviceaccount/jwt.go, staticPublicKeysGetter.GetPublicKeys.
   */
  find(kid: string | undefined): readonly PublicKey[]
  /** Puts other keys in place of all present ones; listeners hear of it unless nothing changed. */
  replace(keys: readonly PublicKey[]): void
  /** Calls back after each change. Returns how to stop that. */
  subscribe(listener: () => void): () => void
}

export function createKeyRing(initial: readonly PublicKey[] = []): KeyRing {
  const listeners = new Set<() => void>()
  let all = unique(initial)
  let byId = indexed(all)
  return {
    keys: () => all,
    find: (kid) => (kid === undefined || kid === '' ? all : (byId.get(kid) ?? [])),
    replace(keys) {
      const next = unique(keys)
      if (sameKeys(all, next)) return
      all = next
      byId = indexed(all)
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Each key once, where it stood first. An external signer may give two keys one id; both stay. */
function unique(keys: readonly PublicKey[]): readonly PublicKey[] {
  return [...Map.groupBy(keys, fingerprint).values()].flatMap((same) => same.slice(0, 1))
}

function indexed(keys: readonly PublicKey[]): ReadonlyMap<string, readonly PublicKey[]> {
  return Map.groupBy(keys, (key) => key.kid)
}

function sameKeys(a: readonly PublicKey[], b: readonly PublicKey[]): boolean {
  return (
    a.length === b.length && a.every((key, i) => fingerprint(key) === fingerprint(b[i] ?? key) && b[i] !== undefined)
  )
}

function fingerprint({ kid, der, excludeFromDiscovery }: PublicKey): string {
  return `${excludeFromDiscovery} ${der.toString('base64')} ${kid}`
}
