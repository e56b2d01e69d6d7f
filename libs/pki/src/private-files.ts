/** Files that only their owner may read, and a group where one is named, written so that nobody ever sees half of one. */
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { errorMessage, systemErrorCode, UserError } from '@ensign/process'

/** Makes the folder (0700) and those above it; one that exists keeps its mode. @throws UserError */
export function makePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw fileError('make the folder', path, error)
  }
}

/**
 * Writes files that are 0600 from their first byte. Several that belong together are all complete on disk before the
 * first takes its name.
 * @param readers id of a group that may read them too (0640). The owner of a file needs no privilege to give it to a
 * group that he is a member of.
 * @throws UserError
 */
export function writePrivateFiles(files: Readonly<Record<string, string | Buffer>>, readers?: number): void {
  const staged = Object.entries(files).map(([path, content]) => ({ path, content, temporary: `${path}.tmp` }))
  let current = ''
  try {
    for (const { path, content, temporary } of staged) {
      current = path
      // What a crashed run left there may have another mode.
      rmSync(temporary, { force: true })
      writeFileSync(temporary, content, { mode: 0o600, flag: 'wx', flush: true })
      if (readers === undefined) continue
      chownSync(temporary, -1, readers)
      chmodSync(temporary, 0o640)
    }
    for (const { path, temporary } of staged) {
      current = path
      renameSync(temporary, path)
    }
  } catch (error) {
    for (const { temporary } of staged) removeIfPossible(temporary)
    throw fileError('write', current, error)
  }
}

/** For what is tidied up after a failure, which is to be told and not this. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {}
}

/** The text of a file, or undefined when there is none. @throws UserError */
export function readFileIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw fileError('read', path, error)
  }
}

const explanations: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'there is a file of that name',
  EISDIR: 'it is a folder',
  ENOENT: 'it does not exist',
}

/** One line for a file that could not be used, and whose it is when that is the reason. */
export function fileError(what: string, path: string, error: unknown): UserError {
  const code = systemErrorCode(error)
  const reason = (code && explanations[code]) ?? errorMessage(error)
  const hint = code === 'EACCES' || code === 'EPERM' ? ownerHint(path) : undefined
  return new UserError(`cannot ${what} ${path}: ${reason}`, { cause: error, ...(hint !== undefined && { hint }) })
}

/** Whose the path is, or the first folder above it that can be looked at. */
function ownerHint(path: string): string | undefined {
  const user = process.getuid?.()
  const owner = statIfPossible(path)?.uid
  if (owner === undefined && dirname(path) !== path) return ownerHint(dirname(path))
  if (user === undefined || owner === undefined || owner === user) return undefined
  return `${path} belongs to user ${owner}, and this is user ${user}`
}

function statIfPossible(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}
