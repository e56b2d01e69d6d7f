/**
 * Who may decide about certificate signing requests, who may sign them, and what nobody gets signed.
 * Source: kubernetes/kubernetes plugin/pkg/admission/certificates/{approval,signing,subjectrestriction}/admission.go,
 * pkg/certauthorization/certauthorization.go
 */
import { forbidden, jsonEqual, type KubeObject, mastersGroup, type UserInfo } from '@ensign/apimachinery'
import type { Authorizer } from '@ensign/authorization'
import { CertificateRequestError, parseCertificateRequest } from '@ensign/pki/certificate-request'
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts'

const group = 'certificates.k8s.io'
const resource = 'certificatesigningrequests'
const clientSigner = 'kubernetes.io/kube-apiserver-client'

interface SigningRequest extends KubeObject {
  spec: { signerName: string; request: string | null }
  status: { certificate?: string; conditions?: unknown[] }
}

const isAbout = ({ definition }: AdmissionAttributes): boolean =>
  definition.group === group && definition.plural === resource

/** Approving or denying takes the verb `approve` on the signer, beside the right to update the subresource. */
export function certificateApproval(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateApproval',
    handles: (a) => isAbout(a) && a.operation === 'UPDATE' && a.subresource === 'approval',
    validate({ user, name, old }) {
      const { signerName } = (old as SigningRequest).spec
      if (!mayUseSigner(authorizer, user, 'approve', signerName))
        throw refused(name, `user not permitted to approve requests with signerName ${JSON.stringify(signerName)}`)
    },
  }
}

/** Giving a certificate or a condition takes the verb `sign` on the signer. */
export function certificateSigning(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateSigning',
    handles: (a) => isAbout(a) && a.operation === 'UPDATE' && a.subresource === 'status',
    validate({ user, name, object, old }) {
      const { spec, status: before } = old as SigningRequest
      const { status: after } = object as SigningRequest
      const isSame =
        after.certificate === before.certificate && jsonEqual(after.conditions ?? [], before.conditions ?? [])
      if (!isSame && !mayUseSigner(authorizer, user, 'sign', spec.signerName))
        throw refused(name, `user not permitted to sign requests with signerName ${JSON.stringify(spec.signerName)}`)
    },
  }
}

/** A client certificate never makes anybody an administrator for ever. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: (a) => isAbout(a) && a.operation === 'CREATE' && a.subresource === '',
  validate({ name, object }) {
    const { signerName, request } = (object as SigningRequest).spec
    if (signerName !== clientSigner) return
    if (organizationsOf(request, name).includes(mastersGroup))
      throw refused(name, `use of ${clientSigner} signer with ${mastersGroup} group is not allowed`)
  },
}

function organizationsOf(request: string | null, name: string): readonly string[] {
  try {
    return parseCertificateRequest(Buffer.from(request ?? '', 'base64').toString()).subject.organizations
  } catch (error) {
    if (error instanceof CertificateRequestError) throw refused(name, `failed to parse CSR: ${error.message}`)
    throw error
  }
}

const refused = (name: string, why: string) => forbidden({ group, resource }, name, why)

/** The right may name the signer, or all signers of its domain. */
function mayUseSigner(authorizer: Authorizer, user: UserInfo, verb: string, signerName: string): boolean {
  const may = (name: string): boolean =>
    authorizer.authorize(user, {
      isResource: true,
      verb,
      group,
      resource: 'signers',
      subresource: '',
      namespace: '',
      name,
    }).allowed
  return may(signerName) || may(`${signerName.split('/')[0]}/*`)
}
