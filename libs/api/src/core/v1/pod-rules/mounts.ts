/**
 * Where a container sees volumes, as folders or as block devices.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (ValidateVolumeMounts, ValidateVolumeDevices)
 */
import {
  append,
  type FieldError,
  type FieldPath,
  forbiddenField,
  invalidValue,
  missing,
  notFoundValue,
  ruleErrors,
  unlisted,
} from '@ensign/apimachinery'
import type { Container, VolumeDevice, VolumeMount } from '../../../generated/core-v1.ts'
import { isDescendingPath, staysBelow } from './paths.ts'
import type { Mountable } from './volumes.ts'

type Mounting = Pick<Container, 'volumeMounts' | 'volumeDevices' | 'securityContext'>

export const mountErrors = (container: Mounting, mountable: Mountable, path: FieldPath): FieldError[] => [
  ...volumeMountErrors(container, mountable, `${path}.volumeMounts`),
  ...volumeDeviceErrors(container, mountable, `${path}.volumeDevices`),
]

/** Some problems are told of the whole list rather than of one mount: `path` without an index. */
function volumeMountErrors(container: Mounting, mountable: Mountable, path: FieldPath): FieldError[] {
  const { volumeMounts, volumeDevices = [], securityContext } = container
  const deviceNames = new Set(volumeDevices.map((d) => d.name))
  const devicePaths = new Set(volumeDevices.map((d) => d.devicePath))
  const taken = new Set<string>()
  return (volumeMounts ?? []).flatMap((mount, i) => {
    const at = `${path}[${i}]`
    const { name, mountPath, subPath, subPathExpr, mountPropagation } = mount
    const errors = missing(`${at}.name`, name)
    if (!mountable.has(name)) errors.push(notFoundValue(`${at}.name`, name))
    append(errors, missing(`${at}.mountPath`, mountPath))
    if (taken.has(mountPath)) errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must be unique'))
    taken.add(mountPath)
    if (deviceNames.has(name)) errors.push(invalidValue(`${at}.name`, name, 'must not already exist in volumeDevices'))
    if (devicePaths.has(mountPath))
      errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'))
    if (subPath) append(errors, ruleErrors(`${path}.subPath`, subPath, isDescendingPath))
    if (subPath && subPathExpr)
      errors.push(invalidValue(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
    if (subPathExpr) append(errors, ruleErrors(`${path}.subPathExpr`, subPathExpr, isDescendingPath))
    if (mountPropagation !== undefined)
      append(errors, propagationErrors(mountPropagation, securityContext?.privileged, `${path}.mountPropagation`))
    return [...errors, ...recursionErrors(mount, `${path}.recursiveReadOnly`)]
  })
}

const propagations = ['Bidirectional', 'HostToContainer', 'None'] as const

const propagationErrors = (mode: string, isPrivileged: boolean | undefined, path: FieldPath): FieldError[] => [
  ...unlisted(path, mode, propagations),
  ...(mode === 'Bidirectional' && !isPrivileged
    ? [forbiddenField(path, 'Bidirectional mount propagation is available only to privileged containers')]
    : []),
]

const recursions = ['Disabled', 'Enabled', 'IfPossible'] as const

/** validateMountRecursiveReadOnly. */
function recursionErrors(mount: VolumeMount, path: FieldPath): FieldError[] {
  const { recursiveReadOnly: mode, readOnly, mountPropagation } = mount
  if (mode === undefined || mode === 'Disabled') return []
  if (mode !== 'Enabled' && mode !== 'IfPossible') return unlisted(path, mode, recursions)
  const errors: FieldError[] = []
  if (!readOnly) errors.push(forbiddenField(path, 'may only be specified when readOnly is true'))
  if (mountPropagation !== undefined && mountPropagation !== 'None')
    errors.push(forbiddenField(path, 'may only be specified when mountPropagation is None or not specified'))
  return errors
}

function volumeDeviceErrors(container: Mounting, mountable: Mountable, path: FieldPath): FieldError[] {
  const mounts = container.volumeMounts ?? []
  const mountNames = new Set(mounts.map((m) => m.name))
  const mountPaths = new Set(mounts.map((m) => m.mountPath))
  const before: Before = { mountable, mountNames, mountPaths, names: new Set(), paths: new Set() }
  return (container.volumeDevices ?? []).flatMap((device, i) => deviceErrors(device, before, `${path}[${i}]`))
}

/** What a device must not collide with; its own name and path are added. */
interface Before {
  readonly mountable: Mountable
  readonly mountNames: ReadonlySet<string>
  readonly mountPaths: ReadonlySet<string>
  readonly names: Set<string>
  readonly paths: Set<string>
}

function deviceErrors({ name, devicePath }: VolumeDevice, before: Before, at: FieldPath): FieldError[] {
  const { mountable, mountNames, mountPaths, names, paths } = before
  const volume = mountable.get(name)
  const errors = missing(`${at}.name`, name)
  const wrongName = (why: string) => errors.push(invalidValue(`${at}.name`, name, why))
  const wrongPath = (why: string) => errors.push(invalidValue(`${at}.devicePath`, devicePath, why))
  if (name && names.has(name)) wrongName('must be unique')
  names.add(name)
  if (volume && !volume.persistentVolumeClaim && !volume.ephemeral)
    wrongName('can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode')
  if (!volume) errors.push(notFoundValue(`${at}.name`, name))
  append(errors, missing(`${at}.devicePath`, devicePath))
  if (paths.has(devicePath)) wrongPath('must be unique')
  if (staysBelow(devicePath).length > 0) wrongPath("can not contain backsteps ('..')")
  else paths.add(devicePath)
  if (mountNames.has(name)) wrongName('must not already exist in volumeMounts')
  if (mountPaths.has(devicePath)) wrongPath('must not already exist as a path in volumeMounts')
  return errors
}
