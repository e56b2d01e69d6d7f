/**
 * What a pod and its containers may do on their node. Privileged containers are let in, as every cluster's
 * --allow-privileged does.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validatePodSpecSecurityContext, ValidateSecurityContext)
 */
import {
  append,
  duplicateValue,
  type FieldError,
  type FieldPath,
  type Int64,
  invalidValue,
  notSupported,
  outOfRange,
  required,
  unlisted,
} from '@ensign/apimachinery'
import type { PodSpec, SecurityContext, Sysctl } from '../../../generated/core-v1.ts'
import { internalSecurityContext } from './internal-forms.ts'
import { appArmorErrors, seccompErrors } from './profiles.ts'
import { windowsOptionErrors } from './windows.ts'

/** Of users and groups. */
const idMax = 2 ** 31 - 1

const idErrors = (id: Int64 | undefined, path: FieldPath): FieldError[] => outOfRange(path, id, 0, idMax)

const procMounts = ['Default', 'Unmasked'] as const

export function containerSecurityErrors(
  context: SecurityContext | undefined,
  sharesUsers: boolean,
  path: FieldPath,
): FieldError[] {
  if (!context) return []
  const { runAsUser, runAsGroup, procMount, seccompProfile } = context
  const errors = [...idErrors(runAsUser, `${path}.runAsUser`), ...idErrors(runAsGroup, `${path}.runAsGroup`)]
  if (procMount !== undefined) append(errors, unlisted(`${path}.procMount`, procMount, procMounts))
  if (procMount === 'Unmasked' && sharesUsers)
    errors.push(invalidValue(`${path}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`'))
  return [
    ...errors,
    ...seccompErrors(seccompProfile, `${path}.seccompProfile`),
    ...escalationErrors(context, path),
    ...windowsOptionErrors(context.windowsOptions, `${path}.windowsOptions`),
    ...appArmorErrors(context.appArmorProfile, `${path}.appArmorProfile`),
  ]
}

function escalationErrors(context: SecurityContext, path: FieldPath): FieldError[] {
  if (context.allowPrivilegeEscalation !== false) return []
  const contradiction = (what: string) =>
    invalidValue(path, internalSecurityContext(context), `cannot set \`allowPrivilegeEscalation\` to false and ${what}`)
  return [
    ...(context.privileged ? [contradiction('`privileged` to true')] : []),
    ...(context.capabilities?.add?.includes('CAP_SYS_ADMIN')
      ? [contradiction('`capabilities.Add` CAP_SYS_ADMIN')]
      : []),
  ]
}

const groupChangePolicies = ['Always', 'OnRootMismatch'] as const
const groupsPolicies = ['Merge', 'Strict'] as const

export function podSecurityErrors(spec: PodSpec): FieldError[] {
  const context = spec.securityContext
  if (!context) return []
  const path = 'spec.securityContext'
  const { fsGroupChangePolicy, supplementalGroupsPolicy, seLinuxChangePolicy } = context
  const errors = [
    ...idErrors(context.fsGroup, `${path}.fsGroup`),
    ...idErrors(context.runAsUser, `${path}.runAsUser`),
    ...idErrors(context.runAsGroup, `${path}.runAsGroup`),
    ...(context.supplementalGroups ?? []).flatMap((id, i) => idErrors(id, `${path}.supplementalGroups[${i}]`)),
  ]
  if (spec.shareProcessNamespace && spec.hostPID)
    errors.push(
      invalidValue(`${path}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled'),
    )
  append(errors, sysctlErrors(context.sysctls ?? [], spec, `${path}.sysctls`))
  if (fsGroupChangePolicy !== undefined)
    append(errors, unlisted(`${path}.fsGroupChangePolicy`, fsGroupChangePolicy, groupChangePolicies))
  append(errors, seccompErrors(context.seccompProfile, `${path}.seccompProfile`))
  append(errors, windowsOptionErrors(context.windowsOptions, `${path}.windowsOptions`))
  append(errors, appArmorErrors(context.appArmorProfile, `${path}.appArmorProfile`))
  if (supplementalGroupsPolicy !== undefined)
    append(errors, unlisted(`${path}.supplementalGroupsPolicy`, supplementalGroupsPolicy, groupsPolicies))
  // MountOption waits for the gate SELinuxMount, which is off by default.
  if (seLinuxChangePolicy !== undefined && seLinuxChangePolicy !== 'Recursive')
    errors.push(notSupported(`${path}.seLinuxChangePolicy`, seLinuxChangePolicy, ['Recursive']))
  return errors
}

const sysctlSegment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const sysctlFormat = `^(${sysctlSegment}[\\./])*${sysctlSegment}$`
const sysctlPattern = new RegExp(sysctlFormat)
/** Characters. */
const sysctlNameMax = 253

function sysctlErrors(sysctls: readonly Sysctl[], { hostNetwork, hostIPC }: PodSpec, path: FieldPath): FieldError[] {
  const names = new Set<string>()
  return sysctls.flatMap(({ name }, i) => {
    const at = `${path}[${i}].name`
    const errors: FieldError[] = []
    if (!name) errors.push(required(at))
    else if (name.length > sysctlNameMax || !sysctlPattern.test(name))
      errors.push(
        invalidValue(at, name, `must have at most ${sysctlNameMax} characters and match regex ${sysctlFormat}`),
      )
    else if (names.has(name)) errors.push(duplicateValue(at, name))
    names.add(name)
    const namespace = sysctlNamespace(name)
    if (hostNetwork && namespace === 'net')
      errors.push(invalidValue(at, name, "may not be specified when 'hostNetwork' is true"))
    else if (hostIPC && namespace === 'ipc')
      errors.push(invalidValue(at, name, "may not be specified when 'hostIPC' is true"))
    return errors
  })
}

/** Which namespace of a process a kernel parameter belongs to. Source: component-helpers node/util/sysctl/namespace.go */
function sysctlNamespace(name: string): 'ipc' | 'net' | undefined {
  const separator = /[./]/.exec(name)?.[0]
  // With slashes between its segments, dots may stand within them.
  const dotted = separator === '/' ? name.replace(/[./]/g, (c) => (c === '.' ? '/' : '.')) : name
  if (dotted === 'kernel.sem' || /^(?:kernel\.shm|kernel\.msg|fs\.mqueue\.)/.test(dotted)) return 'ipc'
  return dotted.startsWith('net.') ? 'net' : undefined
}
