/** Path and query parameters of the operations in OpenAPI documents. */
import type { JsonObject } from './openapi-schemas.ts'

export function pathParameter(name: 'name' | 'namespace'): JsonObject {
  const description = name === 'name' ? 'name of the object' : 'namespace of the objects'
  return { name, in: 'path', description, required: true, schema: { type: 'string', uniqueItems: true } }
}

const query = (name: string, type: 'string' | 'boolean' | 'integer', description: string): JsonObject => ({
  name,
  in: 'query',
  description,
  schema: { type, uniqueItems: true },
})

const pretty = query('pretty', 'string', 'Write the answer with line ends and indents when "true".')
const dryRun = query('dryRun', 'string', '"All" runs the whole request but stores nothing.')

export const readParameters: readonly JsonObject[] = [pretty]

export const writeParameters: readonly JsonObject[] = [
  pretty,
  dryRun,
  query('fieldManager', 'string', 'Name under which changed fields are recorded, at most 128 characters.'),
  // kubectl looks for this parameter to learn that the server validates, and then leaves it to the server.
  query('fieldValidation', 'string', 'What to do about unknown and duplicate fields: Ignore, Warn or Strict.'),
]

export const deleteParameters: readonly JsonObject[] = [
  pretty,
  dryRun,
  query('gracePeriodSeconds', 'integer', 'Seconds before the object is removed; zero removes it at once.'),
  query('orphanDependents', 'boolean', 'Deprecated, use propagationPolicy.'),
  query('propagationPolicy', 'string', 'What becomes of dependents: Orphan, Background or Foreground.'),
]

export const listParameters: readonly JsonObject[] = [
  pretty,
  query('allowWatchBookmarks', 'boolean', 'Send events of type BOOKMARK that only tell how far the watch has come.'),
  query('continue', 'string', 'Token from the metadata of the page before.'),
  query('fieldSelector', 'string', 'Return only objects whose fields match.'),
  query('labelSelector', 'string', 'Return only objects whose labels match.'),
  query('limit', 'integer', 'Largest number of objects in one answer.'),
  query('resourceVersion', 'string', 'Revision that the answer must not be older than.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion is meant: Exact or NotOlderThan.'),
  query('sendInitialEvents', 'boolean', 'Begin a watch with all objects there are, then a bookmark.'),
  query('timeoutSeconds', 'integer', 'Seconds after which the request ends.'),
  query('watch', 'boolean', 'Stream changes instead of listing.'),
]
