import { statSync } from 'node:fs'
import type { Logger } from './log.ts'

/** Bits of a mode that let anybody read or write, and the owner's group write. Its group may read: mounted secrets are so. */
const openBits = 0o026

/**
 * Warns of files with keys or other secrets that others may read. They are used all the same: in a container that has one user the mode
 * says nothing, and a plane that does not start protects nobody.
 * @param files by the flag that names them, or by what they are; absent ones and ones that are not there are somebody else's mistake to tell
 */
export function warnOfExposedKeys(files: Readonly<Record<string, string | undefined>>, log: Logger): void {
  for (const [what, file] of Object.entries(files)) {
    const mode = file === undefined ? undefined : modeOf(file)
    if (mode === undefined || (mode & openBits) === 0) continue
    log.warn('others may read a secret file', { file, mode: `0${mode.toString(8)}`, what, help: 'chmod 600' })
  }
}

function modeOf(file: string): number | undefined {
  try {
    return statSync(file).mode & 0o777
  } catch {
    return undefined
  }
}
