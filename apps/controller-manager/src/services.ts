/** Everything about the endpoints of Services, and the copies to work it out from. */
import type { EndpointSlice, Endpoints, Node, Pod, Service } from '@ensign/api'
import { type ApiClient, createInformer, resourceClient } from '@ensign/controller'
import type { Logger } from '@ensign/process'
import { endpointSlicesController, sliceManagedByLabel, sliceManagedByName } from './controllers/endpoint-slices.ts'
import { endpointsController, managedByLabel, managedByName } from './controllers/endpoints.ts'
import type { Options } from './options.ts'
import { resources } from './resources.ts'

/** Works until the signal aborts and what was begun is finished. */
export async function runServices(deps: {
  readonly client: ApiClient
  readonly options: Options
  readonly log: Logger
  readonly signal: AbortSignal
}): Promise<void> {
  const { client, options, log, signal } = deps
  const shared = { client, log }
  const services = createInformer<Service>({ ...shared, resource: resources.services })
  const pods = createInformer<Pod>({ ...shared, resource: resources.pods })
  const nodes = createInformer<Node>({ ...shared, resource: resources.nodes })
  const endpoints = createInformer<Endpoints>({ ...shared, resource: resources.endpoints })
  const slices = createInformer<EndpointSlice>({
    ...shared,
    resource: resources.endpointSlices,
    labelSelector: `${sliceManagedByLabel}=${sliceManagedByName}`,
  })

  const lazy = [pods, nodes, endpoints, slices]
  let following: Promise<unknown> | undefined
  /** Begins to copy what endpoints are made from: a plane whose Services have no selectors needs none of it. */
  async function whenNeeded(): Promise<void> {
    following ??= Promise.all(lazy.map((informer) => informer.run(signal)))
    await Promise.all(lazy.map((informer) => informer.whenSynced(signal)))
  }

  async function clearLeftovers(): Promise<void> {
    const labelSelector = `${managedByLabel}=${managedByName}`
    const isClean = await client.list(resources.endpoints, { labelSelector, limit: 1 }).then(
      ({ items }) => items.length === 0,
      () => false,
    )
    if (!isClean) await whenNeeded()
  }

  await Promise.all([
    services.run(signal),
    clearLeftovers(),
    endpointsController({
      services,
      pods,
      endpoints,
      whenNeeded,
      client: resourceClient<Endpoints>(client, resources.endpoints),
      workers: options['concurrent-endpoint-syncs'],
      log,
    }).run(signal),
    endpointSlicesController({
      services,
      pods,
      nodes,
      slices,
      whenNeeded,
      client: resourceClient<EndpointSlice>(client, resources.endpointSlices),
      endpointsMax: options['max-endpoints-per-slice'],
      workers: options['concurrent-service-endpoint-syncs'],
      log,
    }).run(signal),
  ])
  await following
}
