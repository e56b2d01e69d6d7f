/** What access reviews say beside yes and no, through the whole plane. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

let plane: TestPlane
let admin: ApiClient
const group = '/apis/authorization.k8s.io/v1'

beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
})
afterAll(() => plane[Symbol.asyncDispose]())

const review = (resourceAttributes: object, metadata: object = {}) =>
  admin.post(`${group}/subjectaccessreviews`, {
    kind: 'SubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata,
    spec: { user: 'jane', resourceAttributes: { verb: 'list', resource: 'pods', ...resourceAttributes } },
  })

const understood = { key: 'a', operator: 'In', values: ['b'] }
const unknown = { key: 'a', operator: 'Like', values: ['b'] }

test.each([
  ['all of a selector', { fieldSelector: { requirements: [unknown] } }, 'fieldSelector ignored'],
  ['a part of it', { labelSelector: { requirements: [understood, unknown] } }, 'labelSelector partially ignored'],
  [
    'two values for a field',
    { fieldSelector: { requirements: [{ ...understood, values: ['b', 'c'] }] } },
    'fieldSelector ignored',
  ],
  ['a text', { labelSelector: { rawSelector: 'a in b' } }, 'labelSelector ignored'],
])('a review says that %s was not understood', async (_, attributes, problem) => {
  const { status, body } = await review(attributes)
  expect([status, body.status]).toEqual([
    201,
    { allowed: false, evaluationError: `spec.resourceAttributes.${problem} due to parse error` },
  ])
})

test('a review with both selectors in doubt names both', async () => {
  const { body } = await review({
    fieldSelector: { requirements: [unknown] },
    labelSelector: { requirements: [unknown] },
  })
  expect(body.status.evaluationError.split('; ')).toHaveLength(2)
})

test('a review with understood selectors says nothing of them, and nothing of who set its fields', async () => {
  const { body } = await review({
    fieldSelector: { requirements: [understood] },
    labelSelector: { rawSelector: 'a=b' },
  })
  expect(body).toMatchObject({ metadata: {}, status: { allowed: false } })
  expect(body.metadata).not.toHaveProperty('managedFields')
  expect(body.status).not.toHaveProperty('evaluationError')
})

test('a review with metadata is refused, with who set what of it', async () => {
  const { status, body } = await review({}, { labels: { a: 'b' } })
  expect(status).toBe(422)
  expect(body.message).toMatch(
    /^\.authorization\.k8s\.io "" is invalid: metadata: Invalid value: \{"labels":\{"a":"b"\},"managedFields":\[/,
  )
  expect(body.message).toContain('"f:labels":{".":{},"f:a":{}}')
  expect(body.message).toMatch(/: must be empty$/)
})

test('a local review is asked in a namespace and nowhere else', async () => {
  const { status } = await admin.post(`${group}/localsubjectaccessreviews`, {})
  expect(status).toBe(404)
})
