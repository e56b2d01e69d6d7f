/**
 * What the apiserver says of itself in objects: where it is reached (Service, Endpoints and EndpointSlice `kubernetes`), by
 * which authorities it knows clients, and since when it has kept the last use of token Secrets.
 * Source: kubernetes/kubernetes pkg/controlplane/controller/kubernetesservice/controller.go,
 * controller/clusterauthenticationtrust/cluster_authentication_trust_controller.go,
 * controller/legacytokentracking/legacytokentracking_controller.go
 */
import { networkInterfaces } from 'node:os'
import {
  type ComponentStatus,
  type ConfigMap,
  componentStatuses,
  configMaps,
  type Service,
  services,
} from '@ensign/api'
import { ipText, type KubeObject, semanticEqual } from '@ensign/apimachinery'
import { authoritiesOf } from '@ensign/pki'
import { type KeptObject, newObject } from './kept-objects.ts'
import type { Objects } from './objects.ts'
import { serverEndpoints } from './server-endpoints.ts'
import { parseAddressRanges } from './service-ranges.ts'

export interface Own {
  /** Undefined where the machine has no address that others could reach it by: then no endpoints are published. */
  readonly ip: string | undefined
  readonly port: number
  /** Of services, as the flag names it. */
  readonly serviceRange: string
  readonly clientCa: Buffer | undefined
  /** Whether other apiservers may write to the same store. */
  readonly isShared: boolean
  now(): number
  /** Why the store cannot be used, if it cannot. */
  storeProblem(): string | undefined
}

/** The first address of the machine that is not its own loopback, of IPv4 before IPv6. */
export function reachableAddress(bound: string): string | undefined {
  if (!/^(?:127\.|0\.0\.0\.0$|::1?$|localhost$)/.test(bound)) return bound
  const addresses = Object.values(networkInterfaces()).flatMap((of) => of ?? [])
  const outside = addresses.filter(({ internal, address }) => !internal && !/^(?:fe80:|169\.254\.)/.test(address))
  return (outside.find(({ family }) => family === 'IPv4') ?? outside[0])?.address
}

export function ownObjects(objects: Objects, own: Own): KeptObject[] {
  const configMap = { resource: objects.core('configmaps'), namespace: 'kube-system' }
  return [
    service(objects, own),
    storeStatus(objects, own.storeProblem),
    ...(own.ip ? serverEndpoints(objects, { ip: own.ip, port: own.port }, own) : []),
    {
      ...configMap,
      name: 'kube-apiserver-legacy-service-account-token-tracking',
      wanted: (old) => tracking(old as ConfigMap | undefined, own.now()),
    },
    ...(own.clientCa
      ? [
          {
            ...configMap,
            name: 'extension-apiserver-authentication',
            wanted: trust(own.clientCa.toString(), own.now),
          },
        ]
      : []),
  ]
}

const serviceName = 'kubernetes'

function service(objects: Objects, { port: targetPort, serviceRange }: Own): KeptObject {
  const [range] = parseAddressRanges(serviceRange)
  const ports = [{ name: 'https', protocol: 'TCP', port: 443, targetPort }]
  return {
    resource: objects.core('services'),
    namespace: 'default',
    name: serviceName,
    wanted(old) {
      const { spec, ...rest } = (old ?? {}) as Service
      if (!old)
        return newObject(services, {
          metadata: {
            name: serviceName,
            namespace: 'default',
            labels: { component: 'apiserver', provider: 'kubernetes' },
          },
          spec: {
            clusterIP: range && ipText({ family: range.family, value: range.first + 1n }),
            ports,
            sessionAffinity: 'None',
            type: 'ClusterIP',
          },
        })
      // A node port that it was given stays.
      const said = (spec.ports ?? []).map(({ nodePort: _, ...port }) => port)
      return semanticEqual(said, ports) ? undefined : newObject(services, { ...rest, spec: { ...spec, ports } })
    },
  }
}

/** Under the name that tools know the store of a control plane by. */
function storeStatus(objects: Objects, problem: () => string | undefined): KeptObject {
  return {
    resource: objects.core('componentstatuses'),
    namespace: '',
    name: 'etcd-0',
    wanted(old) {
      const error = problem()
      const condition = { type: 'Healthy', ...(error ? { status: 'False', error } : { status: 'True', message: 'ok' }) }
      const conditions = [condition]
      if (old && semanticEqual((old as ComponentStatus).conditions, conditions)) return undefined
      return newObject(componentStatuses, { metadata: old?.metadata ?? { name: 'etcd-0' }, conditions })
    },
  }
}

/** Kept as it is, unless it names no day, or one to come. */
function tracking(old: ConfigMap | undefined, now: number): KubeObject | undefined {
  const today = new Date(now).toISOString().slice(0, 10)
  const since = old?.data?.since ?? ''
  if (old && /^\d{4}-\d{2}-\d{2}$/.test(since) && Number.isFinite(Date.parse(since)) && since <= today) return undefined
  const metadata = old?.metadata ?? {
    name: 'kube-apiserver-legacy-service-account-token-tracking',
    namespace: 'kube-system',
  }
  return newObject(configMaps, { ...old, metadata, data: { since: today } })
}

/** The authorities of this server and of others that say theirs here, without those that have expired. */
function trust(clientCa: string, now: () => number): KeptObject['wanted'] {
  // In one form each, so that the same are found to be the same.
  const own = authoritiesOf(clientCa)
  return (old) => {
    const { data = {} } = (old ?? {}) as ConfigMap
    const said = authoritiesOf(data['client-ca-file'] ?? '').filter(({ validTo }) => Date.parse(validTo) > now())
    const bundle = [...new Set([...said, ...own].map(String))].join('')
    if (old && bundle === data['client-ca-file']) return undefined
    const metadata = old?.metadata ?? { name: 'extension-apiserver-authentication', namespace: 'kube-system' }
    return newObject(configMaps, { ...old, metadata, data: { ...data, 'client-ca-file': bundle } })
  }
}
