/** A kind, a store and a cache around it, for tests of the registry and of what stands on it. */
import { type AdmissionChain, admissionChain } from '@ensign/admission'
import { defineResource, type KubeObject, type MessageSchema, ObjectMetaSchema } from '@ensign/apimachinery'
import { createMemoryConnection, type StoreConnection } from '@ensign/store'
import type { EncodedEvent, EventSink } from '../event-stream.ts'
import type { RequestContext } from '../request-context.ts'
import { Resource } from '../resource.ts'
import { WatchCache } from '../watch-cache.ts'

export interface Flag extends KubeObject {
  colour?: string
}

const FlagSchema: MessageSchema = {
  name: 'test.Flag',
  goName: 'v1.Flag',
  kind: { group: '', version: 'v1', kind: 'Flag' },
  fields: [
    { name: 'metadata', number: 1, type: () => ObjectMetaSchema, presence: 'always' },
    { name: 'colour', number: 2, type: 'string', presence: 'omitempty' },
  ],
}

export const flags = defineResource<Flag>({
  group: '',
  version: 'v1',
  kind: 'Flag',
  plural: 'flags',
  singular: 'flag',
  namespaced: true,
  schema: FlagSchema,
  fields: { colour: ({ colour }) => colour ?? '' },
})

export interface Harbour extends AsyncDisposable {
  readonly resource: Resource
  readonly cache: WatchCache
  readonly connection: StoreConnection
  make(name: string, more?: Partial<Flag> & { labels?: Record<string, string>; namespace?: string }): Promise<void>
  change(name: string, colour: string): Promise<void>
  remove(name: string): Promise<void>
}

export const context = (more: Partial<RequestContext> = {}): RequestContext => ({
  user: { username: 'tester', groups: [] },
  now: Date.UTC(2026, 0, 1),
  dryRun: false,
  subresource: '',
  warn: () => {},
  ...more,
})

export async function harbour(
  options: { historyEventsMax?: number; admission?: AdmissionChain; connection?: StoreConnection } = {},
): Promise<Harbour> {
  const connection = options.connection ?? createMemoryConnection()
  const store = connection.store('core/flags')
  const cache = new WatchCache({ definition: flags, store, log: { warn: () => {} }, ...options })
  const resource = new Resource({ definition: flags, store, cache, admission: options.admission ?? admissionChain([]) })
  await cache.whenReady()
  return {
    resource,
    cache,
    connection,
    async make(name, { labels, namespace = 'ns', ...more } = {}) {
      await resource.create(namespace, { metadata: { name, namespace, ...(labels && { labels }) }, ...more }, context())
    },
    async change(name, colour) {
      await resource.update('ns', name, (old) => ({ ...structuredClone(old), colour }) as KubeObject, context())
    },
    async remove(name) {
      await resource.delete('ns', name, {}, context())
    },
    async [Symbol.asyncDispose]() {
      cache.close()
      await connection.close()
    },
  }
}

/** Takes events as a transport would; `stuck` makes it one that nobody reads from. */
export function collector(): EventSink & {
  readonly events: EncodedEvent[]
  readonly shown: string[]
  stuck: boolean
  ended: boolean
} {
  const events: EncodedEvent[] = []
  return {
    events,
    stuck: false,
    ended: false,
    get shown() {
      return events.map(({ type, object }) => {
        const { metadata, colour } = JSON.parse(Buffer.from(object).toString()) as Flag
        return [type, metadata?.name, colour].filter(Boolean).join(' ')
      })
    },
    send(event) {
      events.push(event)
    },
    queuedBytes() {
      return this.stuck ? Number.MAX_SAFE_INTEGER : 0
    },
    end() {
      this.ended = true
    },
  }
}
