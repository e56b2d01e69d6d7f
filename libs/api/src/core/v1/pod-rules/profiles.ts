/**
 * Seccomp and AppArmor profiles: in fields, and in the annotations that were their first form.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validateSeccompProfileField,
 * ValidateAppArmorProfileField, validateSeccompAnnotationsAndFields, validateAppArmorAnnotationsAndFieldsMatchOnCreate)
 */
import {
  append,
  type FieldError,
  type FieldPath,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  ruleErrors,
  tooLong,
} from '@ensign/apimachinery'
import type { AppArmorProfile, Pod, SeccompProfile } from '../../../generated/core-v1.ts'
import { containersOf } from './containers-of.ts'
import { internalProfile } from './internal-forms.ts'
import { isDescendingPath } from './paths.ts'

export const seccompPodAnnotation = 'seccomp.security.alpha.kubernetes.io/pod'
export const seccompContainerPrefix = 'container.seccomp.security.alpha.kubernetes.io/'
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'

const types = ['Localhost', 'RuntimeDefault', 'Unconfined'] as const
const localhost = 'localhost/'
/** Words of the annotations. */
const words = {
  seccomp: { RuntimeDefault: ['runtime/default', 'docker/default'], Unconfined: ['unconfined'] },
  appArmor: { RuntimeDefault: ['runtime/default'], Unconfined: ['unconfined'] },
} as const

export function seccompErrors(profile: SeccompProfile | undefined, path: FieldPath): FieldError[] {
  if (!profile) return []
  const { type, localhostProfile } = profile
  const errors: FieldError[] = []
  const at = `${path}.localhostProfile`
  if (!type) errors.push(required(`${path}.type`, 'type is required when seccompProfile is set'))
  else if (!(types as readonly string[]).includes(type)) errors.push(notSupported(`${path}.type`, type, types))
  if (type !== 'Localhost') {
    if (localhostProfile !== undefined)
      errors.push(invalidValue(at, internalProfile(profile), 'can only be set when seccomp type is Localhost'))
  } else if (localhostProfile === undefined) errors.push(required(at, 'must be set when seccomp type is Localhost'))
  else append(errors, ruleErrors(at, localhostProfile, isDescendingPath))
  return errors
}

/** Bytes of a path on Linux, without its end. */
const profilePathMax = 4095

export function appArmorErrors(profile: AppArmorProfile | undefined, path: FieldPath): FieldError[] {
  if (!profile) return []
  const { type, localhostProfile } = profile
  const at = `${path}.localhostProfile`
  switch (type) {
    case 'Localhost':
      return localProfileErrors(localhostProfile, at)
    case 'RuntimeDefault':
    case 'Unconfined':
      return localhostProfile === undefined
        ? []
        : [invalidValue(at, localhostProfile, 'can only be set when AppArmor type is Localhost')]
    case '':
      return [required(`${path}.type`, 'type is required when appArmorProfile is set')]
    default:
      return [notSupported(`${path}.type`, type, types)]
  }
}

function localProfileErrors(profile: string | undefined, at: FieldPath): FieldError[] {
  const mustBeSet = required(at, 'must be set when AppArmor type is Localhost')
  if (profile === undefined) return [mustBeSet]
  const errors: FieldError[] = []
  if (profile.trim() !== profile) errors.push(invalidValue(at, profile, 'must not be padded with whitespace'))
  else if (profile === '') errors.push(mustBeSet)
  if (Buffer.byteLength(profile) > profilePathMax) errors.push(tooLong(at, profilePathMax))
  return errors
}

/** The field that says what an annotation says; undefined when it says nothing that can be said. */
export function appArmorFromAnnotation(annotation: string): AppArmorProfile | undefined {
  for (const type of ['RuntimeDefault', 'Unconfined'] as const)
    if (words.appArmor[type].includes(annotation as never)) return { type }
  const localhostProfile = annotation.startsWith(localhost) ? annotation.slice(localhost.length) : ''
  const profile = { type: 'Localhost', localhostProfile }
  return appArmorErrors(profile, '').length === 0 ? profile : undefined
}

/** Where a field and an annotation both say something, they say the same. Checked on create only. */
export function profileAgreementErrors({ metadata, spec }: Pod): FieldError[] {
  const { annotations } = metadata
  if (!annotations) return []
  const { seccompProfile, appArmorProfile } = spec.securityContext ?? {}
  const containers = containersOf(spec)
  return [
    ...disagreement(
      'seccomp',
      annotations[seccompPodAnnotation],
      seccompProfile,
      'spec.securityContext.seccompProfile',
    ),
    ...containers.flatMap(({ container, path }) =>
      disagreement(
        'seccomp',
        annotations[seccompContainerPrefix + container.name],
        container.securityContext?.seccompProfile,
        `${path}.securityContext.seccompProfile`,
      ),
    ),
    ...(spec.os?.name === 'windows' ? [] : containers).flatMap(({ container, path }) =>
      disagreement(
        'appArmor',
        annotations[appArmorPrefix + container.name],
        container.securityContext?.appArmorProfile ?? appArmorProfile,
        `${path}.securityContext.appArmorProfile`,
      ),
    ),
  ]
}

function disagreement(
  kind: keyof typeof words,
  annotation: string | undefined,
  profile: SeccompProfile | AppArmorProfile | undefined,
  path: FieldPath,
): FieldError[] {
  if (annotation === undefined || !profile) return []
  const name = kind === 'seccomp' ? 'seccomp' : 'apparmor'
  const otherType = [forbiddenField(`${path}.type`, `${name} type in annotation and field must match`)]
  const { type, localhostProfile } = profile
  if (type === 'RuntimeDefault' || type === 'Unconfined')
    return words[kind][type].includes(annotation as never) ? [] : otherType
  if (type !== 'Localhost') return []
  if (!annotation.startsWith(localhost)) return otherType
  if (localhostProfile === annotation.slice(localhost.length)) return []
  return [forbiddenField(`${path}.localhostProfile`, `${name} profile in annotation and field must match`)]
}
