/** How objects of one kind are written for a client: which bytes, and how a watch frames them. */
import type { KubeObject, Status } from '@ensign/apimachinery'
import type { CachedObject, KindEncoding } from './cached-object.ts'
import type { EncodedEvent, WatchEventType } from './event-stream.ts'

export interface Representation {
  /** Key under which encoded bytes are kept with an object; equal ids must mean equal bytes. */
  readonly id: string
  /** One object as the answer to a GET. */
  object(object: CachedObject): Uint8Array
  /** The same as it stands in a watch event. */
  eventObject(object: CachedObject): Uint8Array
  /** An object that is in no store: a bookmark. */
  bookmark(object: KubeObject): Uint8Array
  status(status: Status): Uint8Array
  frame(type: WatchEventType, object: Uint8Array): Uint8Array
  /** How a watch writes the events after its first, when that differs: columns are described once. */
  readonly following?: Representation
}

const frameHeads = Object.fromEntries(
  (['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'] as const).map((type) => [
    type,
    Buffer.from(`{"type":"${type}","object":`),
  ]),
) as Record<WatchEventType, Buffer>
const frameTail = Buffer.from('}\n')

/** A JSON watch event with its newline. */
export const jsonFrame = (type: WatchEventType, object: Uint8Array): Buffer =>
  Buffer.concat([frameHeads[type], object, frameTail])

export const jsonRepresentation: Representation = {
  id: 'json',
  object: (object) => object.json,
  eventObject: ({ json }) => json.subarray(0, json.length - 1),
  bookmark: (object) => Buffer.from(JSON.stringify(object)),
  status: (status) => Buffer.from(JSON.stringify(status)),
  frame: jsonFrame,
}

export const encodeEvent = (
  representation: Representation,
  type: WatchEventType,
  object: Uint8Array,
): EncodedEvent => ({
  type,
  object,
  frame: representation.frame(type, object),
})

/** The members of a list before its items, with an open `items` array. */
export function listHead(
  { kind, apiVersion }: Pick<KindEncoding, 'kind' | 'apiVersion'>,
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number },
): string {
  return `{"kind":"${kind}List","apiVersion":${JSON.stringify(apiVersion)},"metadata":${JSON.stringify(metadata)},"items":[`
}
