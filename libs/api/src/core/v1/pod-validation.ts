/**
 * The checks of a pod, in the order in which upstream tells their problems. Each group of rules is a file in pod-rules/.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (ValidatePodCreate, validatePodMetadataAndSpec,
 * ValidatePodSpec)
 */
import {
  append,
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  type NameRule,
  notFoundValue,
  outOfRange,
  required,
  ruleErrors,
  unlisted,
  validateLabels,
} from '@ensign/apimachinery'
import type { Pod, PodSpec } from '../../generated/core-v1.ts'
import { affinityErrors } from './pod-rules/affinity.ts'
import { annotationErrors } from './pod-rules/annotations.ts'
import { containerErrors, imagesErrors } from './pod-rules/containers.ts'
import { containersOf } from './pod-rules/containers-of.ts'
import { dnsErrors, hostAliasErrors, hostNetworkErrors, hostnameOverrideErrors } from './pod-rules/network.ts'
import { hostUsersErrors, osErrors } from './pod-rules/operating-system.ts'
import { podLevelErrors } from './pod-rules/pod-resources.ts'
import { profileAgreementErrors } from './pod-rules/profiles.ts'
import { containerResourceErrors } from './pod-rules/resources.ts'
import {
  readinessGateErrors,
  resourceClaimErrors,
  schedulingGateErrors,
  spreadErrors,
  tolerationErrors,
} from './pod-rules/scheduling.ts'
import { podSecurityErrors } from './pod-rules/security-context.ts'
import { volumeErrors } from './pod-rules/volumes.ts'
import { hostProcessErrors } from './pod-rules/windows.ts'

/** ValidatePodCreate, without ObjectMeta, which the registry checks. */
export function podErrors(pod: Pod): FieldError[] {
  const { spec } = pod
  const errors = podContentErrors(pod)
  if (spec.ephemeralContainers?.length)
    errors.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'))
  if (spec.nodeName && spec.schedulingGates?.length)
    errors.push(forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  append(errors, profileAgreementErrors(pod))
  return errors
}

/**
 * What holds for a pod on create and on every update: its annotations and its spec.
 * Upstream lets older pods keep what newer rules forbid. Every pod in our store has passed these rules.
 */
export const podContentErrors = (pod: Pod): FieldError[] => [
  ...annotationErrors(pod),
  ...specErrors(pod),
  ...tokenErrors(pod.spec),
  ...imagesErrors(pod.spec),
]

/** ValidatePodSpec. */
function specErrors(pod: Pod): FieldError[] {
  const { metadata, spec } = pod
  const { errors, mountable } = volumeErrors(spec.volumes, metadata.name ?? '')
  const claimNames = new Set((spec.resourceClaims ?? []).map((c) => c.name).filter(Boolean))
  append(errors, resourceClaimErrors(pod))
  append(errors, containerErrors({ spec, mountable, claimNames }))
  append(errors, podLevelErrors(spec, claimNames))
  append(errors, hostNetworkErrors(spec))
  append(errors, choiceErrors('restartPolicy', spec.restartPolicy, restartPolicies))
  append(errors, choiceErrors('dnsPolicy', spec.dnsPolicy, dnsPolicies))
  append(errors, validateLabels(spec.nodeSelector, 'spec.nodeSelector'))
  append(errors, podSecurityErrors(spec))
  append(errors, affinityErrors(spec.affinity))
  append(errors, dnsErrors(spec))
  append(errors, readinessGateErrors(spec.readinessGates))
  append(errors, schedulingGateErrors(spec.schedulingGates))
  append(errors, spreadErrors(spec.topologySpreadConstraints))
  append(errors, hostProcessErrors(spec))
  append(errors, hostUsersErrors(spec))
  append(errors, hostnameOverrideErrors(spec))
  for (const [member, rule] of namesBefore) append(errors, nameErrors(spec, member, rule))
  append(errors, outOfRange('spec.activeDeadlineSeconds', spec.activeDeadlineSeconds, 1, 2 ** 31 - 1))
  for (const [member, rule] of namesAfter) append(errors, nameErrors(spec, member, rule))
  append(errors, tolerationErrors(spec.tolerations))
  append(errors, hostAliasErrors(spec.hostAliases))
  append(errors, nameErrors(spec, 'priorityClassName', isDns1123Subdomain))
  if (spec.runtimeClassName !== undefined)
    append(errors, ruleErrors('spec.runtimeClassName', spec.runtimeClassName, isDns1123Subdomain))
  if (spec.preemptionPolicy !== undefined)
    append(errors, choiceErrors('preemptionPolicy', spec.preemptionPolicy, preemptionPolicies))
  if (spec.overhead) append(errors, containerResourceErrors({ limits: spec.overhead }, noClaims, 'spec.overhead'))
  append(errors, osErrors(spec))
  append(errors, fileVariableErrors(spec))
  return errors
}

const restartPolicies = ['Always', 'OnFailure', 'Never'] as const
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'] as const
const preemptionPolicies = ['PreemptLowerPriority', 'Never'] as const
const noClaims: ReadonlySet<string> = new Set()

const choiceErrors = (member: string, value: string | undefined, supported: readonly string[]): FieldError[] =>
  value ? unlisted(`spec.${member}`, value, supported) : [required(`spec.${member}`)]

type NamedMember = 'serviceAccountName' | 'nodeName' | 'hostname' | 'subdomain' | 'priorityClassName'

const namesBefore: readonly (readonly [NamedMember, NameRule])[] = [
  ['serviceAccountName', isDns1123Subdomain],
  ['nodeName', isDns1123Subdomain],
]
const namesAfter: readonly (readonly [NamedMember, NameRule])[] = [
  ['hostname', isDns1123Label],
  ['subdomain', isDns1123Label],
]

function nameErrors(spec: PodSpec, member: NamedMember, rule: NameRule): FieldError[] {
  const name = spec[member]
  return name ? ruleErrors(`spec.${member}`, name, rule) : []
}

/** A token is always somebody's. */
function tokenErrors({ serviceAccountName, volumes }: PodSpec): FieldError[] {
  if (serviceAccountName) return []
  return (volumes ?? []).flatMap(({ projected }, i) =>
    (projected?.sources ?? []).flatMap(({ serviceAccountToken }, j) =>
      serviceAccountToken
        ? [
            forbiddenField(
              `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`,
              'must not be specified when serviceAccountName is not set',
            ),
          ]
        : [],
    ),
  )
}

/** validateFileKeyRefVolumes: variables are read from files that another container of the pod has written. */
function fileVariableErrors(spec: PodSpec): FieldError[] {
  const volumes = new Map(spec.volumes?.map((v) => [v.name, v]))
  return containersOf(spec).flatMap(({ container, path }) =>
    (container.env ?? []).flatMap(({ valueFrom }, i) => {
      const name = valueFrom?.fileKeyRef?.volumeName
      if (name === undefined) return []
      const at = `${path}.env[${i}].valueFrom.fileKeyRef.volumeName`
      const volume = volumes.get(name)
      if (!volume) return [notFoundValue(at, name)]
      return volume.emptyDir ? [] : [invalidValue(at, name, 'referenced volume must be of type emptyDir')]
    }),
  )
}
