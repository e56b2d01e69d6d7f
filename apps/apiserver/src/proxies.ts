/**
 * What leads through the API to the HTTP of pods, services and nodes. This plane connects to none of them: what can be found
 * out from objects is answered, and after that what an API server says whose network does not reach them.
 * Source: kubernetes/kubernetes pkg/registry/core/pod/strategy.go (ResourceLocation),
 * pkg/registry/core/service/storage/storage.go (ResourceLocation), pkg/registry/core/node/strategy.go (ResourceLocation)
 */
import { isIPv6 } from 'node:net'
import type { Endpoints, Node, Pod, Service } from '@ensign/api'
import { badRequest, StatusError } from '@ensign/apimachinery'
import type { ConnectCall, ConnectHandler } from '@ensign/endpoints'
import type { Objects } from './objects.ts'

/** Port of a kubelet that does not say another one. Source: pkg/cluster/ports, KubeletPort */
const kubeletPort = 10250
/** Source: cmd/kube-apiserver/app/options/options.go, PreferredAddressTypes */
const addressTypes = ['Hostname', 'InternalDNS', 'InternalIP', 'ExternalDNS', 'ExternalIP']

/** By `group/version/resource/subresource`. */
export function proxies(objects: Objects): [string, ConnectHandler][] {
  return [
    ['/v1/pods/proxy', toPod],
    ['/v1/services/proxy', toService],
    ['/v1/nodes/proxy', toNode],
  ]

  async function toPod({ namespace, name: id }: ConnectCall): Promise<never> {
    const { scheme, name, port } = target('pod', id)
    const { spec, status } = (await objects.core('pods').get(namespace, name)).object as Pod
    const ip = status.podIPs?.[0]?.ip ?? ''
    if (!isGlobalUnicast(ip)) throw badRequest('address not allowed')
    const first = spec.containers?.find(({ ports }) => ports?.length)?.ports?.[0]?.containerPort
    throw unreachable(hostPort(ip, port || first || (scheme === 'https' ? 443 : 80)))
  }

  async function toService({ namespace, name: id }: ConnectCall): Promise<never> {
    const { name, port } = target('service', id)
    const { spec } = (await objects.core('services').get(namespace, name)).object as Service
    const portName = /^\d+$/.test(port) ? nameOfPort(spec.ports ?? [], port, name) : port
    const found = objects.core('endpoints').cache.get(namespace, name)?.object as Endpoints | undefined
    if (!found) throw new StatusError('NotFound', `endpoints ${JSON.stringify(name)} not found`)
    for (const { addresses, ports } of found.subsets ?? []) {
      const address = addresses?.[0]
      const there = ports?.find((p) => (p.name ?? '') === portName)
      if (!address || !there) continue
      if (!isGlobalUnicast(address.ip)) throw badRequest('address not allowed')
      throw unreachable(hostPort(address.ip, there.port))
    }
    throw new StatusError('ServiceUnavailable', `no endpoints available for service ${JSON.stringify(name)}`)
  }

  async function toNode({ name: id }: ConnectCall): Promise<never> {
    const { name, port } = target('node', id)
    const node = (await objects.core('nodes').get('', name)).object as Node
    const kubelet = hostOfNode(node)
    throw unreachable(port === '' ? kubelet : hostPort(kubelet.slice(0, kubelet.lastIndexOf(':')), port))
  }
}

/** Of `name`, `name:port` or `scheme:name:port`. */
function target(resource: string, id: string): { scheme: string; name: string; port: string } {
  const parts = id.split(':')
  const [scheme = '', name = '', port = ''] = parts.length < 3 ? ['', ...parts] : parts
  if (!name || parts.length > 3 || !['', 'http', 'https'].includes(scheme))
    throw badRequest(`invalid ${resource} request ${JSON.stringify(id)}`)
  return { scheme, name, port }
}

function nameOfPort(ports: NonNullable<Service['spec']['ports']>, number: string, service: string): string {
  const found = ports.find(({ port }) => String(port) === number)
  if (found) return found.name ?? ''
  const message = `no service port ${number} found for service ${JSON.stringify(service)}`
  throw new StatusError('ServiceUnavailable', message)
}

const unreachable = (host: string): StatusError =>
  new StatusError('ServiceUnavailable', `error trying to reach service: ${dialing(host)}`)

export const dialing = (host: string): string => `dial tcp ${host}: connect: network is unreachable`

const hostPort = (host: string, port: string | number): string => `${isIPv6(host) ? `[${host}]` : host}:${port}`

/** Where the kubelet listens, ADDRESS:PORT. */
export function hostOfNode({ status }: Node): string {
  const addresses = status?.addresses ?? []
  const found = addressTypes.map((type) => addresses.find((a) => a.type === type)).find((a) => a !== undefined)
  if (!found) {
    const known = addresses.map(({ type, address }) => `{${type} ${address}}`).join(' ')
    throw new StatusError('Unknown', `no preferred addresses found; known addresses: [${known}]`)
  }
  return hostPort(found.address, status?.daemonEndpoints?.kubeletEndpoint?.Port || kubeletPort)
}

/** Source: Go's net/ip.go, IP.IsGlobalUnicast */
function isGlobalUnicast(ip: string): boolean {
  if (ip === '') return false
  const local = /^(0\.0\.0\.0|127\.|169\.254\.|22[4-9]\.|23\d\.|255\.255\.255\.255|::$|::1$|fe[89ab][0-9a-f]:|ff)/i
  return !local.test(ip)
}
