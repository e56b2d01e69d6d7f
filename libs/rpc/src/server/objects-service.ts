/** The Objects service: each call becomes the REST request that asks the same, and takes the same way. */
import { internalError, type Status, StatusError, statusCodes, toStatusError } from '@ensign/apimachinery'
import type { ApiRequest, ApiResponse, Handler } from '@ensign/endpoints'
import { type handleUnaryCall, Metadata, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js'
import {
  EventType,
  type ObjectsServiceServer,
  type Selection,
  type WatchRequest,
  type WatchResponse,
} from '../generated/ensign/objects/v1/objects.ts'
import { serviceErrorFrom } from '../status-code.ts'
import { apiRequest, type Call, discoveryRequest } from './api-request.ts'
import { resourcesOf } from './discovered.ts'
import type { OpenStreams } from './open-streams.ts'
import type { AnyCall, Peers } from './peers.ts'

export function objectsService(handler: Handler, peers: Peers, streams: OpenStreams): ObjectsServiceServer {
  const agent = (call: AnyCall) => String(call.metadata.get('user-agent')[0] ?? '')

  /** A method whose answer is one body. */
  function unary<Request, Response>(
    callOf: (request: Request) => Call,
    responseOf: (body: Buffer) => Response,
  ): handleUnaryCall<Request, Response> {
    return (call, done) => {
      answer(call)
        .then((body) => done(null, responseOf(body)))
        .catch((error: unknown) => done(serviceErrorFrom(toStatusError(error).status)))
    }
    async function answer(call: ServerUnaryCall<Request, Response>): Promise<Buffer> {
      return bodyOf(await handler(apiRequest(callOf(call.request), peers.of(call), agent(call))))
    }
  }

  return {
    get: unary(
      ({ target, metadataOnly }) => ({
        method: 'GET',
        target,
        as: metadataOnly ? 'PartialObjectMetadata' : undefined,
      }),
      (object) => ({ object }),
    ),
    list: unary(
      ({ target, selection, limit, continueToken, resourceVersion, metadataOnly }) => ({
        method: 'GET',
        target,
        as: metadataOnly ? 'PartialObjectMetadataList' : undefined,
        query: {
          ...selectors(selection),
          limit: limit > 0n ? String(limit) : undefined,
          continue: continueToken,
          resourceVersion,
        },
      }),
      (list) => ({ list }),
    ),
    create: unary(
      ({ target, object }) => ({ method: 'POST', target, body: object }),
      (object) => ({ object }),
    ),
    update: unary(
      ({ target, object }) => ({ method: 'PUT', target, body: object }),
      (object) => ({ object }),
    ),
    patch: unary(
      ({ target, contentType, patch, fieldManager, force }) => ({
        method: 'PATCH',
        target,
        contentType,
        body: patch,
        query: { fieldManager, force: force ? 'true' : undefined },
      }),
      (object) => ({ object }),
    ),
    delete: unary(
      ({ target, options }) => ({ method: 'DELETE', target, body: options }),
      (object) => ({ object }),
    ),
    deleteCollection: unary(
      ({ target, selection, options }) => ({ method: 'DELETE', target, query: selectors(selection), body: options }),
      (list) => ({ list }),
    ),

    watch(call) {
      watch(call).catch((error: unknown) => call.emit('error', serviceErrorFrom(toStatusError(error).status)))
    },

    discover(call, done) {
      discover(call)
        .then((resources) => done(null, { resources }))
        .catch((error: unknown) => done(serviceErrorFrom(toStatusError(error).status)))
    },
  }

  async function watch(call: ServerWritableStream<WatchRequest, WatchResponse>): Promise<void> {
    const { target, selection, resourceVersion, bookmarks, timeoutSeconds, metadataOnly } = call.request
    const as = metadataOnly ? 'PartialObjectMetadata' : undefined
    const query = {
      ...selectors(selection),
      watch: 'true',
      resourceVersion,
      allowWatchBookmarks: bookmarks ? 'true' : undefined,
      timeoutSeconds: timeoutSeconds > 0n ? String(timeoutSeconds) : undefined,
    }
    const response = await handler(apiRequest({ method: 'GET', target, query, as }, peers.of(call), agent(call)))
    const { events } = response
    if (!events) {
      bodyOf(response)
      throw internalError('a watch was answered without events')
    }
    streams.add(call, () => events.stop())
    if (call.cancelled) return
    // The client learns that the watch stands before anything happens.
    call.sendMetadata(new Metadata())
    let queued = 0
    events.start({
      send({ type, object }) {
        queued += object.length
        const sent = () => {
          queued -= object.length
        }
        call.write({ type: eventTypes[type], object: bufferOf(object) }, sent)
      },
      queuedBytes: () => queued,
      end: () => call.end(),
    })
  }

  async function discover(call: AnyCall) {
    const documents = (['/api', '/apis'] as const).map(async (path): Promise<Buffer> => {
      const request: ApiRequest = discoveryRequest(path, peers.of(call), agent(call))
      return bodyOf(await handler(request))
    })
    return (await Promise.all(documents)).flatMap((body) => resourcesOf(JSON.parse(body.toString())))
  }
}

const eventTypes = {
  ADDED: EventType.EVENT_TYPE_ADDED,
  MODIFIED: EventType.EVENT_TYPE_MODIFIED,
  DELETED: EventType.EVENT_TYPE_DELETED,
  BOOKMARK: EventType.EVENT_TYPE_BOOKMARK,
  ERROR: EventType.EVENT_TYPE_ERROR,
} as const

const selectors = (selection: Selection | undefined) => ({
  labelSelector: selection?.labels,
  fieldSelector: selection?.fields,
  relationsOnly: selection?.relationsOnly ? 'true' : undefined,
})

/** The body of a success; a failure is thrown. */
function bodyOf({ status, body }: ApiResponse): Buffer {
  const bytes = body === undefined ? Buffer.alloc(0) : bufferOf(body)
  if (status < 400) return bytes
  throw StatusError.from(statusFrom(status, bytes))
}

/** Most failures are a Status; what no route takes is answered in plain text. */
function statusFrom(httpCode: number, bytes: Buffer): Status {
  try {
    const value = JSON.parse(bytes.toString()) as Partial<Status>
    if (value?.kind === 'Status') return value as Status
  } catch {
    // Plain text.
  }
  const reason = Object.entries(statusCodes).find(([, code]) => code === httpCode)?.[0]
  const message = bytes.toString().trim()
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    code: httpCode,
    ...(reason && { reason }),
  }
}

/** The same bytes; nothing is copied. */
const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
