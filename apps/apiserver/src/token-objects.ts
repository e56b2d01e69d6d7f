/** The objects that tokens name, from the watch caches: at once, or surely fresh. */
import type { StoredTokenObjects, TokenObjects } from '@ensign/authentication'
import type { Objects } from './objects.ts'

export function tokenObjects(objects: Objects): { cached: TokenObjects; stored: StoredTokenObjects } {
  const [accounts, secrets, pods, nodes] = ['serviceaccounts', 'secrets', 'pods', 'nodes'].map(
    (p) => objects.core(p).cache,
  ) as [Cache, Cache, Cache, Cache]
  type Cache = ReturnType<Objects['core']>['cache']
  const now = <T>(cache: Cache, namespace: string, name: string): T | undefined =>
    cache.get(namespace, name)?.object as T | undefined
  const fresh = async <T>(cache: Cache, namespace: string, name: string): Promise<T | undefined> => {
    await cache.fresh()
    return now<T>(cache, namespace, name)
  }
  return {
    cached: {
      serviceAccount: (namespace, name) => now(accounts, namespace, name),
      secret: (namespace, name) => now(secrets, namespace, name),
      pod: (namespace, name) => now(pods, namespace, name),
      node: (name) => now(nodes, '', name),
    },
    stored: {
      serviceAccount: (namespace, name) => fresh(accounts, namespace, name),
      secret: (namespace, name) => fresh(secrets, namespace, name),
      pod: (namespace, name) => fresh(pods, namespace, name),
      node: (name) => fresh(nodes, '', name),
    },
  }
}
