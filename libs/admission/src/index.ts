export {
  type AdmissionAttributes,
  type AdmissionChain,
  type AdmissionPlugin,
  admissionChain,
  type Operation,
} from './plugin.ts'
