/**
 * What a pod is taken to say where it says nothing.
 * Source: kubernetes/kubernetes pkg/apis/core/v1/{defaults,conversion}.go
 */
import type { ObjectMeta } from '@ensign/apimachinery'
import type { Container, Pod, PodSpec } from '../../generated/core-v1.ts'
import {
  withContainerDefaults,
  withEphemeralContainerDefaults,
  withRoundedAmounts,
  withRoundedResources,
} from './pod-container-defaults.ts'
import { withPodResourceDefaults } from './pod-rules/pod-resources.ts'
import { withVolumeDefaults } from './pod-volume-defaults.ts'

/** Seconds. Source: pkg/apis/core/v1/types.go, DefaultTerminationGracePeriodSeconds. */
export const terminationGracePeriodSeconds = 30

export function withPodDefaults(pod: Pod): Pod {
  return { ...pod, metadata: withoutOldAnnotations(pod.metadata), spec: withSpecDefaults(pod.spec) }
}

function withSpecDefaults(spec: PodSpec): PodSpec {
  // `serviceAccount` is an old name of `serviceAccountName`: read when that is empty, always written.
  const account = spec.serviceAccountName || spec.serviceAccount || ''
  const seconds = spec.terminationGracePeriodSeconds ?? terminationGracePeriodSeconds
  const withContainer = spec.hostNetwork
    ? (container: Container) => withHostPorts(withContainerDefaults(container))
    : withContainerDefaults
  const next: PodSpec = {
    ...spec,
    ...(spec.volumes && { volumes: spec.volumes.map(withVolumeDefaults) }),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(withContainer) }),
    containers: spec.containers?.map(withContainer) ?? null,
    ...(spec.ephemeralContainers && {
      ephemeralContainers: spec.ephemeralContainers.map(withEphemeralContainerDefaults),
    }),
    restartPolicy: spec.restartPolicy || 'Always',
    // Less than nothing was possible once; it is the shortest time that is not nothing.
    terminationGracePeriodSeconds: seconds < 0 ? 1 : seconds,
    dnsPolicy: spec.dnsPolicy || 'ClusterFirst',
    ...(account && { serviceAccountName: account, serviceAccount: account }),
    securityContext: spec.securityContext ?? {},
    schedulerName: spec.schedulerName || 'default-scheduler',
    enableServiceLinks: spec.enableServiceLinks ?? true,
    ...(spec.overhead && { overhead: withRoundedAmounts(spec.overhead) }),
  }
  if (!spec.resources) return next
  return { ...next, resources: withPodResourceDefaults({ ...next, resources: withRoundedResources(spec.resources) }) }
}

/** On its node's network a container's ports are the node's. */
const withHostPorts = (container: Container): Container =>
  container.ports
    ? { ...container, ports: container.ports.map((p) => ({ ...p, hostPort: p.hostPort || p.containerPort })) }
    : container

/** Where init containers stood before they were fields; nobody may read them there any more. */
const oldAnnotations: ReadonlySet<string> = new Set([
  'pod.beta.kubernetes.io/init-containers',
  'pod.alpha.kubernetes.io/init-containers',
  'pod.beta.kubernetes.io/init-container-statuses',
  'pod.alpha.kubernetes.io/init-container-statuses',
])

function withoutOldAnnotations(metadata: ObjectMeta): ObjectMeta {
  const { annotations } = metadata
  if (!annotations || !Object.keys(annotations).some((key) => oldAnnotations.has(key))) return metadata
  const kept = Object.entries(annotations).filter(([key]) => !oldAnnotations.has(key))
  return { ...metadata, annotations: Object.fromEntries(kept) }
}
