import type { Endpoints, Pod, Service } from '@ensign/api'
import { semanticEqual } from '@ensign/apimachinery'
import { type Controller, controller, type Informer, ignore, on, type ResourceClient } from '@ensign/controller'
import type { Logger } from '@ensign/process'
import { limits } from '../limits.ts'
import { subsetsOf, truncated } from './endpoint-subsets.ts'
import { hasEndpoints, headlessLabel, isHeadless, keyOf, selects, servicesOfPods } from './service-endpoints.ts'

/** Marks Endpoints as made here. */
export const managedByLabel = 'endpoints.kubernetes.io/managed-by'
export const managedByName = 'endpoint-controller'
const overCapacityAnnotation = 'endpoints.kubernetes.io/over-capacity'

/**
 * Keeps an Endpoints object for every Service with a selector, and deletes that of a Service that is gone.
 * Source: kubernetes/kubernetes pkg/controller/endpoint/endpoints_controller.go
 */
export function endpointsController(deps: {
  readonly services: Informer<Service>
  /** These two are empty until `whenNeeded` was called. */
  readonly pods: Informer<Pod>
  readonly endpoints: Informer<Endpoints>
  /** Resolves when they are known. */
  readonly whenNeeded: () => Promise<void>
  readonly client: ResourceClient<Endpoints>
  readonly workers: number
  readonly log: Logger
}): Controller {
  const { services, pods, endpoints, whenNeeded, client, workers, log } = deps

  return controller({
    name: 'endpoints-controller',
    sources: [
      on(services, (service) => [keyOf(service)]),
      servicesOfPods(services, pods),
      {
        whenSynced: async () => {},
        start: (enqueue) =>
          endpoints.subscribe(({ object: { metadata } }) => {
            // Those that somebody changes, and those whose Service was deleted while no controller ran.
            if (metadata.labels?.[managedByLabel] === managedByName) enqueue(`${metadata.namespace}/${metadata.name}`)
          }),
      },
    ],
    workers,
    batchMs: limits.endpointsBatchMs,
    log,
    async reconcile(key, signal) {
      const [namespace = '', name = ''] = key.split('/')
      const service = services.lister.get(namespace, name)
      if (!service) {
        await client.delete(namespace, name).catch((error: unknown) => ignore(error, 'NotFound'))
        return undefined
      }
      if (!hasEndpoints(service)) return undefined
      await whenNeeded()
      if (signal.aborted) return undefined
      const selected = pods.lister.list(namespace).filter((pod) => selects(service, pod))
      const found = endpoints.lister.get(namespace, name)
      const wanted = wantedEndpoints(service, selected, found)
      if (!found) {
        await client
          .create(namespace, wanted)
          .catch((error: unknown) => ignore(error, 'NotFound', 'NamespaceTerminating'))
      } else if (!isAsWanted(found, wanted)) await client.update(wanted)
      return undefined
    },
  })
}

function wantedEndpoints(
  service: Readonly<Service>,
  selected: readonly Readonly<Pod>[],
  found: Readonly<Endpoints> | undefined,
): Endpoints {
  const { subsets, isTruncated } = truncated(subsetsOf(service, selected), limits.endpointsAddressesMax)
  const { [overCapacityAnnotation]: _, ...kept } = found?.metadata.annotations ?? {}
  const { [headlessLabel]: __, ...labels } = service.metadata.labels ?? {}
  return {
    ...found,
    metadata: {
      ...(found?.metadata ?? { name: service.metadata.name }),
      labels: { ...labels, [managedByLabel]: managedByName, ...(isHeadless(service) && { [headlessLabel]: '' }) },
      annotations: { ...kept, ...(isTruncated && { [overCapacityAnnotation]: 'truncated' }) },
    },
    subsets,
  }
}

function isAsWanted(found: Readonly<Endpoints>, wanted: Endpoints): boolean {
  const { labels = {}, annotations = {} } = found.metadata
  return (
    semanticEqual(found.subsets, wanted.subsets) &&
    semanticEqual(labels, wanted.metadata.labels) &&
    semanticEqual(annotations, wanted.metadata.annotations)
  )
}
