import { describe, expect, test } from 'vitest'
import { containerCauses, podCauses, volumeCauses } from '../../../fixtures/pod-causes.ts'

const projected = (...sources: object[]) => ({ projected: { sources } })
const token = (path: string, more: object = {}) => ({ serviceAccountToken: { path, ...more } })

test.each<[string, object, string[]]>([
  ['says nothing', {}, []],
  ['is of two kinds', { emptyDir: {}, nfs: {} }, ['nfs: Forbidden: may not specify more than 1 volume type']],
  [
    'is of two kinds, one misspelt upstream',
    { emptyDir: {}, downwardAPI: {}, cephfs: { monitors: [] } },
    [
      'cephFS: Forbidden: may not specify more than 1 volume type',
      'downwarAPI: Forbidden: may not specify more than 1 volume type',
    ],
  ],
  [
    'is less than empty',
    { emptyDir: { sizeLimit: '-1Mi' } },
    ['emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity'],
  ],
  [
    'climbs out of its node',
    { hostPath: { path: '/a/../b', type: 'Disk' } },
    [
      `hostPath.path: Invalid value: "/a/../b": must not contain '..'`,
      'hostPath.type: Unsupported value: "Disk": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
    ],
  ],
  [
    'has a Secret without a name and files without a place',
    { secret: { defaultMode: 512, items: [{ key: '', path: '/a', mode: -1 }] } },
    [
      'secret.secretName: Required value',
      'secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
      'secret.items[0].key: Required value',
      'secret.items[0].path: Invalid value: "/a": must be a relative path',
      'secret.items[0].mode: Invalid value: -1: must be a number between 0 and 0777 (octal), both inclusive',
    ],
  ],
  [
    'tells of the pod what it cannot tell',
    { downwardAPI: { items: [{ path: '..a', fieldRef: { fieldPath: 'spec.nodeName' } }, { path: 'b' }] } },
    [
      `downwardAPI.path: Invalid value: "..a": must not start with '..'`,
      'downwardAPI.fieldRef.fieldPath: Unsupported value: "spec.nodeName": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"',
      'downwardAPI: Required value: one of fieldRef and resourceFieldRef is required',
    ],
  ],
  [
    'tells the resources of no container',
    { downwardAPI: { items: [{ path: 'a', resourceFieldRef: { resource: 'limits.cpu' } }] } },
    ['downwardAPI.resourceFieldRef.containerName: Required value'],
  ],
  [
    'is on an odd disk',
    { iscsi: { targetPortal: '', iqn: 'abc', lun: 256, chapAuthSession: true, initiatorName: 'iqn.x' } },
    [
      'iscsi.targetPortal: Required value',
      'iscsi.iqn: Invalid value: "abc": must be valid format starting with iqn, eui, or naa',
      'iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive',
      'iscsi.secretRef: Required value',
      'iscsi.initiatorname: Invalid value: "iqn.x": must be valid format',
    ],
  ],
  [
    'is on a disk of Azure',
    { azureDisk: { diskName: 'd', diskURI: 'x', kind: 'Managed', cachingMode: 'All' } },
    [
      'azureDisk.cachingMode: Unsupported value: "All": supported values: "None", "ReadOnly", "ReadWrite"',
      'azureDisk.diskURI: Unsupported value: "x": supported values: "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"',
    ],
  ],
  [
    'is of a driver that cannot be',
    { csi: { driver: 'a_b', nodePublishSecretRef: {} } },
    [
      expect.stringMatching(/^csi\.driver: Invalid value: "a_b": a lowercase RFC 1123 subdomain/),
      'csi.nodePublishSecretRef.name: Required value',
    ],
  ],
  [
    'is claimed without saying how much',
    { ephemeral: { volumeClaimTemplate: { metadata: { name: 'x' }, spec: { volumeMode: 'Tape' } } } },
    [
      'ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set',
      'ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required',
      'ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value',
      'ephemeral.volumeClaimTemplate.spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
    ],
  ],
  [
    'is an image without a name',
    { image: { pullPolicy: 'Often' } },
    [
      'image.reference: Required value',
      'image.pullPolicy: Unsupported value: "Often": supported values: "Always", "IfNotPresent", "Never"',
    ],
  ],
])('a volume that %s', (_, volume, causes) => {
  expect(volumeCauses(volume)).toEqual(causes)
})

describe('a projected volume', () => {
  test.each<[string, object, string[]]>([
    ['of one token', projected(token('t')), []],
    ['of nothing', projected({}), []],
    [
      'of two things in one source',
      projected({ ...token('t'), configMap: { name: 'c' } }),
      ['projected.sources[0]: Forbidden: may not specify more than 1 volume type per source'],
    ],
    [
      'of one path twice',
      projected(
        { secret: { name: 's', items: [{ key: 'a', path: 'p' }] } },
        { configMap: { name: 'c', items: [{ key: 'b', path: 'p' }] } },
      ),
      ['projected: Invalid value: "c": conflicting duplicate paths'],
    ],
    [
      'of a token that lives too short, nowhere',
      projected(token('', { expirationSeconds: 599 })),
      [
        'projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
        'projected.path: Required value',
      ],
    ],
    [
      'of a token that lives too long, up a folder',
      projected(token('../t', { expirationSeconds: 2 ** 32 + 1 })),
      [
        'projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds',
        `projected.path: Invalid value: "../t": must not contain '..'`,
      ],
    ],
    [
      'of what waits for a feature gate',
      projected({ clusterTrustBundle: { path: '', name: 'b' } }, { podCertificate: { signerName: '' } }),
      [],
    ],
  ])('%s', (_, volume, causes) => {
    expect(volumeCauses(volume)).toEqual(causes)
  })

  test('of a token is for a pod with an account', () => {
    expect(podCauses({ volumes: [{ name: 'v', ...projected(token('t')) }] })).toEqual([
      'spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set',
    ])
  })
})

test('volumes have names of their own', () => {
  expect(podCauses({ volumes: [{ name: 'v' }, { name: 'v' }, {}] })).toEqual([
    'spec.volumes[1].name: Duplicate value: "v"',
    'spec.volumes[2].name: Required value',
  ])
})

test('claims of a pod are named after it', () => {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
  const ephemeral = { volumeClaimTemplate: { spec } }
  const volumes = [
    { name: 'v', ephemeral },
    { name: 'w', persistentVolumeClaim: { claimName: 'p-v' } },
  ]
  expect(podCauses({ volumes })).toEqual([
    'spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: "p-v": must not reference a PVC that gets created for an ephemeral volume',
  ])
  const name = 'p'.repeat(252)
  expect(volumeCauses({ ephemeral }, { name })).toEqual([
    `name: Invalid value: "v": PVC name "${name}-v": must be no more than 253 characters`,
  ])
})

test.each<[string, object, string[]]>([
  [
    'has a volume and a place',
    { volumeMounts: [{}] },
    [
      'volumeMounts[0].name: Required value',
      'volumeMounts[0].name: Not found: ""',
      'volumeMounts[0].mountPath: Required value',
    ],
  ],
  [
    'has a place of its own, within the volume',
    {
      volumeMounts: [
        { name: 'v', mountPath: '/a' },
        { name: 'v', mountPath: '/a', subPath: '/b', subPathExpr: '../c' },
      ],
    },
    [
      'volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
      'volumeMounts.subPath: Invalid value: "/b": must be a relative path',
      'volumeMounts[1].subPathExpr: Invalid value: "../c": subPathExpr and subPath are mutually exclusive',
      `volumeMounts.subPathExpr: Invalid value: "../c": must not contain '..'`,
    ],
  ],
  [
    'reaches its node only from privileged containers',
    { volumeMounts: [{ name: 'v', mountPath: '/a', mountPropagation: 'Bidirectional' }] },
    [
      'volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers',
    ],
  ],
  [
    'is read-only all the way down only when it is read-only',
    {
      volumeMounts: [{ name: 'v', mountPath: '/a', recursiveReadOnly: 'Enabled', mountPropagation: 'HostToContainer' }],
    },
    [
      'volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true',
      'volumeMounts.recursiveReadOnly: Forbidden: may only be specified when mountPropagation is None or not specified',
    ],
  ],
  [
    'is no device at the same time',
    { volumeMounts: [{ name: 'v', mountPath: '/a' }], volumeDevices: [{ name: 'v', devicePath: '/a' }] },
    [
      'volumeMounts[0].name: Invalid value: "v": must not already exist in volumeDevices',
      'volumeMounts[0].mountPath: Invalid value: "/a": must not already exist as a path in volumeDevices',
      'volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
      'volumeDevices[0].name: Invalid value: "v": must not already exist in volumeMounts',
      'volumeDevices[0].devicePath: Invalid value: "/a": must not already exist as a path in volumeMounts',
    ],
  ],
])('a mount %s', (_, container, causes) => {
  expect(containerCauses(container, { volumes: [{ name: 'v' }] })).toEqual(causes)
})
