/**
 * What a pod may be told of itself: references to its own fields and to its containers' resources.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validateObjectFieldSelector,
 * validateContainerResourceFieldSelector), pkg/apis/core/pods/helpers.go, pkg/fieldpath/fieldpath.go
 */
import {
  type FieldError,
  type FieldPath,
  invalidValue,
  isLabelKey,
  missing,
  notSupported,
  required,
  ruleErrors,
} from '@ensign/apimachinery'
import type { DownwardAPIVolumeFile, ObjectFieldSelector, ResourceFieldSelector } from '../../../generated/core-v1.ts'
import { fileModeErrors, isFreePath } from './paths.ts'

const environmentFields: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
const volumeFields: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
]
/** Every field with a name of its own; whether it may be used depends on the place. */
const knownFields: ReadonlySet<string> = new Set([
  ...environmentFields,
  ...volumeFields,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
])

export const environmentFieldErrors = (selector: ObjectFieldSelector, path: FieldPath): FieldError[] =>
  fieldErrors(selector, environmentFields, path)

function fieldErrors(
  { apiVersion = '', fieldPath }: ObjectFieldSelector,
  allowed: readonly string[],
  path: FieldPath,
): FieldError[] {
  if (!apiVersion) return [required(`${path}.apiVersion`)]
  if (!fieldPath) return [required(`${path}.fieldPath`)]
  const unconverted = (why: string) => [
    invalidValue(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${why}`),
  ]
  if (apiVersion !== 'v1') return unconverted(`unsupported pod version: ${apiVersion}`)
  const { field, key } = subscripted(fieldPath)
  if (key !== undefined) {
    if (field === 'metadata.annotations') return ruleErrors(path, key.toLowerCase(), isLabelKey)
    if (field === 'metadata.labels') return ruleErrors(path, key, isLabelKey)
    return unconverted(`field label does not support subscript: ${fieldPath}`)
  }
  const known = field === 'spec.host' ? 'spec.nodeName' : field
  if (!knownFields.has(known)) return unconverted(`field label not supported: ${fieldPath}`)
  return allowed.includes(known) ? [] : [notSupported(`${path}.fieldPath`, known, allowed)]
}

/** `metadata.labels['app']` is the field `metadata.labels` and the key `app`. */
function subscripted(fieldPath: string): { field: string; key?: string } {
  const opening = fieldPath.indexOf("['")
  if (!fieldPath.endsWith("']") || opening <= 0 || opening > fieldPath.length - 4) return { field: fieldPath }
  return { field: fieldPath.slice(0, opening), key: fieldPath.slice(opening + 2, -2) }
}

const resourceFields: readonly string[] = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const hugePages = /^(?:requests|limits)\.hugepages-/

const byteDivisors = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']

const byteText = (resource: string): string =>
  `only divisor's values ${byteDivisors.join(', ')} are supported with the ${resource} resource`

/** In which units each resource can be told, and how that is said. */
const divisors: ReadonlyMap<string, { readonly values: readonly string[]; readonly text: string }> = new Map([
  ['cpu', { values: ['1m', '1'], text: "only divisor's values 1m and 1 are supported with the cpu resource" }],
  ['memory', { values: byteDivisors, text: byteText('memory') }],
  ['ephemeral-storage', { values: byteDivisors, text: byteText('local ephemeral storage') }],
  ['hugepages', { values: byteDivisors, text: byteText('hugepages') }],
])
const resourceName = /^(?:limits|requests)\.(.*)$/

/** @param inVolume a file must say of which container, a variable means its own */
export function resourceFieldErrors(
  { containerName, resource, divisor }: ResourceFieldSelector,
  inVolume: boolean,
  path: FieldPath,
): FieldError[] {
  const isHugePages = hugePages.test(resource)
  const errors: FieldError[] = []
  if (inVolume && !containerName) errors.push(required(`${path}.containerName`))
  else if (!resource) errors.push(required(`${path}.resource`))
  else if (!isHugePages && !resourceFields.includes(resource))
    errors.push(notSupported(`${path}.resource`, resource, resourceFields))
  const units = divisors.get(isHugePages ? 'hugepages' : (resourceName.exec(resource)?.[1] ?? ''))
  if (units && divisor && divisor !== '0' && !units.values.includes(divisor))
    errors.push(invalidValue(`${path}.divisor`, resource, units.text))
  return errors
}

/** validateDownwardAPIVolumeFile. The path names the list, not the file: upstream leaves the index out. */
export function downwardFileErrors(file: DownwardAPIVolumeFile, path: FieldPath): FieldError[] {
  return [
    ...missing(`${path}.path`, file.path),
    ...ruleErrors(`${path}.path`, file.path, isFreePath),
    ...downwardSourceErrors(file, path),
    ...fileModeErrors(`${path}.mode`, file.mode),
  ]
}

function downwardSourceErrors({ fieldRef, resourceFieldRef }: DownwardAPIVolumeFile, path: FieldPath): FieldError[] {
  if (fieldRef) {
    const errors = fieldErrors(fieldRef, volumeFields, `${path}.fieldRef`)
    if (resourceFieldRef)
      errors.push(invalidValue(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
    return errors
  }
  if (resourceFieldRef) return resourceFieldErrors(resourceFieldRef, true, `${path}.resourceFieldRef`)
  return [required(path, 'one of fieldRef and resourceFieldRef is required')]
}
