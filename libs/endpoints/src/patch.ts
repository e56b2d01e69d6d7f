/**
 * PATCH by a JSON patch, a merge patch or a strategic merge patch: applied how, checked how.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go
 */
import {
  apiVersionOf,
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  badRequest,
  conversionProblem,
  cut,
  decodeJson,
  type FieldError,
  findDuplicateKeys,
  forbiddenField,
  goJson,
  goQuote,
  goValue,
  invalid,
  type Json,
  JsonDecodeError,
  type JsonDocument,
  JsonSyntaxError,
  type KubeObject,
  type MessageSchema,
  PatchFailed,
  PatchMalformed,
  parseJson,
  parseJsonPatch,
  required,
  StatusError,
  StrategicMergeError,
  shownValueMax,
} from '@ensign/apimachinery'
import { type Expected, type FieldValidation, keepReset } from './body.ts'
import { jsonPatchProblems } from './json-patch-operation.ts'
import { isKnownKind, noConversion, notRegistered } from './known-kinds.ts'
import { limits } from './limits.ts'

export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

export type PatchType = (typeof patchTypes)[keyof typeof patchTypes]

/** Throws 415 for what is no patch. Letters count as they are. */
export function patchTypeOf(contentType: string | undefined): PatchType {
  const type = contentType?.split(';', 1)[0]
  const known = Object.values(patchTypes).find((t) => t === type)
  if (!known) throw new StatusError('UnsupportedMediaType', '415: Unsupported Media Type', {})
  return known
}

/** What is wrong with the options for a patch of this type, beside what all writes share. */
export function patchOptionErrors(type: PatchType, query: URLSearchParams | undefined): FieldError[] {
  if (type === patchTypes.apply)
    return query?.get('fieldManager') ? [] : [required('fieldManager', 'is required for apply patch')]
  return query?.has('force') ? [forbiddenField('force', 'may not be specified for non-apply patch')] : []
}

export interface PatchBody {
  readonly bytes: Uint8Array
  readonly expected: Expected
  /** The schema of another kind that is served, to tell how the patched object fails to be one. */
  readonly schemaOf: (apiVersion: string, kind: string) => MessageSchema | undefined
  readonly validation: FieldValidation
  warn(text: string): void
}

/** Makes a new version of an object from the stored one. */
export type Patch = (old: Readonly<KubeObject>) => KubeObject

export function readPatch(type: Exclude<PatchType, 'application/apply-patch+yaml'>, body: PatchBody): Patch {
  switch (type) {
    case patchTypes.json:
      return jsonPatch(body)
    case patchTypes.merge:
      return mergePatch(body)
    case patchTypes.strategic:
      return strategicPatch(body)
  }
}

const decoding = 'error decoding patch: '

function jsonPatch(body: PatchBody): Patch {
  const isChecked = body.validation !== 'Ignore'
  const document = parsed(body.bytes, isChecked ? decoding : '')
  const problems = isChecked ? asBadRequest(decoding, () => jsonPatchProblems(document)) : []
  const operations = asBadRequest('', () => parseJsonPatch(document.value))
  if (operations.length > limits.jsonPatchOperationsMax) {
    throw new StatusError(
      'RequestEntityTooLarge',
      `Request entity too large: The allowed maximum operations in a JSON patch is ${limits.jsonPatchOperationsMax}, got ${operations.length}`,
    )
  }
  return (old) => {
    const touched = new Set<object>()
    const patched = unprocessable(() => applyJsonPatch(old as unknown as Json, operations, touched))
    const shown = () => goJson(patched, (object) => object === patched || touched.has(object))
    return decoded(patched, body, { problems, shown })
  }
}

function mergePatch(body: PatchBody): Patch {
  const isChecked = body.validation !== 'Ignore'
  const document = parsed(body.bytes, isChecked ? decoding : '')
  // Whoever checks fields has already said of a list or a text what it is.
  if (document.value === null || (!isChecked && !isObject(document.value))) throw badRequest('Invalid JSON Patch')
  const patch = mapOf(document, decoding)
  const problems = isChecked ? duplicatesIn(document, body.bytes) : []
  return (old) => {
    const patched = applyMergePatch(old as unknown as Json, patch)
    // What the patch brought or changed is written with its keys in order, the rest as it was.
    const shown = () => {
      const kept = objectsIn(old)
      return goJson(patched, (object) => !kept.has(object))
    }
    return decoded(patched, body, { problems, shown })
  }
}

function strategicPatch(body: PatchBody): Patch {
  const document = parsed(body.bytes, '')
  const patch = mapOf(document, '')
  const problems = body.validation === 'Ignore' ? [] : duplicatesIn(document, body.bytes)
  const shown = () => goValue(patch)
  return (old) => {
    const patched = merged(body.expected.schema, old as unknown as { [key: string]: Json }, patch)
    const problem = conversionProblem(body.expected.schema, patched)
    if (problem !== undefined) throw refused(body.expected, shown, problem)
    const { kind, apiVersion } = old
    return decoded({ ...patched, ...(kind && { kind }), ...(apiVersion && { apiVersion }) }, body, { problems, shown })
  }
}

function merged(schema: MessageSchema, old: { [key: string]: Json }, patch: { [key: string]: Json }) {
  try {
    return applyStrategicMergePatch(schema, old, patch)
  } catch (error) {
    if (!(error instanceof StrategicMergeError)) throw error
    if (error.code === 400) throw badRequest(error.message)
    throw error.code === 422 ? unprocessableEntity(error) : new StatusError('Unknown', error.message)
  }
}

function parsed(bytes: Uint8Array, prefix: string): JsonDocument {
  try {
    return parseJson(bytes)
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw badRequest(prefix + error.message)
    throw error
  }
}

const isObject = (value: unknown): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The patch as an object; null changes nothing. */
function mapOf({ value }: JsonDocument, prefix: string): { [key: string]: Json } {
  if (value === null) return {}
  if (isObject(value)) return value
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  throw badRequest(`${prefix}json: cannot unmarshal ${found} into Go value of type map[string]interface {}`)
}

const duplicatesIn = ({ duplicates }: JsonDocument, bytes: Uint8Array): string[] =>
  duplicates ? findDuplicateKeys(Buffer.from(bytes).toString()).map((path) => `duplicate field "${path}"`) : []

function asBadRequest<T>(prefix: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof PatchMalformed || error instanceof JsonDecodeError) throw badRequest(prefix + error.message)
    throw error
  }
}

function unprocessable<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof PatchFailed) throw unprocessableEntity(error)
    throw error
  }
}

const unprocessableEntity = (cause: Error): StatusError =>
  new StatusError('Invalid', 'the server rejected our request due to an error in our request', {}, { cause })

function objectsIn(value: unknown, found = new Set<unknown>()): Set<unknown> {
  if (typeof value !== 'object' || value === null) return found
  found.add(value)
  for (const member of Object.values(value)) objectsIn(member, found)
  return found
}

interface Patched {
  /** Problems with the patch that a strict server refuses and others warn of. */
  readonly problems: readonly string[]
  /** What a refusal repeats. */
  readonly shown: () => string
}

/** The patched object as its kind; what does not fit is a 422 that shows it, unlike in a plain write. */
function decoded(value: Json, body: PatchBody, { problems, shown }: Patched): KubeObject {
  const { expected, validation } = body
  const found = [...problems]
  const report = { unknownField: (path: string) => found.push(`unknown field "${path}"`) }
  let object: KubeObject
  try {
    checkKind(value, body, shown)
    object = decodeJson<KubeObject>(expected.schema, value, validation === 'Ignore' ? {} : report)
  } catch (error) {
    if (error instanceof JsonDecodeError) throw refused(expected, shown, error.message)
    throw error
  }
  if (validation === 'Strict' && found.length > 0)
    throw refused(expected, shown, `strict decoding error: ${found.join(', ')}`)
  for (const problem of found) body.warn(problem)
  return keepReset(object, value)
}

/** A patch may make an object of another kind, which is read as that kind before it is refused. */
function checkKind(value: Json, { expected, schemaOf }: PatchBody, shown: () => string): void {
  if (!isObject(value)) return
  const wanted = apiVersionOf(expected)
  const kind = typeof value['kind'] === 'string' && value['kind'] ? value['kind'] : expected.kind
  const apiVersion = typeof value['apiVersion'] === 'string' && value['apiVersion'] ? value['apiVersion'] : wanted
  if (kind === expected.kind && apiVersion === wanted) return
  if (!isKnownKind(apiVersion, kind)) throw refused(expected, shown, notRegistered(kind, apiVersion))
  const schema = schemaOf(apiVersion, kind)
  if (schema) decodeJson(schema, value)
  throw refused(expected, shown, noConversion(kind, apiVersion.split('/').at(-1) as string, expected))
}

function refused({ confidential }: Expected, shown: () => string, why: string): StatusError {
  const value = goQuote(confidential ? 'not shown, it may hold what is confidential' : cut(shown(), shownValueMax))
  return invalid('', '', '', [{ type: 'FieldValueInvalid', field: 'patch', value, detail: why }])
}
