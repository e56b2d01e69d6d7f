/**
 * Volumes that live on somebody else's disks. Most of these drivers are gone from kubelets, but their fields are still
 * checked.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validateISCSIVolumeSource and its like)
 */
import {
  append,
  type FieldError,
  type FieldPath,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  missing,
  notSupported,
  outOfRange,
  rangeText,
  required,
  ruleErrors,
  ruleErrorsWhenSet,
  tooLong,
  unlisted,
} from '@ensign/apimachinery'
import type {
  AzureDiskVolumeSource,
  CinderVolumeSource,
  CSIVolumeSource,
  FCVolumeSource,
  FlexVolumeSource,
  FlockerVolumeSource,
  ISCSIVolumeSource,
  LocalObjectReference,
  NFSVolumeSource,
  QuobyteVolumeSource,
  StorageOSVolumeSource,
} from '../../../generated/core-v1.ts'

/** Upstream allows 0 too, and says 1. */
export const partitionErrors = (partition: number | undefined, path: FieldPath): FieldError[] =>
  outOfRange(`${path}.partition`, partition, 0, 255, rangeText(1, 255))

export const nfsErrors = ({ server, path: folder }: NFSVolumeSource, path: FieldPath): FieldError[] => [
  ...missing(`${path}.server`, server),
  ...missing(`${path}.path`, folder),
  ...(folder.startsWith('/') ? [] : [invalidValue(`${path}.path`, folder, 'must be an absolute path')]),
]

/** What each kind of initiator's name looks like. All are anchored, or each `iqn.` in a name would be a start to try. */
const initiatorPatterns = {
  iqn: /^iqn\.\d{4}-\d{2}\.([a-zA-Z0-9\-.]+)(:[^,;*&$|\t\n\f\r ]+)$/,
  eui: /^eui.[a-zA-Z0-9]{16}$/,
  naa: /^naa.[a-zA-Z0-9]{32}$/,
} as const

/** Characters. RFC 3720 section 3.2.6.1 allows 223. */
const initiatorMax = 1024

function initiatorErrors(name: string, path: FieldPath): FieldError[] {
  for (const [prefix, pattern] of Object.entries(initiatorPatterns))
    if (name.startsWith(prefix))
      return name.length <= initiatorMax && pattern.test(name) ? [] : [invalidValue(path, name, 'must be valid format')]
  return [invalidValue(path, name, 'must be valid format starting with iqn, eui, or naa')]
}

export const iscsiErrors = (source: ISCSIVolumeSource, path: FieldPath): FieldError[] => [
  ...missing(`${path}.targetPortal`, source.targetPortal),
  ...(source.iqn ? initiatorErrors(source.iqn, `${path}.iqn`) : [required(`${path}.iqn`)]),
  ...outOfRange(`${path}.lun`, source.lun, 0, 255),
  ...((source.chapAuthDiscovery || source.chapAuthSession) && !source.secretRef ? [required(`${path}.secretRef`)] : []),
  ...(source.initiatorName === undefined ? [] : initiatorErrors(source.initiatorName, `${path}.initiatorname`)),
]

export function fcErrors({ targetWWNs = [], wwids = [], lun }: FCVolumeSource, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  const at = `${path}.targetWWNs`
  if (targetWWNs.length === 0 && wwids.length === 0)
    errors.push(required(at, 'must specify either targetWWNs or wwids, but not both'))
  if (targetWWNs.length > 0 && wwids.length > 0)
    errors.push(invalidValue(at, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'))
  if (targetWWNs.length > 0) {
    if (lun === undefined) errors.push(required(`${path}.lun`, 'lun is required if targetWWNs is specified'))
    append(errors, outOfRange(`${path}.lun`, lun, 0, 255))
  }
  return errors
}

const hostPort = /^(?:[^[\]:]*|\[[^[\]]*\]):[^[\]:]*$/
const tenantMax = 64

export function quobyteErrors({ registry, tenant, volume }: QuobyteVolumeSource, path: FieldPath): FieldError[] {
  const shape = 'must be a host:port pair or multiple pairs separated by commas'
  const errors: FieldError[] = []
  if (!registry) errors.push(required(`${path}.registry`, shape))
  else if ((tenant?.length ?? 0) > tenantMax)
    errors.push(required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'))
  else if (registry.split(',').some((pair) => !hostPort.test(pair)))
    errors.push(invalidValue(`${path}.registry`, registry, shape))
  return [...errors, ...missing(`${path}.volume`, volume)]
}

export function flockerErrors({ datasetName = '', datasetUUID }: FlockerVolumeSource, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  if (!datasetName && !datasetUUID) errors.push(required(path, 'one of datasetName and datasetUUID is required'))
  if (datasetName && datasetUUID)
    errors.push(invalidValue(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'))
  if (datasetName.includes('/')) errors.push(invalidValue(`${path}.datasetName`, datasetName, "must not contain '/'"))
  return errors
}

const secretNameErrors = (secretRef: LocalObjectReference | undefined, path: FieldPath): FieldError[] =>
  secretRef ? missing(`${path}.secretRef.name`, secretRef.name) : []

export const cinderErrors = ({ volumeID, secretRef }: CinderVolumeSource, path: FieldPath): FieldError[] => [
  ...missing(`${path}.volumeID`, volumeID),
  ...secretNameErrors(secretRef, path),
]

export const storageOsErrors = (source: StorageOSVolumeSource, path: FieldPath): FieldError[] => [
  ...ruleErrorsWhenSet(`${path}.volumeName`, source.volumeName, isDns1123Label),
  ...(source.volumeNamespace ? ruleErrors(`${path}.volumeNamespace`, source.volumeNamespace, isDns1123Label) : []),
  ...secretNameErrors(source.secretRef, path),
]

const reservedNamespace = /\.(?:kubernetes|k8s)\.io$/

export const flexErrors = ({ driver, options }: FlexVolumeSource, path: FieldPath): FieldError[] => [
  ...missing(`${path}.driver`, driver),
  ...Object.keys(options ?? {})
    .filter((key) => reservedNamespace.test(`.${key.split('/', 1)[0]?.toLowerCase()}`))
    .map((key) => invalidValue(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved')),
]

const cachingModes = ['None', 'ReadOnly', 'ReadWrite'] as const
const diskKinds = ['Dedicated', 'Managed', 'Shared'] as const
const managedDisk =
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}' as const
const blobDisk = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd' as const

export function azureDiskErrors(source: AzureDiskVolumeSource, path: FieldPath): FieldError[] {
  const { diskName, diskURI, cachingMode, kind } = source
  const errors = [...missing(`${path}.diskName`, diskName), ...missing(`${path}.diskURI`, diskURI)]
  if (cachingMode !== undefined) append(errors, unlisted(`${path}.cachingMode`, cachingMode, cachingModes))
  if (kind === undefined) return errors
  append(errors, unlisted(`${path}.kind`, kind, diskKinds))
  const isManaged = kind === 'Managed'
  if (!diskURI.startsWith(isManaged ? '/subscriptions/' : 'https://'))
    errors.push(notSupported(`${path}.diskURI`, diskURI, [isManaged ? managedDisk : blobDisk]))
  return errors
}

/** Characters. */
const driverMax = 63

export function csiErrors({ driver, nodePublishSecretRef: secret }: CSIVolumeSource, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  const at = `${path}.driver`
  if (!driver) errors.push(required(at))
  else {
    if (driver.length > driverMax) errors.push(tooLong(at, driverMax))
    for (const text of isDns1123Subdomain(driver.toLowerCase())) errors.push(invalidValue(at, driver, text))
  }
  if (secret && !secret.name) errors.push(required(`${path}.nodePublishSecretRef.name`))
  if (secret?.name) append(errors, ruleErrors(`${path}.name`, secret.name, isDns1123Subdomain))
  return errors
}
