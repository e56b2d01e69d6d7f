import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parsePrivateKey, parsePublicKeys } from '@ensign/keypair'
import { testKeyPems } from '@ensign/keypair/testing'
import { UserError } from '@ensign/process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensureSigningKey } from './signing-key.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ensign-key-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const file = (name: string) => join(folder, name)
const publicIds = () => parsePublicKeys(readFileSync(file('sa.pub'))).map((key) => key.kid)

async function refusal(): Promise<string> {
  const error = await ensureSigningKey(folder, 'ES256').catch((thrown: unknown) => thrown)
  if (error instanceof UserError) return error.line
  throw error
}

test('a pair is made once, of the algorithm asked for', async () => {
  await ensureSigningKey(folder, 'ES384')
  const key = parsePrivateKey(readFileSync(file('sa.key')))
  expect(key.algorithm).toBe('ES384')
  expect(publicIds()).toEqual([key.kid])
  expect(statSync(file('sa.key')).mode & 0o777).toBe(0o600)
  await ensureSigningKey(folder, 'RS256')
  expect(parsePrivateKey(readFileSync(file('sa.key'))).kid).toBe(key.kid)
})

test('the public half is made again when it is missing', async () => {
  writeFileSync(file('sa.key'), testKeyPems.ES256)
  await ensureSigningKey(folder, 'RS256')
  expect(publicIds()).toEqual([parsePrivateKey(testKeyPems.ES256).kid])
})

test('older verification keys stay when the private key is made anew', async () => {
  writeFileSync(file('sa.key'), testKeyPems.ES256)
  await ensureSigningKey(folder, 'ES256')
  const [older] = publicIds()
  rmSync(file('sa.key'))
  await ensureSigningKey(folder, 'ES256')
  expect(publicIds()).toEqual([parsePrivateKey(readFileSync(file('sa.key'))).kid, older])
})

test('a broken key is named in one line', async () => {
  writeFileSync(file('sa.key'), testKeyPems.ES256.replace(/\nM/, '\nX'))
  expect(await refusal()).toBe(
    `cannot use ${file('sa.key')}: PEM block 1 (PRIVATE KEY) is damaged or of an unknown kind; put the right file back; without it, the tokens it signed are no longer valid`,
  )
  writeFileSync(file('sa.key'), testKeyPems.ES256)
  writeFileSync(file('sa.pub'), testKeyPems.RS256)
  expect(await refusal()).toBe(
    `${file('sa.pub')} does not have the public half of ${file('sa.key')}; add it, or move sa.pub away to have it made`,
  )
})
