import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileError } from '@ensign/pki'
import { errorMessage, UserError } from '@ensign/process'

/**
 * Keeps a folder for one process. The lock is SQLite's on a file: the system drops it with the process, however that
 * ends, so nothing stale is ever left behind as with a file that names a process.
 * @throws UserError when another process has it.
 */
export function lockFolder(folder: string): { release(): void } {
  const pidFile = join(folder, 'ensign.pid')
  const lockFile = join(folder, 'ensign.lock')
  let database: DatabaseSync
  try {
    // SQLite would make it readable for everybody.
    closeSync(openSync(lockFile, 'a', 0o600))
    database = new DatabaseSync(lockFile)
  } catch (error) {
    throw fileError('write', lockFile, error)
  }
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!errorMessage(error).includes('locked')) throw fileError('lock', folder, error)
    throw new UserError(`another ensign is running on ${folder}${runningAs(pidFile)}`, {
      hint: 'stop it, or choose another folder with --dir',
    })
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 })
  return { release: () => database.close() }
}

function runningAs(pidFile: string): string {
  try {
    return ` (process ${readFileSync(pidFile, 'utf8').trim()})`
  } catch {
    return ''
  }
}
