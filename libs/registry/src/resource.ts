/**
 * One kind as the API serves it: definition + store + watch cache → create, get, list, update, delete, watch.
 * The order of a write is upstream's: mutating admission, prepare, validate, validating admission, commit.
 */
import type { AdmissionAttributes, AdmissionChain, Operation } from '@ensign/admission'
import {
  type AnyResourceDefinition,
  conflict,
  type GroupResource,
  internalError,
  type KubeObject,
  notFound,
  StatusError,
  shownAs,
} from '@ensign/apimachinery'
import { isStoreError, type Revision, type Store } from '@ensign/store'
import { type CachedObject, storedText } from './cached-object.ts'
import { limits } from './limits.ts'
import { type ListRequest, list } from './list.ts'
import type { ListResult } from './list-result.ts'
import { checkNew, fillSystemFields, withGeneratedName } from './object-create.ts'
import { checkPreconditions, deletionOf } from './object-delete.ts'
import { checkVersion, prepareUpdate, staleMessage, updateWarnings } from './object-update.ts'
import { dropDuplicateOwners } from './owner-references.ts'
import { keepTimes, trackOwners } from './ownership.ts'
import type { DeleteRequest, RequestContext } from './request-context.ts'
import { revisionOf } from './resource-version.ts'
import type { WatchCache } from './watch-cache.ts'

/** Makes the new version of an object from the stored one. May be called again when the object changed meanwhile. */
export type Transform = (old: Readonly<KubeObject>) => KubeObject | Promise<KubeObject>

export interface Updated {
  readonly object: CachedObject
  readonly created: boolean
}

/** Fills in what depends on other objects; `old` is absent on create. */
export type Completion = (next: KubeObject, old: Readonly<KubeObject> | undefined, dryRun: boolean) => KubeObject

export class Resource {
  readonly definition: AnyResourceDefinition
  readonly cache: WatchCache
  readonly #store: Store
  readonly #admission: AdmissionChain
  readonly #name: GroupResource
  readonly #complete: Completion | undefined

  constructor(options: {
    definition: AnyResourceDefinition
    store: Store
    cache: WatchCache
    admission: AdmissionChain
    /** Runs before the kind's own hooks; not for subresources. */
    complete?: Completion | undefined
  }) {
    this.definition = options.definition
    this.cache = options.cache
    this.#store = options.store
    this.#admission = options.admission
    this.#complete = options.complete
    this.#name = { group: options.definition.group, resource: options.definition.plural }
  }

  /** The object at the newest revision, or throws a 404 StatusError. Synchronous where the cache is known to be fresh. */
  get(namespace: string, name: string, resourceVersion?: string): CachedObject | Promise<CachedObject> {
    if (resourceVersion) revisionOf(resourceVersion)
    const waiting = resourceVersion === '0' && this.cache.ready ? undefined : this.cache.fresh()
    return waiting ? waiting.then(() => this.#found(namespace, name)) : this.#found(namespace, name)
  }

  /** A stored object as this kind has it; shared by all readers, never change it. */
  show(stored: CachedObject): Readonly<KubeObject> {
    return shownAs(this.definition, stored.object)
  }

  list(request: ListRequest): ListResult | Promise<ListResult> {
    return list(this.cache, request)
  }

  async create(namespace: string, object: KubeObject, context: RequestContext): Promise<CachedObject> {
    const { definition } = this
    if (definition.namespaced) object.metadata.namespace = namespace
    trackOwners(object, undefined, definition, context)
    const attributes = this.#attributes('CREATE', namespace, object.metadata.name ?? '', context, object)
    await this.#admission.mutate(attributes)
    dropDuplicateOwners(object, context.warn, 'after mutating admission happens')
    fillSystemFields(object, definition, context)
    const completed = this.#complete?.(object, undefined, context.dryRun) ?? object
    const made = definition.prepareForCreate?.(completed, context) ?? completed
    return await withGeneratedName<CachedObject>(made, definition, async () => {
      const prepared = definition.canonicalize?.(made) ?? made
      checkNew(prepared, definition)
      const { name } = prepared.metadata
      for (const text of definition.warnings?.(prepared) ?? []) context.warn(text)
      await this.#admission.validate({ ...attributes, name: name ?? '', object: prepared })
      const key = namespace && definition.namespaced ? `${namespace}/${name}` : (name as string)
      const text = this.#text(prepared)
      if (context.dryRun) {
        await this.cache.fresh()
        const there = this.cache.get(namespace, name as string)
        return there ? { exists: there.object } : { made: this.#unsaved(key, text) }
      }
      const written = await this.#commit(() => this.#store.create(key, text))
      if (written.ok) return { made: this.cache.objectOf(key, written.revision, text) }
      if (written.code === 'NotFound') throw internalError('the object store refused a create as not found')
      return { exists: this.cache.objectOf(key, written.current.revision, written.current.json).object }
    })
  }

  /**
   * Replaces an object by what `transform` makes of it. An object that is being deleted and has lost its last finalizer
   * is removed instead. `createMissing` makes the object when there is none, where the kind allows it.
   */
  async update(
    namespace: string,
    name: string,
    transform: Transform,
    context: RequestContext,
    createMissing?: () => KubeObject | Promise<KubeObject>,
  ): Promise<Updated> {
    let current = this.cache.get(namespace, name)
    let isFresh = false
    for (let attempt = 0; attempt < limits.updateAttemptsMax; attempt++) {
      try {
        if (!current) {
          if (!isFresh || !createMissing) throw notFound(this.#name, name)
          return { object: await this.create(namespace, await createMissing(), context), created: true }
        }
        const result = await this.#replace(current, transform, context)
        if (result.done) return { object: result.object, created: false }
        current = result.current
        isFresh = true
      } catch (error) {
        // What the cache holds may be behind; only a refusal of the newest version is an answer.
        const wasMade = !current && error instanceof StatusError && error.reason === 'AlreadyExists'
        if (!(error instanceof StatusError) || (isFresh && !wasMade)) throw error
        await this.cache.fresh()
        isFresh = true
        const newest = this.cache.get(namespace, name)
        if (newest !== undefined && newest.revision === current?.revision) throw error
        current = newest
      }
    }
    throw conflict(this.#name, name, staleMessage)
  }

  /**
   * Replaces an object by what `change` makes of it, which may be called again. For what the server itself does to an object:
   * there is no admission, no hook and no check, and nobody comes to own anything.
   */
  async amend(
    namespace: string,
    name: string,
    change: (old: Readonly<KubeObject>) => KubeObject,
    context: RequestContext,
  ): Promise<CachedObject> {
    await this.cache.fresh()
    let current = this.cache.get(namespace, name)
    for (let attempt = 0; attempt < limits.updateAttemptsMax; attempt++) {
      if (!current) throw notFound(this.#name, name)
      const outcome = await this.#save(current, change(this.show(current)), context)
      if (outcome.done) return outcome.object
      current = outcome.current
    }
    throw conflict(this.#name, name, staleMessage)
  }

  /** The object as it was (removed) or as it now is (it stays until its finalizers or its grace end). */
  async delete(
    namespace: string,
    name: string,
    request: DeleteRequest,
    context: RequestContext,
  ): Promise<{ object: CachedObject; removed: boolean }> {
    let current = this.cache.get(namespace, name)
    let isFresh = false
    for (let attempt = 0; attempt < limits.updateAttemptsMax; attempt++) {
      if (!isFresh && (!current || request.preconditions)) {
        await this.cache.fresh()
        isFresh = true
        current = this.cache.get(namespace, name)
      }
      if (!current) throw notFound(this.#name, name)
      const shown = this.show(current)
      checkPreconditions(request.preconditions ?? {}, shown, this.definition)
      await this.#admission.validate(this.#attributes('DELETE', namespace, name, context, undefined, shown))
      const { marked, removes } = deletionOf(shown, request, this.definition, context.now)
      let outcome: Outcome = { done: true, object: current }
      if (marked) outcome = await this.#save(current, marked, context)
      // A dry run shows how the object would have been marked last.
      const isShown = context.dryRun && marked !== undefined
      if (outcome.done && removes && !isShown) {
        const last = outcome.object
        outcome = await this.#remove(last, context)
        // Somebody who heard of the mark was faster to remove it.
        if (marked && !outcome.done && !outcome.current) outcome = { done: true, object: last }
      }
      if (outcome.done) return { object: outcome.object, removed: removes }
      current = outcome.current
      isFresh = true
    }
    throw conflict(this.#name, name, staleMessage)
  }

  /** Removes what has had its time, without asking anybody. False when somebody has written it meanwhile. */
  async expire({ key, revision }: CachedObject): Promise<boolean> {
    return (await this.#commit(() => this.#store.delete(key, revision))).ok
  }

  #text(object: KubeObject): string {
    return storedText(this.definition.conversion?.toStored(object) ?? object, this.cache.encoding)
  }

  #found(namespace: string, name: string): CachedObject {
    const object = this.cache.get(namespace, name)
    if (!object) throw notFound(this.#name, name)
    return object
  }

  async #replace(current: CachedObject, transform: Transform, context: RequestContext): Promise<Outcome> {
    const { definition } = this
    const old = this.show(current)
    const next = await transform(old)
    checkVersion(next, old, definition)
    // resourceVersion was a precondition; what is stored carries none.
    next.metadata.resourceVersion = old.metadata.resourceVersion
    trackOwners(next, old, definition, context)
    const attributes = this.#attributes('UPDATE', current.namespace, current.name, context, next, old)
    await this.#admission.mutate(attributes)
    dropDuplicateOwners(next, context.warn, 'after mutating admission happens')
    const completed = (!context.subresource && this.#complete?.(next, old, context.dryRun)) || next
    const prepared = prepareUpdate(completed, old, definition, context)
    for (const text of updateWarnings(prepared, old, definition, context)) context.warn(text)
    await this.#admission.validate({ ...attributes, object: prepared })
    const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = prepared.metadata
    const leaves =
      deletionTimestamp &&
      !finalizers?.length &&
      !deletionGracePeriodSeconds &&
      (definition.readyToRemove?.(prepared) ?? true)
    return leaves ? this.#remove(current, context, prepared) : this.#save(current, prepared, context)
  }

  async #save(current: CachedObject, next: KubeObject, context: RequestContext): Promise<Outcome> {
    keepTimes(next, this.show(current))
    const text = this.#text(next)
    // An update that changes nothing is not written: no revision, no event.
    if (text === current.stored) return { done: true, object: current }
    if (context.dryRun) return { done: true, object: this.cache.objectOf(current.key, current.revision, text) }
    const written = await this.#commit(() => this.#store.update(current.key, text, current.revision))
    if (written.ok) return { done: true, object: this.cache.objectOf(current.key, written.revision, text) }
    return { done: false, current: this.#after(written, current) }
  }

  async #remove(current: CachedObject, context: RequestContext, last?: KubeObject): Promise<Outcome> {
    const text = last ? this.#text(last) : current.stored
    const shown = (revision: Revision) => this.cache.objectOf(current.key, revision, text)
    if (context.dryRun) return { done: true, object: shown(current.revision) }
    const written = await this.#commit(() => this.#store.delete(current.key, current.revision))
    if (written.ok) return { done: true, object: shown(written.revision) }
    return { done: false, current: this.#after(written, current) }
  }

  #after(
    lost: { code: string; current?: { key: string; revision: Revision; json: string } },
    { key }: CachedObject,
  ): CachedObject | undefined {
    return lost.current && this.cache.objectOf(key, lost.current.revision, lost.current.json)
  }

  /** A dry run's object: it has no revision, and so no resourceVersion. */
  #unsaved(key: string, text: string): CachedObject {
    return this.cache.objectOf(key, 0 as Revision, text)
  }

  async #commit<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write()
    } catch (error) {
      if (isStoreError(error, 'TooLarge'))
        throw new StatusError('RequestEntityTooLarge', `Request entity too large: ${error.message}`)
      if (isStoreError(error, 'Full'))
        throw internalError('the object store has no space left; nothing was written', error)
      if (isStoreError(error)) {
        throw new StatusError(
          'ServiceUnavailable',
          'the object store cannot be reached; the write may or may not have happened, read before you repeat it',
          { retryAfterSeconds: 1 },
          { cause: error },
        )
      }
      throw error
    }
  }

  #attributes(
    operation: Operation,
    namespace: string,
    name: string,
    context: RequestContext,
    object?: KubeObject,
    old?: Readonly<KubeObject>,
  ): AdmissionAttributes {
    return {
      operation,
      definition: this.definition,
      subresource: context.subresource,
      namespace,
      name,
      user: context.user,
      dryRun: context.dryRun,
      warn: (text) => context.warn(text),
      ...(object && { object }),
      ...(old && { old }),
    }
  }
}

type Outcome =
  | { readonly done: true; readonly object: CachedObject }
  | { readonly done: false; readonly current: CachedObject | undefined }
