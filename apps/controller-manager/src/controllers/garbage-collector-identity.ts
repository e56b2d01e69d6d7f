/**
 * What an object goes by, and what its dependents call it.
 * Source: kubernetes/kubernetes pkg/controller/garbagecollector/{graph,graph_builder}.go
 */
import type { OwnerReference } from '@ensign/apimachinery'

export interface Kind {
  readonly apiVersion: string
  readonly kind: string
}

export interface Identity extends Kind {
  /** Empty for cluster-scoped objects. */
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/** Something that names its owners. */
export interface Dependent {
  readonly identity: Identity
  readonly owners: readonly OwnerReference[]
}

export const isSame = (a: Identity, b: Identity): boolean => isNamedBy(a, b) && a.namespace === b.namespace

/** Whether a reference names this object, wherever it is. */
export const isNamedBy = (identity: Identity, reference: Omit<Identity, 'namespace'>): boolean =>
  identity.uid === reference.uid &&
  identity.name === reference.name &&
  identity.kind === reference.kind &&
  identity.apiVersion === reference.apiVersion

/** As Kubernetes writes it in texts. Source: graph.go, objectReference.String */
export const textOf = ({ apiVersion, kind, namespace, name, uid }: Identity): string =>
  `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`

/** Those who mean `owner` and those who mean something else by its UID; who has two references may be both. */
export function partition<T extends Dependent>(
  dependents: Iterable<T>,
  owner: Identity,
): { readonly matching: T[]; readonly others: T[] } {
  const matching: T[] = []
  const others: T[] = []
  for (const dependent of dependents) {
    const references = dependent.owners.filter(({ uid }) => uid === owner.uid)
    const isElsewhere = owner.namespace !== '' && owner.namespace !== dependent.identity.namespace
    const named = isElsewhere ? [] : references.filter((reference) => isNamedBy(owner, reference))
    if (named.length > 0) matching.push(dependent)
    if (isElsewhere || named.length < references.length) others.push(dependent)
  }
  return { matching, others }
}

/**
 * Another identity that dependents give to the same UID: in one order, so that all are tried in turn.
 * Source: graph_builder.go, getAlternateOwnerIdentity
 */
export function alternativeTo(absent: Identity, dependents: readonly Dependent[]): Identity | undefined {
  const found = new Map<string, Identity>()
  for (const { identity, owners } of dependents) {
    for (const { apiVersion, kind, name, uid } of owners) {
      if (uid !== absent.uid) continue
      // A kind that is known to live in no namespace is looked for in none.
      const isCluster = absent.namespace === '' && apiVersion === absent.apiVersion && kind === absent.kind
      const alternative = { apiVersion, kind, namespace: isCluster ? '' : identity.namespace, name, uid }
      if (!isSame(alternative, absent)) found.set(orderOf(alternative), alternative)
    }
  }
  const order = [...found.keys()].sort()
  const next = order.find((key) => key > orderOf(absent)) ?? order[0]
  return next === undefined ? undefined : found.get(next)
}

const orderOf = ({ kind, apiVersion, namespace, name, uid }: Identity): string =>
  [kind, apiVersion, namespace, name, uid].join('\0')
