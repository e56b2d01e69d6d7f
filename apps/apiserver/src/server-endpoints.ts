/**
 * The addresses behind the Service `kubernetes`. Where several apiservers share a store, each holds a Lease that says where
 * it is, and all of them publish those whose Lease has not run out.
 * Source: kubernetes/kubernetes pkg/controlplane/reconcilers/{lease.go,endpointsadapter.go},
 * pkg/controlplane/apiserver/server.go (the identity Lease)
 */
import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { hostname } from 'node:os'
import { type EndpointSlice, type Endpoints, endpointSlices, endpoints, type Lease, leases } from '@ensign/api'
import { type AnyResourceDefinition, type KubeObject, semanticEqual } from '@ensign/apimachinery'
import type { Resource } from '@ensign/registry'
import { type KeptObject, newObject } from './kept-objects.ts'
import type { Objects } from './objects.ts'

export interface ServerAddress {
  /** That others reach this server by: no loopback address. */
  readonly ip: string
  readonly port: number
}

/** Seconds. Held anew with every look at what is kept, so three of these may be missed. */
const leaseSeconds = 40
/** Milliseconds after its end. */
const forgottenMs = 60 * 60_000
const leaseNamespace = 'kube-system'
const identityLabel = { 'apiserver.kubernetes.io/identity': 'kube-apiserver' }
/** On a Lease, ADDRESS:PORT. */
const addressAnnotation = 'ensign.kubernetes.io/advertise-address'
const named = { name: 'kubernetes', namespace: 'default' }

export function serverEndpoints(
  objects: Objects,
  server: ServerAddress,
  { isShared, now }: { isShared: boolean; now(): number },
): KeptObject[] {
  const held = objects.stored('coordination.k8s.io', 'leases')
  const servers = (): ServerAddress[] => (isShared ? liveServers(held, server, now()) : [server])
  const published = (resource: Resource, definition: AnyResourceDefinition, fields: () => object): KeptObject => ({
    resource,
    ...named,
    wanted: (old) => changed(old, newObject(definition, fields())),
  })
  return [
    ...(isShared ? [identityLease(held, server, now)] : []),
    published(objects.core('endpoints'), endpoints, () => endpointsOf(servers())),
    published(objects.stored('discovery.k8s.io', 'endpointslices'), endpointSlices, () => sliceOf(servers())),
  ]
}

/** What is published, with the labels that it has to have beside those of others; undefined when it says so already. */
function changed(old: Readonly<KubeObject> | undefined, wanted: KubeObject): KubeObject | undefined {
  if (!old) return wanted
  const labels = { ...old.metadata.labels, ...wanted.metadata.labels }
  const next = { ...old, ...wanted, metadata: { ...old.metadata, labels } }
  return semanticEqual(next, old) ? undefined : next
}

function endpointsOf(servers: readonly ServerAddress[]): Partial<Endpoints> & object {
  return {
    metadata: { ...named, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [...Map.groupBy(servers, ({ port }) => port)].map(([port, of]) => ({
      addresses: of.map(({ ip }) => ({ ip })),
      ports: [{ name: 'https', port, protocol: 'TCP' }],
    })),
  }
}

/** One slice has one list of ports: that of the first. */
function sliceOf(servers: readonly ServerAddress[]): Partial<EndpointSlice> & object {
  const [{ ip, port }] = servers as [ServerAddress]
  return {
    metadata: { ...named, labels: { 'kubernetes.io/service-name': named.name } },
    addressType: isIPv6(ip) ? 'IPv6' : 'IPv4',
    endpoints: servers
      .filter((server) => server.port === port && isIPv6(server.ip) === isIPv6(ip))
      .map((server) => ({ addresses: [server.ip], conditions: { ready: true } })),
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  }
}

const addressOf = ({ ip, port }: ServerAddress): string => `${isIPv6(ip) ? `[${ip}]` : ip}:${port}`

function identityLease(resource: Resource, server: ServerAddress, now: () => number): KeptObject {
  const host = hostname()
  const address = addressOf(server)
  const digest = createHash('sha256').update(`${host} ${address}`).digest('hex').slice(0, 26)
  const name = `apiserver-${digest}`
  const labels = { ...identityLabel, 'kubernetes.io/hostname': host.slice(0, 63) }
  return {
    resource,
    namespace: leaseNamespace,
    name,
    wanted(old) {
      forgetOld(resource, now())
      return newObject(leases, {
        metadata: {
          ...(old?.metadata ?? { name, namespace: leaseNamespace }),
          labels: { ...old?.metadata.labels, ...labels },
          annotations: { ...old?.metadata.annotations, [addressAnnotation]: address },
        },
        spec: {
          holderIdentity: `${name}_${process.pid}`,
          leaseDurationSeconds: leaseSeconds,
          renewTime: new Date(now()).toISOString().replace('Z', '000Z'),
        },
      })
    },
  }
}

/** Of servers that are gone for good: a container's name is never used again. */
function forgetOld(resource: Resource, now: number): void {
  for (const cached of resource.cache.index.range(leaseNamespace)) {
    const lease = cached.object as Lease
    if (isIdentity(lease) && endOf(lease) + forgottenMs < now) void resource.expire(cached).catch(() => {})
  }
}

const isIdentity = ({ metadata }: Lease): boolean =>
  metadata.labels?.['apiserver.kubernetes.io/identity'] === 'kube-apiserver'

/** Milliseconds since 1970; not a number where the Lease was never held. */
const endOf = ({ spec }: Lease): number => Date.parse(spec?.renewTime ?? '') + (spec?.leaseDurationSeconds ?? 0) * 1000

/** Those whose Lease has not run out, this one among them, in an order that is the same for all. */
function liveServers(resource: Resource, own: ServerAddress, now: number): ServerAddress[] {
  const live = new Map([[addressOf(own), own]])
  for (const { object } of resource.cache.index.range(leaseNamespace)) {
    const lease = object as Lease
    if (!isIdentity(lease)) continue
    const address = lease.metadata.annotations?.[addressAnnotation]
    const [, ip, port] = /^\[?([\da-f.:]+)\]?:(\d+)$/.exec(address ?? '') ?? []
    if (ip && endOf(lease) > now) live.set(address as string, { ip, port: Number(port) })
  }
  return [...live.values()].sort((a, b) => a.port - b.port || (a.ip < b.ip ? -1 : 1))
}
