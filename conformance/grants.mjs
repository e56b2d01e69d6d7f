/** Short ways to hand out permissions in a scenario and to wait until the server honours them. None of them is a step. */
const rbac = '/apis/rbac.authorization.k8s.io/v1'
const group = 'rbac.authorization.k8s.io'

export const user = (name) => ({ kind: 'User', apiGroup: group, name })
export const groupSubject = (name) => ({ kind: 'Group', apiGroup: group, name })
export const account = (namespace, name) => ({ kind: 'ServiceAccount', namespace, name })

const made = async (t, path, body) => {
  const r = await t.quiet('POST', path, { body })
  if (r.status !== 201) throw new Error(`${path}: ${r.status} ${r.text}`)
  return r.json
}

export const role = (t, ns, name, rules) =>
  made(t, `${rbac}/namespaces/${ns}/roles`, {
    apiVersion: `${group}/v1`,
    kind: 'Role',
    metadata: { name, namespace: ns },
    rules,
  })

export async function clusterRole(t, label, rules, metadata = {}) {
  const name = t.name(label, `${rbac}/clusterroles`)
  await made(t, `${rbac}/clusterroles`, {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRole',
    metadata: { ...metadata, name },
    rules,
  })
  return name
}

export const roleBinding = (t, ns, name, roleRef, ...subjects) =>
  made(t, `${rbac}/namespaces/${ns}/rolebindings`, {
    apiVersion: `${group}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace: ns },
    roleRef: { apiGroup: group, ...roleRef },
    subjects,
  })

export async function clusterRoleBinding(t, label, clusterRoleName, ...subjects) {
  const name = t.name(label, `${rbac}/clusterrolebindings`)
  await made(t, `${rbac}/clusterrolebindings`, {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: clusterRoleName },
    subjects,
  })
  return name
}

/** A Role in `ns` with these rules, bound to the subjects. */
export async function grant(t, ns, name, rules, ...subjects) {
  await role(t, ns, name, rules)
  await roleBinding(t, ns, name, { kind: 'Role', name }, ...subjects)
}

/** A ClusterRole with these rules, bound to the subjects in the whole cluster. */
export async function grantCluster(t, label, rules, ...subjects) {
  const name = await clusterRole(t, label, rules)
  await clusterRoleBinding(t, `${label}-binding`, name, ...subjects)
  return name
}

/** Waits until a SubjectAccessReview of this spec answers `expected`. */
export const allowed = (t, spec, expected = true) =>
  t.until(
    async () => {
      const r = await t.quiet('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec },
      })
      return r.json?.status?.allowed === expected
    },
    `a review of ${JSON.stringify(spec)} to answer ${expected}`,
  )

export const rule = (verbs, apiGroups, resources, resourceNames) => ({
  verbs,
  apiGroups,
  resources,
  ...(resourceNames && { resourceNames }),
})
