/** Names of operations and tags, as upstream makes them. Source: apiserver pkg/endpoints/installer.go, kube-openapi pkg/util */

/** As upstream names operations: `createCoreV1NamespacedServiceAccount`, `listRbacAuthorizationV1RoleForAllNamespaces`. */
export function operationId(
  name: string,
  group: string,
  version: string,
  namespaced: boolean,
  subject: string,
): string {
  // `connect Get` is `connectCoreV1GetNamespacedPodExec`.
  const [action = '', method = ''] = name.split(' ')
  const [verb, tail] =
    name === 'listForAllNamespaces'
      ? ['list', 'ForAllNamespaces']
      : [name === 'deleteCollection' ? 'delete' : action, '']
  const isScoped = namespaced && tail === ''
  const collection = name === 'deleteCollection' ? 'Collection' : ''
  const groupName = camel(group || 'core')
  return `${verb}${upper(groupName)}${upper(version)}${collection}${method}${isScoped ? 'Namespaced' : ''}${subject}${tail}`
}

/** `rbac.authorization.k8s.io` → `rbacAuthorization`. */
export function camel(group: string): string {
  const [first = '', ...rest] = group.replace(/\.k8s\.io$/, '').split('.')
  return first + rest.map(upper).join('')
}

export function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function article(kind: string): string {
  return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`
}
