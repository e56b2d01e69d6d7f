import type { ObjectMeta, OwnerReference } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import { DependencyGraph } from './garbage-collector-graph.ts'
import { alternativeTo, type Identity } from './garbage-collector-identity.ts'

const kind = { apiVersion: 'v1', kind: 'ConfigMap' }
const owner = (uid: string, more: Partial<OwnerReference> = {}): OwnerReference => ({
  ...kind,
  name: uid,
  uid,
  ...more,
})
const meta = (uid: string, ownerReferences: OwnerReference[] = [], more: ObjectMeta = {}): ObjectMeta => ({
  name: uid,
  namespace: 'ns',
  uid,
  ownerReferences,
  ...more,
})
const identity = (uid: string, more: Partial<Identity> = {}): Identity => ({
  ...kind,
  namespace: 'ns',
  name: uid,
  uid,
  ...more,
})

/** A graph, and what it wants to have looked at since it was last asked. */
function graphOf(...objects: ObjectMeta[]) {
  let checked: string[] = []
  const foreign: string[] = []
  const graph = new DependencyGraph({
    check: (node) => checked.push(node.identity.uid),
    foreignOwner: (dependent, { uid }) => foreign.push(`${dependent.identity.uid} → ${uid}`),
  })
  for (const object of objects) graph.observe(kind, object)
  const toCheck = () => {
    const found = [...new Set(checked)].sort()
    checked = []
    return found
  }
  return { graph, foreign, toCheck }
}

describe('the graph', () => {
  test('holds nobody who takes no part, and nobody any longer than that', () => {
    const { graph } = graphOf(meta('a'), meta('b', [owner('a')]), meta('c'))
    expect(graph.size).toBe(2)
    graph.observe(kind, meta('b'))
    expect(graph.size).toBe(0)
  })

  test('asks for an owner once, however many it owns, and for its dependents when it is gone', () => {
    const { graph, toCheck } = graphOf(meta('b', [owner('a')]), meta('c', [owner('a')]))
    expect(toCheck()).toEqual(['a'])
    graph.remove(kind, meta('a'))
    expect(toCheck()).toEqual(['b', 'c'])
    expect(graph.knownAbsent.has(identity('a'))).toBe(true)
  })

  test('does not take an owner for gone that goes by another version', () => {
    const { graph } = graphOf(meta('b', [owner('a', { apiVersion: 'v7' })]))
    graph.remove(kind, meta('a'))
    expect(graph.knownAbsent.has(identity('a', { apiVersion: 'v7' }))).toBe(false)
  })

  test('doubts those that a new list does not show', () => {
    const { graph, toCheck } = graphOf(meta('a', [owner('x')]), meta('b', [owner('a')]), meta('c', [owner('a')]))
    toCheck()
    graph.doubt(kind, new Set(['b', 'c']))
    expect(toCheck()).toEqual(['a'])
    expect(graph.get('a')?.observed).toBe(false)
    graph.removeAbsent(identity('a'))
    expect(toCheck()).toEqual(['b', 'c'])
  })

  test('tells of owners in other namespaces, whoever is seen first', () => {
    const far = { namespace: 'far' }
    const { graph, foreign, toCheck } = graphOf(meta('b', [owner('a')]))
    graph.observe(kind, meta('a', [], far))
    expect(foreign).toEqual(['b → a'])
    expect(toCheck()).toContain('b')
    graph.observe(kind, meta('c', [owner('a')]))
    expect(foreign).toEqual(['b → a', 'c → a'])
    expect(toCheck()).toContain('c')
  })

  test('looks at an owner again that waits for a dependent, when that goes or blocks it no longer', () => {
    const waiting = { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['foregroundDeletion'] }
    const blocking = owner('a', { blockOwnerDeletion: true })
    const { graph, toCheck } = graphOf(meta('b', [blocking]), meta('c', [blocking]), meta('a', [], waiting))
    expect(toCheck()).toEqual(['a', 'b', 'c'])
    graph.remove(kind, meta('b'))
    expect(toCheck()).toEqual(['a'])
    graph.observe(kind, meta('c', [owner('a')]))
    expect(toCheck()).toEqual(['a'])
  })
})

test('the identities that dependents give to one UID are tried in turn', () => {
  const named = (name: string) => ({ identity: identity('d'), owners: [owner('a', { name })] })
  const dependents = [named('z'), named('m'), named('k')]
  const names = ['k']
  for (let i = 0; i < 3; i++) {
    const next = alternativeTo(identity('a', { name: names.at(-1) as string }), dependents)
    names.push(next?.name ?? '')
  }
  expect(names).toEqual(['k', 'm', 'z', 'k'])
  expect(alternativeTo(identity('a', { name: 'k' }), [named('k')])).toBeUndefined()
})
