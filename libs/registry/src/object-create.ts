/**
 * Create: fills what only the server may set, runs the kind's hooks and admission, and commits.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/registry/rest/create.go (BeforeCreate),
 * pkg/registry/generic/registry/store.go (Create)
 */
import { randomUUID } from 'node:crypto'
import {
  type AnyResourceDefinition,
  alreadyExists,
  apiVersionOf,
  append,
  type FieldError,
  generateName,
  invalid,
  type KubeObject,
  nameRuleOf,
  StatusError,
  validateObjectMeta,
} from '@ensign/apimachinery'
import { limits } from './limits.ts'
import type { RequestContext } from './request-context.ts'

let written = { second: 0, text: '1970-01-01T00:00:00Z' }

/** RFC 3339 in whole seconds, as metav1.Time is written. Thousands of writes have the same: its text is made once. */
export function timestamp(ms: number): string {
  const second = Math.floor(ms / 1000)
  if (second !== written.second) written = { second, text: `${new Date(ms).toISOString().slice(0, 19)}Z` }
  return written.text
}

/** Sets identity and times, and drops what a client may not bring. Changes `object`. */
export function fillSystemFields(object: KubeObject, definition: AnyResourceDefinition, context: RequestContext): void {
  const { metadata } = object
  if (metadata.resourceVersion)
    throw new StatusError('Unknown', 'resourceVersion should not be set on objects to be created')
  object.kind = definition.kind
  object.apiVersion = apiVersionOf(definition)
  metadata.uid = randomUUID()
  metadata.creationTimestamp = timestamp(context.now)
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  delete metadata.selfLink
  if (definition.specChanged) metadata.generation = 1
  if (!definition.namespaced) delete metadata.namespace
}

/** Whose words the causes speak: what is another view of a stored kind is checked as that kind. */
export const checkedAs = (definition: AnyResourceDefinition): AnyResourceDefinition =>
  definition.conversion?.stored ?? definition

/** ObjectMeta's checks and the kind's own; throws the 422 that names them all. */
export function checkNew(object: KubeObject, definition: AnyResourceDefinition): void {
  const errors: FieldError[] = validateObjectMeta(object.metadata, {
    namespaced: definition.namespaced,
    nameRule: nameRuleOf(definition),
  })
  if (definition.validate) append(errors, definition.validate(object))
  if (errors.length) throw invalid(checkedAs(definition).group, definition.kind, object.metadata.name ?? '', errors)
}

/** Runs `attempt` with the object's name, or with generated ones until one is free. */
export async function withGeneratedName<T>(
  object: KubeObject,
  definition: AnyResourceDefinition,
  attempt: () => Promise<{ made: T } | { exists: Readonly<KubeObject> }>,
): Promise<T> {
  const base = object.metadata.name ? undefined : object.metadata.generateName
  const resource = { group: definition.group, resource: definition.plural }
  for (let left = base ? limits.generateNameAttemptsMax : 1; ; left--) {
    if (base) object.metadata.name = generateName(base)
    const result = await attempt()
    if ('made' in result) return result.made
    const name = object.metadata.name ?? ''
    if (left > 1) continue
    const error = alreadyExists(resource, name)
    if (base) {
      throw new StatusError(
        'AlreadyExists',
        `${error.message}, the server was not able to generate a unique name for the object`,
        {
          ...error.status.details,
          retryAfterSeconds: 1,
        },
      )
    }
    if (result.exists.metadata.deletionTimestamp) {
      throw new StatusError('AlreadyExists', `object is being deleted: ${error.message}`, error.status.details)
    }
    throw error
  }
}
