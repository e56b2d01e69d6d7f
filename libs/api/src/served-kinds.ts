/** Every kind that the apiserver serves, in the order in which discovery lists groups, versions and resources. */
import type { AnyResourceDefinition } from '@ensign/apimachinery'
import {
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from './admissionregistration/v1/webhook-configurations.ts'
import { customResourceDefinitions } from './apiextensions/v1/custom-resource-definition.ts'
import { selfSubjectReviews, selfSubjectReviewsV1beta1, tokenReviews } from './authentication/v1/reviews.ts'
import {
  localSubjectAccessReviews,
  selfSubjectAccessReviews,
  selfSubjectRulesReviews,
  subjectAccessReviews,
} from './authorization/v1/reviews.ts'
import { certificateSigningRequests } from './certificates/v1/signing-request.ts'
import { leases } from './coordination/v1/lease.ts'
import { bindings } from './core/v1/binding.ts'
import { componentStatuses } from './core/v1/component-status.ts'
import { configMaps } from './core/v1/config-map.ts'
import { endpoints } from './core/v1/endpoints.ts'
import { events } from './core/v1/event.ts'
import { namespaces } from './core/v1/namespace.ts'
import { nodes } from './core/v1/node.ts'
import { pods } from './core/v1/pod.ts'
import { secrets } from './core/v1/secret.ts'
import { services } from './core/v1/service.ts'
import { serviceAccounts } from './core/v1/service-account.ts'
import { endpointSlices } from './discovery/v1/endpoint-slice.ts'
import { eventsEvents } from './events/v1/event.ts'
import { clusterRoleBindings, roleBindings } from './rbac/v1/bindings.ts'
import { clusterRoles, roles } from './rbac/v1/roles.ts'

export const servedKinds: readonly AnyResourceDefinition[] = [
  bindings,
  componentStatuses,
  configMaps,
  endpoints,
  events,
  namespaces,
  nodes,
  pods,
  secrets,
  serviceAccounts,
  services,
  selfSubjectReviews,
  tokenReviews,
  selfSubjectReviewsV1beta1,
  localSubjectAccessReviews,
  selfSubjectAccessReviews,
  selfSubjectRulesReviews,
  subjectAccessReviews,
  certificateSigningRequests,
  clusterRoleBindings,
  clusterRoles,
  roleBindings,
  roles,
  leases,
  endpointSlices,
  eventsEvents,
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
  customResourceDefinitions,
]
