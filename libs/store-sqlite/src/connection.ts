import { createConnection, type StoreConnection } from '@ensign/store'
import { openDatabase, storeErrorFrom } from './database.ts'
import { GroupCommit } from './group-commit.ts'
import { createSqliteBackend } from './sqlite-backend.ts'

export interface SqliteOptions {
  readonly path: string
  /** Pages that the file may have; as many as the disk holds when absent. */
  readonly pagesMax?: number
}

/**
 * `sqlite:PATH`: durable, in one file (and its `-wal`), for one process at a time. The folder must exist.
 *
 * @throws StoreError that names the file: in use by another process, not writable, of another program or a newer release.
 */
export function createSqliteConnection({ path, pagesMax }: SqliteOptions): StoreConnection {
  const database = openDatabase(path, { ...(pagesMax !== undefined && { pagesMax }) })
  const group = new GroupCommit(database)
  return createConnection({
    open(resource) {
      try {
        return createSqliteBackend(database, group, resource)
      } catch (error) {
        throw storeErrorFrom(error, path)
      }
    },
    async ping() {
      if (group.broken) throw group.broken
      try {
        database.countResources.get()
      } catch (error) {
        throw storeErrorFrom(error, path)
      }
    },
    state() {
      const problem = group.broken ?? group.full
      return problem ? { available: false, reason: problem.message } : { available: true }
    },
    async close() {
      await group.close()
      database.close()
    },
  })
}
