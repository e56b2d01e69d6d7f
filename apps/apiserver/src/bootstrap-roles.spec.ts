import { silentLogger } from '@ensign/process'
import { context } from '@ensign/registry/testing'
import { createConnection, createMemoryBackend, StoreError } from '@ensign/store'
import { expect, test } from 'vitest'
import { storeBootstrapRoles } from './bootstrap-roles.ts'
import { createObjects } from './objects.ts'

/** Objects in memory, in a store that can be away. */
function objectsOf(store: { away: boolean }) {
  const connection = createConnection({
    open: () => {
      const backend = createMemoryBackend()
      return {
        ...backend,
        commit: (...write) => {
          if (store.away) throw new StoreError('Unavailable', 'it is away')
          return backend.commit(...write)
        },
      }
    },
    ping: async () => {},
    state: () => ({ available: !store.away, reason: 'it is away' }),
    close: async () => {},
  })
  return createObjects(connection, silentLogger, {})
}

function begin(store: { away: boolean }) {
  const warnings: string[] = []
  const stopping = new AbortController()
  const { stored } = objectsOf(store)
  void storeBootstrapRoles({
    stored,
    // Those in namespaces wait for these for ever.
    namespaces: new Promise<void>(() => {}),
    context: () => context({ user: { username: 'system:apiserver', groups: ['system:masters'] } }),
    signal: stopping.signal,
    log: { ...silentLogger, warn: (message) => warnings.push(message) },
  })
  const roles = stored('rbac.authorization.k8s.io', 'clusterroles')
  return { roles, warnings, stopping }
}

test('a store that is away is told of once a second, not once a role, and the roles are there when it is back', async () => {
  const store = { away: true }
  const { roles, warnings, stopping } = begin(store)
  // The test's time limit ends waits in vain.
  while (warnings.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(warnings).toHaveLength(1)
  store.away = false
  while (!roles.cache.get('', 'view')) await new Promise((resolve) => setTimeout(resolve, 5))
  stopping.abort()
})
