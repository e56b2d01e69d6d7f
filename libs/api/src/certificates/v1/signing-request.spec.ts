import { fieldErrorBody, type HookContext } from '@ensign/apimachinery'
import { certificationRequest } from '@ensign/pki/testing'
import { describe, expect, test } from 'vitest'
import type { CertificateSigningRequest } from '../../generated/certificates-v1.ts'
import { certificateSigningRequests as definition } from './signing-request.ts'
import { validateSignerName } from './signing-request-validation.ts'

const request = Buffer.from(certificationRequest({ commonName: 'jane' }).pem).toString('base64')
const context: HookContext = {
  user: { username: 'jane', uid: 'u-7', groups: ['dev'], extra: { scopes: ['view'] } },
  now: Date.UTC(2026, 0, 2, 3, 4, 5),
  warn: () => {},
}

function made(
  spec: Partial<CertificateSigningRequest['spec']> = {},
  conditions: Partial<NonNullable<CertificateSigningRequest['status']['conditions']>[number]>[] = [],
): CertificateSigningRequest {
  return {
    metadata: { name: 'r' },
    spec: { request, signerName: 'example.test/mine', usages: ['client auth'], ...spec },
    status: {
      ...(conditions.length > 0 && {
        conditions: conditions.map((c) => ({
          type: 'Approved',
          status: 'True',
          lastUpdateTime: null,
          lastTransitionTime: null,
          ...c,
        })),
      }),
    },
  }
}

const problems = (object: CertificateSigningRequest): string[] =>
  (definition.validate?.(object) ?? []).map((e) => `${e.field}: ${fieldErrorBody(e)}`)

describe('a new request', () => {
  test('is of who sends it, whatever it says', () => {
    const sent = made({ username: 'root', groups: ['system:masters'] }, [{}])
    expect(definition.prepareForCreate?.(sent, context)).toMatchObject({
      spec: { username: 'jane', uid: 'u-7', groups: ['dev'], extra: { scopes: ['view'] } },
      status: {},
    })
  })

  test.each([
    [{}, []],
    [{ usages: [] }, ['spec.usages: Required value']],
    [{ usages: ['any', 'any'] }, ['spec.usages[1]: Duplicate value: "any"']],
    [
      { expirationSeconds: 599 },
      ['spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)'],
    ],
    [{ request: null }, ['spec.request: Invalid value: null: PEM block type must be CERTIFICATE REQUEST']],
  ])('is checked (%#)', (spec, expected) => {
    expect(problems(made(spec))).toEqual(expected)
  })
})

describe('a signer', () => {
  test.each([
    ['example.test/mine', 0],
    ['', 1],
    ['client', 1],
    ['a/b/c', 1],
    ['plain/mine', 1],
    ['Example.test/A', 2],
  ])('%s has %i faults', (name, count) => {
    expect(validateSignerName(name, 'f')).toHaveLength(count)
  })
})

describe('a decision', () => {
  const { approval, status } = definition.subresources ?? {}
  const through = (door: typeof approval, next: CertificateSigningRequest, old: CertificateSigningRequest) => {
    if (!door || door.kind !== undefined) throw new Error('no view')
    const prepared = door.prepareForUpdate(next, old, context)
    return { prepared, problems: (door.validateUpdate?.(prepared, old) ?? []).map((e) => e.detail) }
  }

  test('gets the times that it lacks', () => {
    const { prepared, problems: none } = through(approval, made({}, [{}]), made())
    expect(none).toEqual([])
    expect(prepared.status.conditions?.[0]).toMatchObject({ lastUpdateTime: '2026-01-02T03:04:05Z' })
  })

  test('is made through approval alone, and never taken back', () => {
    expect(through(status, made({}, [{}]), made()).problems).toEqual([
      'updates may not add a condition of type "Approved"',
    ])
    expect(through(approval, made(), made({}, [{}])).problems).toEqual([
      'updates may not remove a condition of type "Approved"',
    ])
  })

  test('is one of two', () => {
    expect(through(approval, made({}, [{}, { type: 'Denied' }]), made()).problems).toEqual([
      'Approved and Denied conditions are mutually exclusive',
    ])
  })
})
