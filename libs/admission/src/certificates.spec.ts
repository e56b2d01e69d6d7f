import { certificateSigningRequests } from '@ensign/api'
import type { UserInfo } from '@ensign/apimachinery'
import type { Authorizer } from '@ensign/authorization'
import { certificationRequest } from '@ensign/pki/testing'
import { describe, expect, test } from 'vitest'
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.ts'
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts'

const clientSigner = 'kubernetes.io/kube-apiserver-client'

/** Allows each user the signers that their name lists. */
const authorizer = {
  authorize: (user: UserInfo, a: { isResource: boolean; verb: string; name?: string }) => ({
    allowed: user.groups.includes(`${a.verb} ${a.name}`),
    reason: '',
  }),
} as unknown as Authorizer

function request(spec: object, status: object = {}) {
  return { metadata: { name: 'r' }, spec: { signerName: 'example.test/mine', ...spec }, status }
}

function outcome(plugin: AdmissionPlugin, attributes: Partial<AdmissionAttributes>, ...rights: string[]): string {
  const all: AdmissionAttributes = {
    operation: 'UPDATE',
    definition: certificateSigningRequests,
    subresource: '',
    namespace: '',
    name: 'r',
    user: { username: 'u', groups: rights },
    dryRun: false,
    warn: () => {},
    ...attributes,
  }
  if (!plugin.handles(all)) return 'not asked'
  try {
    plugin.validate?.(all)
    return 'admitted'
  } catch (error) {
    return (error as Error).message
  }
}

describe('approving', () => {
  const plugin = certificateApproval(authorizer)
  const change = { subresource: 'approval', old: request({}), object: request({}) }

  test.each([
    [[], 'user not permitted to approve requests with signerName "example.test/mine"'],
    [['approve example.test/other'], 'user not permitted to approve requests with signerName "example.test/mine"'],
    [['approve example.test/mine'], 'admitted'],
    [['approve example.test/*'], 'admitted'],
  ])('with the rights %j: %s', (rights, expected) => {
    expect(outcome(plugin, change, ...rights)).toContain(expected)
  })

  test('is asked about the signer that is stored, whatever the change names', () => {
    const object = request({ signerName: 'example.test/other' })
    expect(outcome(plugin, { ...change, object }, 'approve example.test/other')).toContain('example.test/mine')
  })

  test('is one door of one kind', () => {
    expect(outcome(plugin, { ...change, subresource: 'status' })).toBe('not asked')
  })
})

describe('signing', () => {
  const plugin = certificateSigning(authorizer)
  const old = request({})

  test('takes the right only when something of the answer changes', () => {
    const signed = request({}, { certificate: 'eA==' })
    expect(outcome(plugin, { subresource: 'status', old, object: signed })).toContain('not permitted to sign')
    expect(outcome(plugin, { subresource: 'status', old, object: signed }, 'sign example.test/mine')).toBe('admitted')
    expect(outcome(plugin, { subresource: 'status', old, object: request({}) })).toBe('admitted')
  })
})

describe('the group of administrators', () => {
  const { pem } = certificationRequest({ commonName: 'jane', organizations: ['system:masters'] })
  const spec = { request: Buffer.from(pem).toString('base64') }
  const asked = (signerName: string) =>
    outcome(certificateSubjectRestriction, { operation: 'CREATE', object: request({ ...spec, signerName }) })

  test('is not given by the signer of clients', () => {
    expect(asked(clientSigner)).toContain(`use of ${clientSigner} signer with system:masters group is not allowed`)
  })

  test('is left to other signers to refuse', () => {
    expect(asked('example.test/mine')).toBe('admitted')
  })
})
