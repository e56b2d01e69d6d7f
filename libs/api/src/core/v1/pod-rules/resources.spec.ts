import { describe, expect, test } from 'vitest'
import { containerCauses, podCauses } from '../../../fixtures/pod-causes.ts'

test.each<[string, object, string[]]>([
  ['is what everybody asks for', { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2' } }, []],
  ['is a device', { limits: { 'example.com/gpu': '1' } }, []],
  [
    'is negative',
    { requests: { cpu: '-1' } },
    ['requests[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
  ],
  [
    'is more than allowed',
    { requests: { cpu: '1500m' }, limits: { cpu: '1' } },
    ['requests: Invalid value: "1500m": must be less than or equal to cpu limit of 1'],
  ],
  [
    'has no standard name',
    { limits: { gpu: '1', pods: '1', 'A B': '1' } },
    [
      expect.stringMatching(/^limits\[A B\]: Invalid value: "A B": name part must consist of alphanumeric characters/),
      'limits[A B]: Invalid value: "A B": must be a standard resource for containers',
      'limits[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
      'limits[gpu]: Invalid value: "gpu": must be a standard resource for containers',
      'limits[pods]: Invalid value: "pods": must be a standard resource for containers',
      expect.stringMatching(/^requests\[A B\]: /),
      'requests[A B]: Invalid value: "A B": must be a standard resource for containers',
      'requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
      'requests[gpu]: Invalid value: "gpu": must be a standard resource for containers',
      'requests[pods]: Invalid value: "pods": must be a standard resource for containers',
    ],
  ],
  [
    'is a part of a device, and not what is allowed',
    { requests: { 'example.com/gpu': '500m' }, limits: { 'example.com/gpu': '1' } },
    [
      'requests[example.com/gpu]: Invalid value: "500m": must be an integer',
      'requests: Invalid value: "500m": must be equal to example.com/gpu limit of 1',
    ],
  ],
  [
    'is a device without limit',
    { requests: { 'example.com/gpu': '1' } },
    ['limits: Required value: Limit must be set for non overcommitable resources'],
  ],
  [
    'is pages without memory, and no whole number of them',
    { limits: { 'hugepages-2Mi': '3Mi' } },
    [
      'limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi',
      'requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi',
      ': Forbidden: HugePages require cpu or memory',
    ],
  ],
  [
    'is a claim that the pod does not have',
    { claims: [{ name: 'x' }, { name: 'x' }, {}] },
    [
      'claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty',
      'claims[1]: Duplicate value: "x"',
      'claims[1]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty',
      'claims[2]: Required value',
    ],
  ],
])('what a container asks for %s', (_, resources, causes) => {
  expect(containerCauses({ resources }).map((line) => line.replace(/^resources\.?/, ''))).toEqual(causes)
})

describe('what a pod asks for as a whole', () => {
  const containers = [
    { name: 'a', image: 'a:1', resources: { requests: { cpu: '1' }, limits: { cpu: '3' } } },
    { name: 'b', image: 'a:1', resources: { requests: { cpu: '500m' } } },
  ]
  test.each<[string, object, object, string[]]>([
    ['covers its containers', {}, { requests: { cpu: '2' }, limits: { cpu: '4' } }, []],
    [
      'is less than they do',
      {},
      { requests: { cpu: '1' }, limits: { cpu: '2' } },
      [
        'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 1500m',
        'spec.resources.containers[0][cpu].limits: Invalid value: "3": must be less than or equal to pod limits of 2',
      ],
    ],
    [
      'is not theirs to share',
      {},
      { limits: { 'ephemeral-storage': '1Gi' } },
      [
        'spec.resources.limits[ephemeral-storage]: Unsupported value: "ephemeral-storage": supported values: "cpu", "hugepages-", "memory"',
      ],
    ],
    [
      'is nothing on Windows',
      { os: { name: 'windows' } },
      { limits: { cpu: '4' } },
      ['spec.resources: Forbidden: may not be set for a windows pod'],
    ],
  ])('%s', (_, spec, resources, causes) => {
    const shown = podCauses({ containers, ...spec, resources })
    // What is limited and not requested is requested by default, with the same problem.
    expect(shown.filter((line) => !line.startsWith('spec.resources.requests[ephemeral-storage]'))).toEqual(causes)
  })
})

test('a resource may have the name of what every object has', () => {
  const resources = { limits: { constructor: '1' } }
  const causes = podCauses({ resources, containers: [{ name: 'c', image: 'a:1', resources }] })
  expect(causes).toContain(
    'spec.resources.limits[constructor]: Invalid value: "constructor": must be a standard resource type or fully qualified',
  )
})

test('overhead is checked as limits are', () => {
  expect(podCauses({ overhead: { cpu: '-1' } })).toEqual([
    'spec.overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
  ])
})
