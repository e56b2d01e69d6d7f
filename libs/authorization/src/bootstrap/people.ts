/**
 * Roles that are handed to people and their accounts.
 * Source: kubernetes/kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go, ClusterRoles
 */
import { type BootstrapRole, clusterRole, on, paths, read, readWrite, write } from './notation.ts'

export const rolesForPeople: readonly BootstrapRole[] = [
  clusterRole('admin', [], { sumOf: 'admin' }),
  clusterRole('cluster-admin', [on('*', '*', '*'), paths('*', '*')]),
  clusterRole('edit', [], { partOf: 'admin', sumOf: 'edit' }),
  clusterRole(
    'system:aggregate-to-admin',
    [
      on('authorization.k8s.io', 'localsubjectaccessreviews', 'create'),
      on('rbac.authorization.k8s.io', 'rolebindings roles', readWrite),
    ],
    { partOf: 'admin' },
  ),
  clusterRole(
    'system:aggregate-to-edit',
    [
      on('', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy', read),
      on('', 'serviceaccounts', 'impersonate'),
      on('', 'pods pods/attach pods/exec pods/portforward pods/proxy', write),
      on('', 'pods/eviction', 'create'),
      on(
        '',
        'configmaps persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
        write,
      ),
      on('', 'serviceaccounts/token', 'create'),
      on(['', 'events.k8s.io'], 'events', write),
      on(
        'apps',
        'daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
        write,
      ),
      on('autoscaling', 'horizontalpodautoscalers', write),
      on('batch', 'cronjobs jobs', write),
      on(
        'extensions',
        'daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale',
        write,
      ),
      on('policy', 'poddisruptionbudgets', write),
      on('networking.k8s.io', 'ingresses networkpolicies', write),
      on('coordination.k8s.io', 'leases', readWrite),
      on('resource.k8s.io', 'resourceclaims resourceclaimtemplates', write),
    ],
    { partOf: 'edit' },
  ),
  clusterRole(
    'system:aggregate-to-view',
    [
      on(
        '',
        'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
        read,
      ),
      on(
        '',
        'bindings limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
        read,
      ),
      on('', 'namespaces', read),
      on(['', 'events.k8s.io'], 'events', read),
      on('discovery.k8s.io', 'endpointslices', read),
      on(
        'apps',
        'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
        read,
      ),
      on('autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status', read),
      on('batch', 'cronjobs cronjobs/status jobs jobs/status', read),
      on(
        'extensions',
        'daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale',
        read,
      ),
      on('policy', 'poddisruptionbudgets poddisruptionbudgets/status', read),
      on('networking.k8s.io', 'ingresses ingresses/status networkpolicies', read),
      on('resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates', read),
    ],
    { partOf: 'view' },
  ),
  clusterRole('system:auth-delegator', [
    on('authentication.k8s.io', 'tokenreviews', 'create'),
    on('authorization.k8s.io', 'subjectaccessreviews', 'create'),
  ]),
  clusterRole('system:basic-user', [
    on('authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews', 'create'),
    on('authentication.k8s.io', 'selfsubjectreviews', 'create'),
  ]),
  clusterRole('system:discovery', [
    paths('/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/'),
  ]),
  clusterRole('system:monitoring', [
    paths('/flagz /healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/* /statusz'),
    on('', 'nodes/metrics', 'get'),
  ]),
  clusterRole('system:public-info-viewer', [paths('/healthz /livez /readyz /version /version/')]),
  clusterRole('system:service-account-issuer-discovery', [
    paths('/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/'),
  ]),
  clusterRole('view', [], { partOf: 'edit', sumOf: 'view' }),
]
