import type { ApiRequest } from '@ensign/endpoints'
import type { WatchCache } from '@ensign/registry'
import { expect, test } from 'vitest'
import { keepPolicy } from './keep-policy.ts'
import { createPolicyGate } from './policy-gate.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** What the policy needs of a cache: that it can be reset. */
function resettable() {
  const listeners = new Set<{ onReset(): void }>()
  const attach = (listener: { onReset(): void }) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    cache: { attach } as unknown as WatchCache,
    reset() {
      const all = [...listeners]
      listeners.clear()
      for (const { onReset } of all) onReset()
    },
  }
}

const request = (headers: ApiRequest['headers'] = {}, path = '/api'): ApiRequest =>
  ({ method: 'GET', path, query: '', headers, body: async () => new Uint8Array(), peer: {} }) as ApiRequest
const as = (...groups: string[]) => ({ user: { username: 'x', groups } })

test('policy gate: closes in the turn in which a cache has lost history, and opens when the roles are stored again', async () => {
  const [roles, bindings] = [resettable(), resettable()]
  const gate = createPolicyGate()
  const stored: ((done: boolean) => void)[] = []
  const store = () => new Promise<boolean>((resolve) => stored.push(resolve))
  const { signal } = new AbortController()
  const kept = keepPolicy({ gate, caches: [roles.cache, bindings.cache], store, signal })
  stored.shift()?.(true)
  await turn()
  expect(gate.isOpen()).toBe(true)
  roles.reset()
  expect(gate.isOpen()).toBe(false)
  await turn()
  // Lost once more while they are being stored: what was stored before may be gone.
  bindings.reset()
  stored.shift()?.(true)
  await turn()
  expect(gate.isOpen()).toBe(false)
  stored.shift()?.(true)
  await turn()
  expect(gate.isOpen()).toBe(true)
  roles.reset()
  await turn()
  stored.shift()?.(false)
  await kept
  expect(gate.isOpen()).toBe(false)
})

test('policy gate: holds users back and those who impersonate them, not administrators and probes', async () => {
  const gate = createPolicyGate()
  const masters = as('system:masters')
  expect(gate.hold(request(), masters)).toBe(masters)
  expect(gate.hold(request({}, '/readyz'), as())).toEqual(as())
  const held = [gate.hold(request(), as()), gate.hold(request({ 'impersonate-user': 'jane' }), masters)]
  for (const one of held) expect(one).toBeInstanceOf(Promise)
  gate.open()
  expect(await Promise.all(held)).toEqual([as(), masters])
  gate.close()
  const again = gate.hold(request(), as())
  expect(again).toBeInstanceOf(Promise)
  gate.open()
  await again
})
