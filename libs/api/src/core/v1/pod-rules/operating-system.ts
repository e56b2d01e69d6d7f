/**
 * What only makes sense on another operating system, or not with users of its own.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validateOS, validateLinux, validateWindows,
 * validateHostUsers)
 */
import { type FieldError, forbiddenField, notSupported, required } from '@ensign/apimachinery'
import type { PodSecurityContext, PodSpec, SecurityContext } from '../../../generated/core-v1.ts'
import { containersOf } from './containers-of.ts'

export function osErrors(spec: PodSpec): FieldError[] {
  switch (spec.os?.name) {
    case undefined:
      return []
    case '':
      return [required('spec.os.name')]
    case 'linux':
      return linuxErrors(spec)
    case 'windows':
      return windowsErrors(spec)
    default:
      return [notSupported('spec.os', spec.os?.name, ['linux', 'windows'])]
  }
}

const linuxErrors = (spec: PodSpec): FieldError[] =>
  [{ path: 'spec', container: spec }, ...containersOf(spec)].flatMap(({ path, container }) =>
    container.securityContext?.windowsOptions
      ? [forbiddenField(`${path}.securityContext.windowsOptions`, 'windows options cannot be set for a linux pod')]
      : [],
  )

/** In upstream's order; what is of the spec itself stands between what is of its security context. */
const podMembers: readonly (
  | { readonly context: keyof PodSecurityContext }
  | { readonly spec: 'hostUsers' | 'hostPID' | 'hostIPC' | 'shareProcessNamespace' }
)[] = [
  { context: 'appArmorProfile' },
  { context: 'seLinuxOptions' },
  { spec: 'hostUsers' },
  { spec: 'hostPID' },
  { spec: 'hostIPC' },
  { context: 'seccompProfile' },
  { context: 'fsGroup' },
  { context: 'fsGroupChangePolicy' },
  { context: 'sysctls' },
  { spec: 'shareProcessNamespace' },
  { context: 'runAsUser' },
  { context: 'runAsGroup' },
  { context: 'supplementalGroups' },
  { context: 'supplementalGroupsPolicy' },
  { context: 'seLinuxChangePolicy' },
]
const containerMembers: readonly (keyof SecurityContext)[] = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
]
/** Plain booleans, where false is the same as nothing; the others are pointers. */
const falseIsUnset: ReadonlySet<string> = new Set(['hostPID', 'hostIPC'])

function windowsErrors(spec: PodSpec): FieldError[] {
  const refused = (path: string) => forbiddenField(path, 'cannot be set for a windows pod')
  const ofPod = podMembers.flatMap((member) => {
    if ('spec' in member) {
      const value = spec[member.spec]
      return value === undefined || (falseIsUnset.has(member.spec) && !value) ? [] : [refused(`spec.${member.spec}`)]
    }
    const value = spec.securityContext?.[member.context]
    const isEmptyList = Array.isArray(value) && value.length === 0
    return value === undefined || isEmptyList ? [] : [refused(`spec.securityContext.${member.context}`)]
  })
  const ofContainers = containersOf(spec).flatMap(({ container: { securityContext }, path }) =>
    containerMembers.flatMap((member) =>
      securityContext?.[member] === undefined ? [] : [refused(`${path}.securityContext.${member}`)],
    ),
  )
  return [...ofPod, ...ofContainers]
}

/** A pod with users of its own cannot share the node's other namespaces. */
export function hostUsersErrors(spec: PodSpec): FieldError[] {
  if (spec.hostUsers !== false) return []
  const refused = (path: string) => forbiddenField(path, 'when `hostUsers` is false')
  return [
    ...(spec.hostNetwork ? [refused('spec.hostNetwork')] : []),
    // These two are told under their Go names.
    ...(spec.hostPID ? [refused('spec.HostPID')] : []),
    ...(spec.hostIPC ? [refused('spec.HostIPC')] : []),
    ...containersOf(spec).flatMap(({ container, path }) =>
      container.volumeDevices?.length ? [refused(`${path}.volumeDevices`)] : [],
    ),
  ]
}
