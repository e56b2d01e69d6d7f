/**
 * Where a container sees volumes, as folders or as block devices.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (ValidateVolumeMounts, ValidateVolumeDevices)
 */
import {
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
  const taken = new Set<string>()
  return (volumeMounts ?? []).flatMap((mount, i) => {
    const at = `${path}[${i}]`
    const { name, mountPath, subPath, subPathExpr, mountPropagation } = mount
    const errors = missing(`${at}.name`, name)
    if (!mountable.has(name)) errors.push(notFoundValue(`${at}.name`, name))
    errors.push(...missing(`${at}.mountPath`, mountPath))
    if (taken.has(mountPath)) errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must be unique'))
    taken.add(mountPath)
    if (volumeDevices.some((d) => d.name === name))
      errors.push(invalidValue(`${at}.name`, name, 'must not already exist in volumeDevices'))
    if (volumeDevices.some((d) => d.devicePath === mountPath))
      errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'))
    if (subPath) errors.push(...ruleErrors(`${path}.subPath`, subPath, isDescendingPath))
    if (subPath && subPathExpr)
      errors.push(invalidValue(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
    if (subPathExpr) errors.push(...ruleErrors(`${path}.subPathExpr`, subPathExpr, isDescendingPath))
    if (mountPropagation !== undefined)
      errors.push(...propagationErrors(mountPropagation, securityContext?.privileged, `${path}.mountPropagation`))
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
  const names = new Set<string>()
  const paths = new Set<string>()
  return (container.volumeDevices ?? []).flatMap((device, i) => {
    const errors = deviceErrors(device, { container, mountable, names, paths }, `${path}[${i}]`)
    names.add(device.name)
    return errors
  })
}

function deviceErrors(
  { name, devicePath }: VolumeDevice,
  before: { container: Mounting; mountable: Mountable; names: ReadonlySet<string>; paths: Set<string> },
  at: FieldPath,
): FieldError[] {
  const { container, mountable, names, paths } = before
  const mounts = container.volumeMounts ?? []
  const volume = mountable.get(name)
  const errors = missing(`${at}.name`, name)
  const wrongName = (why: string) => errors.push(invalidValue(`${at}.name`, name, why))
  const wrongPath = (why: string) => errors.push(invalidValue(`${at}.devicePath`, devicePath, why))
  if (name && names.has(name)) wrongName('must be unique')
  if (volume && !volume.persistentVolumeClaim && !volume.ephemeral)
    wrongName('can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode')
  if (!volume) errors.push(notFoundValue(`${at}.name`, name))
  errors.push(...missing(`${at}.devicePath`, devicePath))
  if (paths.has(devicePath)) wrongPath('must be unique')
  if (staysBelow(devicePath).length > 0) wrongPath("can not contain backsteps ('..')")
  else paths.add(devicePath)
  if (mounts.some((m) => m.name === name)) wrongName('must not already exist in volumeMounts')
  if (mounts.some((m) => m.mountPath === devicePath)) wrongPath('must not already exist as a path in volumeMounts')
  return errors
}
