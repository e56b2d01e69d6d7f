import { limits } from './limits.ts'

/** Marks the file as ours: "ENSG" as a big-endian number. */
export const applicationId = 0x454e5347

/** Grows when the tables change in a way that an older release cannot read. Files of schema 1 are brought here, see `migration.ts`. */
export const schemaVersion = 2

/**
 * - `resource`: one row per resource type with its counter.
 * - `object`: what there is, without its text: small rows, since names come in no order and each write dirties a page of them.
 * - `version`: what was written, each text once. Its key is the place: `resource id * 2^44 + revision`, one integer, so that a
 *   single b-tree without a second index holds all types, each in the order of its revisions, and grows at its ends only.
 *   It is the log and holds the objects: a version stays while it is an object's newest or the event that replaced it is not
 *   forgotten. `was` is the place of the version that it replaced; without `json` it deleted the key.
 *
 * `compacted` is up to where nobody may read the log, `forgotten` up to where what nobody may read is gone.
 */
export const tables = `
CREATE TABLE IF NOT EXISTS resource (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  head INTEGER NOT NULL,
  compacted INTEGER NOT NULL,
  forgotten INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS object (
  resource INTEGER NOT NULL,
  key TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (resource, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS version (
  place INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  was INTEGER,
  json TEXT
);
`

export const placeOf = (resourceId: number, revision: number): number => resourceId * limits.revisionsMax + revision
