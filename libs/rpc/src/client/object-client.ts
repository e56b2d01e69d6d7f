/** The API server as an ApiClient of `@ensign/controller`. */
import { type KubeObject, parsePlainJson, type Status, StatusError } from '@ensign/apimachinery'
import type {
  ApiClient,
  Selection as ApiSelection,
  Target as ApiTarget,
  ObjectEvent,
  ObjectList,
} from '@ensign/controller'
import { systemClock } from '@ensign/process'
import { type CallOptions, Metadata, type ServiceError } from '@grpc/grpc-js'
import { EventType, ObjectsServiceClient, type Selection, type Target } from '../generated/ensign/objects/v1/objects.ts'
import { limits } from '../limits.ts'
import { isCancelled, isDeadlineExceeded, statusErrorFrom } from '../status-code.ts'
import { type RpcChannel, unusedCredentials } from './channel.ts'

export function createObjectClient(channel: RpcChannel): ApiClient {
  const client = new ObjectsServiceClient(channel.address, unusedCredentials, { channelOverride: channel.channel })

  return {
    get: async (target, { metadataOnly = false } = {}) => {
      const request = { target: targetOf(target), metadataOnly }
      return json(await unary(channel, client.get.bind(client), request, (r) => r.object))
    },

    list: async (target, options = {}) => {
      const { limit = 0, continueToken = '', resourceVersion = '', metadataOnly = false, ...selection } = options
      const request = {
        target: targetOf(target),
        selection: selectionOf(selection),
        limit: BigInt(limit),
        continueToken,
        resourceVersion,
        metadataOnly,
      }
      const { items, ...list } = json<ObjectList>(
        await unary(channel, client.list.bind(client), request, (r) => r.list),
      )
      // An empty list of metadata is written without items.
      return { ...list, items: items ?? [] }
    },

    watch: (target, options) => watch(client, target, options),

    create: async (target, object) => {
      const request = { target: targetOf(target), object: Buffer.from(JSON.stringify(object)) }
      return json(await unary(channel, client.create.bind(client), request, (r) => r.object))
    },
    update: async (target, object) => {
      const request = { target: targetOf(target), object: Buffer.from(JSON.stringify(object)) }
      return json(await unary(channel, client.update.bind(client), request, (r) => r.object))
    },
    patch: async (target, contentType, patch) => {
      const request = {
        target: targetOf(target),
        contentType,
        patch: Buffer.from(JSON.stringify(patch)),
        fieldManager: '',
        force: false,
      }
      return json(await unary(channel, client.patch.bind(client), request, (r) => r.object))
    },
    apply: async (target, object, { fieldManager, force = false }) => {
      const request = {
        target: targetOf(target),
        // JSON is YAML.
        contentType: 'application/apply-patch+yaml',
        patch: Buffer.from(JSON.stringify(object)),
        fieldManager,
        force,
      }
      return json(await unary(channel, client.patch.bind(client), request, (r) => r.object))
    },
    delete: async (target, options) => {
      const request = { target: targetOf(target), options: bytesOf(options) }
      return json<unknown>(await unary(channel, client.delete.bind(client), request, (r) => r.object))
    },
    deleteCollection: async (target, { options, ...selection } = {}) => {
      const request = { target: targetOf(target), selection: selectionOf(selection), options: bytesOf(options) }
      return json<unknown>(await unary(channel, client.deleteCollection.bind(client), request, (r) => r.list))
    },

    discover: () => unary(channel, client.discover.bind(client), {}, (r) => r.resources),
  }
}

type UnaryMethod<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: ServiceError | null, response: Response) => void,
) => { cancel(): void }

/** Waits for the connection, but never longer than the deadline. */
function unary<Request, Response, Part>(
  { pending }: RpcChannel,
  method: UnaryMethod<Request, Response>,
  request: Request,
  part: (response: Response) => Part,
): Promise<Part> {
  return new Promise((resolve, reject) => {
    const options = { deadline: systemClock.now() + limits.callDeadlineMs }
    const call = method(request, new Metadata({ waitForReady: true }), options, (error, response) => {
      pending.delete(call)
      if (error) reject(statusErrorFrom(error))
      else resolve(part(response))
    })
    pending.add(call)
  })
}

async function* watch(
  client: ObjectsServiceClient,
  target: ApiTarget,
  { resourceVersion, signal, metadataOnly = false, ...selection }: Parameters<ApiClient['watch']>[1],
): AsyncGenerator<ObjectEvent, void, undefined> {
  if (signal.aborted) return
  const seconds = Math.round(limits.watchSeconds * (1 + Math.random() / 2))
  const stream = client.watch(
    {
      target: targetOf(target),
      selection: selectionOf(selection),
      resourceVersion,
      bookmarks: true,
      timeoutSeconds: BigInt(seconds),
      metadataOnly,
    },
    new Metadata({ waitForReady: true }),
    { deadline: systemClock.now() + seconds * 1000 + limits.watchGraceMs },
  )
  // Cancelling makes the stream fail once more, after nobody listens any longer.
  stream.on('error', () => {})
  const cancel = () => stream.cancel()
  signal.addEventListener('abort', cancel)
  try {
    for await (const message of stream) {
      const { type, object } = message as { type: EventType; object: Buffer }
      if (type === EventType.EVENT_TYPE_ERROR) throw StatusError.from(json<Status>(object))
      const name = eventNames[type]
      if (name) yield { type: name, object: json<KubeObject>(object) }
    }
  } catch (error) {
    if (signal.aborted && isCancelled(error)) return
    // The server has missed its own end of the watch: the same as if it had not.
    if (isDeadlineExceeded(error)) return
    throw statusErrorFrom(error)
  } finally {
    signal.removeEventListener('abort', cancel)
    stream.cancel()
  }
}

const eventNames: Partial<Record<EventType, ObjectEvent['type']>> = {
  [EventType.EVENT_TYPE_ADDED]: 'ADDED',
  [EventType.EVENT_TYPE_MODIFIED]: 'MODIFIED',
  [EventType.EVENT_TYPE_DELETED]: 'DELETED',
  [EventType.EVENT_TYPE_BOOKMARK]: 'BOOKMARK',
}

const targetOf = ({ group, version, resource, namespace = '', name = '', subresource = '' }: ApiTarget): Target => ({
  group,
  version,
  resource,
  namespace,
  name,
  subresource,
})

const selectionOf = ({ labelSelector = '', fieldSelector = '', relationsOnly = false }: ApiSelection): Selection => ({
  labels: labelSelector,
  fields: fieldSelector,
  relationsOnly,
})

const bytesOf = (value: object | undefined): Buffer => Buffer.from(value ? JSON.stringify(value) : '')

const json = <T = KubeObject>(bytes: Buffer): T => parsePlainJson(bytes.toString()) as T
