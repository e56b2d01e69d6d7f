/**
 * What a Service has to do with a pod: whether it leads to it, at which addresses and ports, and whether that is ready.
 * Source: kubernetes/kubernetes staging/src/k8s.io/endpointslice/util/controller_utils.go, pkg/api/v1/pod/util.go (FindPort)
 */
import type { Endpoint, EndpointPort, Pod, Service } from '@ensign/api'
import { ipNumber } from '@ensign/apimachinery'
import type { Informer, Source } from '@ensign/controller'

export const headlessLabel = 'service.kubernetes.io/headless'

export type IpFamily = 'IPv4' | 'IPv6'

/** One without a selector is somebody else's, and one of type ExternalName is a name alone. */
export const hasEndpoints = ({ spec }: Readonly<Service>): boolean =>
  spec.type !== 'ExternalName' && Object.keys(spec.selector ?? {}).length > 0

export const isHeadless = ({ spec }: Readonly<Service>): boolean => !spec.clusterIP || spec.clusterIP === 'None'

export function ipFamilies({ spec }: Readonly<Service>): readonly IpFamily[] {
  if (spec.ipFamilies?.length) return spec.ipFamilies as IpFamily[]
  return [ipNumber(spec.clusterIP ?? '')?.family ?? 'IPv4']
}

export function selects({ spec }: Readonly<Service>, { metadata: { labels = {} } }: Readonly<Pod>): boolean {
  for (const [key, value] of Object.entries(spec.selector ?? {}))
    if (!Object.hasOwn(labels, key) || labels[key] !== value) return false
  return true
}

export const isTerminating = ({ metadata }: Readonly<Pod>): boolean => metadata.deletionTimestamp !== undefined

export const isReady = ({ status }: Readonly<Pod>): boolean =>
  status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true

/** Whether a pod runs, or will, and has an address. */
export const isReachable = ({ status }: Readonly<Pod>): boolean =>
  status.phase !== 'Failed' && status.phase !== 'Succeeded' && allAddresses(status).length > 0

const allAddresses = ({ podIP, podIPs }: Readonly<Pod['status']>): string[] =>
  podIPs?.length ? podIPs.map(({ ip }) => ip) : podIP ? [podIP] : []

export const addressesOf = ({ status }: Readonly<Pod>, family: IpFamily): string[] =>
  allAddresses(status).filter((ip) => ipNumber(ip)?.family === family)

export function hostnameOf({ spec, metadata }: Readonly<Pod>, service: Readonly<Service>): string | undefined {
  const isOfService = spec.subdomain === service.metadata.name && metadata.namespace === service.metadata.namespace
  return isOfService && spec.hostname ? spec.hostname : undefined
}

export function referenceTo({ metadata: { namespace = '', name = '', uid = '' } }: Readonly<Pod>) {
  return { kind: 'Pod', namespace, name, uid } satisfies Endpoint['targetRef']
}

export interface FoundPort extends EndpointPort {
  readonly name: string
  readonly port: number
  readonly protocol: string
}

/** The ports of a Service as they are at one pod. One whose name the pod does not know is left out. */
export function portsAt(service: Readonly<Service>, pod: Readonly<Pod>): FoundPort[] {
  return (service.spec.ports ?? []).flatMap(({ name = '', protocol = 'TCP', appProtocol, targetPort }) => {
    const port = typeof targetPort === 'number' ? targetPort : namedPort(pod, targetPort, protocol)
    return port === undefined ? [] : [{ name, port, protocol, ...(appProtocol !== undefined && { appProtocol }) }]
  })
}

function namedPort({ spec }: Readonly<Pod>, name: string, protocol: string): number | undefined {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  for (const { ports } of [...(spec.containers ?? []), ...sidecars])
    for (const port of ports ?? [])
      if (port.name === name && (port.protocol ?? 'TCP') === protocol) return port.containerPort
  return undefined
}

export const keyOf = ({ metadata: { namespace = '', name = '' } }: Readonly<Pod | Service>): string =>
  `${namespace}/${name}`

/** The Services that a change of a pod concerns. What says nothing about endpoints, such as a heartbeat, concerns none. */
export function servicesOfPods(services: Informer<Service>, pods: Informer<Pod>): Source {
  return {
    // They are only read, and known, once there is a Service to read them for.
    whenSynced: async () => {},
    start: (enqueue) =>
      pods.subscribe(({ object, before }) => {
        if (before && relevant(before) === relevant(object)) return
        for (const service of services.lister.list(object.metadata.namespace)) {
          if (!hasEndpoints(service)) continue
          if (selects(service, object) || (before && selects(service, before))) enqueue(keyOf(service))
        }
      }),
  }
}

/** All that endpoints say about a pod; what else is in its spec cannot change. */
const relevant = (pod: Readonly<Pod>): string =>
  JSON.stringify([
    pod.metadata.uid,
    pod.metadata.labels,
    pod.spec.nodeName,
    allAddresses(pod.status),
    isReachable(pod),
    isReady(pod),
    isTerminating(pod),
  ])
