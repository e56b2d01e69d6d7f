import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '@ensign/process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ensurePki, type PlanePki } from './plane-pki.ts'
import { subjectOf } from './subject.ts'

const dayMs = 86_400_000
const nowMs = Date.now()
let base: string
let folder: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'ensign-pki-'))
  folder = join(base, 'state', 'pki')
})
afterEach(() => rmSync(base, { recursive: true }))

const pairs = ({ authority, apiserver, oidcDiscovery, clients }: PlanePki) => [
  authority,
  apiserver,
  oidcDiscovery,
  ...Object.values(clients),
]
const certificates = (pki: PlanePki) => pairs(pki).map((pair) => pair.certificatePem)

function refusal(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    if (error instanceof UserError) return error.line
    throw error
  }
  throw new Error('was accepted')
}

test('makes everything once, for its owner only', () => {
  const first = ensurePki({ folder, nowMs })
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(readdirSync(folder)).toHaveLength(12)
  for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
  for (const pair of pairs(first).slice(1)) {
    expect(
      new X509Certificate(pair.certificatePem).checkIssued(new X509Certificate(first.authority.certificatePem)),
    ).toBe(true)
  }
  const subject = subjectOf(new X509Certificate(first.clients.admin.certificatePem).raw)
  expect(subject).toMatchObject({ commonName: 'kubernetes-admin', organizations: ['system:masters'] })
  expect(ensurePki({ folder, nowMs })).toEqual(first)
})

test('renews leaves that are about to end, never the authority', () => {
  const first = ensurePki({ folder, nowMs })
  expect(ensurePki({ folder, nowMs: nowMs + 334 * dayMs })).toEqual(first)
  const renewed = ensurePki({ folder, nowMs: nowMs + 336 * dayMs })
  expect(renewed.authority).toEqual(first.authority)
  for (const pem of certificates(renewed).slice(1)) expect(certificates(first)).not.toContain(pem)
  const late = ensurePki({ folder, nowMs: nowMs + 3640 * dayMs })
  expect(ensurePki({ folder, nowMs: nowMs + 3641 * dayMs })).toEqual(late)
})

test('renews a server certificate that lacks a name', () => {
  const first = ensurePki({ folder, nowMs })
  const renewed = ensurePki({ folder, nowMs, altNames: ['ensign.example', '10.0.0.1'] })
  expect(renewed.clients).toEqual(first.clients)
  expect(new X509Certificate(renewed.apiserver.certificatePem).checkHost('ensign.example')).toBe('ensign.example')
  expect(ensurePki({ folder, nowMs, altNames: ['10.0.0.1'] })).toEqual(renewed)
})

test('renews what another authority signed', () => {
  ensurePki({ folder, nowMs })
  rmSync(join(folder, 'ca.crt'))
  rmSync(join(folder, 'ca.key'))
  const again = ensurePki({ folder, nowMs })
  const ca = new X509Certificate(again.authority.certificatePem)
  for (const pem of certificates(again)) expect(new X509Certificate(pem).verify(ca.publicKey)).toBe(true)
})

describe('says in one line what is wrong with', () => {
  const hint = 'put back the right files, or move both away to have new ones made'

  test('a damaged file', () => {
    ensurePki({ folder, nowMs })
    writeFileSync(join(folder, 'ca.key'), 'garbage')
    expect(refusal(() => ensurePki({ folder, nowMs }))).toBe(`${join(folder, 'ca.key')} is damaged; ${hint}`)
  })

  test('half a pair, and halves of two', () => {
    const { apiserver, authority } = ensurePki({ folder, nowMs })
    const both = `${apiserver.certificateFile} and ${apiserver.privateKeyFile}`
    writeFileSync(apiserver.privateKeyFile, authority.privateKeyPem)
    expect(refusal(() => ensurePki({ folder, nowMs }))).toBe(`${both} do not belong together; ${hint}`)
    rmSync(apiserver.privateKeyFile)
    expect(refusal(() => ensurePki({ folder, nowMs }))).toBe(`only one of ${both} is there; ${hint}`)
  })

  test('an authority that has expired', () => {
    const { authority } = ensurePki({ folder, nowMs })
    expect(refusal(() => ensurePki({ folder, nowMs: nowMs + 3651 * dayMs }))).toBe(
      `the certificate authority ${authority.certificateFile} has expired; move ${folder} away to have a new one made`,
    )
  })

  test('a folder that cannot be made, and a file that is a folder', () => {
    writeFileSync(join(base, 'state'), '')
    expect(refusal(() => ensurePki({ folder, nowMs }))).toBe(
      `cannot make the folder ${folder}: a part of the path is a file`,
    )
    rmSync(join(base, 'state'))
    ensurePki({ folder, nowMs })
    rmSync(join(folder, 'ca.crt'))
    ensurePki({ folder: join(folder, 'ca.crt'), nowMs })
    expect(refusal(() => ensurePki({ folder, nowMs }))).toBe(`cannot read ${join(folder, 'ca.crt')}: it is a folder`)
  })
})

test('a private key is never in an error text', () => {
  const { authority } = ensurePki({ folder, nowMs })
  const cut = readFileSync(authority.privateKeyFile, 'utf8').replace(/\nM/, '\nX')
  writeFileSync(authority.privateKeyFile, cut)
  expect(refusal(() => ensurePki({ folder, nowMs }))).not.toContain(cut.slice(40, 60))
})
