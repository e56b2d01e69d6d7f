/**
 * Stores the default roles and bindings, and reconciles them at every start: what was taken from them is given back, unless
 * their annotation says that they are to be left alone.
 * Source: kubernetes/kubernetes pkg/registry/rbac/rest/storage_rbac.go
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { ClusterRole, RoleBinding } from '@ensign/api'
import { type AnyResourceDefinition, decodeJson, type KubeObject, StatusError } from '@ensign/apimachinery'
import {
  type BootstrapBinding,
  type BootstrapRole,
  bootstrapBindings,
  bootstrapRoles,
  clusterRoleBindingsToSplit,
  clusterRolesToAggregate,
} from '@ensign/authorization'
import { aborted, errorMessage, type Logger } from '@ensign/process'
import type { CachedObject, RequestContext, Resource } from '@ensign/registry'
import { rbacGroup } from './rbac.ts'
import { autoUpdate, isProtected, reconciledBinding, reconciledRole } from './rbac-reconciliation.ts'

const aggregateTo = `${rbacGroup}/aggregate-to-`
/** Milliseconds until they are tried again when one of them could not be stored. */
const retryMs = 1_000
/** Times that one of them is looked at again because others change it meanwhile. Source: reconcile_role.go, run */
const attemptsMax = 3

/** A role or binding that must be there. */
interface Default {
  readonly resource: Resource
  readonly namespace: string
  readonly name: string
  readonly object: Readonly<KubeObject>
  /** What `stored` must become: itself when it lacks nothing. */
  reconciled(stored: Readonly<KubeObject>): Readonly<KubeObject> | 'recreate'
}

interface Parts {
  stored(group: string, plural: string): Resource
  /** Resolves when the namespaces of the system are there. */
  namespaces: Promise<void>
  context(): RequestContext
  signal: AbortSignal
  log: Logger
}

/** @returns whether everything is stored, and known to the caches; false when `signal` aborts before */
export async function storeBootstrapRoles({ stored, namespaces, context, signal, log }: Parts): Promise<boolean> {
  const [clusterRoles, clusterRoleBindings] = ['clusterroles', 'clusterrolebindings'].map((p) =>
    stored(rbacGroup, p),
  ) as [Resource, Resource]
  const roles = bootstrapRoles.map((role) => roleOf(role, role.namespace ? stored(rbacGroup, 'roles') : clusterRoles))
  const bindings = bootstrapBindings.map((binding) =>
    bindingOf(binding, binding.namespace ? stored(rbacGroup, 'rolebindings') : clusterRoleBindings),
  )
  const all = [...roles, ...bindings]
  await Promise.all([
    untilDone(async () => {
      await Promise.all([clusterRoles.cache.fresh(), clusterRoleBindings.cache.fresh()])
      await moveAggregatedRules(clusterRoles, context())
      await splitBindings(clusterRoleBindings, bindings, context())
      await storeAll(all.filter(({ namespace }) => namespace === ''))
    }),
    namespaces.then(() => untilDone(() => storeAll(all.filter(({ namespace }) => namespace !== '')))),
  ])
  return !signal.aborted

  async function storeAll(some: readonly Default[]): Promise<void> {
    await Promise.all(some.map((one) => ensure(one, context(), log)))
    // The authorizer knows what the caches know.
    await Promise.all([...new Set(some.map(({ resource }) => resource))].map((resource) => resource.cache.fresh()))
  }

  /** All of them again when one could not be stored: what is there already is left as it is. */
  async function untilDone(attempt: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      try {
        return await attempt()
      } catch (error) {
        if (signal.aborted) return
        log.warn('the roles of the system could not be stored, will try again', { error: errorMessage(error) })
        await Promise.race([delay(retryMs, undefined, { ref: false }), aborted(signal)])
      }
    }
  }
}

async function ensure(
  { resource, namespace, name, object, reconciled }: Default,
  context: RequestContext,
  log: Logger,
) {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    await resource.cache.fresh()
    const found = resource.cache.get(namespace, name)
    if (!found) {
      // Another server that starts at the same time may be faster.
      if (await happens(resource.create(namespace, structuredClone(object) as KubeObject, context), 'AlreadyExists'))
        return
      continue
    }
    if (isProtected(found.object)) return
    const next = reconciled(found.object)
    if (next === found.object) return
    if (next === 'recreate') {
      log.warn('a default binding binds another role and is made anew', {
        resource: resource.definition.plural,
        namespace,
        name,
      })
      await remove(resource, found, context)
      continue
    }
    const update = (stored: Readonly<KubeObject>): KubeObject => {
      const updated = isProtected(stored) ? stored : reconciled(stored)
      return structuredClone(updated === 'recreate' ? stored : updated) as KubeObject
    }
    await happens(resource.update(namespace, name, update, context), 'NotFound')
  }
  throw new Error(`${resource.definition.plural} ${JSON.stringify(name)} is changed by others all the time`)
}

/** Removes this object and none that has taken its name. */
async function remove(
  resource: Resource,
  { namespace, name, object }: CachedObject,
  context: RequestContext,
): Promise<void> {
  const { uid = '', finalizers } = object.metadata
  // The controllers that could remove a finalizer wait for the roles.
  if (finalizers?.length) {
    const withoutFinalizers = (old: Readonly<KubeObject>): KubeObject => {
      const { finalizers: _, ...metadata } = old.metadata
      return { ...old, metadata: old.metadata.uid === uid ? metadata : old.metadata }
    }
    if (!(await happens(resource.amend(namespace, name, withoutFinalizers, context), 'NotFound'))) return
  }
  await happens(resource.delete(namespace, name, { preconditions: { uid } }, context), 'NotFound', 'Conflict')
}

/** Whether a write was done; false when it was refused for one of these reasons. */
async function happens(
  write: Promise<unknown>,
  ...reasons: readonly StatusError['status']['reason'][]
): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (error instanceof StatusError && reasons.includes(error.status.reason)) return false
    throw error
  }
}

/**
 * The rules of a role that is not aggregated and should be move to the role that it is to be the sum of, unless that is there
 * already: else its own rules would be lost with the first sum. Source: storage_rbac.go, primeAggregatedClusterRoles
 */
async function moveAggregatedRules(resource: Resource, context: RequestContext): Promise<void> {
  for (const [from, to] of Object.entries(clusterRolesToAggregate)) {
    const role = resource.cache.get('', from)?.object as Readonly<ClusterRole> | undefined
    if (!role || role.aggregationRule || resource.cache.get('', to)) continue
    await happens(resource.create('', copyOf(role, { ...role, metadata: { name: to } }), context), 'AlreadyExists')
  }
}

/**
 * A binding that was once a part of another one begins with the other's subjects: who had taken them away there does not get
 * them back here. Source: storage_rbac.go, primeSplitClusterRoleBindings
 */
async function splitBindings(resource: Resource, bindings: readonly Default[], context: RequestContext): Promise<void> {
  for (const [from, to] of Object.entries(clusterRoleBindingsToSplit)) {
    const binding = resource.cache.get('', from)?.object as Readonly<RoleBinding> | undefined
    const wanted = bindings.find(({ namespace, name }) => namespace === '' && name === to)?.object
    if (!binding || !wanted || resource.cache.get('', to)) continue
    const { subjects: _, ...made } = wanted as RoleBinding
    const { subjects } = binding
    await happens(
      resource.create('', copyOf(binding, { ...made, ...(subjects && { subjects }) }), context),
      'AlreadyExists',
    )
  }
}

/** `object` with the labels and annotations of another one. */
function copyOf(from: Readonly<KubeObject>, object: Readonly<KubeObject>): KubeObject {
  const { labels, annotations } = from.metadata
  const metadata = { name: object.metadata.name, ...(labels && { labels }), ...(annotations && { annotations }) }
  return structuredClone({ ...object, metadata }) as KubeObject
}

function roleOf({ namespace, name, rules, partOf, sumOf }: BootstrapRole, resource: Resource): Default {
  const object = defaultObject<ClusterRole>(resource.definition, namespace, name, {
    labels: partOf === undefined ? {} : { [`${aggregateTo}${partOf}`]: 'true' },
    rules,
    ...(sumOf !== undefined && {
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [`${aggregateTo}${sumOf}`]: 'true' } }] },
    }),
  })
  return {
    resource,
    namespace,
    name,
    object,
    reconciled: (stored) => reconciledRole(stored as ClusterRole, object),
  }
}

function bindingOf({ namespace, name, roleName, subjects }: BootstrapBinding, resource: Resource): Default {
  const object = defaultObject<RoleBinding>(resource.definition, namespace, name, {
    labels: {},
    roleRef: { apiGroup: rbacGroup, kind: namespace ? 'Role' : 'ClusterRole', name: roleName },
    subjects: subjects.map((s) => (s.kind === 'ServiceAccount' ? s : { apiGroup: rbacGroup, ...s })),
  })
  return {
    resource,
    namespace,
    name,
    object,
    reconciled: (stored) => reconciledBinding(stored as RoleBinding, object),
  }
}

function defaultObject<T extends KubeObject>(
  { schema, defaults }: AnyResourceDefinition,
  namespace: string,
  name: string,
  { labels, ...members }: { labels: Record<string, string> } & Record<string, unknown>,
): T {
  const object = decodeJson<T>(schema, {
    metadata: {
      name,
      ...(namespace && { namespace }),
      labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
      annotations: { [autoUpdate]: 'true' },
    },
    ...members,
  })
  return (defaults?.(object) ?? object) as T
}
