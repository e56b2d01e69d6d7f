import { X509Certificate } from 'node:crypto'
import type { CertificateSigningRequest } from '@ensign/api'
import { type Controller, controller, type Informer, ignore, on, type ResourceClient } from '@ensign/controller'
import type { Clock, Logger } from '@ensign/process'

const hourMs = 60 * 60_000
/** How long a request is kept after it came to an end, and while nobody deals with it. */
const keptMs = { ended: hourMs, waiting: 24 * hourMs }

/**
 * Deletes certificate signing requests that nobody needs any more.
 * Source: kubernetes/kubernetes pkg/controller/certificates/cleaner/cleaner.go
 */
export function certificateCleaner(deps: {
  readonly requests: Informer<CertificateSigningRequest>
  readonly client: ResourceClient<CertificateSigningRequest>
  readonly clock: Clock
  readonly log: Logger
}): Controller {
  const { requests, client, clock, log } = deps
  return controller({
    name: 'certificatesigningrequest-cleaner-controller',
    sources: [on(requests, ({ metadata }) => [metadata.name ?? ''])],
    log,
    async reconcile(name) {
      const request = requests.lister.get('', name)
      if (!request) return undefined
      const leftMs = Math.min(...endsOf(request)) - clock.now()
      // A time in whole seconds is over when the next one has begun.
      if (leftMs >= 0) return { requeueAfterMs: Math.min(leftMs + 1000, hourMs) }
      const preconditions = { uid: request.metadata.uid ?? '' }
      await client.delete('', name, { preconditions }).catch((error: unknown) => ignore(error, 'NotFound', 'Conflict'))
      return undefined
    },
  })
}

/** Milliseconds since the epoch after which the request may go: the first of them counts. */
function endsOf({ metadata, status }: Readonly<CertificateSigningRequest>): number[] {
  const conditions = status.conditions ?? []
  if (conditions.length === 0) return [Date.parse(metadata.creationTimestamp ?? '') + keptMs.waiting]
  return conditions.flatMap(({ type, lastUpdateTime }) => {
    const sinceMs = lastUpdateTime ? Date.parse(lastUpdateTime) : Number.POSITIVE_INFINITY
    if (type === 'Denied' || type === 'Failed') return [sinceMs + keptMs.ended]
    if (type !== 'Approved') return []
    return status.certificate ? [sinceMs + keptMs.ended, expiryOf(status.certificate)] : [sinceMs + keptMs.waiting]
  })
}

function expiryOf(base64: string): number {
  try {
    return Date.parse(new X509Certificate(Buffer.from(base64, 'base64')).validTo)
  } catch {
    // Signers of old could store what is no certificate; that does not expire.
    return Number.POSITIVE_INFINITY
  }
}
