import { fieldErrorBody } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import type { Node } from '../../generated/core-v1.ts'
import { nodes } from './node.ts'

const node = (spec: Partial<Node['spec']> = {}, status: Partial<Node['status']> = {}): Node =>
  nodes.defaults?.({ metadata: { name: 'n' }, spec, status } as Node) as Node
const problems = (object: Node, old?: Node): string[] =>
  ((old ? nodes.validateUpdate?.(object, old) : nodes.validate?.(object)) ?? []).map(
    (e) => `${e.field}: ${fieldErrorBody(e)}`,
  )

describe('a node', () => {
  test('can hold what it has, and lists its one range', () => {
    expect(node({ podCIDR: '10.9.0.0/24' }, { capacity: { cpu: '2' } })).toMatchObject({
      spec: { podCIDR: '10.9.0.0/24', podCIDRs: ['10.9.0.0/24'] },
      status: { allocatable: { cpu: '2' } },
    })
  })

  test('believes the one range rather than the list, as clients of old know only that', () => {
    expect(node({ podCIDR: '10.1.0.0/24', podCIDRs: ['10.2.0.0/24'] }).spec.podCIDRs).toEqual(['10.1.0.0/24'])
  })

  test.each<[Partial<Node['spec']>, Partial<Node['status']>, string[]]>([
    [{}, {}, []],
    [{ taints: [{ key: 'a', effect: '' }] }, {}, ['metadata.taints[0].effect: Required value']],
    [
      { taints: ['1', '2'].map((value) => ({ key: 'a', value, effect: 'NoExecute' })) },
      {},
      [
        'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"2","Effect":"NoExecute","TimeAdded":null}: taints must be unique by key and effect pair',
      ],
    ],
    [
      { podCIDRs: ['10.0.0.0/24', '10.0.1.0/24'] },
      {},
      [
        'spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.0.1.0/24"]: may specify no more than one CIDR for each IP family',
      ],
    ],
    [
      {},
      { capacity: { cpu: '-1' }, allocatable: {} },
      ['status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0'],
    ],
    [
      {},
      { declaredFeatures: ['B', 'A'] },
      ['status.declaredFeatures[1]: Invalid value: "A": list must be sorted alphabetically'],
    ],
  ])('is checked (%#)', (spec, status, expected) => {
    expect(problems(node(spec, status))).toEqual(expected)
  })

  test('keeps its ranges and its provider once it has them', () => {
    const old = node({ podCIDR: '10.1.0.0/24', providerID: 'x://1' })
    const next = node({ podCIDR: '10.2.0.0/24', providerID: 'x://2' })
    expect(problems(next, old)).toEqual([
      'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
      'spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
    ])
    expect(problems(old, node())).toEqual([])
  })
})
