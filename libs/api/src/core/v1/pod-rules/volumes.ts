/**
 * A pod's volumes: each has a name of its own and is of exactly one kind.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (ValidateVolumes, validateVolumeSource)
 */
import {
  append,
  duplicateValue,
  type FieldError,
  type FieldPath,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  missing,
  required,
  ruleErrors,
  ruleErrorsWhenSet,
  unlisted,
} from '@ensign/apimachinery'
import type { HostPathVolumeSource, Volume, VolumeSource } from '../../../generated/core-v1.ts'
import { isNegative } from './amounts.ts'
import { pullPolicyErrors } from './image.ts'
import { isDescendingPath, staysBelow } from './paths.ts'
import { ephemeralErrors } from './volume-claim.ts'
import * as devices from './volume-devices.ts'
import { configMapErrors, downwardErrors, projectedErrors, secretErrors } from './volume-files.ts'

/** Volumes without a problem, by name: what containers may mount. */
export type Mountable = ReadonlyMap<string, Volume>

/** @param podName empty while a name is still to be generated */
export function volumeErrors(
  volumes: readonly Volume[] | undefined,
  podName: string,
): { errors: FieldError[]; mountable: Mountable } {
  const errors: FieldError[] = []
  const mountable = new Map<string, Volume>()
  const made = new Set((volumes ?? []).filter((v) => v.ephemeral && podName).map((v) => `${podName}-${v.name}`))
  for (const [i, volume] of (volumes ?? []).entries()) {
    const at = `spec.volumes[${i}]`
    const found = sourceErrors(volume, podName, at)
    append(found, ruleErrorsWhenSet(`${at}.name`, volume.name, isDns1123Label))
    if (mountable.has(volume.name)) found.push(duplicateValue(`${at}.name`, volume.name))
    if (found.length === 0) mountable.set(volume.name, volume)
    append(errors, found)
    const claimName = volume.persistentVolumeClaim?.claimName
    if (claimName && made.has(claimName))
      errors.push(
        invalidValue(
          `${at}.persistentVolumeClaim.claimName`,
          claimName,
          'must not reference a PVC that gets created for an ephemeral volume',
        ),
      )
  }
  return { errors, mountable }
}

function sourceErrors(volume: Volume, podName: string, at: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  let count = 0
  for (const { name, check, shownWhenSecond } of kinds) {
    if (volume[name] === undefined) continue
    const isSecond = count > 0
    if (isSecond) errors.push(forbiddenField(`${at}.${shownWhenSecond}`, 'may not specify more than 1 volume type'))
    else append(errors, check(volume, at))
    count++
    // The one kind with a problem that is told of a second one too.
    if (name === 'iscsi') append(errors, initiatorLengthErrors(volume, at))
    if (name === 'ephemeral' && !isSecond) append(errors, claimNameErrors(volume.name, podName, at))
  }
  if (count === 0) errors.push(required(at, 'must specify a volume type'))
  return errors
}

interface VolumeKind {
  readonly name: keyof VolumeSource
  readonly shownWhenSecond: string
  check(volume: Volume, at: FieldPath): FieldError[]
}

/**
 * @param shown upstream's errors of a few kinds stand under another name than the member's
 */
function kind<N extends keyof VolumeSource>(
  name: N,
  errorsOf: (source: NonNullable<VolumeSource[N]>, path: FieldPath) => FieldError[],
  shown: { as?: string; whenSecond?: string } = {},
): VolumeKind {
  return {
    name,
    shownWhenSecond: shown.whenSecond ?? name,
    check: (volume, at) => {
      const source = (volume as VolumeSource)[name]
      return source ? errorsOf(source, `${at}.${shown.as ?? name}`) : []
    },
  }
}

/** In the order in which upstream looks for them. */
const kinds: readonly VolumeKind[] = [
  kind('emptyDir', ({ sizeLimit }, path) =>
    sizeLimit && isNegative(sizeLimit)
      ? [forbiddenField(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
      : [],
  ),
  kind('hostPath', hostPathErrors),
  kind('gitRepo', ({ repository, directory = '' }, path) => [
    ...missing(`${path}.repository`, repository),
    ...ruleErrors(`${path}.directory`, directory, isDescendingPath),
  ]),
  kind(
    'gcePersistentDisk',
    ({ pdName, partition }, path) => [
      ...missing(`${path}.pdName`, pdName),
      ...devices.partitionErrors(partition, path),
    ],
    { as: 'persistentDisk' },
  ),
  kind('awsElasticBlockStore', ({ volumeID, partition }, path) => [
    ...missing(`${path}.volumeID`, volumeID),
    ...devices.partitionErrors(partition, path),
  ]),
  kind('secret', secretErrors),
  kind('nfs', devices.nfsErrors),
  kind('iscsi', devices.iscsiErrors),
  kind('glusterfs', ({ endpoints, path: folder }, path) => [
    ...missing(`${path}.endpoints`, endpoints),
    ...missing(`${path}.path`, folder),
  ]),
  kind('flocker', devices.flockerErrors),
  kind('persistentVolumeClaim', ({ claimName }, path) => missing(`${path}.claimName`, claimName)),
  kind('rbd', ({ monitors, image }, path) => [
    ...(monitors?.length ? [] : [required(`${path}.monitors`)]),
    ...missing(`${path}.image`, image),
  ]),
  kind('cinder', devices.cinderErrors),
  kind('cephfs', ({ monitors }, path) => (monitors?.length ? [] : [required(`${path}.monitors`)]), {
    whenSecond: 'cephFS',
  }),
  kind('quobyte', devices.quobyteErrors),
  kind('downwardAPI', downwardErrors, { whenSecond: 'downwarAPI' }),
  kind('fc', devices.fcErrors),
  kind('flexVolume', devices.flexErrors),
  kind('configMap', configMapErrors),
  kind('azureFile', ({ secretName, shareName }, path) => [
    ...missing(`${path}.secretName`, secretName),
    ...missing(`${path}.shareName`, shareName),
  ]),
  kind('vsphereVolume', ({ volumePath }, path) => missing(`${path}.volumePath`, volumePath)),
  kind('photonPersistentDisk', ({ pdID }, path) => missing(`${path}.pdID`, pdID)),
  kind('portworxVolume', ({ volumeID }, path) => missing(`${path}.volumeID`, volumeID)),
  kind('azureDisk', devices.azureDiskErrors),
  kind('storageos', devices.storageOsErrors),
  kind('projected', projectedErrors),
  kind('scaleIO', ({ gateway, system, volumeName }, path) => [
    ...missing(`${path}.gateway`, gateway),
    ...missing(`${path}.system`, system),
    ...missing(`${path}.volumeName`, volumeName),
  ]),
  kind('csi', devices.csiErrors),
  kind('ephemeral', ephemeralErrors),
  kind('image', ({ reference, pullPolicy }, path) => [
    ...missing(`${path}.reference`, reference),
    ...pullPolicyErrors(pullPolicy, `${path}.pullPolicy`),
  ]),
]

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
] as const

function hostPathErrors({ path: folder, type }: HostPathVolumeSource, path: FieldPath): FieldError[] {
  if (!folder) return [required(`${path}.path`)]
  return [
    ...ruleErrors(`${path}.path`, folder, staysBelow),
    ...(type === undefined ? [] : unlisted(`${path}.type`, type, hostPathTypes)),
  ]
}

/** Characters of `<volume name>:<portal>`, which becomes the name of an interface. */
const interfaceNameMax = 64

function initiatorLengthErrors({ name, iscsi }: Volume, at: FieldPath): FieldError[] {
  if (iscsi?.initiatorName === undefined || `${name}:${iscsi.targetPortal}`.length <= interfaceNameMax) return []
  const why =
    'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'
  return [invalidValue(`${at}.name`, name, why)]
}

function claimNameErrors(name: string, podName: string, at: FieldPath): FieldError[] {
  if (!name || !podName) return []
  const claim = `${podName}-${name}`
  return isDns1123Subdomain(claim).map((text) =>
    invalidValue(`${at}.name`, name, `PVC name ${JSON.stringify(claim)}: ${text}`),
  )
}
