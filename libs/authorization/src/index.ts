export type { Authorizer, Decision, PathAttributes, RequestAttributes, ResourceAttributes } from './attributes.ts'
export {
  bootstrapPolicy,
  type ClusterGrant,
  controllerManagerUser,
  discoveryServiceUser,
  type Subject,
} from './bootstrap-policy.ts'
export { compactRule, uncovered } from './escalation.ts'
export { createRbacAuthorizer, type RbacAuthorizer } from './rbac.ts'
export { type Binding, RbacIndex, type RoleLookup } from './rbac-index.ts'
export { refusal } from './refusal.ts'
export { type PolicyRule, ruleAllows } from './rules.ts'
