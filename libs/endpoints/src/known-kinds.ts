/**
 * Kinds that Kubernetes knows, served here or not: sending one of them to the wrong place gets another answer than
 * sending something that nobody knows.
 * Source: kubernetes/kubernetes pkg/api/legacyscheme, and the register.go of each API group
 */

const core =
  'Binding ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount'
const groups: Readonly<Record<string, string>> = {
  v1: core,
  'admissionregistration.k8s.io/v1':
    'MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration',
  'apps/v1': 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet',
  'authentication.k8s.io/v1': 'SelfSubjectReview TokenRequest TokenReview',
  'authentication.k8s.io/v1beta1': 'SelfSubjectReview TokenReview',
  'authorization.k8s.io/v1':
    'LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview',
  'autoscaling/v1': 'HorizontalPodAutoscaler Scale',
  'autoscaling/v2': 'HorizontalPodAutoscaler',
  'batch/v1': 'CronJob Job',
  'certificates.k8s.io/v1': 'CertificateSigningRequest',
  'coordination.k8s.io/v1': 'Lease',
  'discovery.k8s.io/v1': 'EndpointSlice',
  'events.k8s.io/v1': 'Event',
  'networking.k8s.io/v1': 'Ingress IngressClass NetworkPolicy',
  'node.k8s.io/v1': 'RuntimeClass',
  'policy/v1': 'Eviction PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1': 'ClusterRole ClusterRoleBinding Role RoleBinding',
  'scheduling.k8s.io/v1': 'PriorityClass',
  'storage.k8s.io/v1': 'CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment',
}

const known = new Set(
  Object.entries(groups).flatMap(([version, kinds]) => [
    ...kinds.split(' ').flatMap((kind) => [`${version}/${kind}`, `${version}/${kind}List`]),
    ...[
      'CreateOptions',
      'DeleteOptions',
      'GetOptions',
      'ListOptions',
      'PatchOptions',
      'UpdateOptions',
      'WatchEvent',
    ].map((kind) => `${version}/${kind}`),
  ]),
)

export const isKnownKind = (apiVersion: string, kind: string): boolean => known.has(`${apiVersion}/${kind}`)

/** Where upstream's tables of kinds and of options are made, which its texts name. */
const scheme = 'pkg/api/legacyscheme/scheme.go:30'
export const optionsScheme = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27'

export const notRegistered = (kind: string, apiVersion: string, inScheme = scheme): string =>
  `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(inScheme)}`

/** A kind that is known, but not what was expected: as upstream's conversion between its own types fails. */
export function noConversion(kind: string, version: string, expected: { group: string; kind: string }): string {
  return `converting (${version}.${kind}) to (${expected.group.split('.')[0] || 'core'}.${expected.kind}): unknown conversion`
}
