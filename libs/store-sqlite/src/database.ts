import fs from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { firstRevision, StoreError } from '@ensign/store'
import { checkLog, checkTables } from './integrity.ts'
import { limits } from './limits.ts'
import { lockHolder } from './lock-holder.ts'
import { migrateFromSchema1 } from './migration.ts'
import { applicationId, schemaVersion, tables } from './schema.ts'
import { openWitness, type Witness } from './witness.ts'

/** The SQLite result codes that have a meaning here. Source: sqlite.org/rescode.html */
const sqlite = { busy: 5, readonly: 8, corrupt: 11, full: 13, cantOpen: 14, notADatabase: 26 } as const

/** An open file and its statements. */
export interface Database {
  readonly path: string
  readonly begin: StatementSync
  readonly commit: StatementSync
  readonly rollback: StatementSync
  readonly readResource: StatementSync
  readonly addResource: StatementSync
  readonly countResources: StatementSync
  readonly setHead: StatementSync
  readonly setCompacted: StatementSync
  readonly get: StatementSync
  readonly range: StatementSync
  readonly insert: StatementSync
  readonly update: StatementSync
  readonly remove: StatementSync
  readonly append: StatementSync
  readonly after: StatementSync
  readonly forgetReplaced: StatementSync
  readonly forgetDeletions: StatementSync
  readonly setForgotten: StatementSync
  /** Writes a page, and changes nothing. */
  readonly probe: StatementSync
  /** Whether a transaction is open. Some errors (a full disk) have rolled it back already. */
  inTransaction(): boolean
  /** Makes everything committed so far survive a loss of power, without holding the event loop. */
  sync(): Promise<void>
  /** So many more writes are on the disk, and their writers may be told. */
  acknowledge(count: number): void
  close(): void
}

/**
 * Opens or makes the file, for this process alone.
 *
 * @throws StoreError that names the file and what is wrong with it.
 */
export function openDatabase(path: string, { pagesMax }: { readonly pagesMax?: number } = {}): Database {
  try {
    // Before SQLite does, because it would make the file readable for everybody; -wal takes over these rights. A file that is
    // there is not opened: closing it again would drop the lock that this process may hold on it.
    if (!fs.existsSync(path)) fs.closeSync(fs.openSync(path, 'a', 0o600))
    fs.chmodSync(path, 0o600)
  } catch (error) {
    throw new StoreError('Unavailable', `cannot open the store file ${path}: ${(error as Error).message}`, {
      cause: error,
    })
  }
  let db: DatabaseSync | undefined
  try {
    checkLog(path)
    const isNew = fs.statSync(path).size === 0
    db = new DatabaseSync(path)
    prepareFile(db, path)
    if (pagesMax !== undefined) db.exec(`PRAGMA max_page_count = ${pagesMax}`)
    const { writes } = db.prepare('SELECT coalesce(sum(head - ?), 0) AS writes FROM resource').get(firstRevision) as {
      writes: number
    }
    return statements(db, path, { writes, witness: openWitness(path, writes, isNew) })
  } catch (error) {
    db?.close()
    throw error instanceof StoreError ? error : storeErrorFrom(error, path)
  }
}

/** What SQLite throws, as what a store may throw. */
export function storeErrorFrom(error: unknown, path: string): StoreError {
  const code = (error as { errcode?: number }).errcode
  // Extended result codes carry the primary one in their low byte.
  switch (code === undefined ? undefined : code & 0xff) {
    case sqlite.busy:
      return new StoreError(
        'Unavailable',
        `the store file ${path} is in use by another process${holderText(path)}; stop it, or name another file`,
        { cause: error },
      )
    case sqlite.full:
      return new StoreError('Full', `the store file ${path} cannot grow: its disk is full`, { cause: error })
    case sqlite.notADatabase:
    case sqlite.corrupt:
      return new StoreError('Misused', `the store file ${path} is damaged or no SQLite database`, { cause: error })
    default:
      return new StoreError('Unavailable', `the store file ${path}: ${(error as Error).message}`, { cause: error })
  }
}

function holderText(path: string): string {
  const pid = lockHolder(path)
  return pid === undefined ? '' : ` (pid ${pid})`
}

/**
 * Locks the file and brings it to our schema.
 *
 * `synchronous` is NORMAL although an answered write must survive a loss of power: SQLite then syncs only around
 * checkpoints, and the sync after a commit, which FULL would do on the event loop, is done by {@link Database.sync} in the
 * thread pool before the writer is answered. What is in the file at which moment is the same. Measured in groups of 32:
 * equal throughput (50,000 writes/s), but the loop goes on serving while the disk works, 0.2 ms per group on a
 * server's disk and 5 to 20 ms on a laptop's. A worker thread would do as well, for 10 MiB and a copy of each value.
 */
function prepareFile(db: DatabaseSync, path: string): void {
  // Exclusive, and before WAL, so that SQLite needs no shared memory and a second process is refused at once.
  db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;')
  // A negative size is in KiB.
  db.exec(`PRAGMA cache_size = -${limits.cacheKib}; PRAGMA wal_autocheckpoint = ${limits.walPagesMax};`)
  const { application_id: application } = db.prepare('PRAGMA application_id').get() as { application_id: number }
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  const { count } = db.prepare('SELECT count(*) AS count FROM sqlite_schema').get() as { count: number }
  if (application !== applicationId && (application !== 0 || count > 0)) {
    throw new StoreError('Misused', `the file ${path} is a SQLite database of another program`)
  }
  if (version > schemaVersion) {
    throw new StoreError(
      'Misused',
      `the store file ${path} was written by a newer release (schema ${version}, this one reads ${schemaVersion})`,
    )
  }
  db.exec('BEGIN IMMEDIATE')
  if (version === 1) migrateFromSchema1(db)
  // Always writes a page, so that the -wal file is there for sync() to open.
  db.exec(`${tables} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; COMMIT;`)
  checkTables(db, path)
}

/** Where the text of an object is, see `placeOf`. */
const objectPlace = `resource * ${limits.revisionsMax} + revision`

function statements(
  db: DatabaseSync,
  path: string,
  { writes, witness }: { writes: number; witness: Witness },
): Database {
  let acknowledged = writes
  const wal = fs.openSync(`${path}-wal`, 'r+')
  return {
    path,
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    readResource: db.prepare('SELECT id, head, compacted, forgotten FROM resource WHERE name = ?'),
    addResource: db.prepare('INSERT INTO resource (id, name, head, compacted, forgotten) VALUES (?, ?, ?, ?, 0)'),
    countResources: db.prepare('SELECT count(*) AS count FROM resource'),
    setHead: db.prepare('UPDATE resource SET head = ? WHERE id = ?'),
    setCompacted: db.prepare('UPDATE resource SET compacted = ? WHERE id = ?'),
    setForgotten: db.prepare('UPDATE resource SET forgotten = ? WHERE id = ?'),
    get: db.prepare(
      `SELECT revision, json FROM object CROSS JOIN version ON place = ${objectPlace} WHERE resource = ? AND object.key = ?`,
    ),
    range: db.prepare(
      `SELECT object.key, revision, json FROM object CROSS JOIN version ON place = ${objectPlace}
      WHERE resource = ? AND object.key >= ? ORDER BY object.key LIMIT ?`,
    ),
    insert: db.prepare('INSERT INTO object (resource, key, revision) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    update: db.prepare('UPDATE object SET revision = ? WHERE resource = ? AND key = ?'),
    remove: db.prepare('DELETE FROM object WHERE resource = ? AND key = ?'),
    append: db.prepare('INSERT INTO version (place, key, was, json) VALUES (?, ?, ?, ?)'),
    after: db.prepare(
      `SELECT event.place, event.key, event.json AS now, event.was AS was_place, old.json AS was
      FROM version AS event LEFT JOIN version AS old ON old.place = event.was
      WHERE event.place > ? AND event.place <= ? ORDER BY event.place LIMIT ?`,
    ),
    forgetReplaced: db.prepare(
      'DELETE FROM version WHERE place IN (SELECT was FROM version WHERE place > ? AND place <= ?)',
    ),
    forgetDeletions: db.prepare('DELETE FROM version WHERE place > ? AND place <= ? AND json IS NULL'),
    probe: db.prepare(`PRAGMA user_version = ${schemaVersion}`),
    inTransaction: () => db.isTransaction,
    sync: () => new Promise((resolve, reject) => fs.fdatasync(wal, (error) => (error ? reject(error) : resolve()))),
    acknowledge(count) {
      acknowledged += count
      witness.tell(acknowledged)
    },
    close() {
      db.close()
      fs.closeSync(wal)
      witness.close()
    },
  }
}
