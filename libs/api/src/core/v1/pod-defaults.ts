/**
 * What a pod is taken to say where it says nothing.
 * Source: kubernetes/kubernetes pkg/apis/core/v1/{defaults,conversion}.go
 */
import { parseQuantity } from '@ensign/apimachinery'
import type { Container, Pod, PodSpec, Probe, Volume } from '../../generated/core-v1.ts'

/** Seconds. Source: pkg/apis/core/v1/types.go, DefaultTerminationGracePeriodSeconds. */
export const terminationGracePeriodSeconds = 30
/** Seconds. Source: pkg/apis/core/v1/defaults.go, SetDefaults_ServiceAccountTokenProjection. */
const tokenExpirationSeconds = 3600
const fileMode = 0o644

export function withPodDefaults(pod: Pod): Pod {
  const { spec } = pod
  // `serviceAccount` is an old name of `serviceAccountName`: read when that is empty, always written.
  const account = spec.serviceAccountName || spec.serviceAccount || ''
  return {
    ...pod,
    spec: {
      ...spec,
      ...(spec.volumes && { volumes: spec.volumes.map(withVolumeDefaults) }),
      ...(spec.initContainers && { initContainers: spec.initContainers.map(withContainerDefaults) }),
      containers: spec.containers?.map(withContainerDefaults) ?? null,
      restartPolicy: spec.restartPolicy || 'Always',
      terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? terminationGracePeriodSeconds,
      dnsPolicy: spec.dnsPolicy || 'ClusterFirst',
      ...(account && { serviceAccountName: account, serviceAccount: account }),
      securityContext: spec.securityContext ?? {},
      schedulerName: spec.schedulerName || 'default-scheduler',
      enableServiceLinks: spec.enableServiceLinks ?? true,
    },
  }
}

function withContainerDefaults(container: Container): Container {
  const { limits, requests } = container.resources ?? {}
  return {
    ...container,
    ...(container.ports && { ports: container.ports.map((p) => ({ ...p, protocol: p.protocol || 'TCP' })) }),
    ...(container.env && {
      env: container.env.map((e) =>
        e.valueFrom?.fieldRef
          ? {
              ...e,
              valueFrom: {
                ...e.valueFrom,
                fieldRef: { ...e.valueFrom.fieldRef, apiVersion: e.valueFrom.fieldRef.apiVersion || 'v1' },
              },
            }
          : e,
      ),
    }),
    // What is limited is requested, unless something else is.
    resources: { ...container.resources, ...(limits && { requests: { ...limits, ...requests } }) },
    ...probes(container),
    terminationMessagePath: container.terminationMessagePath || '/dev/termination-log',
    terminationMessagePolicy: container.terminationMessagePolicy || 'File',
    imagePullPolicy:
      container.imagePullPolicy || (tagOf(container.image ?? '') === 'latest' ? 'Always' : 'IfNotPresent'),
  }
}

/** `latest` when an image names neither tag nor digest. */
function tagOf(image: string): string {
  if (image.includes('@')) return ''
  const name = image.slice(image.lastIndexOf('/') + 1)
  const colon = name.indexOf(':')
  return colon < 0 ? 'latest' : name.slice(colon + 1)
}

function probes(container: Container): Partial<Container> {
  const found: Partial<Container> = {}
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probe = container[name]
    if (probe) found[name] = withProbeDefaults(probe)
  }
  return found
}

const withProbeDefaults = (probe: Probe): Probe => ({
  ...probe,
  ...(probe.httpGet && {
    httpGet: { ...probe.httpGet, path: probe.httpGet.path || '/', scheme: probe.httpGet.scheme || 'HTTP' },
  }),
  timeoutSeconds: probe.timeoutSeconds || 1,
  periodSeconds: probe.periodSeconds || 10,
  successThreshold: probe.successThreshold || 1,
  failureThreshold: probe.failureThreshold || 3,
})

const sourceNames = ['secret', 'configMap', 'downwardAPI'] as const

function withVolumeDefaults(volume: Volume): Volume {
  const next: Volume = { ...volume }
  for (const name of sourceNames) {
    const source = volume[name]
    if (source) Object.assign(next, { [name]: { ...source, defaultMode: source.defaultMode ?? fileMode } })
  }
  if (volume.hostPath) next.hostPath = { ...volume.hostPath, type: volume.hostPath.type ?? '' }
  if (volume.projected)
    next.projected = {
      ...volume.projected,
      sources: withSourceDefaults(volume.projected.sources),
      defaultMode: volume.projected.defaultMode ?? fileMode,
    }
  // A volume that says nothing is a folder that lives as long as the pod.
  return Object.keys(next).length === 1 && next.name ? { ...next, emptyDir: {} } : next
}

function withSourceDefaults(
  sources: NonNullable<Volume['projected']>['sources'],
): NonNullable<Volume['projected']>['sources'] {
  return (
    sources?.map((source) =>
      source.serviceAccountToken
        ? {
            ...source,
            serviceAccountToken: {
              ...source.serviceAccountToken,
              expirationSeconds: source.serviceAccountToken.expirationSeconds ?? tokenExpirationSeconds,
            },
          }
        : source,
    ) ?? null
  )
}

/**
 * Which pods go first when a node runs short. Source: pkg/apis/core/v1/helper/qos/qos.go, ComputePodQOS
 */
export function qualityOfService({ containers, initContainers }: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const all = [...(containers ?? []), ...(initContainers ?? [])].map(({ resources }) => ({
    requests: compute(resources?.requests),
    limits: compute(resources?.limits),
  }))
  if (all.every(({ requests, limits }) => requests.size === 0 && limits.size === 0)) return 'BestEffort'
  const guaranteed = all.every(
    ({ requests, limits }) => limits.size === 2 && [...limits].every(([name, nanos]) => requests.get(name) === nanos),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

/** Amounts of CPU and memory that are not zero. */
function compute(amounts: Record<string, string> | undefined): Map<string, bigint> {
  const found = ['cpu', 'memory'].map((name): [string, bigint] => [
    name,
    amounts?.[name] === undefined ? 0n : parseQuantity(amounts[name]).nanos,
  ])
  return new Map(found.filter(([, nanos]) => nanos > 0n))
}
