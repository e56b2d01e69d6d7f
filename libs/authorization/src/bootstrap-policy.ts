/**
 * The rules that hold before anybody has made a role, under Kubernetes' names.
 * Source: kubernetes/kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/{policy,controller_policy}.go
 */
import { authenticatedGroup, mastersGroup, unauthenticatedGroup } from '@ensign/apimachinery'
import type { PolicyRule } from './rules.ts'

export interface Subject {
  readonly kind: 'User' | 'Group'
  readonly name: string
}

export interface ClusterGrant {
  /** Name of the ClusterRole and of its ClusterRoleBinding. */
  readonly role: string
  readonly binding: string
  readonly rules: readonly PolicyRule[]
  readonly subjects: readonly Subject[]
}

const group = (name: string): Subject => ({ kind: 'Group', name })
const user = (name: string): Subject => ({ kind: 'User', name })
const paths = (...nonResourceURLs: string[]): PolicyRule => ({ verbs: ['get'], nonResourceURLs })
const on = (apiGroup: string, resources: readonly string[], verbs: readonly string[]): PolicyRule => ({
  verbs,
  apiGroups: [apiGroup],
  resources,
})

export const controllerManagerUser = 'system:kube-controller-manager'
export const discoveryServiceUser = 'system:oidc-discovery'

const health = ['/livez', '/readyz', '/healthz', '/version', '/version/']
const write = ['create', 'update', 'patch', 'delete', 'deletecollection']
const read = ['get', 'list', 'watch']

export const bootstrapPolicy: readonly ClusterGrant[] = [
  {
    role: 'cluster-admin',
    binding: 'cluster-admin',
    subjects: [group(mastersGroup)],
    rules: [on('*', ['*'], ['*']), { verbs: ['*'], nonResourceURLs: ['*'] }],
  },
  {
    role: 'system:discovery',
    binding: 'system:discovery',
    subjects: [group(authenticatedGroup)],
    rules: [paths(...health, '/openapi', '/openapi/*', '/api', '/api/*', '/apis', '/apis/*')],
  },
  {
    role: 'system:public-info-viewer',
    binding: 'system:public-info-viewer',
    subjects: [group(authenticatedGroup), group(unauthenticatedGroup)],
    rules: [paths(...health)],
  },
  {
    role: 'system:basic-user',
    binding: 'system:basic-user',
    subjects: [group(authenticatedGroup)],
    rules: [
      on('authorization.k8s.io', ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
      on('authentication.k8s.io', ['selfsubjectreviews'], ['create']),
    ],
  },
  {
    role: 'system:service-account-issuer-discovery',
    binding: 'system:service-account-issuer-discovery',
    subjects: [group('system:serviceaccounts')],
    rules: [
      paths(
        '/.well-known/openid-configuration',
        '/.well-known/openid-configuration/',
        '/openid/v1/jwks',
        '/openid/v1/jwks/',
      ),
    ],
  },
  {
    role: 'system:monitoring',
    binding: 'system:monitoring',
    subjects: [group('system:monitoring')],
    rules: [paths('/metrics', '/metrics/slis', '/livez', '/livez/*', '/readyz', '/readyz/*', '/healthz', '/healthz/*')],
  },
  {
    // Kubernetes gives each controller an account of its own; here they share one process and one certificate, so that
    // user holds the sum of what upstream's controller roles for these controllers hold.
    role: 'system:kube-controller-manager',
    binding: 'system:kube-controller-manager',
    subjects: [user(controllerManagerUser)],
    rules: [
      on('', ['events'], ['create', 'patch', 'update']),
      on('events.k8s.io', ['events'], ['create', 'patch', 'update']),
      on('coordination.k8s.io', ['leases'], ['create', 'get', 'list', 'watch', 'update']),
      on('', ['namespaces'], [...read, 'delete']),
      on('', ['namespaces/finalize', 'namespaces/status'], ['update']),
      on('', ['serviceaccounts', 'secrets', 'configmaps'], [...read, ...write]),
      on('', ['serviceaccounts/token'], ['create']),
      on('authentication.k8s.io', ['tokenreviews'], ['create']),
      on('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
      on('*', ['*'], [...read, 'delete', 'deletecollection', 'patch', 'update']),
      paths('/api', '/api/*', '/apis', '/apis/*'),
    ],
  },
  {
    role: 'system:oidc-discovery',
    binding: 'system:oidc-discovery',
    subjects: [user(discoveryServiceUser)],
    rules: [paths('/.well-known/openid-configuration', '/openid/v1/jwks')],
  },
]
