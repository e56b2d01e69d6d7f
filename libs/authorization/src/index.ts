export type { Authorizer, Decision, PathAttributes, RequestAttributes, ResourceAttributes } from './attributes.ts'
export {
  bootstrapPolicy,
  type ClusterGrant,
  controllerManagerUser,
  discoveryServiceUser,
  type Subject,
} from './bootstrap-policy.ts'
export { createRbacAuthorizer } from './rbac.ts'
export { refusal } from './refusal.ts'
export { type PolicyRule, ruleAllows } from './rules.ts'
