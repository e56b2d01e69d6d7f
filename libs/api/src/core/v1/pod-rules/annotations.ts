/**
 * Annotations of a pod that mean something to Kubernetes.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (ValidatePodSpecificAnnotations)
 */
import {
  append,
  decodeJson,
  type FieldError,
  goKindOf,
  invalidValue,
  JsonDecodeError,
  JsonSyntaxError,
  parseJson,
  ruleErrors,
} from '@ensign/apimachinery'
import { type Pod, type Toleration, TolerationSchema } from '../../../generated/core-v1.ts'
import { containersOf } from './containers-of.ts'
import { mirrorAnnotation } from './mirror.ts'
import { isDescendingPath } from './paths.ts'
import { appArmorPrefix, seccompContainerPrefix, seccompPodAnnotation } from './profiles.ts'
import { tolerationErrors } from './scheduling.ts'

/** Tolerations' first form, which no scheduler reads any more. */
const tolerationsAnnotation = 'scheduler.alpha.kubernetes.io/tolerations'
const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost'
const path = 'metadata.annotations'

export function annotationErrors({ metadata, spec }: Pod): FieldError[] {
  const { annotations } = metadata
  if (!annotations) return []
  const errors: FieldError[] = []
  const mirror = annotations[mirrorAnnotation]
  if (mirror !== undefined && !spec.nodeName)
    errors.push(
      invalidValue(`${path}[${mirrorAnnotation}]`, mirror, 'must set spec.nodeName if mirror pod annotation is set'),
    )
  const tolerations = annotations[tolerationsAnnotation]
  if (tolerations) append(errors, annotatedTolerationErrors(tolerations))
  const cost = annotations[deletionCostAnnotation]
  if (cost !== undefined && !isInt32(cost))
    errors.push(invalidValue(`${path}[${deletionCostAnnotation}]`, cost, 'must be a 32bit integer'))
  const entries = Object.entries(annotations)
  for (const [key, profile] of entries)
    if (key === seccompPodAnnotation || key.startsWith(seccompContainerPrefix))
      append(errors, seccompErrors(profile, `${path}.${key}`))
  const appArmor = entries.filter(([key]) => key.startsWith(appArmorPrefix))
  const names = new Set(appArmor.length > 0 ? containersOf(spec).map(({ container }) => container.name) : [])
  for (const [key, profile] of appArmor) append(errors, appArmorErrors(key, profile, names))
  return errors
}

function annotatedTolerationErrors(json: string): FieldError[] {
  // What cannot be read is told of the annotations, with the key for a value.
  const unreadable = (why: string) => [invalidValue(path, tolerationsAnnotation, why)]
  try {
    const { value } = parseJson(Buffer.from(json))
    if (value === null) return []
    if (!Array.isArray(value))
      return unreadable(`json: cannot unmarshal ${goKindOf(value)} into Go value of type []core.Toleration`)
    const tolerations = value.map((element) => decodeJson<Toleration>(TolerationSchema, element ?? {}))
    return tolerationErrors(tolerations, `${path}.${tolerationsAnnotation}`)
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof JsonDecodeError) return unreadable(error.message)
    throw error
  }
}

const decimal = /^(?:0|-?0*[1-9][0-9]*|-0+)$/
const int32 = { min: -(2 ** 31), max: 2 ** 31 - 1 } as const

/** GetDeletionCostFromPodAnnotations: without a plus sign, and without leading zeros unless a minus comes first. */
function isInt32(text: string): boolean {
  if (!decimal.test(text) || (text.startsWith('0') && text !== '0')) return false
  const value = Number(text)
  return value >= int32.min && value <= int32.max
}

const localhost = 'localhost/'
const seccompWords: ReadonlySet<string> = new Set(['runtime/default', 'docker/default', 'unconfined'])

function seccompErrors(profile: string, at: string): FieldError[] {
  if (seccompWords.has(profile)) return []
  if (profile.startsWith(localhost)) return ruleErrors(at, profile.slice(localhost.length), isDescendingPath)
  return [invalidValue(at, profile, 'must be a valid seccomp profile')]
}

const appArmorWords: ReadonlySet<string> = new Set(['', 'runtime/default', 'unconfined'])

function appArmorErrors(key: string, profile: string, names: ReadonlySet<string>): FieldError[] {
  const at = `${path}[${key}]`
  const name = key.slice(appArmorPrefix.length)
  const errors: FieldError[] = []
  if (!names.has(name)) errors.push(invalidValue(at, name, 'container not found'))
  if (!appArmorWords.has(profile) && !profile.startsWith(localhost))
    errors.push(invalidValue(at, profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`))
  return errors
}
