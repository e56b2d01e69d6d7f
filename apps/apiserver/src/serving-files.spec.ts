import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '@ensign/process/testing'
import { afterAll, expect, test } from 'vitest'
import { servingFiles } from './serving-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'ensign-serving-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const nowMs = manualClock().now()
const files = (named: { 'cert-dir'?: string; 'tls-cert-file'?: string; 'tls-private-key-file'?: string }) =>
  servingFiles(
    {
      'cert-dir': undefined,
      'tls-cert-file': undefined,
      'tls-private-key-file': undefined,
      'bind-address': '127.0.0.1',
      'external-hostname': 'api.example.test',
      ...named,
    },
    nowMs,
  )

test('--cert-dir: a certificate that is missing is made, for its owner alone, and kept', () => {
  const made = files({ 'cert-dir': join(folder, 'certs') })
  const certificate = new X509Certificate(readFileSync(made.certificateFile))
  expect(certificate.checkPrivateKey(createPrivateKey(readFileSync(made.privateKeyFile)))).toBe(true)
  expect(certificate.checkHost('localhost')).toBe('localhost')
  expect(certificate.checkHost('api.example.test')).toBe('api.example.test')
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(statSync(made.privateKeyFile).mode & 0o777).toBe(0o600)
  const before = readFileSync(made.certificateFile, 'utf8')
  expect(files({ 'cert-dir': join(folder, 'certs') })).toEqual(made)
  expect(readFileSync(made.certificateFile, 'utf8')).toBe(before)
})

test('named files win, and one of them alone is a mistake', () => {
  const named = { 'tls-cert-file': 'a.crt', 'tls-private-key-file': 'a.key' }
  expect(files({ ...named, 'cert-dir': folder })).toEqual({ certificateFile: 'a.crt', privateKeyFile: 'a.key' })
  expect(() => files({})).toThrow('--tls-cert-file is required')
  expect(() => files({ 'tls-cert-file': 'a.crt', 'cert-dir': folder })).toThrow('--tls-private-key-file is required')
  expect(() => files({ 'tls-private-key-file': 'a.key' })).toThrow('--tls-cert-file is required')
})
