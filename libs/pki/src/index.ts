export {
  type CertificatePair,
  createAuthority,
  issueCertificate,
  type Name,
  usageOids,
} from './certificate.ts'
export { kubeconfigYaml } from './kubeconfig.ts'
export { clientNames, ensurePki, type PairOnDisk, type PlanePki, serverAltNames } from './plane-pki.ts'
export { fileError, makePrivateFolder, readFileIfPresent, writePrivateFiles } from './private-files.ts'
export { type Subject, subjectOf } from './subject.ts'
