/** A short way to write roles down: words in one text, separated by blanks. */
import type { PolicyRule } from '../rules.ts'

export interface BootstrapRole {
  /** Empty for a ClusterRole. */
  readonly namespace: string
  readonly name: string
  readonly rules: readonly PolicyRule[]
  /** The aggregated role that holds these rules too. */
  readonly partOf?: string
  /** The rules are the sum of the roles that are part of this one. */
  readonly sumOf?: string
}

export interface BootstrapSubject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount'
  readonly name: string
  readonly namespace?: string
}

export interface BootstrapBinding {
  /** Empty for a ClusterRoleBinding. */
  readonly namespace: string
  readonly name: string
  readonly roleName: string
  readonly subjects: readonly BootstrapSubject[]
}

export const read = 'get list watch'
export const write = 'create delete deletecollection patch update'
export const readWrite = 'create delete deletecollection get list patch update watch'

const words = (text: string): string[] => text.split(' ')

/** Verbs on resources of one API group, or of several; on all objects, or on those of these names. */
export const on = (
  apiGroups: string | readonly string[],
  resources: string,
  verbs: string,
  resourceNames?: string,
): PolicyRule => ({
  verbs: words(verbs),
  apiGroups: typeof apiGroups === 'string' ? [apiGroups] : apiGroups,
  resources: words(resources),
  ...(resourceNames !== undefined && { resourceNames: words(resourceNames) }),
})

export const paths = (nonResourceURLs: string, verbs = 'get'): PolicyRule => ({
  verbs: words(verbs),
  nonResourceURLs: words(nonResourceURLs),
})

export const clusterRole = (
  name: string,
  rules: readonly PolicyRule[],
  aggregation: Pick<BootstrapRole, 'partOf' | 'sumOf'> = {},
): BootstrapRole => ({ namespace: '', name, rules, ...aggregation })

export const namespaceRole = (namespace: string, name: string, rules: readonly PolicyRule[]): BootstrapRole => ({
  namespace,
  name,
  rules,
})

export const controllerRolePrefix = 'system:controller:'

/** @param name of the controller, which is its account's too */
export const controllerRole = (name: string, rules: readonly PolicyRule[]): BootstrapRole =>
  clusterRole(`${controllerRolePrefix}${name}`, rules)
