/**
 * Parts of a pod as error texts show them when the whole part is the bad value: upstream prints its internal types,
 * whose members have no JSON names and are written even when unset.
 * Source: kubernetes/kubernetes pkg/apis/core/types.go; field/errors.go, ErrorBody
 */
import type { AppArmorProfile, PodResourceClaim, SeccompProfile, SecurityContext } from '../../../generated/core-v1.ts'

export const internalProfile = ({ type, localhostProfile }: SeccompProfile | AppArmorProfile): object => ({
  Type: type,
  LocalhostProfile: localhostProfile ?? null,
})

export const internalClaim = ({ name, resourceClaimName, resourceClaimTemplateName }: PodResourceClaim): object => ({
  Name: name,
  ResourceClaimName: resourceClaimName ?? null,
  ResourceClaimTemplateName: resourceClaimTemplateName ?? null,
})

export function internalSecurityContext(context: SecurityContext): object {
  const { capabilities, seLinuxOptions, windowsOptions, seccompProfile, appArmorProfile } = context
  return {
    Capabilities: capabilities ? { Add: capabilities.add ?? null, Drop: capabilities.drop ?? null } : null,
    Privileged: context.privileged ?? null,
    SELinuxOptions: seLinuxOptions
      ? {
          User: seLinuxOptions.user ?? '',
          Role: seLinuxOptions.role ?? '',
          Type: seLinuxOptions.type ?? '',
          Level: seLinuxOptions.level ?? '',
        }
      : null,
    WindowsOptions: windowsOptions
      ? {
          GMSACredentialSpecName: windowsOptions.gmsaCredentialSpecName ?? null,
          GMSACredentialSpec: windowsOptions.gmsaCredentialSpec ?? null,
          RunAsUserName: windowsOptions.runAsUserName ?? null,
          HostProcess: windowsOptions.hostProcess ?? null,
        }
      : null,
    RunAsUser: context.runAsUser ?? null,
    RunAsGroup: context.runAsGroup ?? null,
    RunAsNonRoot: context.runAsNonRoot ?? null,
    ReadOnlyRootFilesystem: context.readOnlyRootFilesystem ?? null,
    AllowPrivilegeEscalation: context.allowPrivilegeEscalation ?? null,
    ProcMount: context.procMount ?? null,
    SeccompProfile: seccompProfile ? internalProfile(seccompProfile) : null,
    AppArmorProfile: appArmorProfile ? internalProfile(appArmorProfile) : null,
  }
}
