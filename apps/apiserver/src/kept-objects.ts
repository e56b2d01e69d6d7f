/**
 * Objects that the server itself reconciles: created at the start, created again as soon as they are deleted or the store has
 * lost them, and corrected within `lookMs` after a change.
 */
import { type AnyResourceDefinition, decodeJson, type KubeObject, StatusError } from '@ensign/apimachinery'
import { errorMessage, type Logger } from '@ensign/process'
import type { RequestContext, Resource } from '@ensign/registry'

/** Milliseconds until an object that could not be written is tried again, at first; twice as long each time. */
const retryMs = 1_000
/**
 * Milliseconds between two looks at what the objects say. Not at once: two servers that want different things would write in
 * turns. Source: pkg/controlplane/instance.go, EndpointReconcilerInterval
 */
const lookMs = 10_000

export interface KeptObject {
  readonly resource: Resource
  readonly namespace: string
  readonly name: string
  /** What it should be. Undefined where it is right as it is, or where there should be none yet. */
  wanted(old: Readonly<KubeObject> | undefined): KubeObject | undefined
}

export interface KeptObjects {
  /** Resolves when all of them have been seen to be right: since the start, or since the store last lost its past. */
  whenMade(): Promise<void>
  /** Whether this one has been written, or has been refused for a reason that is in the log. */
  isTried(name: string): boolean
  close(): void
}

/** @param first what has to be there before any of them */
export function keepObjects(
  kept: readonly KeptObject[],
  { log, context, first }: { log: Logger; context: () => RequestContext; first?: () => Promise<void> },
): KeptObjects {
  let isClosed = false
  const missing = new Set<KeptObject>()
  let making = Promise.withResolvers<void>()
  const retries = new Set<NodeJS.Timeout>()
  const untried = new Set(kept)
  const failures = new Map<KeptObject, number>()
  /** Objects that are being looked at, and whether they have to be once more. */
  const looking = new Map<KeptObject, boolean>()

  async function look(one: KeptObject): Promise<void> {
    if (looking.has(one)) {
      looking.set(one, true)
      return
    }
    do {
      looking.set(one, false)
      await settle(one)
    } while (looking.get(one))
    looking.delete(one)
    untried.delete(one)
  }

  async function settle(one: KeptObject): Promise<void> {
    try {
      await first?.()
      await one.resource.cache.fresh()
      if (isClosed) return
      await write(one, context())
      missing.delete(one)
      failures.delete(one)
      if (missing.size === 0) making.resolve()
    } catch (error) {
      if (isClosed) return
      const { namespace, name, resource } = one
      const times = failures.get(one) ?? 0
      failures.set(one, times + 1)
      log.warn('an object of the system could not be written, will try again', {
        resource: resource.definition.plural,
        ...(namespace && { namespace }),
        name,
        error: errorMessage(error),
      })
      const timer = setTimeout(
        () => {
          retries.delete(timer)
          void look(one)
        },
        Math.min(retryMs * 2 ** times, lookMs),
      )
      retries.add(timer)
    }
  }

  let detach: (() => void)[] = []
  keepAll()
  const timer = setInterval(() => {
    for (const one of kept) void look(one)
  }, lookMs).unref()

  /** From now on, and anew when the caches have let go of their listeners. */
  function keepAll(): void {
    if (missing.size === 0) making = Promise.withResolvers()
    let isReset = false
    const reset = () => {
      if (isReset || isClosed) return
      isReset = true
      for (const stop of detach) stop()
      keepAll()
    }
    for (const one of kept) missing.add(one)
    detach = kept.map((one) =>
      one.resource.cache.attach(
        { onEvent: ({ now }) => void (now || look(one)), onReset: reset },
        one.namespace === '' ? one.name : `${one.namespace}/${one.name}`,
      ),
    )
    for (const one of kept) void look(one)
  }

  return {
    whenMade: () => making.promise,
    isTried: (name) => ![...untried].some((one) => one.name === name),
    close() {
      isClosed = true
      clearInterval(timer)
      for (const stop of detach) stop()
      for (const retry of retries) clearTimeout(retry)
    },
  }
}

async function write({ resource, namespace, name, wanted }: KeptObject, context: RequestContext): Promise<void> {
  const cached = resource.cache.get(namespace, name)
  try {
    if (cached) {
      if (!wanted(resource.show(cached))) return
      // It may have been corrected meanwhile.
      await resource.update(namespace, name, (old) => wanted(old) ?? copy(old), context)
      return
    }
    const object = wanted(undefined)
    if (object) await resource.create(namespace, object, context)
  } catch (error) {
    // Another server was faster; what it wrote is reconciled next time.
    if (error instanceof StatusError && (error.reason === 'AlreadyExists' || error.reason === 'NotFound')) return
    throw error
  }
}

/** With the defaults that a client's object would have got. */
export function newObject(definition: AnyResourceDefinition, fields: object): KubeObject {
  const object = decodeJson<KubeObject>(definition.schema, fields)
  return definition.defaults?.(object as never) ?? object
}

/** An update fills in the metadata of what it is given. */
const copy = (old: Readonly<KubeObject>): KubeObject => ({ ...old, metadata: { ...old.metadata } })
