/** Lists in every form, put together from what is kept of each item. */
import {
  apiVersionOf,
  encodeProtobuf,
  envelopeAround,
  type KubeObject,
  ListMetaSchema,
  messageInUnknown,
  parsePlainJson,
} from '@ensign/apimachinery'
import { type CachedObject, type ListResult, listHead, type Passing, type Representation } from '@ensign/registry'
import { type Accepted, mediaTypes } from './media-type.ts'
import { defaultMetaVersion, partialMetadata, partialMetadataText } from './partial-metadata.ts'
import { lengthPrefix } from './protobuf-object.ts'
import type { Stored } from './resource-set.ts'
import type { IncludeObject } from './table.ts'
import { yaml } from './yaml.ts'

/** The same bytes for everybody who asks until something changes, be it only an age. */
export function keptListBytes(
  served: Stored,
  result: ListResult,
  accepted: Accepted,
  include: IncludeObject,
): Uint8Array {
  const now = Date.now()
  const { id } = served.representations.of(accepted, include)
  return result.encodedUntil(id, now, () => passingListBytes(served, result, accepted, include, now))
}

export const listBytes = (served: Stored, result: ListResult, accepted: Accepted, include: IncludeObject): Uint8Array =>
  passingListBytes(served, result, accepted, include, Date.now()).bytes

function passingListBytes(
  served: Stored,
  result: ListResult,
  accepted: Accepted,
  include: IncludeObject,
  now: number,
): Passing {
  if (accepted.as !== 'Table')
    return { bytes: lastingListBytes(served, result, accepted), until: Number.POSITIVE_INFINITY }
  const table = served.representations.table(accepted, include).list(result.items, listMetadata(result), now)
  return accepted.mediaType === mediaTypes.yaml
    ? { ...table, bytes: Buffer.from(yaml(parsePlainJson(table.bytes.toString()))) }
    : table
}

function listMetadata({ resourceVersion, continueToken, remaining }: ListResult): ListMetadata {
  return {
    resourceVersion,
    ...(continueToken !== undefined && { continue: continueToken }),
    ...(remaining !== undefined && { remainingItemCount: remaining }),
  }
}

interface ListMetadata {
  readonly resourceVersion: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

/** All forms but tables. */
function lastingListBytes(served: Stored, result: ListResult, accepted: Accepted): Uint8Array {
  const { definition, representations, resource } = served
  const { items } = result
  const metadata = listMetadata(result)
  const { mediaType, as, metaVersion = defaultMetaVersion } = accepted
  const isJson = mediaType === mediaTypes.json
  if (mediaType === mediaTypes.protobuf) return protobufList(served, items, metadata, accepted)
  if (as && isJson && !definition.conversion) return partialList(metadata, items, metaVersion)
  const type = { kind: definition.kind, apiVersion: apiVersionOf(definition) }
  if (!as && isJson) {
    const head = listHead(type, metadata)
    return definition.conversion
      ? convertedList(head, type, items, representations.of(accepted, 'Metadata'))
      : jsonList(head, items)
  }
  const objects = items.map((item) => resource.show(item))
  const value = as
    ? {
        ...partialListType(metaVersion),
        metadata,
        items: nullIfEmpty(objects.map((o) => partialMetadata(o, metaVersion))),
      }
    : { kind: `${type.kind}List`, apiVersion: type.apiVersion, metadata, items: objects.map(withoutType) }
  return Buffer.from(isJson ? `${JSON.stringify(value)}\n` : yaml(value))
}

const withoutType = ({
  kind: _kind,
  apiVersion: _apiVersion,
  ...rest
}: Readonly<KubeObject>): Omit<KubeObject, 'kind' | 'apiVersion'> => rest

const partialListType = (apiVersion: string): { kind: string; apiVersion: string } => ({
  kind: 'PartialObjectMetadataList',
  apiVersion,
})

/** An empty list of metadata has no items at all, unlike every other list. */
const nullIfEmpty = <T>(items: readonly T[]): readonly T[] | null => (items.length > 0 ? items : null)

function partialList(metadata: ListMetadata, items: readonly CachedObject[], metaVersion: string): Buffer {
  const head = JSON.stringify({ ...partialListType(metaVersion), metadata }).slice(0, -1)
  const texts = items.map((item) => partialMetadataText(item, metaVersion))
  return Buffer.from(`${head},"items":${texts.length > 0 ? `[${texts.join(',')}]` : 'null'}}\n`)
}

const listTail = Buffer.from(']}\n')

/** One text and one encoding of it: nothing is kept of objects that are only read in lists. */
const jsonList = (head: string, items: readonly CachedObject[]): Buffer =>
  Buffer.from(`${head}${items.map((item) => item.item).join(',')}]}\n`)

/** A list of what is stored as another kind, from the bytes that are kept of each object as this one. */
function convertedList(
  head: string,
  { kind, apiVersion }: { kind: string; apiVersion: string },
  items: readonly CachedObject[],
  representation: Representation,
): Buffer {
  const typeLength = `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`.length
  const parts = items.flatMap((item, i) => [
    Buffer.from(i === 0 ? '{' : ',{'),
    representation.eventObject(item).subarray(typeLength),
  ])
  return Buffer.concat([Buffer.from(head), ...parts, listTail])
}

/** The messages as they are kept, one behind the other: nothing is decoded, and all is copied once. */
function protobufList(
  { definition, representations }: Stored,
  items: readonly CachedObject[],
  metadata: ListMetadata,
  accepted: Accepted,
): Uint8Array {
  const type = accepted.as
    ? partialListType(defaultMetaVersion)
    : { kind: `${definition.kind}List`, apiVersion: apiVersionOf(definition) }
  const representation = representations.of(accepted, 'Metadata')
  const listMeta = encodeProtobuf(ListMetaSchema, metadata)
  const parts = [lengthPrefix(1, listMeta.length), listMeta]
  for (const item of items) {
    const message = messageInUnknown(representation.object(item))
    parts.push(lengthPrefix(2, message.length), message)
  }
  const [head, tail] = envelopeAround(
    type,
    parts.reduce((sum, part) => sum + part.length, 0),
  )
  return Buffer.concat([head, ...parts, tail])
}
