import type { ConfigMap, Namespace } from '@ensign/api'
import { type Controller, controller, type Informer, ignore, on, type ResourceClient } from '@ensign/controller'
import type { Logger } from '@ensign/process'

/** Every namespace has a ConfigMap of this name. */
export const rootCaName = 'kube-root-ca.crt'

/** Part of the API: tools compare it. Source: publisher.go, Description. */
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'
const descriptionAnnotation = 'kubernetes.io/description'

/**
 * Publishes the authority of the API server in every namespace, for workloads that get no kubeconfig.
 * Source: kubernetes/kubernetes pkg/controller/certificates/rootcacertpublisher/publisher.go
 */
export function rootCaPublisher(deps: {
  readonly namespaces: Informer<Namespace>
  /** Of the ConfigMaps named `kube-root-ca.crt`; others are of no interest. */
  readonly configMaps: Informer<ConfigMap>
  readonly client: ResourceClient<ConfigMap>
  readonly rootCaPem: string
  readonly workers: number
  readonly log: Logger
}): Controller {
  const { namespaces, configMaps, client, rootCaPem, workers, log } = deps
  const data = { 'ca.crt': rootCaPem }
  const wanted = { metadata: { name: rootCaName, annotations: { [descriptionAnnotation]: description } }, data }

  function asWanted(found: Readonly<ConfigMap>): boolean {
    const entries = Object.entries(found.data ?? {})
    // Somebody may explain it better than we do, but not leave it unexplained.
    const explained = Boolean(found.metadata.annotations?.[descriptionAnnotation])
    return explained && entries.length === 1 && found.data?.['ca.crt'] === rootCaPem
  }

  return controller({
    name: 'root-ca-certificate-publisher-controller',
    sources: [
      on(namespaces, ({ metadata }) => [metadata.name ?? '']),
      on(configMaps, ({ metadata }) => (metadata.name === rootCaName ? [metadata.namespace ?? ''] : [])),
    ],
    workers,
    log,
    async reconcile(name) {
      const namespace = namespaces.lister.get('', name)
      if (!namespace || namespace.metadata.deletionTimestamp) return undefined
      const found = configMaps.lister.get(name, rootCaName)
      if (!found) {
        await client
          .create(name, wanted)
          .catch((error: unknown) => ignore(error, 'AlreadyExists', 'NotFound', 'NamespaceTerminating'))
      } else if (!asWanted(found)) {
        const annotations = { ...found.metadata.annotations, [descriptionAnnotation]: description }
        await client.update({ ...found, metadata: { ...found.metadata, annotations }, data })
      }
      return undefined
    },
  })
}
