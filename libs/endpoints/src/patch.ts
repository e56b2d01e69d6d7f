/**
 * PATCH: which patch, applied how, checked how.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go
 */
import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  badRequest,
  type FieldError,
  forbiddenField,
  goValue,
  invalid,
  invalidValue,
  type Json,
  type KubeObject,
  PatchFailed,
  PatchMalformed,
  parseJsonPatch,
  StatusError,
} from '@ensign/apimachinery'
import { type Expected, type FieldValidation, objectFromDocument } from './body.ts'
import { limits } from './limits.ts'

export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

type PatchType = (typeof patchTypes)[keyof typeof patchTypes]

export interface Patch {
  readonly type: PatchType
  /** The object that this patch makes of `old`. */
  apply(old: Readonly<KubeObject>): KubeObject
}

export function readPatch(
  contentType: string | undefined,
  bytes: Uint8Array,
  expected: Expected,
  options: { validation: FieldValidation; force: boolean; warn(text: string): void },
): Patch {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase()
  const known = Object.values(patchTypes).find((t) => t === type)
  // The apply patch belongs to managed fields, which are not tracked yet.
  if (!known || known === patchTypes.apply) throw new StatusError('UnsupportedMediaType', '415: Unsupported Media Type')
  checkOptions(options.force)
  const patch = parsed(bytes)
  const change = changeOf(known, patch, expected)
  return {
    type: known,
    apply(old) {
      const result = change(old as unknown as Json)
      return decoded(result, expected, options.validation, options.warn)
    },
  }
}

function checkOptions(force: boolean): void {
  const errors: FieldError[] = []
  if (force) errors.push(forbiddenField('force', 'may not be specified for non-apply patch'))
  if (errors.length) throw invalid('meta.k8s.io', 'PatchOptions', '', errors)
}

function changeOf(type: PatchType, patch: Json, expected: Expected): (old: Json) => Json {
  if (type === patchTypes.json) {
    const operations = malformedIsBad(() => parseJsonPatch(patch))
    if (operations.length > limits.jsonPatchOperationsMax) {
      throw new StatusError(
        'RequestEntityTooLarge',
        `Request entity too large: The allowed maximum operations in a JSON patch is ${limits.jsonPatchOperationsMax}, got ${operations.length}`,
      )
    }
    return (old) => failedIsInvalid(() => applyJsonPatch(old, operations))
  }
  if (type === patchTypes.strategic && patch === null) return (old) => old
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) {
    throw badRequest(
      `json: cannot unmarshal ${Array.isArray(patch) ? 'array' : typeof patch} into Go value of type map[string]interface {}`,
    )
  }
  if (type === patchTypes.merge) return (old) => applyMergePatch(old, patch)
  return (old) => strategicallyMerged(expected, old, patch)
}

function strategicallyMerged({ schema }: Expected, old: Json, patch: Json): Json {
  try {
    return applyStrategicMergePatch(schema, old, patch)
  } catch (error) {
    if (!(error instanceof PatchMalformed)) throw error
    throw invalid('', '', '', [invalidValue('patch', goValue(patch), error.message)])
  }
}

function parsed(bytes: Uint8Array): Json {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as Json
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : 'not JSON'}`)
  }
}

function malformedIsBad<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function failedIsInvalid<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof PatchFailed)
      throw new StatusError(
        'Invalid',
        'the server rejected our request due to an error in our request',
        {},
        { cause: error },
      )
    throw error
  }
}

/** The patched object as its kind; what does not fit is a 422 that shows it, unlike in a plain write. */
function decoded(
  value: Json,
  expected: Expected,
  validation: FieldValidation,
  warn: (text: string) => void,
): KubeObject {
  try {
    return objectFromDocument({ value, duplicates: undefined }, expected, validation, warn)
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'BadRequest') throw error
    const why = error.message.replace(/^.*? cannot be handled as a [^:]*: /, '')
    throw invalid('', '', '', [{ ...invalidValue('patch', '', why), value: JSON.stringify(JSON.stringify(value)) }])
  }
}
