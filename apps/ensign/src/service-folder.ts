/** The folder of one service that shares no file system with the others: what its options name, and nothing else. */
import { statSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileError, makePrivateFolder, readFileIfPresent, writePrivateFiles } from '@ensign/pki'
import { UserError } from '@ensign/process'

type Value = string | number | boolean | readonly string[]

/** An option file, as `--config` reads it. */
export const configText = (options: object): string => `${JSON.stringify(options, undefined, 2)}\n`

/**
 * Copies the certificates and keys that the options name, and writes the options with the names of the copies. A file that
 * is as it should be is not written again: the service may be watching it.
 *
 * A folder that admits its group and nobody else (0750) has its files readable for that group (0640), so that the service
 * reads what it cannot change. In any other folder they are 0600.
 * @returns the option file.
 * @throws UserError naming the file or folder that cannot be used.
 */
export function writeServiceFolder(service: {
  readonly name: string
  readonly folder: string
  /** The plane's folder, whose `pki` has the originals. */
  readonly from: string
  readonly content: Readonly<Record<string, Value>>
}): string {
  const { name, folder, from, content } = service
  makePrivateFolder(folder)
  const files: Record<string, string> = {}
  const seen = (value: string): string => {
    const path = relative(from, value)
    if (value !== join(from, path) || path.startsWith('..')) return value
    if (path.startsWith('pki/')) files[basename(path)] = readOriginal(value)
    return join(folder, basename(path))
  }
  const options = Object.entries(content).map(([option, value]) => {
    if (typeof value === 'string') return [option, seen(value)]
    return [option, typeof value === 'object' ? value.map(seen) : value]
  })
  files[`${name}.json`] = configText(Object.fromEntries(options))
  writeChanged(folder, files)
  return join(folder, `${name}.json`)
}

function readOriginal(file: string): string {
  const text = readFileIfPresent(file)
  if (text === undefined) throw new UserError(`cannot read ${file}: it does not exist`)
  return text
}

function writeChanged(folder: string, files: Readonly<Record<string, string>>): void {
  const readers = readersOf(folder)
  const mode = readers === undefined ? 0o600 : 0o640
  const changed = Object.entries(files).filter(([name, text]) => {
    const path = join(folder, name)
    if (readFileIfPresent(path) !== text) return true
    const found = statSync(path)
    return (found.mode & 0o777) !== mode || (readers !== undefined && found.gid !== readers)
  })
  // Together: a certificate without its key is of no use.
  writePrivateFiles(Object.fromEntries(changed.map(([name, text]) => [join(folder, name), text])), readers)
}

/** The group that a folder admits, if it admits nobody else. */
function readersOf(folder: string): number | undefined {
  try {
    const { mode, gid } = statSync(folder)
    return (mode & 0o057) === 0o050 ? gid : undefined
  } catch (error) {
    throw fileError('read', folder, error)
  }
}
