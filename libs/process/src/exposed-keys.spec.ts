import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { warnOfExposedKeys } from './exposed-keys.ts'
import { createLogger } from './log.ts'

const folder = mkdtempSync(join(tmpdir(), 'ensign-keys-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'sa.key')
writeFileSync(file, 'key')

const warnings = (mode: number): string => {
  chmodSync(file, mode)
  let text = ''
  const log = createLogger({ write: (line) => (text += line), format: 'text' })
  warnOfExposedKeys({ 'a-key-file': file, 'b-key-file': undefined, 'c-key-file': join(folder, 'none') }, log)
  return text
}

test('a private key that others may read is told with its file, its mode and what to do', () => {
  expect(warnings(0o644)).toContain(
    `others may read a secret file file=${file} mode=0644 what=a-key-file help="chmod 600"`,
  )
  for (const mode of [0o604, 0o602, 0o660]) expect(warnings(mode), mode.toString(8)).toContain('others may read')
})

test('one that its owner, or the group too, may read is not', () => {
  for (const mode of [0o600, 0o400, 0o640, 0o440]) expect(warnings(mode), mode.toString(8)).toBe('')
})
