/**
 * The annotation in which client-side apply keeps what it applied last. `kubectl apply --server-side` may take over from
 * it without conflicts, and keeps it up to date for the way back.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/lastapplied{,manager,updater}.go
 */

import { difference, type FieldSet } from './field-set.ts'
import { goJson } from './go-text.ts'
import { parsePlainJson } from './int64.ts'
import { annotationsSizeBytesMax } from './object-meta.ts'
import { compareFields } from './typed-compare.ts'
import { fieldSetOf } from './typed-field-set.ts'
import type { StructType } from './typed-schema.ts'
import { validateTyped } from './typed-validate.ts'
import { isJsonObject, type JsonObject, TypedValueError } from './typed-value.ts'

const annotation = 'kubectl.kubernetes.io/last-applied-configuration'

const annotationsOf = ({ metadata }: JsonObject): JsonObject | undefined => {
  const annotations = isJsonObject(metadata) ? metadata['annotations'] : undefined
  return isJsonObject(annotations) ? annotations : undefined
}

/** Fields that still are as they were last applied; undefined without a usable annotation. */
export function fieldsKeptFromLastApplied(
  type: StructType,
  live: JsonObject,
  apiVersion: string,
): FieldSet | undefined {
  const text = annotationsOf(live)?.[annotation]
  if (typeof text !== 'string' || text === '') return undefined
  try {
    const last: unknown = parsePlainJson(text)
    if (!isJsonObject(last) || last['apiVersion'] !== apiVersion || last['kind'] !== live['kind']) return undefined
    validateTyped(type, last)
    const { changed, removed } = compareFields(type, last, live)
    return difference(difference(fieldSetOf(type, last), changed), removed)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypedValueError) return undefined
    throw error
  }
}

/** The object with the annotation telling of this configuration, when it has the annotation at all. */
export function syncLastApplied(object: JsonObject, config: JsonObject): JsonObject {
  const annotations = annotationsOf(object)
  if (!annotations?.[annotation]) return object
  const text = `${goJson(withoutAnnotation(config))}\n`
  if (annotations[annotation] === text) return object
  const { [annotation]: _, ...others } = annotations
  const next = { ...others, [annotation]: text }
  const metadata = {
    ...(object['metadata'] as JsonObject),
    annotations: sizeBytes(next) > annotationsSizeBytesMax ? others : next,
  }
  return { ...object, metadata }
}

function withoutAnnotation(config: JsonObject): JsonObject {
  const annotations = annotationsOf(config)
  if (!annotations) return config
  const { [annotation]: _, ...others } = annotations
  return { ...config, metadata: { ...(config['metadata'] as JsonObject), annotations: others } }
}

const sizeBytes = (annotations: JsonObject): number =>
  Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : 0),
    0,
  )
