/**
 * Request bodies as objects of the expected kind.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{create,update,rest}.go
 */
import {
  apiVersionOf,
  badRequest,
  decodeJson,
  decodeProtobuf,
  invalid,
  JsonDecodeError,
  type JsonDocument,
  JsonSyntaxError,
  type KubeObject,
  type MessageSchema,
  notSupported,
  ProtobufError,
  parseJson,
  StatusError,
  unwrapUnknown,
} from '@ensign/apimachinery'
import { parse as parseYaml } from 'yaml'
import type { ApiRequest } from './exchange.ts'
import { limits } from './limits.ts'
import { bodyMediaType, mediaTypes } from './media-type.ts'

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

/** What a body must be. */
export interface Expected {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly schema: MessageSchema
  /** The kind is registered in every group and version. */
  readonly anyVersion?: true
}

export interface WriteOptions {
  readonly dryRun: boolean
  readonly fieldValidation: FieldValidation
  readonly fieldManager: string
}

/** The query parameters that all writes share; throws a 422 StatusError named after `optionsKind`. */
export function writeOptions(
  query: URLSearchParams | undefined,
  { headers }: ApiRequest,
  optionsKind: string,
): WriteOptions {
  const dryRun = query?.getAll('dryRun') ?? []
  const fieldValidation = query?.get('fieldValidation') || 'Warn'
  const given = query?.get('fieldManager') ?? ''
  const errors = []
  if (dryRun.some((d) => d !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']))
  if (!['Strict', 'Warn', 'Ignore'].includes(fieldValidation)) {
    errors.push(notSupported('fieldValidation', fieldValidation, ['Ignore', 'Strict', 'Warn']))
  }
  if (errors.length) throw invalid('meta.k8s.io', optionsKind, '', errors)
  const agent = typeof headers['user-agent'] === 'string' ? headers['user-agent'].split('/', 1)[0] : undefined
  return {
    dryRun: dryRun.length > 0,
    fieldValidation: fieldValidation as FieldValidation,
    fieldManager: given || (agent ?? '').slice(0, limits.fieldManagerBytesMax),
  }
}

/**
 * The request's body as an object of `expected`, which is what it is taken for when it does not say.
 * Problems that are no errors under the asked field validation go to `warn`.
 */
export async function readObject(
  request: ApiRequest,
  expected: Expected,
  validation: FieldValidation,
  warn: (text: string) => void,
): Promise<KubeObject> {
  const mediaType = bodyMediaType(contentType(request))
  const bytes = await request.body()
  return objectFromBytes(bytes, mediaType, expected, validation, warn)
}

export function objectFromBytes(
  bytes: Uint8Array,
  mediaType: string,
  expected: Expected,
  validation: FieldValidation,
  warn: (text: string) => void,
): KubeObject {
  if (mediaType === mediaTypes.protobuf) return fromProtobuf(bytes, expected)
  const document = mediaType === mediaTypes.yaml ? yamlDocument(bytes, expected) : jsonDocument(bytes, expected)
  return objectFromDocument(document, expected, validation, warn)
}

/** Checks kind and version, drops what the kind does not have and reports it as asked. */
export function objectFromDocument(
  { value, duplicates }: JsonDocument,
  expected: Expected,
  validation: FieldValidation,
  warn: (text: string) => void,
): KubeObject {
  checkKind(value as { kind?: unknown; apiVersion?: unknown } | null, expected)
  const problems: string[] = []
  const reports =
    validation === 'Ignore'
      ? {}
      : {
          unknownField: (path: string) => problems.push(`unknown field "${path}"`),
          duplicateField: (path: string) => problems.push(`duplicate field "${path}"`),
          duplicates,
        }
  let object: KubeObject
  try {
    object = decodeJson<KubeObject>(expected.schema, value, reports)
  } catch (error) {
    if (error instanceof JsonDecodeError) throw badRequest(`${cannotBeHandled(expected)}: ${error.message}`)
    throw error
  }
  if (problems.length > 0) {
    if (validation === 'Strict')
      throw badRequest(`${cannotBeHandled(expected)}: strict decoding error: ${problems.join(', ')}`)
    for (const p of problems) warn(p)
  }
  object.metadata ??= {}
  return object
}

export const contentType = ({ headers }: ApiRequest): string | undefined => {
  const value = headers['content-type']
  return Array.isArray(value) ? value[0] : value
}

const cannotBeHandled = ({ version, kind }: Expected): string =>
  `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}`

function jsonDocument(bytes: Uint8Array, expected: Expected): JsonDocument {
  try {
    return parseJson(bytes, { exactNumbers: true })
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw unreadable(bytes, expected, error.message)
    throw error
  }
}

function yamlDocument(bytes: Uint8Array, expected: Expected): JsonDocument {
  const text = Buffer.from(bytes).toString()
  try {
    // Anchors may repeat a value a bounded number of times: a few lines must not become gigabytes.
    return { value: parseYaml(text, { maxAliasCount: 100, schema: 'core', uniqueKeys: false }), duplicates: undefined }
  } catch (error) {
    throw unreadable(bytes, expected, error instanceof Error ? error.message : 'not YAML')
  }
}

/** Bytes of a body that an error repeats, as text when it looks like JSON, else in hexadecimal. */
const shownBytes = 30

function unreadable(bytes: Uint8Array, { schema }: Expected, why: string): StatusError {
  const start = Buffer.from(bytes).subarray(0, shownBytes)
  const cut = bytes.length > shownBytes ? ' ...' : ''
  const shown = start[0] === 0x7b ? JSON.stringify(start.toString() + cut) : `${start.toString('hex')}${cut}`
  return badRequest(
    `the object provided is unrecognized (must be of type ${typeName(schema)}): couldn't get version/kind; json parse error: ${why} (${shown})`,
  )
}

const typeName = ({ goName }: MessageSchema): string => goName.split('.').at(-1) ?? goName

function checkKind(value: { kind?: unknown; apiVersion?: unknown } | null, expected: Expected): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  const wanted = apiVersionOf(expected)
  const { kind, apiVersion } = value
  if (typeof kind === 'string' && kind !== '' && kind !== expected.kind) {
    const version = (typeof apiVersion === 'string' && apiVersion ? apiVersion : wanted).split('/').at(-1)
    throw badRequest(
      `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected.kind}: no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion ?? wanted)}`,
    )
  }
  if (!expected.anyVersion && typeof apiVersion === 'string' && apiVersion !== '' && apiVersion !== wanted) {
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`)
  }
}

function fromProtobuf(bytes: Uint8Array, expected: Expected): KubeObject {
  try {
    const { apiVersion, kind, raw } = unwrapUnknown(bytes)
    checkKind({ kind, apiVersion }, expected)
    const object = decodeProtobuf<KubeObject>(expected.schema, raw)
    object.metadata ??= {}
    return object
  } catch (error) {
    if (error instanceof StatusError) throw error
    if (error instanceof ProtobufError) throw badRequest(`${cannotBeHandled(expected)}: ${error.message}`)
    throw error
  }
}
