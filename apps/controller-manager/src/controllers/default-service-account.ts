import type { Namespace, ServiceAccount } from '@ensign/api'
import { type Controller, controller, type Informer, ignore, on, type ResourceClient } from '@ensign/controller'
import type { Logger } from '@ensign/process'

/**
 * Keeps a ServiceAccount named "default" in every active namespace. One that is deleted comes back under a new UID, which ends
 * the tokens of the old one.
 * Source: kubernetes/kubernetes pkg/controller/serviceaccount/serviceaccounts_controller.go
 */
export function defaultServiceAccountController(deps: {
  readonly namespaces: Informer<Namespace>
  /** Of the ServiceAccounts named `default`; others are of no interest. */
  readonly defaultAccounts: Informer<ServiceAccount>
  readonly client: ResourceClient<ServiceAccount>
  readonly workers: number
  readonly log: Logger
}): Controller {
  const { namespaces, defaultAccounts, client, workers, log } = deps
  return controller({
    name: 'serviceaccount-controller',
    sources: [
      on(namespaces, ({ metadata }) => [metadata.name ?? '']),
      on(defaultAccounts, ({ metadata }) => [metadata.namespace ?? '']),
    ],
    workers,
    log,
    async reconcile(name) {
      const namespace = namespaces.lister.get('', name)
      if (namespace?.status.phase !== 'Active') return undefined
      if (defaultAccounts.lister.get(name, 'default')) return undefined
      // The copy may be behind; a fixed name makes the repetition harmless.
      await client
        .create(name, { metadata: { name: 'default' } })
        .catch((error: unknown) => ignore(error, 'AlreadyExists', 'NamespaceTerminating'))
      return undefined
    },
  })
}
