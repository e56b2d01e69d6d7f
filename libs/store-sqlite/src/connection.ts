import { createConnection, type StoreConnection } from '@ensign/store'
import { openDatabase, storeErrorFrom } from './database.ts'
import { GroupCommit } from './group-commit.ts'
import { createSqliteBackend } from './sqlite-backend.ts'

/**
 * `sqlite:PATH`: durable, in one file (and its `-wal`), for one process at a time. The folder must exist.
 *
 * @throws StoreError that names the file: in use by another process, not writable, of another program or a newer release.
 */
export function createSqliteConnection({ path }: { readonly path: string }): StoreConnection {
  const database = openDatabase(path)
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
    state: () => (group.broken ? { available: false, reason: group.broken.message } : { available: true }),
    async close() {
      await group.close()
      database.close()
    },
  })
}
