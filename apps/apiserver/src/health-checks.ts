/**
 * What /readyz, /livez and /healthz look at. Post-start hooks have the names that tools know.
 * Source: kubernetes/kubernetes pkg/controlplane/apiserver/server.go, pkg/controlplane/instance.go (post-start hooks)
 */
import type { HealthCheck } from './health.ts'
import type { KeptObjects } from './kept-objects.ts'
import type { Objects } from './objects.ts'
import type { PolicyGate } from './policy-gate.ts'

export interface CheckedParts {
  readonly objects: Objects
  /** Why the store cannot be used, if it cannot. */
  storeProblem(): string | undefined
  readonly policy: PolicyGate
  /** From when the server listens. */
  kept?: { readonly system: KeptObjects; readonly own: KeptObjects }
}

/** Bytes of log that nobody has taken, beyond which it is believed to be stuck. */
const unwrittenLogMax = 16 * 1024 * 1024

export function healthChecks(parts: CheckedParts): HealthCheck[] {
  const { objects, storeProblem, policy } = parts
  const hook = (name: string, kept: 'system' | 'own', ...made: string[]): HealthCheck => ({
    name: `poststarthook/${name}`,
    readinessOnly: true,
    check: () => (made.every((one) => parts.kept?.[kept].isTried(one)) ? undefined : 'not finished'),
  })
  return [
    {
      name: 'log',
      check: () =>
        process.stderr.destroyed || process.stderr.writableLength > unwrittenLogMax
          ? 'the log is not taken'
          : undefined,
    },
    {
      name: 'store',
      aliases: ['etcd', 'etcd-readiness'],
      readinessOnly: true,
      check: storeProblem,
    },
    {
      name: 'watch-cache',
      aliases: ['informer-sync'],
      readinessOnly: true,
      check: () => objects.caches.find((c) => !c.ready) && 'a watch cache is not loaded yet',
    },
    hook('start-system-namespaces-controller', 'system', 'default', 'kube-node-lease', 'kube-public', 'kube-system'),
    hook('bootstrap-controller', 'own', 'kubernetes'),
    hook('start-cluster-authentication-info-controller', 'own', 'extension-apiserver-authentication'),
    hook('start-legacy-token-tracking-controller', 'own', 'kube-apiserver-legacy-service-account-token-tracking'),
    {
      name: 'poststarthook/rbac/bootstrap-roles',
      readinessOnly: true,
      check: () => (policy.isOpen() ? undefined : 'the roles of the system are not stored yet'),
    },
  ]
}
