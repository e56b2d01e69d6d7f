/**
 * The forms in which the objects of one kind are answered: JSON, YAML, protobuf, tables and metadata alone. Each is made
 * at most once per object and revision; a table's row once more when an age in it has changed.
 */
import {
  type AnyResourceDefinition,
  apiVersionOf,
  type KubeObject,
  type MessageSchema,
  type ObjectMeta,
  PartialObjectMetadataSchema,
  parsePlainJson,
  type Status,
  StatusSchema,
  shownAs,
} from '@ensign/apimachinery'
import {
  type CachedObject,
  jsonFrame,
  jsonRepresentation,
  type Representation,
  type WatchEventType,
} from '@ensign/registry'
import { type Accepted, mediaTypes } from './media-type.ts'
import { partialMetadata, partialMetadataText } from './partial-metadata.ts'
import { lengthPrefix, protobufObject } from './protobuf-object.ts'
import { createTableForm, type IncludeObject, type TableForm } from './table.ts'
import { yaml } from './yaml.ts'

export interface Representations {
  /** How single objects and watch events are written for this Accept. */
  of(accepted: Accepted, includeObject: IncludeObject): Representation
  /** How lists are written where a table is asked for. */
  table(accepted: Accepted, includeObject: IncludeObject): TableForm
}

export function createRepresentations(definition: AnyResourceDefinition): Representations {
  const made = new Map<string, Representation>()
  const tables = new Map<string, TableForm>()
  // Two kinds may show the same stored objects.
  const kind = definition.conversion ? `${apiVersionOf(definition)} ` : ''
  return { of: representation, table }

  function representation(accepted: Accepted, includeObject: IncludeObject): Representation {
    const { mediaType, as, metaVersion = '' } = accepted
    if (mediaType === mediaTypes.json && !as && !definition.conversion) return jsonRepresentation
    const id = `${kind}${mediaType} ${as ?? ''} ${metaVersion} ${as === 'Table' ? includeObject : ''}`
    let known = made.get(id)
    if (!known) {
      known = create(definition, accepted, id, () => table(accepted, includeObject))
      made.set(id, known)
    }
    return known
  }

  function table({ metaVersion }: Accepted, includeObject: IncludeObject): TableForm {
    const id = `${kind}row ${metaVersion ?? ''} ${includeObject}`
    let known = tables.get(id)
    if (!known) {
      known = createTableForm(definition, { id, includeObject, metaVersion })
      tables.set(id, known)
    }
    return known
  }
}

function create(
  definition: AnyResourceDefinition,
  { mediaType, as, metaVersion }: Accepted,
  id: string,
  table: () => TableForm,
): Representation {
  if (as === 'Table') return tableRepresentation(id, mediaType, table())
  const shown = (stored: Readonly<KubeObject>) => shownAs(definition, stored)
  if (!as) {
    const view: View = { schema: definition.schema, value: ({ object }) => shown(object), ofValue: (object) => object }
    return mediaType === mediaTypes.protobuf
      ? protobufRepresentation(id, view)
      : textRepresentation(id, mediaType, view)
  }
  const ofValue = (object: Readonly<KubeObject>) => partialMetadata(object, metaVersion)
  const view: View = {
    schema: PartialObjectMetadataSchema,
    value: (stored) => ofValue(definition.conversion ? shown(stored.object) : { metadata: parsedMetadata(stored) }),
    ofValue,
  }
  if (mediaType === mediaTypes.protobuf) return protobufRepresentation(id, view)
  const text = textRepresentation(id, mediaType, view)
  if (mediaType !== mediaTypes.json || definition.conversion) return text
  const object = (o: CachedObject) => o.kept(id, () => Buffer.from(`${partialMetadataText(o, metaVersion)}\n`))
  return { ...text, object, eventObject: (o) => withoutNewline(object(o)) }
}

const parsedMetadata = ({ metadataJson }: CachedObject): ObjectMeta => parsePlainJson(metadataJson) as ObjectMeta

/** What of an object is written. */
interface View {
  value(stored: CachedObject): unknown
  /** The same of an object that is in no store. */
  ofValue(object: Readonly<KubeObject>): unknown
  readonly schema: MessageSchema
}

function textRepresentation(id: string, mediaType: string, { value, ofValue }: View): Representation {
  const write = textWriter(mediaType)
  const object = (o: CachedObject): Uint8Array => o.kept(id, () => write(value(o)))
  return {
    id,
    object,
    eventObject: (o) => withoutNewline(object(o)),
    bookmark: (o) => withoutNewline(write(ofValue(o))),
    ...textStream(mediaType),
  }
}

function tableRepresentation(id: string, mediaType: string, table: TableForm): Representation {
  const isYaml = mediaType === mediaTypes.yaml
  const written = (bytes: Uint8Array): Uint8Array => (isYaml ? yamlOfJson(bytes) : bytes)
  const form = (formId: string, describesColumns: boolean): Representation => {
    const object = (o: CachedObject): Uint8Array => written(table.one(o, Date.now(), describesColumns))
    const bookmark = (o: KubeObject): Uint8Array => written(table.bookmark(o, Date.now(), describesColumns))
    return {
      id: formId,
      object,
      eventObject: (o) => withoutNewline(object(o)),
      bookmark: (o) => withoutNewline(bookmark(o)),
      ...textStream(mediaType),
    }
  }
  return { ...form(id, true), following: form(`${id} following`, false) }
}

const textWriter = (mediaType: string): ((value: unknown) => Buffer) =>
  mediaType === mediaTypes.yaml
    ? (value) => Buffer.from(yaml(value))
    : (value) => Buffer.from(`${JSON.stringify(value)}\n`)

/** Every answer ends with a newline; inside of an event nothing does. */
const withoutNewline = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length - 1)

const textStream = (mediaType: string): Pick<Representation, 'status' | 'frame'> => ({
  status: (status) => withoutNewline(textWriter(mediaType)(status)),
  frame: mediaType === mediaTypes.yaml ? yamlFrame : jsonFrame,
})

function protobufRepresentation(id: string, { value, ofValue, schema }: View): Representation {
  const write = (object: unknown): Uint8Array => protobufObject(schema, object as KubeObject)
  const object = (o: CachedObject): Uint8Array => o.kept(id, () => write(value(o)))
  return {
    id,
    object,
    eventObject: object,
    bookmark: (o) => write(ofValue(o)),
    status: (status: Status) => protobufObject(StatusSchema, status as unknown as KubeObject),
    frame: protobufFrame,
  }
}

/** Length, then meta/v1 WatchEvent {1: type, 2: RawExtension {1: raw}}, without an envelope of its own. */
function protobufFrame(type: WatchEventType, object: Uint8Array): Uint8Array {
  const rawHead = lengthPrefix(1, object.length)
  const extensionHead = lengthPrefix(2, rawHead.length + object.length)
  const typeHead = lengthPrefix(1, type.length)
  const parts = [typeHead, Buffer.from(type), extensionHead, rawHead, object]
  const length = Buffer.allocUnsafe(4)
  length.writeUInt32BE(parts.reduce((sum, part) => sum + part.length, 0))
  return Buffer.concat([length, ...parts])
}

const yamlOfJson = (json: Uint8Array): Uint8Array => Buffer.from(yaml(parsePlainJson(Buffer.from(json).toString())))

const yamlFrame = (type: WatchEventType, object: Uint8Array): Uint8Array =>
  Buffer.from(`---\n${yaml({ type, object: Buffer.from(object).toString() })}`)
