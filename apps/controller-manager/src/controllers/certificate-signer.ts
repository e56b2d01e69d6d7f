import type { CertificateSigningRequest } from '@ensign/api'
import { type Controller, controller, type Informer, ignore, on, type ResourceClient } from '@ensign/controller'
import { answerRequest, type CertificatePair, type CertificateRequest, parseCertificateRequest } from '@ensign/pki'
import type { Clock, Logger } from '@ensign/process'
import { kubeletClientProblem, kubeletServingProblem } from './certificate-kubelet.ts'

type Check = (request: CertificateRequest, usages: readonly string[]) => string | undefined

/** Why the signer of that name will not sign; undefined when it will. */
const signers: Readonly<Record<string, Check>> = {
  'kubernetes.io/kube-apiserver-client': (_, usages) => clientProblem(usages),
  'kubernetes.io/kube-apiserver-client-kubelet': kubeletClientProblem,
  'kubernetes.io/kubelet-serving': kubeletServingProblem,
}

/** Milliseconds (10 minutes): shorter is not given. */
const validMsMin = 10 * 60_000

/**
 * Answers approved requests to the signers that every cluster has. Requests to other signers wait for these.
 * Source: kubernetes/kubernetes pkg/controller/certificates/signer/signer.go
 */
export function certificateSigner(deps: {
  readonly requests: Informer<CertificateSigningRequest>
  readonly client: ResourceClient<CertificateSigningRequest>
  /** Called for each certificate: the files may be replaced. */
  readonly authority: () => CertificatePair
  /** Milliseconds. */
  readonly validMsMax: number
  readonly workers: number
  readonly clock: Clock
  readonly log: Logger
}): Controller {
  const { requests, client, authority, validMsMax, workers, clock, log } = deps

  function signed({ spec }: CertificateSigningRequest, asked: CertificateRequest): string {
    const wantedMs = (spec.expirationSeconds ?? Number.POSITIVE_INFINITY) * 1000
    const validMs = Math.min(validMsMax, Math.max(validMsMin, wantedMs))
    const pem = answerRequest(authority(), asked, { usages: spec.usages ?? [], nowMs: clock.now(), validMs })
    return Buffer.from(pem).toString('base64')
  }

  function answered(request: Readonly<CertificateSigningRequest>, check: Check): CertificateSigningRequest {
    const asked = parseCertificateRequest(Buffer.from(request.spec.request ?? '', 'base64').toString())
    const problem = check(asked, request.spec.usages ?? [])
    const { status } = request
    if (problem === undefined) return { ...request, status: { ...status, certificate: signed(request, asked) } }
    const times = { lastUpdateTime: null, lastTransitionTime: null }
    const reason = 'SignerValidationFailure'
    const condition = { type: 'Failed', status: 'True', reason, message: problem, ...times }
    return { ...request, status: { ...status, conditions: [...(status.conditions ?? []), condition] } }
  }

  return controller({
    name: 'certificatesigningrequest-signing-controller',
    sources: [on(requests, ({ metadata, spec }) => (signers[spec.signerName] ? [metadata.name ?? ''] : []))],
    workers,
    log,
    async reconcile(name) {
      const request = requests.lister.get('', name)
      const check = request && signers[request.spec.signerName]
      if (!request || !check || !waitsForCertificate(request)) return undefined
      await client.update(answered(request, check), 'status').catch((error: unknown) => ignore(error, 'NotFound'))
      return undefined
    },
  })
}

function waitsForCertificate({ status }: Readonly<CertificateSigningRequest>): boolean {
  const has = (type: string) => status.conditions?.some((c) => c.type === type && c.status === 'True') ?? false
  return !status.certificate && has('Approved') && !has('Denied') && !has('Failed')
}

const harmlessUsages: ReadonlySet<string> = new Set(['digital signature', 'key encipherment', 'client auth'])

function clientProblem(usages: readonly string[]): string | undefined {
  const wrong = usages.find((usage) => !harmlessUsages.has(usage))
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
}
