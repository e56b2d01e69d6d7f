export type { Authorizer, Decision, PathAttributes, RequestAttributes, ResourceAttributes } from './attributes.ts'
export type { BootstrapBinding, BootstrapRole } from './bootstrap/notation.ts'
export {
  bootstrapBindings,
  bootstrapRoles,
  clusterRoleBindingsToSplit,
  clusterRolesToAggregate,
  controllerManagerUser,
  discoveryServiceUser,
} from './bootstrap-policy.ts'
export { compactRule, coversAll, type Missing, missingRules } from './escalation.ts'
export { limits } from './limits.ts'
export { createRbacAuthorizer, type Granted, type RbacAuthorizer } from './rbac.ts'
export { type Binding, RbacIndex, type RoleLookup } from './rbac-index.ts'
export { refusal } from './refusal.ts'
export { type PolicyRule, ruleAllows } from './rules.ts'
