/**
 * What the server makes of a pod that is to be created, after mutating admission and before validation.
 * Source: kubernetes/kubernetes pkg/registry/core/pod/strategy.go (PrepareForCreate), pkg/api/pod/util.go (dropDisabledFields)
 */
import { type HookContext, type LabelSelector, own } from '@ensign/apimachinery'
import type {
  Affinity,
  Container,
  EphemeralContainer,
  Pod,
  PodAffinity,
  PodCondition,
  PodSpec,
} from '../../generated/core-v1.ts'
import { qualityOfService } from './pod-quality.ts'
import { appArmorFromAnnotation, appArmorPrefix } from './pod-rules/profiles.ts'

export function preparedPod(pod: Pod, context: HookContext): Pod {
  const labels = pod.metadata.labels ?? {}
  const spec = withoutDisabled(pod.spec)
  const { affinity, topologySpreadConstraints: constraints } = spec
  return withAppArmorFields(
    {
      ...pod,
      spec: {
        ...spec,
        ...(affinity && { affinity: withLabelKeys(affinity, labels) }),
        ...(constraints && {
          topologySpreadConstraints: constraints.map((c) => ({ ...c, ...selectorFor(c, labels) })),
        }),
      },
      status: {
        phase: 'Pending',
        ...(spec.schedulingGates?.length && { conditions: [gated(context.now)] }),
        qosClass: qualityOfService(spec),
      },
    },
    context,
  )
}

/**
 * Drops what stands behind feature gates that are off by default: projections of trust bundles and pod certificates
 * (ClusterTrustBundleProjection, PodCertificateRequest), groups of pods (GenericWorkload) and stop signals
 * (ContainerStopSignals).
 */
export function withoutDisabled(spec: PodSpec): PodSpec {
  const { schedulingGroup: _, ...kept } = spec
  const { volumes, initContainers, containers, ephemeralContainers } = kept
  return {
    ...kept,
    ...(volumes && {
      volumes: volumes.map((volume) =>
        volume.projected?.sources?.some((s) => s.clusterTrustBundle || s.podCertificate)
          ? {
              ...volume,
              projected: {
                ...volume.projected,
                sources: volume.projected.sources.map(({ clusterTrustBundle, podCertificate, ...others }) => others),
              },
            }
          : volume,
      ),
    }),
    ...(initContainers && { initContainers: initContainers.map(withoutStopSignal) }),
    containers: containers?.map(withoutStopSignal) ?? null,
    ...(ephemeralContainers && { ephemeralContainers: ephemeralContainers.map(withoutStopSignal) }),
  }
}

function withoutStopSignal<T extends Container | EphemeralContainer>(container: T): T {
  if (container.lifecycle?.stopSignal === undefined) return container
  const { lifecycle, ...others } = container
  const { stopSignal, ...hooks } = lifecycle
  return (Object.keys(hooks).length > 0 ? { ...others, lifecycle: hooks } : others) as T
}

const gated = (now: number): PodCondition => ({
  type: 'PodScheduled',
  status: 'False',
  lastProbeTime: null,
  lastTransitionTime: `${new Date(now).toISOString().slice(0, 19)}Z`,
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
})

interface ByLabelKeys {
  readonly labelSelector?: LabelSelector
  readonly matchLabelKeys?: readonly string[]
  readonly mismatchLabelKeys?: readonly string[]
}

/** A selector that also asks for the pod's own values of the keys. Without a selector nothing is matched, keys or not. */
function selectorFor(term: ByLabelKeys, labels: Readonly<Record<string, string>>): { labelSelector?: LabelSelector } {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term
  if (!labelSelector || matchLabelKeys.length + mismatchLabelKeys.length === 0) return {}
  const expressions = (keys: readonly string[], operator: string) =>
    keys.flatMap((key) => {
      const value = own(labels, key)
      return value === undefined ? [] : [{ key, operator, values: [value] }]
    })
  const added = [...expressions(matchLabelKeys, 'In'), ...expressions(mismatchLabelKeys, 'NotIn')]
  if (added.length === 0) return {}
  return {
    labelSelector: { ...labelSelector, matchExpressions: [...(labelSelector.matchExpressions ?? []), ...added] },
  }
}

const withLabelKeys = (affinity: Affinity, labels: Readonly<Record<string, string>>): Affinity => ({
  ...affinity,
  ...(affinity.podAffinity && { podAffinity: withTerms(affinity.podAffinity, labels) }),
  ...(affinity.podAntiAffinity && { podAntiAffinity: withTerms(affinity.podAntiAffinity, labels) }),
})

function withTerms(affinity: PodAffinity, labels: Readonly<Record<string, string>>): PodAffinity {
  const {
    requiredDuringSchedulingIgnoredDuringExecution: required,
    preferredDuringSchedulingIgnoredDuringExecution: preferred,
  } = affinity
  return {
    ...affinity,
    ...(required && {
      requiredDuringSchedulingIgnoredDuringExecution: required.map((t) => ({ ...t, ...selectorFor(t, labels) })),
    }),
    ...(preferred && {
      preferredDuringSchedulingIgnoredDuringExecution: preferred.map((w) => ({
        ...w,
        podAffinityTerm: { ...w.podAffinityTerm, ...selectorFor(w.podAffinityTerm, labels) },
      })),
    }),
  }
}

/** applyAppArmorVersionSkew: an annotation becomes the field that has replaced it, and its user is told so (KEP-24). */
function withAppArmorFields(pod: Pod, context: HookContext): Pod {
  const { metadata, spec } = pod
  const annotations = metadata.annotations ?? {}
  if (spec.os?.name === 'windows' || !Object.keys(annotations).some((key) => key.startsWith(appArmorPrefix))) return pod
  const ofPod = spec.securityContext?.appArmorProfile
  const withField = <T extends Container | EphemeralContainer>(container: T): T => {
    const key = appArmorPrefix + container.name
    const annotation = annotations[key]
    if (annotation === undefined || container.securityContext?.appArmorProfile) return container
    const profile = appArmorFromAnnotation(annotation)
    const isThePods = profile?.type === ofPod?.type && profile?.localhostProfile === ofPod?.localhostProfile
    if (profile && isThePods) return container
    context.warn(`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`)
    return profile
      ? { ...container, securityContext: { ...container.securityContext, appArmorProfile: profile } }
      : container
  }
  return {
    ...pod,
    spec: {
      ...spec,
      ...(spec.initContainers && { initContainers: spec.initContainers.map(withField) }),
      containers: spec.containers?.map(withField) ?? null,
      ...(spec.ephemeralContainers && { ephemeralContainers: spec.ephemeralContainers.map(withField) }),
    },
  }
}
