/**
 * The namespaces that every plane has. They are made at the start, and made again when somebody deletes them.
 * Source: kubernetes/kubernetes pkg/controlplane/controller/systemnamespaces/system_namespaces_controller.go
 */
import { namespaces } from '@ensign/api'
import { decodeJson, type KubeObject, StatusError } from '@ensign/apimachinery'
import { errorMessage, type Logger } from '@ensign/process'
import type { RequestContext, Resource } from '@ensign/registry'

const names = ['default', 'kube-node-lease', 'kube-public', 'kube-system']
/** Milliseconds until a namespace that could not be made is tried again. */
const retryMs = 1_000

export function keepSystemNamespaces(resource: Resource, log: Logger, now: () => number): { close(): void } {
  const pending = new Set<NodeJS.Timeout>()
  let closed = false
  const context = (): RequestContext => ({
    user: { username: 'system:apiserver', groups: ['system:masters'] },
    now: now(),
    dryRun: false,
    subresource: '',
    fieldManager: 'kube-apiserver',
    warn: () => {},
  })

  async function ensure(name: string): Promise<void> {
    try {
      await resource.cache.fresh()
      if (closed || resource.cache.get('', name)) return
      const object = decodeJson<KubeObject>(namespaces.schema, { metadata: { name } })
      await resource.create('', namespaces.defaults?.(object as never) ?? object, context())
    } catch (error) {
      if (closed || (error instanceof StatusError && error.reason === 'AlreadyExists')) return
      log.warn('a system namespace could not be made, will try again', { namespace: name, error: errorMessage(error) })
      const timer = setTimeout(() => {
        pending.delete(timer)
        void ensure(name)
      }, retryMs)
      pending.add(timer)
    }
  }

  const detach = names.map((name) =>
    resource.cache.attach(
      {
        onEvent: ({ now: present }) => {
          if (!present) void ensure(name)
        },
        onReset: () => {},
      },
      name,
    ),
  )
  for (const name of names) void ensure(name)
  return {
    close() {
      closed = true
      for (const stop of detach) stop()
      for (const timer of pending) clearTimeout(timer)
    },
  }
}
