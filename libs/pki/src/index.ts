export {
  type CertificatePair,
  createAuthority,
  issueCertificate,
  type Name,
  usageOids,
} from './certificate.ts'
export { type CertificateRequest, CertificateRequestError, parseCertificateRequest } from './certificate-request.ts'
export { answerRequest } from './certificate-signing.ts'
export { authoritiesOf, isForClients, isIssuedToClient } from './client-purpose.ts'
export { kubeconfigYaml } from './kubeconfig.ts'
export { clientNames, ensurePki, type PairOnDisk, type PlanePki, serverAltNames } from './plane-pki.ts'
export { fileError, makePrivateFolder, readFileIfPresent, writePrivateFiles } from './private-files.ts'
export { type Subject, subjectOf } from './subject.ts'
