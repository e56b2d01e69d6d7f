/**
 * Roles in the namespaces of the system.
 * Source: kubernetes/kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/namespace_policy.go
 */
import { type BootstrapRole, namespaceRole, on, read } from './notation.ts'

export const rolesInNamespaces: readonly BootstrapRole[] = [
  namespaceRole('kube-public', 'system:controller:bootstrap-signer', [
    on('', 'configmaps', read),
    on('', 'configmaps', 'update', 'cluster-info'),
    on(['', 'events.k8s.io'], 'events', 'create patch update'),
  ]),
  namespaceRole('kube-system', 'extension-apiserver-authentication-reader', [
    on('', 'configmaps', read, 'extension-apiserver-authentication'),
  ]),
  namespaceRole('kube-system', 'system::leader-locking-kube-controller-manager', [
    on('coordination.k8s.io', 'leases', 'create get list update watch'),
    on('coordination.k8s.io', 'leasecandidates', 'create get list update watch'),
  ]),
  namespaceRole('kube-system', 'system::leader-locking-kube-scheduler', [
    on('coordination.k8s.io', 'leases', 'create get list update watch'),
    on('coordination.k8s.io', 'leasecandidates', 'create get list update watch'),
  ]),
  namespaceRole('kube-system', 'system:controller:bootstrap-signer', [on('', 'secrets', read)]),
  namespaceRole('kube-system', 'system:controller:cloud-provider', [on('', 'configmaps', 'create get list watch')]),
  namespaceRole('kube-system', 'system:controller:token-cleaner', [
    on('', 'secrets', 'delete get list watch'),
    on(['', 'events.k8s.io'], 'events', 'create patch update'),
  ]),
]
