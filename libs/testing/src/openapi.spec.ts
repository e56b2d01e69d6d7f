/** The OpenAPI documents, as a plane serves them, before a validator that is not ours. */
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

let plane: TestPlane
let admin: ApiClient
beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
})
afterAll(() => plane[Symbol.asyncDispose]())

test('every document of version 3 is valid', async () => {
  const { body } = await admin.get('/openapi/v3')
  const { paths } = JSON.parse(body) as { paths: Record<string, { serverRelativeURL: string }> }
  expect(Object.keys(paths)).toContain('api/v1')
  for (const [name, { serverRelativeURL }] of Object.entries(paths)) {
    const { status, body: document } = await admin.get(serverRelativeURL)
    expect([name, status]).toEqual([name, 200])
    const validator = new Validator()
    const { valid, errors } = await validator.validate(document)
    expect([name, valid, errors]).toEqual([name, true, undefined])
    expect(validator.version).toBe('3.0')
  }
})

test('the document of version 2 is valid', async () => {
  const { body } = await admin.get('/openapi/v2')
  const validator = new Validator()
  const { valid, errors } = await validator.validate(body)
  expect([valid, errors]).toEqual([true, undefined])
  expect(validator.version).toBe('2.0')
})
