export {
  type AdmissionAttributes,
  type AdmissionChain,
  type AdmissionPlugin,
  admissionChain,
  type Operation,
} from './plugin.ts'
export { namespaceLifecycle, type NamespaceLookup } from './namespace-lifecycle.ts'
