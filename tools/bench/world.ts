/** What the requests of a benchmark need in a plane: a namespace with accounts, and a token whose owner may do them all. */
import { eventually } from './eventually.ts'
import type { Plane } from './plane.ts'
import { settings } from './settings.ts'

export const namespace = 'bench'
export const account = 'worker'
export const accountsPath = `/api/v1/namespaces/${namespace}/serviceaccounts`

const rules = [
  { apiGroups: [''], resources: ['serviceaccounts', 'configmaps'], verbs: ['get', 'list', 'watch', 'create', 'patch'] },
  { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
]

/** Makes the namespace, an account that may do all of this, and gives its token. */
export async function populate(plane: Plane): Promise<string> {
  await plane.post('/api/v1/namespaces', { metadata: { name: namespace } })
  await plane.post(accountsPath, { metadata: { name: account } })
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  await plane.post(`${rbac}/clusterroles`, { metadata: { name: 'bench' }, rules })
  await plane.post(`${rbac}/clusterrolebindings`, {
    metadata: { name: 'bench' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'bench' },
    subjects: [{ kind: 'ServiceAccount', namespace, name: account }],
  })
  const { status } = await plane.post(`${accountsPath}/${account}/token`, { spec: { expirationSeconds: 3600 } })
  return status.token
}

/** ServiceAccounts until there are `settings.listSize` of them, the namespace's own included. */
export async function fillList(plane: Plane): Promise<void> {
  // Made by a controller, so it may take a moment.
  await eventually(async () => (await plane.admin.get(`${accountsPath}/default`)).status === 200)
  const { body } = await plane.admin.get(accountsPath)
  const missing = settings.listSize - body.items.length
  const names = Array.from({ length: missing }, (_, i) => `account-${String(i).padStart(4, '0')}`)
  while (names.length > 0) {
    await Promise.all(names.splice(0, 20).map((name) => plane.post(accountsPath, { metadata: { name } })))
  }
}
