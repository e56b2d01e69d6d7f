import { DatabaseSync } from 'node:sqlite'
import { applicationId } from '../schema.ts'

/**
 * A file as releases with schema 1 left it: one type at revision 8, compacted up to 4 with an event that compaction had not
 * got to when its process ended, and a second type with one object.
 */
export function schema1File(path: string): void {
  const db = new DatabaseSync(path)
  db.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE resource (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, head INTEGER NOT NULL, compacted INTEGER NOT NULL);
    CREATE TABLE object (
      resource INTEGER NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, json TEXT NOT NULL,
      PRIMARY KEY (resource, key)
    ) WITHOUT ROWID;
    CREATE TABLE log (place INTEGER PRIMARY KEY, key TEXT NOT NULL, now TEXT, was TEXT, was_revision INTEGER);
    PRAGMA application_id = ${applicationId};
    PRAGMA user_version = 1;
    INSERT INTO resource VALUES (0, 'core/others', 2, 0), (1, 'core/things', 8, 4);
    INSERT INTO object VALUES
      (0, '/old', 2, '"other"'), (1, '/kept', 2, '"kept"'), (1, '/new', 7, '"new 2"'), (1, '/old', 5, '"old 2"');
    INSERT INTO log VALUES (2, '/old', '"other"', NULL, NULL);
  `)
  const append = db.prepare(`INSERT INTO log VALUES (${2 ** 44} + ?, ?, ?, ?, ?)`)
  append.run(4, '/gone', '"gone"', null, null)
  append.run(5, '/old', '"old 2"', '"old"', 3)
  append.run(6, '/new', '"new"', null, null)
  append.run(7, '/new', '"new 2"', '"new"', 6)
  append.run(8, '/gone', null, '"gone"', 4)
  db.close()
}
