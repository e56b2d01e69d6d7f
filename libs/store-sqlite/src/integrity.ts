/** Whether a store file and its log are whole, looked at before anything is read from them. */
import fs from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '@ensign/store'
import { limits } from './limits.ts'

/**
 * Reads every page once, and compares our tables with each other. Measured with 100,000 objects (75 MB): 0.1 s.
 *
 * @throws StoreError `Misused` that says what is damaged, or what SQLite throws for a page that it cannot read.
 */
export function checkTables(db: DatabaseSync, path: string): void {
  const { quick_check: found } = db.prepare('PRAGMA quick_check(1)').get() as { quick_check: string }
  if (found !== 'ok') throw damaged(path, found)
  const textless = db
    .prepare(
      `SELECT count(*) AS count FROM object
      LEFT JOIN version ON place = resource * ${limits.revisionsMax} + revision WHERE json IS NULL`,
    )
    .get() as { count: number }
  if (textless.count > 0) throw damaged(path, `${textless.count} objects are without their text`)
  const behind = db
    .prepare(
      `SELECT name FROM resource WHERE head < (SELECT max(revision) FROM object WHERE object.resource = resource.id)
      OR EXISTS (SELECT 1 FROM version WHERE place > resource.id * ${limits.revisionsMax} + head
        AND place < (resource.id + 1) * ${limits.revisionsMax})`,
    )
    .get() as { name: string } | undefined
  if (behind) throw damaged(path, `the counter of ${behind.name} is behind its objects`)
}

const damaged = (path: string, what: string): StoreError =>
  new StoreError('Misused', `the store file ${path} is damaged: ${what}; restore it from a backup`)

/** Source: sqlite.org/fileformat2.html#the_write_ahead_log */
const wal = { headerBytes: 32, frameHeaderBytes: 24, magicLittle: 0x377f0682, magicBig: 0x377f0683 } as const

/**
 * Looks through the write-ahead log that a killed process left. SQLite reads it up to the first frame that is not whole and
 * forgets the rest without a word. One transaction may be torn, the one that was being written and that nobody was told of.
 * When several are behind a torn frame, they had been acknowledged.
 *
 * @throws StoreError `Misused`
 */
export function checkLog(path: string): void {
  const file = `${path}-wal`
  let bytes: Buffer
  try {
    bytes = fs.readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const lost = transactionsBehindDamage(bytes)
  if (lost > 1) {
    throw new StoreError(
      'Misused',
      `the log ${file} is damaged: ${lost} transactions behind the damage cannot be read; restore the store from a backup, or remove the log to go on without them`,
    )
  }
}

function transactionsBehindDamage(bytes: Buffer): number {
  if (bytes.length < wal.headerBytes) return 0
  const magic = bytes.readUInt32BE(0)
  if (magic !== wal.magicLittle && magic !== wal.magicBig) return 0
  const isLittle = magic === wal.magicLittle
  const pageBytes = bytes.readUInt32BE(8)
  if (pageBytes < 512 || pageBytes > 65_536) return 0
  const frameBytes = wal.frameHeaderBytes + pageBytes
  const salt = bytes.subarray(16, 24)
  let sum = checksum(bytes, 0, 24, [0, 0], isLittle)
  let isWhole = isSum(bytes, 24, sum)
  let behind = 0
  for (let at = wal.headerBytes; at + frameBytes <= bytes.length; at += frameBytes) {
    // What is left of the log as it was before it began again.
    if (!bytes.subarray(at + 8, at + 16).equals(salt)) return behind
    if (isWhole) {
      sum = checksum(bytes, at, at + 8, sum, isLittle)
      sum = checksum(bytes, at + wal.frameHeaderBytes, at + frameBytes, sum, isLittle)
      isWhole = isSum(bytes, at + 16, sum)
    }
    // The last frame of a transaction tells the size of the database.
    if (!isWhole && bytes.readUInt32BE(at + 4) > 0) behind++
  }
  return behind
}

type Sum = readonly [number, number]

const isSum = (bytes: Buffer, at: number, [a, b]: Sum): boolean =>
  bytes.readUInt32BE(at) === a && bytes.readUInt32BE(at + 4) === b

function checksum(bytes: Buffer, from: number, to: number, [first, second]: Sum, isLittle: boolean): Sum {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let [a, b] = [first, second]
  for (let at = from; at < to; at += 8) {
    a = (a + view.getUint32(at, isLittle) + b) >>> 0
    b = (b + view.getUint32(at + 4, isLittle) + a) >>> 0
  }
  return [a, b]
}
