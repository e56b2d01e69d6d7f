export type { Authorizer, Decision, PathAttributes, RequestAttributes, ResourceAttributes } from './attributes.ts'
export type { BootstrapBinding, BootstrapRole } from './bootstrap/notation.ts'
export {
  bootstrapBindings,
  bootstrapRoles,
  controllerManagerUser,
  discoveryServiceUser,
} from './bootstrap-policy.ts'
export { compactRule, uncovered } from './escalation.ts'
export { createRbacAuthorizer, type RbacAuthorizer } from './rbac.ts'
export { type Binding, RbacIndex, type RoleLookup } from './rbac-index.ts'
export { refusal } from './refusal.ts'
export { type PolicyRule, ruleAllows } from './rules.ts'
