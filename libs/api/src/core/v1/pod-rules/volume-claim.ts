/**
 * The claim that is made for a pod's ephemeral volume.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validateEphemeralVolumeSource,
 * ValidatePersistentVolumeClaimTemplate, ValidatePersistentVolumeClaimSpec)
 */
import {
  append,
  type FieldError,
  type FieldPath,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  missing,
  type ObjectMeta,
  required,
  ruleErrors,
  unlisted,
  validateAnnotations,
  validateLabelSelector,
  validateLabels,
} from '@ensign/apimachinery'
import type {
  EphemeralVolumeSource,
  PersistentVolumeClaimSpec,
  TypedObjectReference,
} from '../../../generated/core-v1.ts'
import { nanosOf } from './amounts.ts'

export function ephemeralErrors({ volumeClaimTemplate }: EphemeralVolumeSource, path: FieldPath): FieldError[] {
  const at = `${path}.volumeClaimTemplate`
  if (!volumeClaimTemplate) return [required(at)]
  return [
    ...templateMetaErrors(volumeClaimTemplate.metadata, at),
    ...claimErrors(volumeClaimTemplate.spec, `${at}.spec`),
  ]
}

/** Members of ObjectMeta that a template may not set, in upstream's order; the uid is told under its Go name. */
const unsettable: readonly (readonly [keyof ObjectMeta, string])[] = [
  ['name', 'name'],
  ['generateName', 'generateName'],
  ['namespace', 'namespace'],
  ['selfLink', 'selfLink'],
  ['uid', 'uID'],
  ['resourceVersion', 'resourceVersion'],
  ['generation', 'generation'],
  ['creationTimestamp', 'creationTimestamp'],
  ['deletionTimestamp', 'deletionTimestamp'],
  ['deletionGracePeriodSeconds', 'deletionGracePeriodSeconds'],
  ['ownerReferences', 'ownerReferences'],
  ['finalizers', 'finalizers'],
  ['managedFields', 'managedFields'],
]

/** ValidateTemplateObjectMeta. */
const templateMetaErrors = (metadata: ObjectMeta, template: FieldPath): FieldError[] => [
  ...validateAnnotations(metadata.annotations, `${template}.metadata.annotations`),
  ...validateLabels(metadata.labels, `${template}.metadata.labels`),
  ...unsettable
    .filter(([member]) => metadata[member])
    .map(([, shown]) => forbiddenField(`${template}.metadata.${shown}`, 'cannot be set')),
]

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'] as const
const volumeModes = ['Block', 'Filesystem'] as const

function claimErrors(spec: PersistentVolumeClaimSpec, path: FieldPath): FieldError[] {
  const { selector, storageClassName, volumeMode, volumeAttributesClassName } = spec
  return [
    ...(spec.accessModes?.length ? [] : [required(`${path}.accessModes`, 'at least 1 access mode is required')]),
    ...validateLabelSelector(selector, `${path}.selector`),
    ...accessModeErrors(spec.accessModes ?? [], `${path}.accessModes`),
    ...storageErrors(spec.resources?.requests?.['storage'], `${path}.resources[storage]`),
    ...(storageClassName ? ruleErrors(`${path}.storageClassName`, storageClassName, isDns1123Subdomain) : []),
    ...(volumeMode === undefined ? [] : unlisted(`${path}.volumeMode`, volumeMode, volumeModes)),
    ...dataSourceErrors(spec, path),
    ...(volumeAttributesClassName
      ? ruleErrors(`${path}.volumeAttributesClassName`, volumeAttributesClassName, isDns1123Subdomain)
      : []),
  ]
}

function accessModeErrors(modes: readonly string[], path: FieldPath): FieldError[] {
  const errors = modes.flatMap((mode) => unlisted(path, mode, accessModes))
  const isShared = modes.some((m) => m !== 'ReadWriteOncePod' && (accessModes as readonly string[]).includes(m))
  if (isShared && modes.includes('ReadWriteOncePod'))
    errors.push(forbiddenField(path, 'may not use ReadWriteOncePod with other access modes'))
  return errors
}

function storageErrors(amount: string | undefined, path: FieldPath): FieldError[] {
  if (amount === undefined) return [required(path)]
  return nanosOf(amount) > 0n ? [] : [invalidValue(path, amount, 'must be greater than zero')]
}

function dataSourceErrors({ dataSource, dataSourceRef }: PersistentVolumeClaimSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  if (dataSource) append(errors, referenceErrors(dataSource, `${path}.dataSource`))
  if (dataSourceRef) append(errors, referenceErrors(dataSourceRef, `${path}.dataSourceRef`))
  if (!dataSource || !dataSourceRef) return errors
  // The bad value is a path in upstream's code, which has no members to show.
  if (dataSourceRef.namespace)
    errors.push(invalidValue(path, {}, 'may not be specified when dataSourceRef.namespace is specified'))
  else if (
    dataSource.kind !== dataSourceRef.kind ||
    dataSource.name !== dataSourceRef.name ||
    (dataSource.apiGroup ?? undefined) !== (dataSourceRef.apiGroup ?? undefined)
  )
    errors.push(invalidValue(path, {}, 'must match dataSourceRef'))
  return errors
}

function referenceErrors(
  { name, kind, apiGroup, namespace }: Omit<TypedObjectReference, 'namespace'> & { namespace?: string },
  path: FieldPath,
): FieldError[] {
  const errors = [...missing(`${path}.name`, name), ...missing(`${path}.kind`, kind)]
  if (!apiGroup && kind !== 'PersistentVolumeClaim')
    errors.push(invalidValue(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
  if (apiGroup) append(errors, ruleErrors(`${path}.apiGroup`, apiGroup, isDns1123Subdomain))
  if (namespace) append(errors, ruleErrors(`${path}.namespace`, namespace, isDns1123Label))
  return errors
}
