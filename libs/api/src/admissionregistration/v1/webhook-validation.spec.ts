import { fieldErrorBody } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import { validateWebhooks, type Webhook } from './webhook-validation.ts'

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }
const webhook = (more: Partial<Webhook> = {}): Webhook => ({
  name: 'a.example.com',
  clientConfig: { url: 'https://127.0.0.1/check' },
  rules: [rule],
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  ...more,
})
const problems = (webhooks: Webhook[], old?: Webhook[]): string[] =>
  validateWebhooks(webhooks, old).map((e) => `${e.field}: ${fieldErrorBody(e)}`)

describe('a webhook', () => {
  test.each<[Partial<Webhook>, string[]]>([
    [{}, []],
    [{ sideEffects: null }, ['webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun']],
    [
      { admissionReviewVersions: ['v1', 'v1'] },
      ['webhooks[0].admissionReviewVersions[1]: Invalid value: "v1": duplicate version'],
    ],
    [
      { clientConfig: { url: 'https://me:secret@host/x?a#b' } },
      [
        'webhooks[0].clientConfig.url: Invalid value: "me": user information is not permitted in the URL',
        'webhooks[0].clientConfig.url: Invalid value: "b": fragments are not permitted in the URL',
        'webhooks[0].clientConfig.url: Invalid value: "a": query parameters are not permitted in the URL',
      ],
    ],
    [
      { clientConfig: { url: 'https://host:x/' } },
      [
        'webhooks[0].clientConfig.url: Required value: url must be a valid URL: parse "https://host:x/": invalid port ":x" after host; desired format: https://host[/path]',
      ],
    ],
    [
      { clientConfig: { service: { name: 's', namespace: 'n', port: 0, path: 'x/_' } } },
      [
        'webhooks[0].clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive',
        `webhooks[0].clientConfig.service.path: Invalid value: "x/_": must start with a '/'`,
        'webhooks[0].clientConfig.service.path: Invalid value: "x/_": segment[0] may not be empty',
        expect.stringMatching(/segment\[1\]: a lowercase RFC 1123 subdomain/),
      ],
    ],
    [
      { rules: [{ ...rule, resources: ['pods/*', 'pods/status'] }] },
      [
        `webhooks[0].rules[0].resources[1]: Invalid value: "pods/status": if 'pods/*' is present, must not specify pods/status`,
      ],
    ],
    [
      { matchConditions: [{ name: 'a', expression: ' ' }] },
      ['webhooks[0].matchConditions[0].expression: Required value'],
    ],
  ])('is checked (%#)', (more, expected) => {
    expect(problems([webhook(more)])).toEqual(expected)
  })

  test('has a name of its own', () => {
    expect(problems([webhook(), webhook()])).toEqual(['webhooks[1].name: Duplicate value: "a.example.com"'])
  })

  test('may keep the faults that it was stored with', () => {
    const old = [webhook({ sideEffects: 'Some' }), webhook({ admissionReviewVersions: ['v7'] })]
    expect(problems(old, old)).toEqual([])
    expect(problems(old, [webhook()])).not.toEqual([])
  })
})
