/**
 * The namespaces that every plane has. They are made at the start, and made again when somebody deletes them or the store has
 * lost them.
 * Source: kubernetes/kubernetes pkg/controlplane/controller/systemnamespaces/system_namespaces_controller.go
 */
import { namespaces } from '@ensign/api'
import { decodeJson, type KubeObject, StatusError } from '@ensign/apimachinery'
import { errorMessage, type Logger } from '@ensign/process'
import type { RequestContext, Resource } from '@ensign/registry'

const names = ['default', 'kube-node-lease', 'kube-public', 'kube-system']
/** Milliseconds until a namespace that could not be made is tried again. */
const retryMs = 1_000

export interface SystemNamespaces {
  /** Resolves when all of them are there: since the start, or since the store last lost its past. */
  whenMade(): Promise<void>
  close(): void
}

export function keepSystemNamespaces(resource: Resource, log: Logger, context: () => RequestContext): SystemNamespaces {
  const pending = new Set<NodeJS.Timeout>()
  let closed = false
  const missing = new Set<string>()
  let making = Promise.withResolvers<void>()
  const isThere = (name: string): void => {
    missing.delete(name)
    if (missing.size === 0) making.resolve()
  }

  async function ensure(name: string): Promise<void> {
    try {
      await resource.cache.fresh()
      if (closed) return
      if (resource.cache.get('', name)) return isThere(name)
      const object = decodeJson<KubeObject>(namespaces.schema, { metadata: { name } })
      await resource.create('', namespaces.defaults?.(object as never) ?? object, context())
      isThere(name)
    } catch (error) {
      if (closed) return
      if (error instanceof StatusError && error.reason === 'AlreadyExists') return isThere(name)
      log.warn('a system namespace could not be made, will try again', { namespace: name, error: errorMessage(error) })
      const timer = setTimeout(() => {
        pending.delete(timer)
        void ensure(name)
      }, retryMs)
      pending.add(timer)
    }
  }

  let detach: (() => void)[] = []
  keepAll()

  /** From now on, and anew when the cache has let go of its listeners. */
  function keepAll(): void {
    if (missing.size === 0) making = Promise.withResolvers()
    for (const name of names) missing.add(name)
    let isReset = false
    detach = names.map((name) =>
      resource.cache.attach(
        {
          onEvent: ({ now: present }) => {
            if (!present) void ensure(name)
          },
          onReset: () => {
            if (isReset || closed) return
            isReset = true
            keepAll()
          },
        },
        name,
      ),
    )
    for (const name of names) void ensure(name)
  }

  return {
    whenMade: () => making.promise,
    close() {
      closed = true
      for (const stop of detach) stop()
      for (const timer of pending) clearTimeout(timer)
    },
  }
}
