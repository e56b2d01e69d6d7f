import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writePrivateFiles } from './private-files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ensign-private-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const isRoot = process.getuid?.() === 0

test('private files: only the owner reads them, and a group that is named', () => {
  writePrivateFiles({ [join(folder, 'own')]: '' })
  writePrivateFiles({ [join(folder, 'shared')]: '' }, process.getgid?.() ?? 0)
  expect(statSync(join(folder, 'own')).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'shared')).mode & 0o777).toBe(0o640)
})

/** As a user without privileges; what it threw. */
function asUser(call: string, groups: readonly number[] = []): string {
  const files = new URL('./private-files.ts', import.meta.url).href
  const program = `process.setgroups(${JSON.stringify(groups)}); process.setgid(12345); process.setuid(12345)
    try { ${call} } catch (error) { console.log(error.line) }`
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', `import { makePrivateFolder, writePrivateFiles } from '${files}'; ${program}`],
    { encoding: 'utf8' },
  )
  return stdout + stderr
}

test.skipIf(!isRoot)(
  'private files: a group of the owner gets them without any privilege, another one does not',
  () => {
    chownSync(folder, 12_345, 12_345)
    const path = join(folder, 'key')
    expect(asUser(`writePrivateFiles({ '${path}': '' }, 12346)`, [12_346])).toBe('')
    const { uid, gid } = statSync(path)
    expect([uid, gid]).toEqual([12_345, 12_346])
    expect(asUser(`writePrivateFiles({ '${path}': '' }, 12347)`, [12_346])).toContain(`cannot write ${path}`)
  },
)

test.skipIf(!isRoot)('private files: a folder of another user is named with its owner', () => {
  chmodSync(folder, 0o755)
  const below = join(folder, 'a/b')
  expect(asUser(`makePrivateFolder('${below}')`)).toBe(
    `cannot make the folder ${below}: permission denied; ${folder} belongs to user 0, and this is user 12345\n`,
  )
  chmodSync(folder, 0o700)
  expect(asUser(`writePrivateFiles({ '${below}': '' })`)).toContain(`${folder} belongs to user 0`)
})
