export { customResourceDefinitions } from './apiextensions/v1/custom-resource-definition.ts'
export { selfSubjectReviews, selfSubjectReviewsV1beta1, tokenReviews } from './authentication/v1/reviews.ts'
export {
  localSubjectAccessReviews,
  selfSubjectAccessReviews,
  selfSubjectRulesReviews,
  subjectAccessReviews,
} from './authorization/v1/reviews.ts'
export { certificateSigningRequests } from './certificates/v1/signing-request.ts'
export { leases } from './coordination/v1/lease.ts'
export { componentStatuses } from './core/v1/component-status.ts'
export { configMaps } from './core/v1/config-map.ts'
export { endpoints } from './core/v1/endpoints.ts'
export { events } from './core/v1/event.ts'
export { namespaces } from './core/v1/namespace.ts'
export { nodes } from './core/v1/node.ts'
export { pods } from './core/v1/pod.ts'
export { secrets, secretTypes, serviceAccountNameAnnotation, serviceAccountUidAnnotation } from './core/v1/secret.ts'
export { services } from './core/v1/service.ts'
export { serviceAccounts } from './core/v1/service-account.ts'
export { allocateService, type ServiceAllocator } from './core/v1/service-allocation.ts'
export { endpointSlices } from './discovery/v1/endpoint-slice.ts'
export { eventsEvents } from './events/v1/event.ts'
export type { TokenRequest, TokenReview } from './generated/authentication-v1.ts'
export type {
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
} from './generated/authorization-v1.ts'
export type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from './generated/certificates-v1.ts'
export type { Lease } from './generated/coordination-v1.ts'
export type {
  Binding,
  ComponentStatus,
  ConfigMap,
  EndpointAddress,
  EndpointSubset,
  Endpoints,
  Event,
  Namespace,
  Node,
  NodeCondition,
  Pod,
  Secret,
  Service,
  ServiceAccount,
  Taint,
} from './generated/core-v1.ts'
export type { Endpoint, EndpointPort, EndpointSlice } from './generated/discovery-v1.ts'
export type { Eviction } from './generated/policy-v1.ts'
export type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from './generated/rbac-v1.ts'
export { type OpenApiResource, type OpenApiSubresource, openApiV3, openApiV3Index } from './openapi-v3.ts'
export { clusterRoleBindings, roleBindings } from './rbac/v1/bindings.ts'
export { clusterRoles, roles } from './rbac/v1/roles.ts'
export { servedKinds } from './served-kinds.ts'
