import { describe, expect, test } from 'vitest'
import { containerCauses, podCauses } from '../../../fixtures/pod-causes.ts'

const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const c = (name: string, more: object = {}) => ({ name, image: 'a:1', ...more })

describe('containers', () => {
  test.each<[string, object, string[]]>([
    ['that are fine', { containers: [c('a'), c('b')] }, []],
    ['that are none', { containers: [] }, ['spec.containers: Required value']],
    [
      'without name and image',
      { containers: [{}] },
      ['spec.containers[0].name: Required value', 'spec.containers[0].image: Required value'],
    ],
    ['with a bad name', { containers: [c('A')] }, [`spec.containers[0].name: Invalid value: "A": ${label}`]],
    ['with a name twice', { containers: [c('a'), c('a')] }, ['spec.containers[1].name: Duplicate value: "a"']],
    [
      'with the name of an init container',
      { containers: [c('a')], initContainers: [c('a')] },
      ['spec.initContainers[0].name: Duplicate value: "a"'],
    ],
    [
      'with spaces around the image, told last',
      { containers: [c('a', { image: ' a' })], nodeName: 'A.' },
      [
        expect.stringMatching(/^spec\.nodeName: Invalid value: "A\."/),
        'spec.containers[0].image: Invalid value: " a": must not have leading or trailing whitespace',
      ],
    ],
    [
      'with one port of the node',
      {
        containers: [
          c('a', { ports: [{ containerPort: 1, hostPort: 80 }] }),
          c('b', { ports: [{ containerPort: 2, hostPort: 80 }] }),
        ],
      },
      ['spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80"'],
    ],
  ])('%s', (_, spec, causes) => {
    expect(podCauses(spec)).toEqual(causes)
  })
})

describe('a container', () => {
  test.each<[string, object, string[]]>([
    [
      'has policies that are known',
      { imagePullPolicy: 'Often', terminationMessagePolicy: 'Mail' },
      [
        'terminationMessagePolicy: Unsupported value: "Mail": supported values: "File", "FallbackToLogsOnError"',
        'imagePullPolicy: Unsupported value: "Often": supported values: "Always", "IfNotPresent", "Never"',
      ],
    ],
    [
      'has ports in range, of known protocols, with one name each',
      {
        ports: [
          { name: 'web', containerPort: 70000 },
          { name: 'web', containerPort: 0, protocol: 'HTTP' },
          { name: '-', containerPort: 1, hostPort: -1 },
        ],
      },
      [
        'ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
        'ports[1].name: Duplicate value: "web"',
        'ports[1].containerPort: Required value',
        'ports[1].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
        'ports[2].name: Invalid value: "-": must contain at least one letter (a-z)',
        'ports[2].name: Invalid value: "-": must not begin or end with a hyphen',
        'ports[2].hostPort: Invalid value: -1: must be between 1 and 65535, inclusive',
      ],
    ],
    [
      'says which exit codes its rules are about',
      { restartPolicy: 'Sometimes', restartPolicyRules: [{ action: 'Stop' }] },
      [
        'restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"',
        'restartPolicyRules[0].action: Unsupported value: "Stop": supported values: "Restart", "RestartAllContainers"',
        'restartPolicyRules[0].exitCodes: Required value: must be specified',
      ],
    ],
    [
      'has no rules without a policy, and not many',
      {
        restartPolicyRules: Array.from({ length: 21 }, () => ({
          action: 'Restart',
          exitCodes: { operator: 'In', values: [1] },
        })),
      },
      [
        'restartPolicy: Required value: must specify restartPolicy when restart rules are used',
        'restartPolicyRules: Too many: 21: must have at most 20 items',
      ],
    ],
    [
      'is resized in known ways, one for each resource',
      {
        resizePolicy: [
          { resourceName: 'cpu', restartPolicy: 'NotRequired' },
          { resourceName: 'cpu', restartPolicy: 'Maybe' },
          { resourceName: 'disk', restartPolicy: 'NotRequired' },
        ],
      },
      [
        'resizePolicy[1]: Duplicate value: "cpu"',
        'resizePolicy: Unsupported value: "Maybe": supported values: "NotRequired", "RestartContainer"',
        'resizePolicy: Unsupported value: "disk": supported values: "cpu", "memory"',
      ],
    ],
  ])('%s', (_, container, causes) => {
    expect(containerCauses(container)).toEqual(causes)
  })
})

describe('an init container', () => {
  const probe = { exec: { command: ['true'] } }
  const causes = (container: object) => podCauses({ initContainers: [c('i', container)] })

  test('has probes and hooks only when it goes on to run', () => {
    expect(causes({ livenessProbe: probe, lifecycle: { preStop: probe } })).toEqual([
      'spec.initContainers[0].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always',
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ])
    expect(causes({ restartPolicy: 'Always', livenessProbe: probe, lifecycle: { preStop: probe } })).toEqual([])
  })

  test('does not restart to be resized', () => {
    expect(causes({ resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] })).toEqual([
      `spec.initContainers[0].resizePolicy[0].restartPolicy: Invalid value: "RestartContainer": must not be set to 'RestartContainer' for non-sidecar initContainers`,
    ])
  })
})

test('ephemeral containers come later, with little', () => {
  const mount = { name: 'v', mountPath: '/v', subPath: 's' }
  const ephemeralContainers = [
    c('c', { targetContainerName: 'z', ports: [{ containerPort: 1 }], volumeMounts: [mount] }),
  ]
  expect(podCauses({ ephemeralContainers, volumes: [{ name: 'v' }] })).toEqual([
    'spec.ephemeralContainers[0].name: Duplicate value: "c"',
    'spec.ephemeralContainers[0].targetContainerName: Not found: "z"',
    'spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container',
    'spec.ephemeralContainers[0].volumeMounts[0].subPath: Forbidden: cannot be set for an Ephemeral Container',
    'spec.ephemeralContainers: Forbidden: cannot be set on create',
  ])
})
