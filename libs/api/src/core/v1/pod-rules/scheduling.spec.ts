import { describe, expect, test } from 'vitest'
import { podCauses } from '../../../fixtures/pod-causes.ts'

describe('a toleration', () => {
  test.each<[object, string[]]>([
    [{ key: 'a', operator: 'Exists' }, []],
    [{ operator: 'Exists' }, []],
    [
      {},
      [
        'operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ],
    ],
    [
      { key: 'a', operator: 'Exists', value: 'x' },
      ['operator: Invalid value: "x": value must be empty when `operator` is \'Exists\''],
    ],
    [{ key: 'a', operator: 'Is' }, ['operator: Unsupported value: "Is": supported values: "Equal", "Exists"']],
    [
      { key: 'a', operator: 'Gt', value: '1' },
      ['operator: Unsupported value: "Gt": supported values: "Equal", "Exists", "Lt", "Gt"'],
    ],
    [
      { key: 'a', effect: 'NoSchedule', tolerationSeconds: 1 },
      ['effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set'],
    ],
    [
      { key: 'a', effect: 'No' },
      ['effect: Unsupported value: "No": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"'],
    ],
  ])('%j', (toleration, causes) => {
    const shown = podCauses({ tolerations: [toleration] })
    expect(shown).toEqual(causes.map((line) => `spec.tolerations[0].${line}`))
  })
})

describe('a node affinity', () => {
  const path = 'spec.affinity.nodeAffinity.'
  const required = (term: object) => ({
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
  })
  test.each<[string, object, string[]]>([
    [
      'has a term',
      { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } },
      [
        'requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
      ],
    ],
    [
      'has values where it needs them',
      required({
        matchExpressions: [
          { key: 'a', operator: 'In' },
          { key: 'a', operator: 'Exists', values: ['x'] },
          { key: 'a', operator: 'Gt', values: ['1', '2'] },
          { key: 'a', operator: 'Is' },
        ],
      }),
      [
        "[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
        "[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        "[2].values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt'",
        '[3].operator: Invalid value: "Is": not a valid selector operator',
      ].map((line) => `requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions${line}`),
    ],
    [
      'goes by the name among fields',
      required({ matchFields: [{ key: 'spec.x', operator: 'Exists' }] }),
      [
        'requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].operator: Invalid value: "Exists": not a valid selector operator',
        'requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key: Invalid value: "spec.x": not a valid field selector key',
      ],
    ],
    [
      'weighs what it prefers',
      { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 101, preference: {} }] } },
      ['preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100'],
    ],
  ])('%s', (_, affinity, causes) => {
    expect(podCauses({ affinity })).toEqual(causes.map((line) => path + line))
  })
})

test('an affinity to pods names a topology, and keys once', () => {
  const term = {
    labelSelector: { matchLabels: { app: 'a' } },
    namespaces: ['A'],
    matchLabelKeys: ['app', 'x'],
    mismatchLabelKeys: ['x'],
    topologyKey: '',
  }
  const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
  const path = 'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]'
  expect(podCauses({ affinity }, { labels: { app: 'a', x: '1' } })).toEqual([
    expect.stringMatching(/\.namespace: Invalid value: "A": a lowercase RFC 1123 label/),
    `${path}[0]: Invalid value: "app": exists in both matchLabelKeys and labelSelector`,
    `${path}[1]: Invalid value: "x": exists in both matchLabelKeys and labelSelector`,
    `${path}.matchLabelKeys[1]: Invalid value: "x": exists in both matchLabelKeys and mismatchLabelKeys`,
    `${path}.topologyKey: Required value: can not be empty`,
    `${path}.topologyKey: Invalid value: "": name part must be non-empty`,
    expect.stringMatching(/\.topologyKey: Invalid value: "": name part must consist of/),
  ])
})

test('a spread says over what, how evenly, and once', () => {
  const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} }
  const path = 'spec.topologySpreadConstraints'
  expect(
    podCauses({
      topologySpreadConstraints: [
        spread,
        spread,
        { ...spread, maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'Cry', minDomains: 2, nodeTaintsPolicy: 'No' },
        { ...spread, topologyKey: 'host', labelSelector: undefined, matchLabelKeys: ['a'] },
      ],
    }),
  ).toEqual([
    `${path}[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"`,
    `${path}[2].maxSkew: Invalid value: 0: must be greater than zero`,
    `${path}[2].topologyKey: Required value: can not be empty`,
    `${path}[2].whenUnsatisfiable: Unsupported value: "Cry": supported values: "DoNotSchedule", "ScheduleAnyway"`,
    `${path}[2].minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not Cry`,
    `${path}[2].nodeTaintsPolicy: Unsupported value: "No": supported values: "Honor", "Ignore"`,
    `${path}[3].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set`,
  ])
})

test('gates have names of their own, and keep a pod from its node', () => {
  const schedulingGates = [{ name: 'a' }, { name: 'a' }]
  expect(podCauses({ schedulingGates, nodeName: 'n' })).toEqual([
    'spec.schedulingGates[1]: Duplicate value: "a"',
    'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
  ])
})

test('a claim is one that there is, or one to be made', () => {
  expect(podCauses({ resourceClaims: [{ name: 'a' }, { name: 'a', resourceClaimName: 'b' }] })).toEqual([
    'spec.resourceClaims[0]: Invalid value: {"Name":"a","ResourceClaimName":null,"ResourceClaimTemplateName":null}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
    'spec.resourceClaims[1].name: Duplicate value: "a"',
  ])
})
