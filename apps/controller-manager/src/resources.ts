/** What the controllers read and write, as URLs name it. */
import type { ResourceRef } from '@ensign/controller'

const core = (resource: string): ResourceRef => ({ group: '', version: 'v1', resource })

export const resources = {
  certificateSigningRequests: { group: 'certificates.k8s.io', version: 'v1', resource: 'certificatesigningrequests' },
  clusterRoles: { group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles' },
  configMaps: core('configmaps'),
  endpoints: core('endpoints'),
  endpointSlices: { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' },
  events: core('events'),
  leases: { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' },
  namespaces: core('namespaces'),
  nodes: core('nodes'),
  pods: core('pods'),
  secrets: core('secrets'),
  serviceAccounts: core('serviceaccounts'),
  services: core('services'),
  subjectAccessReviews: { group: 'authorization.k8s.io', version: 'v1', resource: 'subjectaccessreviews' },
} as const
