/**
 * Kubernetes' admission plug-ins by name, for --enable-admission-plugins and --disable-admission-plugins.
 * Source: kubernetes/kubernetes pkg/kubeapiserver/options/plugins.go, AllOrderedPlugins;
 * staging/src/k8s.io/apiserver/pkg/server/options/admission.go, Validate
 */
const kubernetesPlugins: readonly string[] = [
  'AlwaysAdmit',
  'NamespaceAutoProvision',
  'NamespaceLifecycle',
  'NamespaceExists',
  'LimitPodHardAntiAffinityTopology',
  'LimitRanger',
  'ServiceAccount',
  'NodeRestriction',
  'TaintNodesByCondition',
  'AlwaysPullImages',
  'ImagePolicyWebhook',
  'PodSecurity',
  'PodNodeSelector',
  'Priority',
  'DefaultTolerationSeconds',
  'PodTolerationRestriction',
  'EventRateLimit',
  'ExtendedResourceToleration',
  'DefaultStorageClass',
  'StorageObjectInUseProtection',
  'PodGroupProtection',
  'OwnerReferencesPermissionEnforcement',
  'PersistentVolumeClaimResize',
  'RuntimeClass',
  'CertificateApproval',
  'CertificateSigning',
  'ClusterTrustBundleAttest',
  'CertificateSubjectRestriction',
  'DefaultIngressClass',
  'DenyServiceExternalIPs',
  'PodTopologyLabels',
  'PodGroupWorkloadExists',
  'NodeDeclaredFeatureValidator',
  'JobValidation',
  'PodResizeValidator',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
  'ResourceQuota',
  'AlwaysDeny',
]

/** Those that would keep something out and are not there: who switches one on must not believe that it does. */
const absentGuards: readonly string[] = [
  'AlwaysDeny',
  'AlwaysPullImages',
  'DenyServiceExternalIPs',
  'EventRateLimit',
  'ImagePolicyWebhook',
  'LimitPodHardAntiAffinityTopology',
  'OwnerReferencesPermissionEnforcement',
  'PodNodeSelector',
  'PodSecurity',
  'PodTolerationRestriction',
]

/** What is wrong with the names of plug-ins to switch on and off, in Kubernetes' words where it has them; undefined when nothing is. */
export function pluginNamesProblem(enable: readonly string[], disable: readonly string[]): string | undefined {
  for (const [flag, names] of [['enable', enable] as const, ['disable', disable] as const]) {
    const unknown = names.find((name) => !kubernetesPlugins.includes(name))
    if (unknown !== undefined) return `${flag}-admission-plugins plugin ${JSON.stringify(unknown)} is unknown`
  }
  const guard = enable.find((name) => absentGuards.includes(name))
  if (guard !== undefined) return `admission plugin ${JSON.stringify(guard)} is not served: it would refuse nothing`
  const both = [...new Set(enable.filter((name) => disable.includes(name)))].sort()
  if (both.length === 0) return undefined
  return `[${both.join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`
}
