import { expect, test } from 'vitest'
import { startTestPlane } from './plane.ts'

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'web', image: 'web' }] },
}
const escalation = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'mine' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: 'till' }],
}

test('--disable-admission-plugins switches off what is named and nothing else', async () => {
  await using plane = await startTestPlane({
    apiserver: { 'disable-admission-plugins': ['ServiceAccount', 'Priority', 'TaintNodesByCondition'] },
  })
  const admin = plane.client()
  const { status, body } = await admin.post('/api/v1/namespaces/default/pods', pod)
  expect(status).toBe(201)
  expect(body.spec.volumes).toBeUndefined()
  expect(body.spec.serviceAccountName).toBeUndefined()
  expect(body.spec.priority).toBeUndefined()
  // That of a plug-in that was not named.
  expect(body.spec.tolerations).toHaveLength(2)
  const node = await admin.post('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } })
  expect(node.body.spec.taints).toBeUndefined()

  // Nobody gets more rights than they have, whichever plug-ins are off.
  await admin.post('/api/v1/namespaces/default/serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'till' },
  })
  await admin.post('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    ...escalation,
    metadata: { name: 'binder' },
    roleRef: { ...escalation.roleRef, name: 'admin' },
  })
  const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
  const token = await admin.post('/api/v1/namespaces/default/serviceaccounts/till/token', asked)
  const till = plane.client({ token: token.body.status.token })
  const role = { apiVersion: escalation.apiVersion, kind: 'Role', metadata: { name: 'more' } }
  const more = await till.post('/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles', {
    ...role,
    rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  })
  expect(more).toMatchObject({ status: 403, body: { message: expect.stringContaining('attempting to grant RBAC') } })
})
