export { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.ts'
export { type NamespaceLookup, namespaceLifecycle } from './namespace-lifecycle.ts'
export { taintNodesByCondition } from './node-taint.ts'
export {
  type AdmissionAttributes,
  type AdmissionChain,
  type AdmissionPlugin,
  admissionChain,
  type Operation,
} from './plugin.ts'
export { pluginNamesProblem } from './plugin-names.ts'
export { defaultPriority, defaultTolerationSeconds } from './pod-defaults.ts'
export { type NodeLookup, podTopologyLabels } from './pod-topology-labels.ts'
export { rbacEscalation } from './rbac-escalation.ts'
export { runtimeClass } from './runtime-class.ts'
export { type AccountLookup, serviceAccountAdmission } from './service-account.ts'
