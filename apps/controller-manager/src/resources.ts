/** What the controllers read and write, as URLs name it. */
import type { ResourceRef } from '@ensign/controller'

const core = (resource: string): ResourceRef => ({ group: '', version: 'v1', resource })

export const resources = {
  clusterRoles: { group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles' },
  configMaps: core('configmaps'),
  events: core('events'),
  namespaces: core('namespaces'),
  pods: core('pods'),
  secrets: core('secrets'),
  serviceAccounts: core('serviceaccounts'),
} as const
