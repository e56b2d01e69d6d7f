/** Everything about certificate signing requests: approving, signing, cleaning up, and the copy of them to do it from. */
import type { CertificateSigningRequest } from '@ensign/api'
import { type ApiClient, type Controller, createInformer, resourceClient } from '@ensign/controller'
import type { CertificatePair } from '@ensign/pki'
import { type Logger, systemClock } from '@ensign/process'
import { certificateApprover } from './controllers/certificate-approver.ts'
import { certificateCleaner } from './controllers/certificate-cleaner.ts'
import { certificateSigner } from './controllers/certificate-signer.ts'
import type { Options } from './options.ts'
import { resources } from './resources.ts'

/** Certificates that are made at the same time. */
const signingWorkers = 5

/** Works until the signal aborts and what was begun is finished. */
export async function runCertificates(deps: {
  readonly client: ApiClient
  readonly options: Options
  /** Nothing is signed without. */
  readonly authority: (() => CertificatePair) | undefined
  readonly log: Logger
  readonly signal: AbortSignal
}): Promise<void> {
  const { client: api, options, authority, log, signal } = deps
  const requests = createInformer<CertificateSigningRequest>({
    client: api,
    log,
    resource: resources.certificateSigningRequests,
  })
  const client = resourceClient<CertificateSigningRequest>(api, resources.certificateSigningRequests)
  const shared = { requests, client, clock: systemClock, log }
  const controllers: Controller[] = [
    certificateApprover({ requests, requestClient: client, client: api, log }),
    certificateCleaner(shared),
  ]
  if (authority) {
    const validMsMax = options['cluster-signing-duration']
    controllers.push(certificateSigner({ ...shared, authority, validMsMax, workers: signingWorkers }))
  }
  await Promise.all([requests.run(signal), ...controllers.map((controller) => controller.run(signal))])
}
