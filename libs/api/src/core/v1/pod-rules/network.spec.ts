import { expect, test } from 'vitest'
import { podCauses } from '../../../fixtures/pod-causes.ts'

const searches = Array.from({ length: 33 }, (_, i) => `d${i}.example.com`)
const c = (more: object) => ({ containers: [{ name: 'c', image: 'a:1', ...more }] })

test.each<[string, object, string[]]>([
  [
    'asks nobody',
    { dnsPolicy: 'None' },
    ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
  ],
  [
    'has its own settings but asks nobody',
    { dnsPolicy: 'None', dnsConfig: {} },
    ['spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None'],
  ],
  [
    'asks too many, somewhere that is nowhere',
    {
      dnsPolicy: 'Odd',
      dnsConfig: { nameservers: ['1.1.1.1', '010.0.0.1', 'x', '::1'], searches: ['.', '_a.b.', 'A'], options: [{}] },
    },
    [
      'spec.dnsPolicy: Unsupported value: "Odd": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
      'spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","010.0.0.1","x","::1"]: must not have more than 3 nameservers',
      'spec.dnsConfig.nameservers[1]: Invalid value: "010.0.0.1": must not have leading 0s',
      'spec.dnsConfig.nameservers[2]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      expect.stringMatching(
        /^spec\.dnsConfig\.searches\[2\]: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '\.'/,
      ),
      'spec.dnsConfig.options[0]: Required value: must not be empty',
    ],
  ],
  [
    'searches too far',
    { dnsConfig: { searches } },
    [`spec.dnsConfig.searches: Invalid value: ${JSON.stringify(searches)}: must not have more than 32 search paths`],
  ],
  [
    'gives names to no address',
    { hostAliases: [{ ip: '', hostnames: ['a_b'] }] },
    [
      'spec.hostAliases[0].ip: Invalid value: "": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      expect.stringMatching(/^spec\.hostAliases\[0\]\.hostnames\[0\]: Invalid value: "a_b"/),
    ],
  ],
  [
    "uses its node's network at other ports",
    { hostNetwork: true, ...c({ ports: [{ containerPort: 80, hostPort: 81 }] }) },
    ['spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true'],
  ],
  ["uses its node's network", { hostNetwork: true, ...c({ ports: [{ containerPort: 80 }] }) }, []],
  [
    'has a name of its own and its full one',
    { hostnameOverride: 'a'.repeat(65), setHostnameAsFQDN: true, hostNetwork: true },
    [
      'spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true',
      'spec.hostnameOverride: Forbidden: may not be specified when hostNetwork is true',
      'spec.hostnameOverride: Too long: may not be more than 64 bytes',
    ],
  ],
  [
    'has users of its own and little else',
    { hostUsers: false, hostNetwork: true, hostPID: true, hostIPC: true },
    [
      'spec.hostNetwork: Forbidden: when `hostUsers` is false',
      'spec.HostPID: Forbidden: when `hostUsers` is false',
      'spec.HostIPC: Forbidden: when `hostUsers` is false',
    ],
  ],
  [
    'runs on what there is not',
    { os: { name: 'plan9' } },
    ['spec.os: Unsupported value: "plan9": supported values: "linux", "windows"'],
  ],
  [
    'runs on Linux with options for Windows',
    { os: { name: 'linux' }, securityContext: { windowsOptions: {} } },
    ['spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod'],
  ],
  [
    'runs on Windows with options for Linux',
    {
      os: { name: 'windows' },
      hostPID: true,
      securityContext: { runAsUser: 1, fsGroup: 1 },
      ...c({ securityContext: { privileged: false } }),
    },
    [
      'spec.hostPID: Forbidden: cannot be set for a windows pod',
      'spec.securityContext.fsGroup: Forbidden: cannot be set for a windows pod',
      'spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod',
      'spec.containers[0].securityContext.privileged: Forbidden: cannot be set for a windows pod',
    ],
  ],
  [
    "is its node's process, half of it",
    {
      securityContext: { windowsOptions: { hostProcess: true } },
      ...c({ securityContext: { windowsOptions: { hostProcess: false } } }),
      initContainers: [{ name: 'i', image: 'a:1' }],
    },
    [
      'spec.containers[0].securityContext.windowsOptions.hostProcess: Invalid value: false: pod hostProcess value must be identical if both are specified, was true',
      'spec: Invalid value: "": If pod contains any hostProcess containers then all containers must be HostProcess containers',
      'spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers',
    ],
  ],
  [
    'is known by bad names, and not for long',
    {
      serviceAccountName: 'A',
      activeDeadlineSeconds: 0,
      hostname: 'a.b',
      preemptionPolicy: 'Often',
      restartPolicy: 'x',
    },
    [
      'spec.restartPolicy: Unsupported value: "x": supported values: "Always", "OnFailure", "Never"',
      expect.stringMatching(/^spec\.serviceAccountName: Invalid value: "A"/),
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
      'spec.hostname: Invalid value: "a.b": must not contain dots',
      'spec.preemptionPolicy: Unsupported value: "Often": supported values: "PreemptLowerPriority", "Never"',
    ],
  ],
])('a pod that %s', (_, spec, causes) => {
  expect(podCauses(spec)).toEqual(causes)
})
