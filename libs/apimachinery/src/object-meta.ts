/**
 * Checks of ObjectMeta, on create and on update.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go
 */
import { append } from './append.ts'
import {
  type FieldError,
  type FieldPath,
  forbiddenField,
  invalidValue,
  renderValue,
  required,
  tooLong,
} from './field-error.ts'
import type { ObjectMeta } from './generated/meta-v1.ts'
import { isDns1123Label, isLabelKey, isLabelValue, type NameRule } from './names.ts'

/** Any object with metadata, of a kind that is not known here. */
export interface KubeObject {
  kind?: string
  apiVersion?: string
  metadata: ObjectMeta
}

/** Bytes of all annotation keys and values together. Source: objectmeta.go, TotalAnnotationSizeLimitB. */
export const annotationsSizeBytesMax = 256 * 1024

const maskTrailingDash = (name: string): string =>
  name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name

export function validateObjectMeta(
  meta: ObjectMeta,
  { namespaced, nameRule, path = 'metadata' }: { namespaced: boolean; nameRule: NameRule; path?: FieldPath },
): FieldError[] {
  const errors: FieldError[] = []
  if (meta.generateName) {
    for (const p of nameRule(maskTrailingDash(meta.generateName)))
      errors.push(invalidValue(`${path}.generateName`, meta.generateName, p))
  }
  if (!meta.name) errors.push(required(`${path}.name`, 'name or generateName is required'))
  else for (const p of nameRule(meta.name)) errors.push(invalidValue(`${path}.name`, meta.name, p))
  if (namespaced) {
    if (!meta.namespace) errors.push(required(`${path}.namespace`))
    else
      for (const p of isDns1123Label(meta.namespace)) errors.push(invalidValue(`${path}.namespace`, meta.namespace, p))
  } else if (meta.namespace) errors.push(forbiddenField(`${path}.namespace`, 'not allowed on this type'))
  if ((meta.generation ?? 0) < 0)
    errors.push(invalidValue(`${path}.generation`, meta.generation, 'must be greater than or equal to 0'))
  append(errors, validateLabels(meta.labels, `${path}.labels`))
  append(errors, validateAnnotations(meta.annotations, `${path}.annotations`))
  append(errors, validateOwnerReferences(meta, `${path}.ownerReferences`))
  append(errors, validateFinalizers(meta.finalizers, `${path}.finalizers`))
  return errors
}

export function validateLabels(labels: Record<string, string> | undefined, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  for (const [key, value] of Object.entries(labels ?? {})) {
    for (const p of isLabelKey(key)) errors.push(invalidValue(path, key, p))
    for (const p of isLabelValue(value)) errors.push(invalidValue(path, value, p))
  }
  return errors
}

export function validateAnnotations(annotations: Record<string, string> | undefined, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  let size = 0
  for (const [key, value] of Object.entries(annotations ?? {})) {
    for (const p of isLabelKey(key.toLowerCase())) errors.push(invalidValue(path, key, p))
    size += Buffer.byteLength(key) + Buffer.byteLength(value)
  }
  if (size > annotationsSizeBytesMax) errors.push(tooLong(path, annotationsSizeBytesMax))
  return errors
}

function validateOwnerReferences(meta: ObjectMeta, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  let controller: string | undefined
  let all: string | undefined
  for (const owner of meta.ownerReferences ?? []) {
    const { apiVersion = '', kind = '', name = '', uid = '' } = owner
    if (!versionOf(apiVersion)) errors.push(invalidValue(`${path}.apiVersion`, apiVersion, 'version must not be empty'))
    for (const [member, value] of Object.entries({ kind, name, uid }))
      if (!value) errors.push(invalidValue(`${path}.${member}`, value, 'must not be empty'))
    if (apiVersion === 'v1' && kind === 'Event')
      errors.push(invalidValue(path, owner, '/v1, Kind=Event is disallowed from being an owner'))
    if (owner.controller) {
      const name = `${owner.kind}/${owner.name}`
      if (controller !== undefined) {
        // One text for all of these errors: each shows the whole list.
        all ??= renderValue(meta.ownerReferences)
        errors.push({
          ...invalidValue(
            path,
            null,
            `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`,
          ),
          value: all,
        })
      } else controller = name
    }
  }
  return errors
}

/** Of `version` or `group/version`; empty when it is neither. Source: runtime/schema/group_version.go, ParseGroupVersion */
function versionOf(apiVersion: string): string {
  const parts = apiVersion.split('/')
  return parts.length > 2 ? '' : (parts.at(-1) ?? '')
}

const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

export function validateFinalizers(finalizers: readonly string[] | undefined, path: FieldPath): FieldError[] {
  const errors = (finalizers ?? []).flatMap((finalizer, i) => [
    ...isLabelKey(finalizer).map((p) => invalidValue(path, finalizer, p)),
    ...standardFinalizerErrors(finalizer, `${path}[${i}]`),
  ])
  if (finalizers?.includes('orphan') && finalizers.includes('foregroundDeletion'))
    errors.push(invalidValue(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'))
  return errors
}

/** A finalizer of a namespace's spec, all of whose problems are told of one path. */
export function validateFinalizerName(finalizer: string, path: FieldPath): FieldError[] {
  return [
    ...isLabelKey(finalizer).map((p) => invalidValue(path, finalizer, p)),
    ...standardFinalizerErrors(finalizer, path),
  ]
}

const standardFinalizerErrors = (finalizer: string, path: FieldPath): FieldError[] =>
  finalizer.includes('/') || standardFinalizers.has(finalizer)
    ? []
    : [invalidValue(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')]

export function validateObjectMetaUpdate(
  next: ObjectMeta,
  old: ObjectMeta,
  path: FieldPath = 'metadata',
): FieldError[] {
  const errors: FieldError[] = []
  if (old.deletionTimestamp) {
    const before = new Set(old.finalizers ?? [])
    const added = (next.finalizers ?? []).filter((f) => !before.has(f))
    if (added.length) {
      errors.push(
        forbiddenField(
          `${path}.finalizers`,
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((f) => JSON.stringify(f)).join(', ')}}`,
        ),
      )
    }
  }
  const immutable = (
    field: 'name' | 'namespace' | 'uid' | 'creationTimestamp' | 'deletionTimestamp' | 'deletionGracePeriodSeconds',
  ) => {
    if ((next[field] ?? '') !== (old[field] ?? ''))
      errors.push(invalidValue(`${path}.${field}`, next[field], 'field is immutable'))
  }
  immutable('name')
  immutable('namespace')
  immutable('uid')
  immutable('creationTimestamp')
  immutable('deletionTimestamp')
  immutable('deletionGracePeriodSeconds')
  if ((next.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(invalidValue(`${path}.generation`, next.generation ?? 0, 'must not be decremented'))
  }
  append(errors, validateLabels(next.labels, `${path}.labels`))
  append(errors, validateAnnotations(next.annotations, `${path}.annotations`))
  append(errors, validateOwnerReferences(next, `${path}.ownerReferences`))
  return errors
}
