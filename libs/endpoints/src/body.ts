/**
 * Request bodies as objects of the expected kind.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{create,update,rest}.go
 */
import {
  apiVersionOf,
  badRequest,
  decodeJson,
  decodeProtobuf,
  JsonDecodeError,
  type JsonDocument,
  JsonSyntaxError,
  type KubeObject,
  type MessageSchema,
  ProtobufError,
  parseJson,
  StatusError,
  unwrapUnknown,
} from '@ensign/apimachinery'
import type { ApiRequest } from './exchange.ts'
import { isKnownKind, noConversion, notRegistered, optionsScheme } from './known-kinds.ts'
import { bodyMediaType, mediaTypes } from './media-type.ts'
import { parseYamlDocument, type YamlDocument, YamlSyntaxError, yamlDuplicates } from './yaml-document.ts'

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

/** What a body must be. */
export interface Expected {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly schema: MessageSchema
  /** Versions of before that said the same. */
  readonly olderVersions?: readonly string[]
  /** Options of a request: of a kind that is registered in every group, and refused in the decoder's words alone. */
  readonly isOptions?: true
  /** Errors may not repeat what an object holds. */
  readonly confidential?: true
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
  if (mediaType !== mediaTypes.yaml)
    return objectFromDocument(jsonDocument(bytes, expected), expected, validation, warn)
  const { value, duplicates } = yamlDocument(bytes, expected)
  if (duplicates.length > 0 && validation === 'Strict')
    throw cannotBeHandled(expected, `strict decoding error: ${yamlDuplicates(duplicates)}`)
  if (validation === 'Warn') for (const line of duplicates) warn(line)
  return objectFromDocument({ value, duplicates: undefined }, expected, validation, warn)
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
    if (error instanceof JsonDecodeError) throw cannotBeHandled(expected, error.message)
    throw error
  }
  if (problems.length > 0) {
    if (validation === 'Strict') throw cannotBeHandled(expected, `strict decoding error: ${problems.join(', ')}`)
    for (const p of problems) warn(p)
  }
  return keepReset(object, value)
}

/**
 * The decoded object with metadata, and with what the value says by an empty list of managed fields: that they be
 * forgotten. Decoding drops empty lists; a list of one empty entry says the same.
 */
export function keepReset(object: KubeObject, value: unknown): KubeObject {
  object.metadata ??= {}
  const sent = (value as { metadata?: { managedFields?: unknown } } | null)?.metadata?.managedFields
  if (Array.isArray(sent) && sent.length === 0) object.metadata.managedFields = [{}]
  return object
}

export const contentType = ({ headers }: ApiRequest): string | undefined => {
  const value = headers['content-type']
  return Array.isArray(value) ? value[0] : value
}

const cannotBeHandled = (
  expected: Expected,
  why: string,
  { version, kind }: { version: string; kind: string } = expected,
): StatusError =>
  badRequest(
    expected.isOptions
      ? why
      : `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected.kind}: ${why}`,
  )

function jsonDocument(bytes: Uint8Array, expected: Expected): JsonDocument {
  let document: JsonDocument
  try {
    document = parseJson(bytes, { exactNumbers: true })
  } catch (error) {
    if (error instanceof JsonSyntaxError)
      throw unreadable(bytes, expected, `couldn't get version/kind; json parse error: ${error.message}`)
    throw error
  }
  const { value } = document
  if (value === null) return { value: {}, duplicates: undefined }
  if (typeof value === 'object' && !Array.isArray(value)) {
    checkVersion(value, bytes, expected)
    return document
  }
  const found = Array.isArray(value)
    ? 'array'
    : typeof value === 'boolean'
      ? 'bool'
      : typeof value === 'string'
        ? 'string'
        : 'number'
  throw unreadable(
    bytes,
    expected,
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${found} into Go value of type ${typeMetaStruct}`,
  )
}

/** What upstream first reads a body into, as its decoder prints that. */
const typeMetaStruct =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

function yamlDocument(bytes: Uint8Array, expected: Expected): YamlDocument {
  try {
    const document = parseYamlDocument(Buffer.from(bytes).toString())
    checkVersion(document.value, bytes, expected)
    return document
  } catch (error) {
    if (error instanceof YamlSyntaxError) throw unreadable(bytes, expected, `yaml: ${error.message}`)
    throw error
  }
}

/** Source: apimachinery pkg/runtime/schema/group_version.go, ParseGroupVersion */
function checkVersion(value: unknown, bytes: Uint8Array, expected: Expected): void {
  const { apiVersion } = (value ?? {}) as { apiVersion?: unknown }
  if (typeof apiVersion === 'string' && apiVersion.split('/').length > 2)
    throw unreadable(bytes, expected, `unexpected GroupVersion string: ${apiVersion}`)
}

/** Bytes of a body that an error repeats, as text when it looks like JSON, else in hexadecimal. */
const shownBytes = 30

function unreadable(bytes: Uint8Array, { schema, isOptions }: Expected, why: string): StatusError {
  if (isOptions) return badRequest(why)
  const start = Buffer.from(bytes).subarray(0, shownBytes)
  const shown = start[0] === 0x7b ? start.toString() : start.toString('hex')
  const summary = bytes.length === 0 ? '<empty>' : bytes.length > shownBytes ? `${shown} ...` : shown
  return badRequest(`the object provided is unrecognized (must be of type ${typeName(schema)}): ${why} (${summary})`)
}

const typeName = ({ goName }: MessageSchema): string => goName.split('.').at(-1) ?? goName

function checkKind(value: { kind?: unknown; apiVersion?: unknown } | null, expected: Expected): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  const wanted = apiVersionOf(expected)
  const kind = typeof value.kind === 'string' && value.kind !== '' ? value.kind : expected.kind
  const apiVersion = typeof value.apiVersion === 'string' && value.apiVersion !== '' ? value.apiVersion : wanted
  if (kind === expected.kind && (apiVersion === wanted || expected.isOptions)) return
  const { group, olderVersions = [] } = expected
  if (kind === expected.kind && olderVersions.some((v) => apiVersion === apiVersionOf({ group, version: v }))) return
  const version = apiVersion.split('/').at(-1) as string
  const refuse = (why: string) => cannotBeHandled(expected, why, { version, kind })
  if (expected.isOptions) throw refuse(notRegistered(kind, apiVersion, optionsScheme))
  if (!isKnownKind(apiVersion, kind)) throw refuse(notRegistered(kind, apiVersion))
  if (kind !== expected.kind) throw refuse(noConversion(kind, version, expected))
  throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`)
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
    if (error instanceof ProtobufError) throw unreadable(bytes, expected, error.message)
    throw error
  }
}
