import { limits } from './limits.ts'

/** Marks the file as ours: "ENSG" as a big-endian number. */
export const applicationId = 0x454e5347

/** Grows when the tables change in a way that an older release cannot read. */
export const schemaVersion = 1

/**
 * - `resource`: one row per resource type with its counter.
 * - `object`: what there is.
 * - `log`: what was written. Its key is the place: `resource id * 2^44 + revision`, one integer, so that a single b-tree
 *   without a second index holds all types, each in the order of its revisions.
 */
export const tables = `
CREATE TABLE IF NOT EXISTS resource (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  head INTEGER NOT NULL,
  compacted INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS object (
  resource INTEGER NOT NULL,
  key TEXT NOT NULL,
  revision INTEGER NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (resource, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (
  place INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  now TEXT,
  was TEXT,
  was_revision INTEGER
);
`

export const placeOf = (resourceId: number, revision: number): number => resourceId * limits.revisionsMax + revision
