import type { DatabaseSync } from 'node:sqlite'
import { limits } from './limits.ts'
import { tables } from './schema.ts'

/**
 * Brings a file of schema 1 to schema 2, inside the caller's transaction. There the text of an object was in `object`, and once
 * more in each event of `log` that made or replaced it; events up to `compacted` may have been left behind by a process that
 * was killed.
 */
export function migrateFromSchema1(db: DatabaseSync): void {
  const base = `(place - place % ${limits.revisionsMax})`
  const readable = `log JOIN resource ON resource.id = place / ${limits.revisionsMax}
    WHERE place % ${limits.revisionsMax} > resource.compacted`
  db.exec(`
    ALTER TABLE resource RENAME TO old_resource;
    ALTER TABLE object RENAME TO old_object;
    ${tables}
    INSERT INTO resource SELECT id, name, head, compacted, compacted FROM old_resource;
    INSERT INTO object SELECT resource, key, revision FROM old_object;
    INSERT INTO version SELECT place, key, ${base} + was_revision, now FROM ${readable};
    -- What the oldest events replaced, and what was written before them and is still there.
    INSERT OR IGNORE INTO version SELECT ${base} + was_revision, key, NULL, was FROM ${readable} AND was_revision IS NOT NULL;
    INSERT OR IGNORE INTO version SELECT resource * ${limits.revisionsMax} + revision, key, NULL, json FROM old_object;
    DROP TABLE old_resource;
    DROP TABLE old_object;
    DROP TABLE log;
  `)
}
