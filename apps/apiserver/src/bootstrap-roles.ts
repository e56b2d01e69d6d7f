/**
 * Stores the roles and bindings that a plane is born with, and gives back at every start what somebody took from them,
 * unless their annotation says that they are to be left alone.
 * Source: kubernetes/kubernetes pkg/registry/rbac/rest/storage_rbac.go,
 * staging/src/k8s.io/component-helpers/auth/rbac/reconciliation
 */
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type AnyResourceDefinition, decodeJson, type KubeObject, StatusError } from '@ensign/apimachinery'
import {
  type BootstrapBinding,
  type BootstrapRole,
  bootstrapBindings,
  bootstrapRoles,
  type PolicyRule,
  uncovered,
} from '@ensign/authorization'
import { aborted, errorMessage, type Logger } from '@ensign/process'
import type { RequestContext, Resource } from '@ensign/registry'
import { rbacGroup } from './rbac.ts'

const autoUpdate = 'rbac.authorization.kubernetes.io/autoupdate'
const aggregateTo = `${rbacGroup}/aggregate-to-`
/** Milliseconds until they are tried again when one of them could not be stored. */
const retryMs = 1_000

interface Wanted {
  readonly resource: Resource
  readonly namespace: string
  readonly name: string
  readonly object: KubeObject
  /** What is stored with what it lacks, or the same object when it lacks nothing. */
  complete(stored: Readonly<KubeObject>): Readonly<KubeObject>
}

type RoleObject = KubeObject & { rules: PolicyRule[] | null }
type BindingObject = KubeObject & { subjects?: { kind: string; name: string; namespace?: string }[] }

/**
 * @param namespaces resolves when those of the system are there
 * @returns whether everything is stored, and known to the caches; false when `signal` aborts before
 */
export async function storeBootstrapRoles(parts: {
  stored(group: string, plural: string): Resource
  namespaces: Promise<void>
  context(): RequestContext
  signal: AbortSignal
  log: Logger
}): Promise<boolean> {
  const { stored, namespaces, context, signal, log } = parts
  const all = [
    ...bootstrapRoles.map((role) => roleOf(role, stored(rbacGroup, role.namespace ? 'roles' : 'clusterroles'))),
    ...bootstrapBindings.map((binding) =>
      bindingOf(binding, stored(rbacGroup, binding.namespace ? 'rolebindings' : 'clusterrolebindings')),
    ),
  ]
  /** All of them again when one could not be stored: what is there already is left as it is. */
  const keep = async (some: readonly Wanted[]): Promise<void> => {
    while (!signal.aborted) {
      try {
        await Promise.all(some.map((wanted) => ensure(wanted, context())))
        // The authorizer knows what the caches know.
        await Promise.all([...new Set(some.map((w) => w.resource))].map((resource) => resource.cache.fresh()))
        return
      } catch (error) {
        if (signal.aborted) return
        log.warn('the roles of the system could not be stored, will try again', { error: errorMessage(error) })
        await Promise.race([delay(retryMs, undefined, { ref: false }), aborted(signal)])
      }
    }
  }
  await Promise.all([
    keep(all.filter((w) => w.namespace === '')),
    namespaces.then(() => keep(all.filter((w) => w.namespace !== ''))),
  ])
  return !signal.aborted
}

async function ensure({ resource, namespace, name, object, complete }: Wanted, context: RequestContext): Promise<void> {
  await resource.cache.fresh()
  const found = resource.cache.get(namespace, name)
  if (!found) {
    try {
      await resource.create(namespace, structuredClone(object), context)
      return
    } catch (error) {
      // Another server that starts at the same time was faster.
      if (!(error instanceof StatusError && error.reason === 'AlreadyExists')) throw error
    }
  } else if (isLeftAlone(found.object) || complete(found.object) === found.object) return
  await resource.update(
    namespace,
    name,
    (stored) => structuredClone(isLeftAlone(stored) ? stored : complete(stored)) as KubeObject,
    context,
  )
}

const isLeftAlone = ({ metadata }: Readonly<KubeObject>): boolean => metadata.annotations?.[autoUpdate] === 'false'

function roleOf({ namespace, name, rules, partOf, sumOf }: BootstrapRole, resource: Resource): Wanted {
  const object = bornWith<RoleObject>(resource.definition, namespace, name, {
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
    complete(stored) {
      const held = (stored as RoleObject).rules ?? []
      // Nearly always, and this is done at every start.
      const missing = isDeepStrictEqual(held, object.rules) ? [] : uncovered(held, rules)
      const next = withMetadata(stored, object)
      return missing.length > 0 ? ({ ...next, rules: [...held, ...missing] } as KubeObject) : next
    },
  }
}

function bindingOf({ namespace, name, roleName, subjects }: BootstrapBinding, resource: Resource): Wanted {
  const object = bornWith<BindingObject>(resource.definition, namespace, name, {
    labels: {},
    roleRef: { apiGroup: rbacGroup, kind: namespace ? 'Role' : 'ClusterRole', name: roleName },
    subjects: subjects.map((s) => (s.kind === 'ServiceAccount' ? s : { apiGroup: rbacGroup, ...s })),
  })
  return {
    resource,
    namespace,
    name,
    object,
    complete(stored) {
      const bound = (stored as BindingObject).subjects ?? []
      const missing = (object.subjects ?? []).filter(
        (s) => !bound.some((b) => b.kind === s.kind && b.name === s.name && b.namespace === s.namespace),
      )
      const next = withMetadata(stored, object)
      return missing.length > 0 ? ({ ...next, subjects: [...bound, ...missing] } as KubeObject) : next
    },
  }
}

function bornWith<T extends KubeObject>(
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

/** The stored object itself when it has every label and annotation that it was born with. */
function withMetadata(stored: Readonly<KubeObject>, { metadata: born }: KubeObject): Readonly<KubeObject> {
  const { labels = {}, annotations = {} } = stored.metadata
  const lacks = (has: Record<string, string>, all: Record<string, string> = {}) =>
    Object.keys(all).some((key) => !(key in has))
  if (!lacks(labels, born.labels) && !lacks(annotations, born.annotations)) return stored
  return {
    ...stored,
    metadata: {
      ...stored.metadata,
      labels: { ...born.labels, ...labels },
      annotations: { ...born.annotations, ...annotations },
    },
  }
}
