/**
 * The forms in which the objects of one kind are answered: JSON, YAML, protobuf, tables and metadata alone. Each is made
 * at most once per object and revision.
 */
import {
  type AnyResourceDefinition,
  ageOf,
  apiVersionOf,
  type Column,
  type KubeObject,
  type MessageSchema,
  PartialObjectMetadataSchema,
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
import { protobufObject } from './protobuf-object.ts'
import { yaml } from './yaml.ts'

export type IncludeObject = 'Metadata' | 'Object' | 'None'

export interface Representations {
  /** How single objects and watch events are written for this Accept. */
  of(accepted: Accepted, includeObject: IncludeObject): Representation
  readonly columns: readonly Column<KubeObject>[]
}

const defaultMetaVersion = 'meta.k8s.io/v1'
const defaultColumns: readonly Column<KubeObject>[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'Name of the object, unique in its namespace.',
    cell: (o) => o.metadata.name ?? '',
  },
  {
    name: 'Age',
    type: 'string',
    description: 'Time since the object was made.',
    cell: (o, now) => ageOf(o.metadata.creationTimestamp, now),
  },
]

export function createRepresentations(definition: AnyResourceDefinition): Representations {
  const columns = (definition.columns ?? defaultColumns) as readonly Column<KubeObject>[]
  const made = new Map<string, Representation>()
  return {
    columns,
    of(accepted, includeObject) {
      const { mediaType, as, metaVersion = '' } = accepted
      if (mediaType === mediaTypes.json && !as && !definition.conversion) return jsonRepresentation
      // Two kinds may show the same stored objects.
      const kind = definition.conversion ? `${apiVersionOf(definition)} ` : ''
      const id = `${kind}${mediaType} ${as ?? ''} ${metaVersion} ${as === 'Table' ? includeObject : ''}`
      let representation = made.get(id)
      if (!representation) {
        representation = create(definition, columns, accepted, includeObject, id)
        made.set(id, representation)
      }
      return representation
    },
  }
}

function create(
  definition: AnyResourceDefinition,
  columns: readonly Column<KubeObject>[],
  { mediaType, as, metaVersion }: Accepted,
  includeObject: IncludeObject,
  id: string,
): Representation {
  const shown = (stored: Readonly<KubeObject>) => shownAs(definition, stored)
  const rows = (object: Readonly<KubeObject>) => table(definition, columns, [object], {}, includeObject, metaVersion)
  if (as === 'Table') {
    const more: View = {
      value: (o) => ({ ...rows(o), columnDefinitions: null }),
      shown,
      schema: undefined,
      cached: false,
    }
    return {
      ...textRepresentation(id, mediaType, { value: rows, shown, schema: undefined, cached: false }),
      following: textRepresentation(`${id} following`, mediaType, more),
    }
  }
  const view: View = as
    ? {
        value: (object) => partialMetadata(object, metaVersion),
        shown,
        schema: PartialObjectMetadataSchema,
        cached: true,
      }
    : { value: (object) => object, shown, schema: definition.schema, cached: true }
  if (mediaType === mediaTypes.protobuf) return protobufRepresentation(id, view)
  const text = textRepresentation(id, mediaType, view)
  if (!as || mediaType !== mediaTypes.json || definition.conversion) return text
  const object = (o: CachedObject): Uint8Array => o.kept(id, () => Buffer.from(partialMetadataText(o, metaVersion)))
  return { ...text, object, eventObject: object }
}

/** {@link partialMetadata} as JSON, from the stored text. */
export const partialMetadataText = ({ metadataJson }: CachedObject, metaVersion = defaultMetaVersion): string =>
  `{"kind":"PartialObjectMetadata","apiVersion":${JSON.stringify(metaVersion)},"metadata":${metadataJson}}`

function textRepresentation(id: string, mediaType: string, view: View): Representation {
  const write =
    mediaType === mediaTypes.yaml
      ? (value: unknown) => Buffer.from(yaml(value))
      : (value: unknown) => Buffer.from(JSON.stringify(value))
  const object = (o: CachedObject): Uint8Array =>
    view.cached ? o.encoded(id, (k) => write(view.value(view.shown(k)))) : write(view.value(view.shown(o.object)))
  return {
    id,
    object,
    eventObject: object,
    bookmark: (o) => write(view.value(o)),
    status: (s) => write(s),
    frame: mediaType === mediaTypes.yaml ? yamlFrame : jsonFrame,
  }
}

interface View {
  /** What is stored as the kind that is served. */
  shown(stored: Readonly<KubeObject>): Readonly<KubeObject>
  value(object: Readonly<KubeObject>): unknown
  /** Of the value, where it has a protobuf form. */
  readonly schema: MessageSchema | undefined
  /** False where the answer changes with time: ages in tables. */
  readonly cached: boolean
}

function protobufRepresentation(id: string, { value, shown, schema }: View): Representation {
  const write = (object: Readonly<KubeObject>): Uint8Array =>
    protobufObject(schema as MessageSchema, value(object) as KubeObject)
  const cached = (o: CachedObject): Uint8Array => o.encoded(id, (k) => write(shown(k)))
  return {
    id,
    object: cached,
    eventObject: cached,
    bookmark: write,
    status: (status: Status) => protobufObject(StatusSchema, status as unknown as KubeObject),
    frame: protobufFrame,
  }
}

/** Length, then meta/v1 WatchEvent {1: type, 2: RawExtension {1: raw}}, without an envelope of its own. */
function protobufFrame(type: WatchEventType, object: Uint8Array): Uint8Array {
  const raw = lengthDelimited(1, object)
  const event = Buffer.concat([lengthDelimited(1, Buffer.from(type)), lengthDelimited(2, raw)])
  const frame = Buffer.alloc(4 + event.length)
  frame.writeUInt32BE(event.length)
  event.copy(frame, 4)
  return frame
}

export function lengthDelimited(field: number, bytes: Uint8Array): Buffer {
  const head: number[] = [(field << 3) | 2]
  let rest = bytes.length
  while (rest > 0x7f) {
    head.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  head.push(rest)
  return Buffer.concat([Buffer.from(head), bytes])
}

const yamlFrame = (type: WatchEventType, object: Uint8Array): Uint8Array =>
  Buffer.from(`---\n${yaml({ type, object: Buffer.from(object).toString() })}`)

export const partialMetadata = ({ metadata }: Readonly<KubeObject>, metaVersion = defaultMetaVersion): KubeObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: metaVersion,
  metadata,
})

/** metav1.Table of these objects, with all columns: a client hides those of a priority above zero itself. */
export function table(
  definition: AnyResourceDefinition,
  columns: readonly Column<KubeObject>[],
  objects: readonly Readonly<KubeObject>[],
  metadata: Record<string, unknown>,
  includeObject: IncludeObject,
  metaVersion = defaultMetaVersion,
  now: number = Date.now(),
): Record<string, unknown> {
  return {
    kind: 'Table',
    apiVersion: metaVersion,
    metadata:
      objects.length === 1 && !('resourceVersion' in metadata)
        ? { resourceVersion: objects[0]?.metadata.resourceVersion }
        : metadata,
    columnDefinitions: columns.map(({ name, type, format = '', description = '', priority = 0 }) => ({
      name,
      type,
      format,
      description,
      priority,
    })),
    rows: objects.map((object) => {
      const conditions = definition.rowConditions?.(object) ?? []
      return {
        cells: columns.map((c) => c.cell(object as KubeObject, now)),
        ...(conditions.length > 0 && { conditions }),
        object:
          includeObject === 'None' ? null : includeObject === 'Object' ? object : partialMetadata(object, metaVersion),
      }
    }),
  }
}
