import type { Endpoint, EndpointSlice, Node, Pod, Service } from '@ensign/api'
import { semanticEqual } from '@ensign/apimachinery'
import { type Controller, controller, type Informer, ignore, on, type ResourceClient } from '@ensign/controller'
import type { Logger } from '@ensign/process'
import { limits } from '../limits.ts'
import { type EndpointGroup, endpointKey, planSlices, portsKey, type SliceContent } from './endpoint-slice-plan.ts'
import { ownWrites } from './own-writes.ts'
import {
  addressesOf,
  hasEndpoints,
  headlessLabel,
  hostnameOf,
  type IpFamily,
  ipFamilies,
  isHeadless,
  isReachable,
  isReady,
  isTerminating,
  keyOf,
  portsAt,
  referenceTo,
  selects,
  servicesOfPods,
} from './service-endpoints.ts'

const serviceNameLabel = 'kubernetes.io/service-name'
export const sliceManagedByLabel = 'endpointslice.kubernetes.io/managed-by'
export const sliceManagedByName = 'endpointslice-controller.k8s.io'
/** What a Service says under these names is not copied. */
const reservedLabels = [serviceNameLabel, sliceManagedByLabel, headlessLabel]
const zoneLabel = 'topology.kubernetes.io/zone'

/**
 * Keeps EndpointSlices for every Service with a selector. When the Service goes the garbage collector takes them with it.
 * Source: kubernetes/kubernetes pkg/controller/endpointslice/endpointslice_controller.go,
 * staging/src/k8s.io/endpointslice/{reconciler,utils}.go
 */
export function endpointSlicesController(deps: {
  readonly services: Informer<Service>
  /** These three are empty until `whenNeeded` was called; slices are those that were made here. */
  readonly pods: Informer<Pod>
  readonly nodes: Informer<Node>
  readonly slices: Informer<EndpointSlice>
  /** Resolves when they are known. */
  readonly whenNeeded: () => Promise<void>
  readonly client: ResourceClient<EndpointSlice>
  /** Of one slice. */
  readonly endpointsMax: number
  readonly workers: number
  readonly log: Logger
}): Controller {
  const { services, pods, nodes, slices, whenNeeded, client, endpointsMax, workers, log } = deps
  /** By key of a service: nodes that its pods are on and that are not known. */
  const missingNodes = new Map<string, Set<string>>()
  const writes = ownWrites(slices, client, serviceKeyOf)

  function groupsOf(service: Readonly<Service>, family: IpFamily): Map<string, EndpointGroup> {
    const groups = new Map<string, { ports: EndpointGroup['ports']; endpoints: Map<string, Endpoint> }>()
    const missed = new Set<string>()
    for (const pod of pods.lister.list(service.metadata.namespace)) {
      if (!selects(service, pod) || !isReachable(pod)) continue
      const ports = portsAt(service, pod)
      const key = portsKey(ports)
      const group = groups.get(key) ?? { ports, endpoints: new Map() }
      groups.set(key, group)
      const node = nodes.lister.get('', pod.spec.nodeName ?? '')
      if (!node && !service.spec.publishNotReadyAddresses) {
        if (pod.spec.nodeName) missed.add(pod.spec.nodeName)
        continue
      }
      const endpoint = endpointOf(pod, node, service, family)
      if (endpoint.addresses?.length) group.endpoints.set(endpointKey(endpoint), endpoint)
    }
    if (missed.size > 0) missingNodes.set(keyOf(service), missed)
    else missingNodes.delete(keyOf(service))
    return groups
  }

  async function reconcileFamily(
    service: Readonly<Service>,
    family: IpFamily,
    existing: readonly Readonly<EndpointSlice>[],
  ): Promise<void> {
    const { namespace = '' } = service.metadata
    const plan = planSlices(existing, groupsOf(service, family), endpointsMax)
    const labels = labelsOf(service)
    // Slices of a Service that goes would only be in the way of the garbage collector.
    if (!service.metadata.deletionTimestamp) {
      for (const content of plan.create) await writes.create(namespace, newSlice(service, family, labels, content))
    }
    for (const { slice, content } of plan.update) await writes.update(changedSlice(slice, labels, content))
    const touched = new Set([...plan.remove, ...plan.update.map(({ slice }) => slice)])
    for (const slice of existing) {
      if (touched.has(slice) || semanticEqual(slice.metadata.labels, labels)) continue
      await writes.update({ ...slice, metadata: { ...slice.metadata, labels } })
    }
    for (const slice of plan.remove) await writes.delete(slice)
  }

  return controller({
    name: 'endpointslice-controller',
    sources: [
      on(services, (service) => [keyOf(service)]),
      servicesOfPods(services, pods),
      {
        whenSynced: async () => {},
        start: (enqueue) => slices.subscribe(({ object }) => enqueue(serviceKeyOf(object))),
      },
      {
        whenSynced: async () => {},
        start: (enqueue) =>
          nodes.subscribe(({ type, object }) => {
            if (type !== 'added') return
            for (const [key, names] of missingNodes) if (names.has(object.metadata.name ?? '')) enqueue(key)
          }),
      },
    ],
    workers,
    batchMs: limits.endpointsBatchMs,
    log,
    async reconcile(key, signal) {
      const [namespace = '', name = ''] = key.split('/')
      const service = services.lister.get(namespace, name)
      if (!service || !hasEndpoints(service)) {
        writes.forget(key)
        missingNodes.delete(key)
        return undefined
      }
      await whenNeeded()
      if (signal.aborted) return undefined
      const isOwn = ({ metadata }: Readonly<EndpointSlice>): boolean =>
        metadata.ownerReferences?.some(({ controller, uid }) => controller && uid === service.metadata.uid) === true
      const found = writes.view(key).filter(({ metadata }) => !metadata.deletionTimestamp)
      const families = ipFamilies(service)
      try {
        for (const family of families) {
          const own = found.filter((slice) => slice.addressType === family && isOwn(slice))
          await reconcileFamily(service, family, own)
        }
        const isOfNone = (slice: Readonly<EndpointSlice>): boolean =>
          !isOwn(slice) || !families.includes(slice.addressType as IpFamily)
        for (const slice of found.filter(isOfNone)) await writes.delete(slice)
      } catch (error) {
        writes.forget(key)
        ignore(error, 'NamespaceTerminating')
      }
      return undefined
    },
  })
}

const serviceKeyOf = ({ metadata: { namespace = '', labels } }: Readonly<EndpointSlice>): string =>
  `${namespace}/${labels?.[serviceNameLabel] ?? ''}`

function endpointOf(
  pod: Readonly<Pod>,
  node: Readonly<Node> | undefined,
  service: Readonly<Service>,
  family: IpFamily,
): Endpoint {
  const [serving, terminating] = [isReady(pod), isTerminating(pod)]
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating)
  const hostname = hostnameOf(pod, service)
  const zone = node?.metadata.labels?.[zoneLabel]
  return {
    addresses: addressesOf(pod, family),
    conditions: { ready, serving, terminating },
    targetRef: referenceTo(pod),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    ...(zone && { zone }),
    ...(hostname && { hostname }),
  }
}

function labelsOf(service: Readonly<Service>): Record<string, string> {
  const own = Object.entries(service.metadata.labels ?? {}).filter(([key]) => !reservedLabels.includes(key))
  return {
    ...Object.fromEntries(own),
    [serviceNameLabel]: service.metadata.name ?? '',
    [sliceManagedByLabel]: sliceManagedByName,
    ...(isHeadless(service) && { [headlessLabel]: '' }),
  }
}

function newSlice(
  { metadata: { name = '', uid = '' } }: Readonly<Service>,
  addressType: IpFamily,
  labels: Record<string, string>,
  content: SliceContent,
): Partial<EndpointSlice> {
  const owner = { apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true }
  return {
    metadata: { generateName: `${name}-`, labels, ownerReferences: [owner] },
    addressType,
    ports: [...content.ports],
    endpoints: [...content.endpoints],
  }
}

const changedSlice = (
  slice: Readonly<EndpointSlice>,
  labels: Record<string, string>,
  { ports, endpoints }: SliceContent,
): EndpointSlice => ({
  ...slice,
  metadata: { ...slice.metadata, labels },
  ports: [...ports],
  endpoints: [...endpoints],
})
