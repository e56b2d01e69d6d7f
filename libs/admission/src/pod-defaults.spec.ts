import { pods } from '@ensign/api'
import type { KubeObject } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import type { AdmissionAttributes, Operation } from './plugin.ts'
import { defaultPriority, defaultTolerationSeconds } from './pod-defaults.ts'

const attributes = (spec: object, operation: Operation = 'CREATE', old?: object): AdmissionAttributes => ({
  operation,
  definition: pods,
  subresource: '',
  namespace: 'shop',
  name: 'p',
  user: { username: 'u', groups: [] },
  dryRun: false,
  warn: () => {},
  object: { metadata: { name: 'p' }, spec } as KubeObject,
  ...(old && { old: { metadata: { name: 'p' }, spec: old } as KubeObject }),
})

describe('the priority of a pod', () => {
  const given = (spec: object, old?: object): unknown => {
    const a = attributes(spec, old ? 'UPDATE' : 'CREATE', old)
    defaultPriority.mutate?.(a)
    return (a.object as unknown as { spec: unknown }).spec
  }
  const preemptionPolicy = 'PreemptLowerPriority'

  test('is none, or that of its class', () => {
    expect(given({})).toEqual({ priority: 0, preemptionPolicy })
    expect(given({ priorityClassName: 'system-cluster-critical' })).toMatchObject({ priority: 2_000_000_000 })
    expect(given({ priorityClassName: 'system-node-critical' })).toMatchObject({ priority: 2_000_001_000 })
  })

  test('stays when an update leaves it out', () => {
    expect(given({}, { priority: 7, preemptionPolicy: 'Never' })).toEqual({
      priority: 7,
      preemptionPolicy: 'Never',
    })
  })

  test.each([
    [{ priorityClassName: 'gold' }, 'no PriorityClass with name gold was found'],
    [
      { priority: 5 },
      'the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ],
    [
      { preemptionPolicy: 'Never' },
      'the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
    ],
  ])('%j is refused', (spec, why) => {
    expect(() => given(spec)).toThrow(`pods "p" is forbidden: ${why}`)
  })
})

test('a pod tolerates nodes that are not well for a while, unless it says for how long', () => {
  const own = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }
  const a = attributes({ tolerations: [own] })
  defaultTolerationSeconds.mutate?.(a)
  expect(a.object).toMatchObject({
    spec: {
      tolerations: [
        own,
        { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
    },
  })
})
