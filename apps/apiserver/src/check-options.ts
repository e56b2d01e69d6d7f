/**
 * What options must be together, in Kubernetes' words where it has them.
 * Source: kubernetes/kubernetes pkg/kubeapiserver/options/authentication.go, pkg/controlplane/apiserver/options/options.go
 */
import { pluginNamesProblem } from '@ensign/admission'
import { UserError } from '@ensign/process'
import type { ApiserverOptions } from './options.ts'

/** Milliseconds. */
const maxTokenExpiration = { min: 3_600_000, max: 2 ** 32 * 1000 } as const

/** @throws UserError */
export function checkOptions(options: ApiserverOptions): void {
  const problem = pluginNamesProblem(options['enable-admission-plugins'], options['disable-admission-plugins'])
  if (problem !== undefined) throw new UserError(problem, { exitCode: 2 })
  const seen = new Set<string>()
  for (const issuer of options['service-account-issuer']) {
    if (issuer === '') throw new UserError('service-account-issuer should not be an empty string')
    if (seen.has(issuer)) throw new UserError(`service-account-issuer ${JSON.stringify(issuer)} is already specified`)
    if (issuer.includes(':') && !URL.canParse(issuer))
      throw new UserError(`service-account-issuer ${JSON.stringify(issuer)} contained a ':' but was not a valid URL`)
    seen.add(issuer)
  }
  const expiration = options['service-account-max-token-expiration']
  if (expiration !== 0 && (expiration < maxTokenExpiration.min || expiration > maxTokenExpiration.max)) {
    throw new UserError('the service-account-max-token-expiration must be between 1 hour and 2^32 seconds')
  }
}
