/**
 * Volumes whose files are made for the pod: from Secrets, ConfigMaps and the pod's own fields.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validateSecretVolumeSource,
 * validateConfigMapVolumeSource, validateDownwardAPIVolumeSource, validateProjectedVolumeSource)
 */
import {
  append,
  type FieldError,
  type FieldPath,
  forbiddenField,
  invalidValue,
  missing,
  required,
  ruleErrors,
} from '@ensign/apimachinery'
import type {
  ConfigMapVolumeSource,
  DownwardAPIVolumeSource,
  KeyToPath,
  ProjectedVolumeSource,
  SecretVolumeSource,
  ServiceAccountTokenProjection,
  VolumeProjection,
} from '../../../generated/core-v1.ts'
import { downwardFileErrors } from './downward.ts'
import { fileModeErrors, isFreePath } from './paths.ts'

export const secretErrors = ({ secretName, defaultMode, items }: SecretVolumeSource, path: FieldPath): FieldError[] => [
  ...missing(`${path}.secretName`, secretName),
  ...fileModeErrors(`${path}.defaultMode`, defaultMode),
  ...itemsErrors(items, path),
]

export const configMapErrors = ({ name, defaultMode, items }: ConfigMapVolumeSource, path: FieldPath): FieldError[] => [
  ...missing(`${path}.name`, name),
  ...fileModeErrors(`${path}.defaultMode`, defaultMode),
  ...itemsErrors(items, path),
]

export const downwardErrors = ({ defaultMode, items }: DownwardAPIVolumeSource, path: FieldPath): FieldError[] => [
  ...fileModeErrors(`${path}.defaultMode`, defaultMode),
  ...(items ?? []).flatMap((file) => downwardFileErrors(file, path)),
]

export function projectedErrors({ defaultMode, sources }: ProjectedVolumeSource, path: FieldPath): FieldError[] {
  const errors = fileModeErrors(`${path}.defaultMode`, defaultMode)
  const taken = new Set<string>()
  sources?.forEach((source, i) => {
    append(errors, projectionErrors(source, `${path}.sources[${i}]`, path, taken))
  })
  return errors
}

const itemsErrors = (items: readonly KeyToPath[] | undefined, path: FieldPath): FieldError[] =>
  (items ?? []).flatMap((item, i) => itemErrors(item, `${path}.items[${i}]`))

/** validateKeyToPath. */
const itemErrors = ({ key, path: file, mode }: KeyToPath, path: FieldPath): FieldError[] => [
  ...missing(`${path}.key`, key),
  ...missing(`${path}.path`, file),
  ...ruleErrors(`${path}.path`, file, isFreePath),
  ...fileModeErrors(`${path}.mode`, mode),
]

/**
 * validateProjectionSources, one of them. Trust bundles and pod certificates are not among them: their gates are off
 * by default, and so they are dropped before this.
 *
 * @param volume path of the volume, of which some problems are told
 * @param taken paths of the sources before, added to
 */
function projectionErrors(
  { secret, configMap, downwardAPI, serviceAccountToken }: VolumeProjection,
  path: FieldPath,
  volume: FieldPath,
  taken: Set<string>,
): FieldError[] {
  const errors: FieldError[] = []
  const isTaken = (file: string): boolean => {
    if (file === '' || taken.has(file)) return file !== ''
    taken.add(file)
    return false
  }
  const conflict = (shown: string) => invalidValue(volume, shown, 'conflicting duplicate paths')
  for (const [kind, source] of [
    ['secret', secret],
    ['configMap', configMap],
  ] as const) {
    if (!source) continue
    const ofSource = conflict(source.name ?? '')
    append(errors, missing(`${path}.${kind}.name`, source.name))
    source.items?.forEach((item, i) => {
      append(errors, itemErrors(item, `${path}.${kind}.items[${i}]`))
      if (isTaken(item.path)) errors.push(ofSource)
    })
  }
  for (const file of downwardAPI?.items ?? []) {
    append(errors, downwardFileErrors(file, `${path}.downwardAPI`))
    if (isTaken(file.path)) errors.push(conflict(file.path))
  }
  if (serviceAccountToken)
    append(errors, tokenErrors(serviceAccountToken, `${path}.serviceAccountToken`, `${volume}.path`))
  if ([secret, configMap, downwardAPI, serviceAccountToken].filter(Boolean).length > 1)
    errors.push(forbiddenField(path, 'may not specify more than 1 volume type per source'))
  return errors
}

/** Seconds. */
const tokenExpiration = { min: 600, max: 2 ** 32 } as const

/** @param filePath where problems of its path are told: a member that projected volumes do not have */
function tokenErrors(
  { path: file, expirationSeconds = 0 }: ServiceAccountTokenProjection,
  path: FieldPath,
  filePath: FieldPath,
): FieldError[] {
  const tooFar = (why: string) => [invalidValue(`${path}.expirationSeconds`, expirationSeconds, why)]
  return [
    ...(expirationSeconds < tokenExpiration.min ? tooFar('may not specify a duration less than 10 minutes') : []),
    ...(expirationSeconds > tokenExpiration.max ? tooFar('may not specify a duration larger than 2^32 seconds') : []),
    ...(file ? ruleErrors(filePath, file, isFreePath) : [required(filePath)]),
  ]
}
