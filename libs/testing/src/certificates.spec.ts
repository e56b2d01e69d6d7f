/** Certificates that are asked for, approved and signed, through the whole plane. */
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthority, issueCertificate } from '@ensign/pki'
import { type Asked, certificationRequest } from '@ensign/pki/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

let plane: TestPlane
let admin: ApiClient
const folder = mkdtempSync(join(tmpdir(), 'ensign-certificates-'))
const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
const client = 'kubernetes.io/kube-apiserver-client'
const kubelet = 'kubernetes.io/kube-apiserver-client-kubelet'

beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
})
afterAll(async () => {
  await plane[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

async function ask(name: string, asked: Asked, spec: object = {}) {
  const { pem, privateKey } = certificationRequest(asked)
  const request = Buffer.from(pem).toString('base64')
  const { body } = await admin.post(path, {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: { request, signerName: client, usages: ['client auth'], ...spec },
  })
  return { object: body, privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

const approve = (name: string) =>
  admin.patch(
    `${path}/${name}/approval`,
    { status: { conditions: [{ type: 'Approved', status: 'True' }] } },
    'application/merge-patch+json',
  )

const settled = (name: string, when: (status: { certificate?: string; conditions?: unknown[] }) => unknown) =>
  vi.waitFor(async () => {
    const { body } = await admin.get(`${path}/${name}`)
    if (!when(body.status)) throw new Error('not yet')
    return body.status
  }, 10_000)

describe('a client certificate', () => {
  test('opens the API once somebody has approved it', async () => {
    const { privateKeyPem } = await ask(
      'jane',
      { commonName: 'jane', organizations: ['dev'] },
      { expirationSeconds: 600 },
    )
    await approve('jane')
    const { certificate } = await settled('jane', (status) => status.certificate)
    const pem = Buffer.from(certificate, 'base64')
    const { validFrom, validTo } = new X509Certificate(pem)
    expect(Date.parse(validTo) - Date.parse(validFrom)).toBe(15 * 60_000)
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
    const [certificateFile, privateKeyFile] = [join(folder, 'jane.crt'), join(folder, 'jane.key')]
    writeFileSync(certificateFile, pem)
    writeFileSync(privateKeyFile, privateKeyPem)
    const jane = plane.client({ certificateFile, privateKeyFile })
    expect(await jane.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', review)).toMatchObject({
      status: 201,
      body: { status: { userInfo: { username: 'jane', groups: ['dev', 'system:authenticated'] } } },
    })
  })

  test('is not signed for other uses, and the request says why', async () => {
    await ask('wrong', { commonName: 'jane' }, { usages: ['server auth'] })
    await approve('wrong')
    const { conditions } = await settled('wrong', (status) => status.conditions?.length === 2)
    expect(conditions[1]).toMatchObject({
      type: 'Failed',
      reason: 'SignerValidationFailure',
      message: 'invalid usage for client certificate: server auth',
    })
  })
})

test.each([
  { usages: ['any'] as const, of: 'the authority', status: 200 },
  { usages: ['server', 'any'] as const, of: 'the authority', status: 200 },
  { usages: ['server'] as const, of: 'the authority', status: 401 },
  { usages: ['any'] as const, of: 'another authority of the same name', status: 401 },
])('a certificate of $of for $usages is answered $status', async ({ usages, of, status }) => {
  const nowMs = Date.now()
  const validMs = 60_000
  const own = plane.state.pki.authority
  const commonName = /CN=(.*)/.exec(new X509Certificate(own.certificatePem).subject)?.[1] ?? ''
  const authority = of === 'the authority' ? own : createAuthority({ name: { commonName }, nowMs, validMs })
  const name = { commonName: 'jane', organizations: ['system:masters'] }
  const { certificatePem, privateKeyPem } = issueCertificate(authority, { name, usages, nowMs, validMs })
  const [certificateFile, privateKeyFile] = [join(folder, 'any.crt'), join(folder, 'any.key')]
  writeFileSync(certificateFile, certificatePem)
  writeFileSync(privateKeyFile, privateKeyPem)
  const jane = plane.client({ certificateFile, privateKeyFile })
  expect((await jane.get('/api/v1/namespaces')).status).toBe(status)
})

test("a kubelet's client certificate needs nobody's approval", async () => {
  const usages = ['digital signature', 'client auth']
  await ask('node', { commonName: 'system:node:n', organizations: ['system:nodes'] }, { signerName: kubelet, usages })
  const { conditions } = await settled('node', (status) => status.certificate)
  expect(conditions).toMatchObject([{ type: 'Approved', reason: 'AutoApproved' }])
})
