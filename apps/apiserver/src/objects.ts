/** The kinds that are served, each with its store, its watch cache and the checks around its writes. */
import {
  type AccountLookup,
  type AdmissionChain,
  type AdmissionPlugin,
  admissionChain,
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  defaultPriority,
  defaultTolerationSeconds,
  type NamespaceLookup,
  namespaceLifecycle,
  podTopologyLabels,
  rbacEscalation,
  runtimeClass,
  serviceAccountAdmission,
  taintNodesByCondition,
} from '@ensign/admission'
import { componentStatuses, customResourceDefinitions, servedKinds } from '@ensign/api'
import { type AnyResourceDefinition, isVirtual } from '@ensign/apimachinery'
import type { RbacAuthorizer } from '@ensign/authorization'
import { ResourceSet } from '@ensign/endpoints'
import type { Logger } from '@ensign/process'
import { type Completion, Recent, Resource, WatchCache } from '@ensign/registry'
import { createMemoryConnection, type Store, type StoreConnection } from '@ensign/store'
import { createRbac } from './rbac.ts'

export interface Objects {
  readonly set: ResourceSet
  readonly admission: AdmissionChain
  /** The stored resource of a kind; throws when it is not served. */
  stored(group: string, plural: string): Resource
  core(plural: string): Resource
  readonly authorizer: RbacAuthorizer
  readonly caches: readonly WatchCache[]
  readonly stores: readonly Store[]
  close(): void
}

/** Kinds that nobody writes but this server, for itself: they are not stored. */
const unstoredKinds: ReadonlySet<AnyResourceDefinition> = new Set([componentStatuses, customResourceDefinitions])

/** What kinds need that are not made of what the client sends alone; by `group/plural`. */
export type Completions = Readonly<Record<string, (cache: WatchCache) => Completion>>

export function createObjects(
  connection: StoreConnection,
  log: Logger,
  {
    completions = {},
    admissionPlugins = { enable: [], disable: [] },
  }: { completions?: Completions; admissionPlugins?: { enable: readonly string[]; disable: readonly string[] } } = {},
): Objects {
  const recent = new Recent()
  const unstored = createMemoryConnection()
  const plugins: AdmissionPlugin[] = []
  const stores: Store[] = []
  const admission = admissionChain(plugins)
  const shared = new Map<AnyResourceDefinition, { store: Store; cache: WatchCache }>()
  const entries = servedKinds.map((definition) => ({
    definition,
    ...(!isVirtual(definition) && { resource: resourceOf(definition) }),
  }))
  const set = new ResourceSet(entries)
  const stored = (group: string, plural: string): Resource => {
    const found = set.find(group, 'v1', plural)?.resource
    if (!found) throw new Error(`${plural} is not served`)
    return found
  }
  const core = (plural: string): Resource => stored('', plural)
  const { authorizer, roles } = createRbac(stored)
  // The plug-ins look at objects whose resources they guard, so they come last.
  const switchable: readonly AdmissionPlugin[] = [
    namespaceLifecycle(namespaceLookup(core('namespaces').cache)),
    serviceAccountAdmission(objectLookup(core('serviceaccounts').cache)),
    taintNodesByCondition,
    defaultPriority,
    defaultTolerationSeconds,
    runtimeClass,
    certificateApproval(authorizer),
    certificateSigning(authorizer),
    certificateSubjectRestriction,
    podTopologyLabels({ get: (name) => core('nodes').cache.get('', name)?.object }),
  ]
  const absent = admissionPlugins.enable.filter((name) => !switchable.some((plugin) => plugin.name === name))
  if (absent.length > 0) log.warn('admission plug-ins that are not there cannot be switched on', { plugins: absent })
  plugins.push(
    ...switchable.filter(({ name }) => !admissionPlugins.disable.includes(name)),
    // No plug-in in Kubernetes, and never switched off.
    rbacEscalation(authorizer, roles),
  )
  const caches = [...shared.values()].map(({ cache }) => cache)
  return {
    set,
    admission,
    stored,
    core,
    authorizer,
    caches,
    stores,
    close: () => {
      for (const cache of caches) cache.close()
      void unstored.close()
    },
  }

  function resourceOf(definition: AnyResourceDefinition): Resource {
    const { store, cache } = storageOf(definition.conversion?.stored ?? definition)
    const complete = completions[`${definition.group}/${definition.plural}`]?.(cache)
    return new Resource({ definition, store, cache, admission, complete })
  }

  /** Kinds that show the same objects share what these are kept in. */
  function storageOf(definition: AnyResourceDefinition): { store: Store; cache: WatchCache } {
    const known = shared.get(definition)
    if (known) return known
    const from = unstoredKinds.has(definition) ? unstored : connection
    const store = from.store(`${definition.group || 'core'}/${definition.plural}`)
    stores.push(store)
    const storage = { store, cache: new WatchCache({ definition, store, log, recent }) }
    shared.set(definition, storage)
    return storage
  }
}

function namespaceLookup(cache: WatchCache): NamespaceLookup {
  const objects = objectLookup(cache)
  return { get: (name) => objects.get('', name), getFresh: (name) => objects.getFresh('', name) }
}

function objectLookup(cache: WatchCache): AccountLookup {
  const get = (namespace: string, name: string) => cache.get(namespace, name)?.object
  return {
    get,
    async getFresh(namespace, name) {
      await cache.fresh()
      return get(namespace, name)
    },
  }
}
