/**
 * metav1.Table: objects as rows of what one looks for first. A row's text is kept with its object for as long as the ages
 * in it hold, and what it shows of the object is cut out of the stored text.
 * Source: kubernetes/kubernetes pkg/printers/tablegenerator.go,
 * staging/src/k8s.io/apiserver/pkg/endpoints/handlers/response.go, asTable
 */
import { type AnyResourceDefinition, type Column, type KubeObject, Moment, shownAs } from '@ensign/apimachinery'
import { type CachedObject, type Passing, resourceVersionOf } from '@ensign/registry'
import { defaultMetaVersion, partialMetadata, partialMetadataText } from './partial-metadata.ts'

/** What a row has of its object. */
export type IncludeObject = 'Metadata' | 'Object' | 'None'

export interface TableForm {
  /** All columns: a client hides those of a priority above zero itself. */
  list(items: readonly CachedObject[], metadata: object, now: number): Passing
  /** One object. In a watch only the first event describes the columns. */
  one(object: CachedObject, now: number, describesColumns: boolean): Uint8Array
  /** The same of an object that is in no store. */
  bookmark(object: KubeObject, now: number, describesColumns: boolean): Uint8Array
}

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
    cell: (o, at) => at.age(o.metadata.creationTimestamp),
  },
]

const comma = Buffer.from(',')
const tail = Buffer.from(']}\n')

export interface TableOptions {
  /** Under which rows are kept with their objects. */
  readonly id: string
  readonly includeObject: IncludeObject
  readonly metaVersion: string | undefined
}

export function createTableForm(
  definition: AnyResourceDefinition,
  { id, includeObject, metaVersion = defaultMetaVersion }: TableOptions,
): TableForm {
  const columns = (definition.columns ?? defaultColumns) as readonly Column<KubeObject>[]
  const described = JSON.stringify(
    columns.map(({ name, type, format = '', description = '', priority = 0 }) => ({
      name,
      type,
      format,
      description,
      priority,
    })),
  )
  const head = (metadata: object, describesColumns = true): Buffer =>
    Buffer.from(
      `{"kind":"Table","apiVersion":${JSON.stringify(metaVersion)},"metadata":${JSON.stringify(metadata)},` +
        `"columnDefinitions":${describesColumns ? described : 'null'},"rows":[`,
    )

  const rowText = (shown: Readonly<KubeObject>, object: string, at: Moment): string => {
    const cells = JSON.stringify(columns.map(({ cell }) => cell(shown as KubeObject, at)))
    const conditions = definition.rowConditions?.(shown) ?? []
    const more = conditions.length > 0 ? `,"conditions":${JSON.stringify(conditions)}` : ''
    return `{"cells":${cells}${more},"object":${object}}`
  }

  const row = (object: CachedObject, now: number): Passing =>
    object.keptUntil(id, now, () => {
      const at = new Moment(now)
      const shown = shownAs(definition, object.object)
      const text = definition.conversion ? shownText(shown) : storedText(object)
      const bytes = Buffer.from(rowText(shown, text, at))
      return { bytes, until: at.until }
    })

  const storedText = (object: CachedObject): string =>
    includeObject === 'None'
      ? 'null'
      : includeObject === 'Object'
        ? object.text
        : partialMetadataText(object, metaVersion)

  const shownText = (shown: Readonly<KubeObject>): string =>
    includeObject === 'None'
      ? 'null'
      : JSON.stringify(includeObject === 'Object' ? shown : partialMetadata(shown, metaVersion))

  const around = (resourceVersion: string | undefined, describesColumns: boolean, bytes: Uint8Array): Uint8Array =>
    Buffer.concat([head({ resourceVersion }, describesColumns), bytes, tail])

  return {
    list(items, metadata, now) {
      let until = Number.POSITIVE_INFINITY
      const parts: Uint8Array[] = [head(metadata)]
      for (const item of items) {
        const { bytes, until: rowUntil } = row(item, now)
        if (parts.length > 1) parts.push(comma)
        parts.push(bytes)
        if (rowUntil < until) until = rowUntil
      }
      parts.push(tail)
      return { bytes: Buffer.concat(parts), until }
    },
    one: (object, now, describesColumns) =>
      // What was not stored (a dry run) has none.
      around(
        object.revision > 0 ? resourceVersionOf(object.revision) : undefined,
        describesColumns,
        row(object, now).bytes,
      ),
    bookmark: (object, now, describesColumns) => {
      const text = rowText(object, shownText(object), new Moment(now))
      return around(object.metadata.resourceVersion, describesColumns, Buffer.from(text))
    },
  }
}
