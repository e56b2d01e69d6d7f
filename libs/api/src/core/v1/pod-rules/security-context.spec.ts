import { describe, expect, test } from 'vitest'
import { containerCauses, podCauses } from '../../../fixtures/pod-causes.ts'

const none = {
  Capabilities: null,
  Privileged: null,
  SELinuxOptions: null,
  WindowsOptions: null,
  RunAsUser: null,
  RunAsGroup: null,
  RunAsNonRoot: null,
  ReadOnlyRootFilesystem: null,
  AllowPrivilegeEscalation: false,
  ProcMount: null,
  SeccompProfile: null,
  AppArmorProfile: null,
}
const range = 'must be between 0 and 2147483647, inclusive'

describe('a container', () => {
  test.each<[string, object, string[]]>([
    ['may be privileged', { privileged: true }, []],
    [
      'runs as somebody',
      { runAsUser: -1, runAsGroup: 2 ** 31 },
      [`runAsUser: Invalid value: -1: ${range}`, `runAsGroup: Invalid value: 2147483648: ${range}`],
    ],
    [
      'cannot gain and not gain',
      { allowPrivilegeEscalation: false, privileged: true },
      [
        `: Invalid value: ${JSON.stringify({ ...none, Privileged: true })}: cannot set \`allowPrivilegeEscalation\` to false and \`privileged\` to true`,
      ],
    ],
    [
      'sees all of /proc only with users of its own',
      { procMount: 'Unmasked' },
      ['procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`'],
    ],
    [
      'has a profile of a known type, with a file or without',
      { seccompProfile: { type: 'Localhost' }, appArmorProfile: { type: 'Unconfined', localhostProfile: 'x' } },
      [
        'seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
        'appArmorProfile.localhostProfile: Invalid value: "x": can only be set when AppArmor type is Localhost',
      ],
    ],
    [
      'keeps within the folder of profiles',
      {
        seccompProfile: { type: 'Odd', localhostProfile: 'x' },
        appArmorProfile: { type: 'Localhost', localhostProfile: ' x' },
      },
      [
        'seccompProfile.type: Unsupported value: "Odd": supported values: "Localhost", "RuntimeDefault", "Unconfined"',
        'seccompProfile.localhostProfile: Invalid value: {"Type":"Odd","LocalhostProfile":"x"}: can only be set when seccomp type is Localhost',
        'appArmorProfile.localhostProfile: Invalid value: " x": must not be padded with whitespace',
      ],
    ],
    [
      'runs on Windows as a user that there can be',
      { windowsOptions: { runAsUserName: 'a|b\\c:', gmsaCredentialSpec: '' } },
      [
        'windowsOptions.gmsaCredentialSpec: Invalid value: "": gmsaCredentialSpec cannot be an empty string',
        `windowsOptions.runAsUserName: Invalid value: "a|b\\\\c:": runAsUserName's Domain doesn't match the NetBios nor the DNS format`,
        `windowsOptions.runAsUserName: Invalid value: "a|b\\\\c:": runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`,
      ],
    ],
  ])('%s', (_, securityContext, causes) => {
    expect(containerCauses({ securityContext }).map((line) => line.replace(/^securityContext\.?/, ''))).toEqual(causes)
  })
})

describe('a pod', () => {
  test.each<[string, object, string[]]>([
    [
      'has groups and parameters that there can be',
      {
        securityContext: {
          fsGroup: -1,
          supplementalGroups: [0, -2],
          fsGroupChangePolicy: 'Never',
          supplementalGroupsPolicy: 'Loose',
          seLinuxChangePolicy: 'MountOption',
          sysctls: [
            { name: 'A', value: '' },
            { name: 'a.b', value: '' },
            { name: 'a.b', value: '' },
          ],
        },
      },
      [
        `fsGroup: Invalid value: -1: ${range}`,
        `supplementalGroups[1]: Invalid value: -2: ${range}`,
        'sysctls[0].name: Invalid value: "A": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
        'sysctls[2].name: Duplicate value: "a.b"',
        'fsGroupChangePolicy: Unsupported value: "Never": supported values: "Always", "OnRootMismatch"',
        'supplementalGroupsPolicy: Unsupported value: "Loose": supported values: "Merge", "Strict"',
        'seLinuxChangePolicy: Unsupported value: "MountOption": supported values: "Recursive"',
      ],
    ],
    [
      'does not set parameters of its node',
      {
        hostNetwork: true,
        hostIPC: true,
        securityContext: {
          sysctls: [
            { name: 'net/ipv4/conf/eth0.1/x', value: '1' },
            { name: 'kernel.shmmax', value: '1' },
          ],
        },
      },
      [
        'sysctls[0].name: Invalid value: "net/ipv4/conf/eth0.1/x": may not be specified when \'hostNetwork\' is true',
        'sysctls[1].name: Invalid value: "kernel.shmmax": may not be specified when \'hostIPC\' is true',
      ],
    ],
    [
      'shares processes with itself or its node',
      { hostPID: true, shareProcessNamespace: true },
      ['shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled'],
    ],
  ])('%s', (_, spec, causes) => {
    expect(podCauses(spec).map((line) => line.replace('spec.securityContext.', ''))).toEqual(causes)
  })
})

describe('annotations', () => {
  const seccomp = 'container.seccomp.security.alpha.kubernetes.io/c'
  const appArmor = 'container.apparmor.security.beta.kubernetes.io/'
  test.each<[string, Record<string, string>, object, string[]]>([
    [
      'name profiles that there can be, of containers that there are',
      { 'seccomp.security.alpha.kubernetes.io/pod': 'odd', [`${appArmor}z`]: 'odd' },
      {},
      [
        'metadata.annotations.seccomp.security.alpha.kubernetes.io/pod: Invalid value: "odd": must be a valid seccomp profile',
        `metadata.annotations[${appArmor}z]: Invalid value: "z": container not found`,
        `metadata.annotations[${appArmor}z]: Invalid value: "odd": invalid AppArmor profile name: "odd"`,
      ],
    ],
    [
      'agree with the fields',
      { [seccomp]: 'unconfined', [`${appArmor}c`]: 'localhost/x' },
      {
        containers: [
          {
            name: 'c',
            image: 'a:1',
            securityContext: {
              seccompProfile: { type: 'RuntimeDefault' },
              appArmorProfile: { type: 'Localhost', localhostProfile: 'y' },
            },
          },
        ],
      },
      [
        'spec.containers[0].securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match',
        'spec.containers[0].securityContext.appArmorProfile.localhostProfile: Forbidden: apparmor profile in annotation and field must match',
      ],
    ],
    [
      'mirror a pod of a node, which has no claims',
      { 'kubernetes.io/config.mirror': 'hash' },
      { resourceClaims: [{ name: 'a' }] },
      [
        'metadata.annotations[kubernetes.io/config.mirror]: Invalid value: "hash": must set spec.nodeName if mirror pod annotation is set',
        ': Forbidden: static pods do not support resource claims',
      ],
    ],
    [
      'cost a number',
      { 'controller.kubernetes.io/pod-deletion-cost': '+1' },
      {},
      [
        'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer',
      ],
    ],
    [
      'tolerate what can be tolerated',
      { 'scheduler.alpha.kubernetes.io/tolerations': '[{"operator":"Is","key":"a"}]' },
      {},
      [
        'metadata.annotations.scheduler.alpha.kubernetes.io/tolerations[0].operator: Unsupported value: "Is": supported values: "Equal", "Exists"',
      ],
    ],
  ])('%s', (_, annotations, spec, causes) => {
    expect(podCauses(spec, { annotations })).toEqual(causes)
  })
})
