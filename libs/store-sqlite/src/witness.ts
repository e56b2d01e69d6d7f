/**
 * How many writes were acknowledged, in a small file beside the store. The store itself cannot tell that its log was cut off or
 * removed: what is left is an older state of it, whole and plausible. It is written after each group is safe on the disk and not
 * synced, so it is never ahead of the store, and behind it only after a loss of power.
 */
import fs from 'node:fs'
import { StoreError } from '@ensign/store'

export interface Witness {
  /** This many writes are acknowledged now. */
  tell(writes: number): void
  close(): void
}

/**
 * @param writes how many the store has
 * @param isNew whether the store was just made, and has none of what a file of that name had before
 * @throws StoreError `Misused` when more were acknowledged
 */
export function openWitness(path: string, writes: number, isNew: boolean): Witness {
  const file = `${path}-head`
  const known = isNew ? 0 : acknowledged(file)
  if (known > writes) {
    throw new StoreError(
      'Misused',
      `the store file ${path} lacks ${known - writes} writes that it had acknowledged: its log was cut off, or it was replaced by an older file; restore it, or remove ${file} to go on without them`,
    )
  }
  let descriptor: number | undefined
  try {
    descriptor = fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_CREAT, 0o600)
  } catch {
    // Without space for it the store works as well.
  }
  const witness: Witness = {
    tell(count) {
      if (descriptor === undefined) return
      try {
        fs.writeSync(descriptor, `${String(count).padStart(16, '0')}\n`, 0)
      } catch {
        // It is behind now, which is allowed.
      }
    },
    close() {
      if (descriptor !== undefined) fs.closeSync(descriptor)
      descriptor = undefined
    },
  }
  witness.tell(writes)
  return witness
}

/** Zero when nothing that makes sense is written down. */
function acknowledged(file: string): number {
  try {
    const text = fs.readFileSync(file, 'latin1')
    return /^\d{16}\n$/.test(text) ? Number(text) : 0
  } catch {
    return 0
  }
}
