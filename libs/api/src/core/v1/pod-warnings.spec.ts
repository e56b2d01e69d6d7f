import { describe, expect, test } from 'vitest'
import { newPod } from '../../fixtures/pod-causes.ts'
import { podWarnings } from './pod-warnings.ts'

const warnings = (spec: object, given?: Parameters<typeof newPod>[1]) => podWarnings(newPod(spec, given))
const c = (more: object, name = 'c') => ({ name, image: 'a:1', ...more })

describe('the user of a new pod is warned of', () => {
  test.each<[string, object, string[]]>([
    ['nothing', {}, []],
    [
      'labels of nodes that have new names',
      { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
      ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
    ],
    [
      'values that no label has, where they are only preferred',
      {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 1,
                preference: {
                  matchExpressions: [{ key: 'node-role.kubernetes.io/master', operator: 'In', values: ['-'] }],
                },
              },
            ],
          },
        },
      },
      [
        'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].key: node-role.kubernetes.io/master is use "node-role.kubernetes.io/control-plane" instead',
        expect.stringMatching(/^spec\.affinity\..*\.matchExpressions\[0\]\.values\[0\]: - is invalid, a valid label/),
      ],
    ],
    [
      'selectors of nothing',
      {
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }],
        affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'z' }] } },
      },
      [
        'spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod',
        'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod',
      ],
    ],
    [
      'volumes that nobody serves',
      {
        volumes: [
          { name: 'v', gitRepo: { repository: 'r' } },
          { name: 'w', storageos: {} },
        ],
      },
      [
        'spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+',
        'spec.volumes[1].storageOS: deprecated in v1.22, non-functional in v1.25+',
      ],
    ],
    [
      'files in the place of others',
      {
        volumes: [
          {
            name: 'v',
            secret: {
              secretName: 's',
              items: [
                { key: 'a', path: 'd' },
                { key: 'b', path: 'd/e' },
              ],
            },
          },
          {
            name: 'w',
            projected: {
              sources: [
                {},
                { configMap: { name: 'c', items: [{ key: 'a', path: 't' }] } },
                { serviceAccountToken: { path: 't/' } },
              ],
            },
          },
        ],
      },
      [
        'volume "v" (Secret "s"): overlapping paths: "d/e" with "d"',
        'volume "w" (Projected) has no sources provided',
        'volume "w" (Projected): overlapping paths: "t" (ServiceAccountToken) with "t" (ConfigMap "c")',
      ],
    ],
    [
      'what is there twice',
      {
        hostAliases: [{ ip: '1.1.1.1' }, { ip: '1.1.1.1' }],
        imagePullSecrets: [{ name: 'a' }, { name: 'a' }, {}],
      },
      [
        'spec.hostAliases[1].ip: duplicate ip "1.1.1.1"',
        'spec.imagePullSecrets[1].name: duplicate name "a"',
        'spec.imagePullSecrets[2].name: invalid empty name ""',
      ],
    ],
    [
      'parts of bytes',
      { containers: [c({ resources: { limits: { memory: '1500m', cpu: '1500m' } } })] },
      [
        'spec.containers[0].resources.limits[memory]: fractional byte value "1500m" is invalid, must be an integer',
        'spec.containers[0].resources.requests[memory]: fractional byte value "1500m" is invalid, must be an integer',
      ],
    ],
    [
      'variables that hide others, but not of those that build on them',
      {
        containers: [
          c({
            env: [
              { name: 'A', value: '1' },
              { name: 'A', value: '2' },
              { name: 'B', value: '1' },
              { name: 'B', value: '$(B):2' },
            ],
          }),
        ],
      },
      ['spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'],
    ],
    [
      'ports that are told twice',
      {
        containers: [
          c(
            {
              ports: [
                { name: 'web', containerPort: 80 },
                { containerPort: 80, hostPort: 8080 },
              ],
            },
            'a',
          ),
          c(
            {
              ports: [
                { name: 'web', containerPort: 80 },
                { containerPort: 81, hostIP: '10.0.0.1' },
              ],
            },
            'b',
          ),
        ],
      },
      [
        'spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]',
        'spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]',
        'spec.containers[1].ports[0]: overlapping port definition with spec.containers[0].ports[1]',
        'spec.containers[1].ports[1]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:81 Protocol:TCP HostIP:10.0.0.1}',
        'spec.containers[1].ports[0]: duplicate port name "web" with spec.containers[0].ports[0], services and probes that select ports by name will use spec.containers[0].ports[0]',
      ],
    ],
    [
      'addresses that are written oddly',
      { dnsConfig: { nameservers: ['FE80::1'] } },
      ['spec.dnsConfig.nameservers[0]: IPv6 address "FE80::1" should be in RFC 5952 canonical format ("fe80::1")'],
    ],
  ])('%s', (_, spec, texts) => {
    expect(warnings(spec)).toEqual(texts)
  })

  test('a name that is no label', () => {
    expect(warnings({}, { name: 'a.b' })).toEqual([
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
    ])
  })

  test('annotations that mean nothing any more', () => {
    const annotations = {
      'scheduler.alpha.kubernetes.io/critical-pod': '',
      'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
    }
    expect(warnings({}, { annotations })).toEqual([
      'metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead',
      'metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead',
    ])
  })
})
