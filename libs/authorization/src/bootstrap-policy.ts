/**
 * The roles and bindings that every plane is born with. Administrators may change them: the apiserver stores them at its
 * start and gives back what is missing.
 * Source: kubernetes/kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy
 */
import { authenticatedGroup, mastersGroup, unauthenticatedGroup } from '@ensign/apimachinery'
import { rolesForComponents } from './bootstrap/components.ts'
import { rolesForControllers } from './bootstrap/controllers.ts'
import { rolesInNamespaces } from './bootstrap/namespaces.ts'
import {
  type BootstrapBinding,
  type BootstrapRole,
  type BootstrapSubject,
  clusterRole,
  controllerRolePrefix,
  on,
  paths,
  read,
} from './bootstrap/notation.ts'
import { rolesForPeople } from './bootstrap/people.ts'

export const controllerManagerUser = 'system:kube-controller-manager'
export const discoveryServiceUser = 'system:oidc-discovery'

const ensignControllers = 'system:ensign:controllers'

/**
 * Kubernetes gives each controller an account of its own; Ensign's share one process and one certificate, so that user
 * holds, beside its own role, what upstream's roles of these controllers hold together.
 */
const rolesOfEnsign: readonly BootstrapRole[] = [
  clusterRole(ensignControllers, [
    on('', 'namespaces', 'delete'),
    on('', 'namespaces/finalize namespaces/status', 'update'),
    on('', 'serviceaccounts secrets configmaps', 'create delete deletecollection get list patch update watch'),
    on('coordination.k8s.io', 'leases', 'create get list update watch'),
    on('', 'endpoints endpoints/restricted', 'create'),
    on('discovery.k8s.io', 'endpointslices endpointslices/restricted', 'create'),
    on('certificates.k8s.io', 'certificatesigningrequests', 'delete'),
    on('certificates.k8s.io', 'certificatesigningrequests/approval certificatesigningrequests/status', 'update'),
    on('certificates.k8s.io', 'signers', 'approve sign'),
    on('rbac.authorization.k8s.io', 'clusterroles', 'escalate'),
    on('*', '*', `${read} delete deletecollection patch update`),
    paths('/api /api/* /apis /apis/*'),
  ]),
  clusterRole(discoveryServiceUser, [paths('/.well-known/openid-configuration /openid/v1/jwks')]),
]

const group = (name: string): BootstrapSubject => ({ kind: 'Group', name })
const user = (name: string): BootstrapSubject => ({ kind: 'User', name })
const account = (name: string): BootstrapSubject => ({ kind: 'ServiceAccount', namespace: 'kube-system', name })

const bind = (roleName: string, ...subjects: BootstrapSubject[]): BootstrapBinding => ({
  namespace: '',
  name: roleName,
  roleName,
  subjects,
})
const bindIn = (
  namespace: string,
  roleName: string,
  subjects: readonly BootstrapSubject[],
  name = roleName,
): BootstrapBinding => ({
  namespace,
  name,
  roleName,
  subjects,
})

export const bootstrapRoles: readonly BootstrapRole[] = [
  ...rolesForPeople,
  ...rolesForComponents,
  ...rolesForControllers,
  ...rolesInNamespaces,
  ...rolesOfEnsign,
]

export const bootstrapBindings: readonly BootstrapBinding[] = [
  bind('cluster-admin', group(mastersGroup)),
  bind('system:monitoring', group('system:monitoring')),
  bind('system:discovery', group(authenticatedGroup)),
  bind('system:basic-user', group(authenticatedGroup)),
  bind('system:public-info-viewer', group(authenticatedGroup), group(unauthenticatedGroup)),
  bind('system:node-proxier', user('system:kube-proxy')),
  bind('system:kube-controller-manager', user(controllerManagerUser)),
  bind('system:kube-dns', account('kube-dns')),
  bind('system:kube-scheduler', user('system:kube-scheduler')),
  bind('system:volume-scheduler', user('system:kube-scheduler')),
  bind('system:node'),
  bind('system:service-account-issuer-discovery', group('system:serviceaccounts')),
  bind(ensignControllers, user(controllerManagerUser)),
  bind(discoveryServiceUser, user(discoveryServiceUser)),
  ...rolesForControllers.map(({ name }) => bind(name, account(name.slice(controllerRolePrefix.length)))),
  bindIn('kube-public', 'system:controller:bootstrap-signer', [account('bootstrap-signer')]),
  bindIn(
    'kube-system',
    'extension-apiserver-authentication-reader',
    [user(controllerManagerUser), user('system:kube-scheduler')],
    'system::extension-apiserver-authentication-reader',
  ),
  bindIn('kube-system', 'system::leader-locking-kube-controller-manager', [
    user(controllerManagerUser),
    account('kube-controller-manager'),
    account('leader-election-controller'),
  ]),
  bindIn('kube-system', 'system::leader-locking-kube-scheduler', [
    user('system:kube-scheduler'),
    account('kube-scheduler'),
  ]),
  ...['bootstrap-signer', 'cloud-provider', 'token-cleaner'].map((name) =>
    bindIn('kube-system', `${controllerRolePrefix}${name}`, [account(name)]),
  ),
]

/**
 * Roles that were once not aggregated, and the part that their rules go to. An administrator may have replaced one by a role
 * that is not aggregated.
 */
export const clusterRolesToAggregate: Readonly<Record<string, string>> = {
  admin: 'system:aggregate-to-admin',
  edit: 'system:aggregate-to-edit',
  view: 'system:aggregate-to-view',
}

/** Bindings, and those that were once a part of them. */
export const clusterRoleBindingsToSplit: Readonly<Record<string, string>> = {
  'system:discovery': 'system:public-info-viewer',
}
