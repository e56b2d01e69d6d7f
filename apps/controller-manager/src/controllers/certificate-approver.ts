import type { CertificateSigningRequest } from '@ensign/api'
import {
  type ApiClient,
  type Controller,
  controller,
  type Informer,
  ignore,
  on,
  type ResourceClient,
} from '@ensign/controller'
import { type CertificateRequest, parseCertificateRequest } from '@ensign/pki'
import type { Logger } from '@ensign/process'
import { resources } from '../resources.ts'
import { kubeletClientProblem } from './certificate-kubelet.ts'

const kubeletSigner = 'kubernetes.io/kube-apiserver-client-kubelet'

/** Milliseconds until a request is looked at again whose sender lacks the right: it may be granted meanwhile. */
const laterMs = 60_000

/** Who may have a kubelet's client certificate without anybody looking: a node itself, or whoever sets nodes up. */
const rights = [
  {
    subresource: 'selfnodeclient',
    applies: ({ spec }: CertificateSigningRequest, { subject }: CertificateRequest) =>
      spec.username === subject.commonName,
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
  },
  {
    subresource: 'nodeclient',
    applies: () => true,
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
  },
]

/**
 * Approves the requests of kubelets for client certificates, when whoever asks holds the right to.
 * Source: kubernetes/kubernetes pkg/controller/certificates/approver/sarapprove.go
 */
export function certificateApprover(deps: {
  readonly requests: Informer<CertificateSigningRequest>
  readonly requestClient: ResourceClient<CertificateSigningRequest>
  readonly client: ApiClient
  readonly log: Logger
}): Controller {
  const { requests, requestClient, client, log } = deps

  async function mayHave({ spec }: CertificateSigningRequest, subresource: string): Promise<boolean> {
    const { username, uid, groups, extra } = spec
    const attributes = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests', verb: 'create' }
    const review = await client.create(resources.subjectAccessReviews, {
      spec: {
        user: username,
        ...(uid && { uid }),
        ...(groups && { groups }),
        ...(extra && { extra }),
        resourceAttributes: { ...attributes, subresource, version: '*' },
      },
    })
    return (review as { status?: { allowed?: boolean } }).status?.allowed === true
  }

  return controller({
    name: 'certificatesigningrequest-approving-controller',
    sources: [on(requests, ({ metadata, spec }) => (spec.signerName === kubeletSigner ? [metadata.name ?? ''] : []))],
    log,
    async reconcile(name) {
      const request = requests.lister.get('', name)
      if (!request || request.status.certificate || request.status.conditions?.some(isDecision)) return undefined
      const asked = parseCertificateRequest(Buffer.from(request.spec.request ?? '', 'base64').toString())
      if (kubeletClientProblem(asked, request.spec.usages ?? []) !== undefined) return undefined
      for (const { subresource, applies, message } of rights) {
        if (!applies(request, asked) || !(await mayHave(request, subresource))) continue
        await requestClient.update(approved(request, message), 'approval').catch((e: unknown) => ignore(e, 'NotFound'))
        return undefined
      }
      return { requeueAfterMs: laterMs }
    },
  })
}

const isDecision = ({ type }: { type: string }): boolean => type === 'Approved' || type === 'Denied'

function approved(request: Readonly<CertificateSigningRequest>, message: string): CertificateSigningRequest {
  const times = { lastUpdateTime: null, lastTransitionTime: null }
  const condition = { type: 'Approved', status: 'True', reason: 'AutoApproved', message, ...times }
  return { ...request, status: { ...request.status, conditions: [...(request.status.conditions ?? []), condition] } }
}
