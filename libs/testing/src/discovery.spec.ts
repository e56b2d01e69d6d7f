/** The older discovery documents, which clients may ask for in each form that objects have. */
import {
  APIGroupListSchema,
  APIGroupSchema,
  APIResourceListSchema,
  APIVersionsSchema,
  decodeProtobuf,
  type MessageSchema,
  unwrapUnknown,
} from '@ensign/apimachinery'
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

const documents: readonly (readonly [string, MessageSchema])[] = [
  ['/api', APIVersionsSchema],
  ['/apis', APIGroupListSchema],
  ['/apis/rbac.authorization.k8s.io', APIGroupSchema],
  ['/api/v1', APIResourceListSchema],
  ['/apis/rbac.authorization.k8s.io/v1', APIResourceListSchema],
]

test.for(documents)('%s says the same in protobuf as in JSON', async ([path, schema]) => {
  const { kind, apiVersion, ...body } = (await admin.get(path)).body
  const bytes = await admin.bytes(path, 'application/vnd.kubernetes.protobuf')
  const envelope = unwrapUnknown(bytes ?? Buffer.alloc(0))
  expect(envelope).toMatchObject({ kind, apiVersion: apiVersion ?? '' })
  expect(decodeProtobuf(schema, envelope.raw)).toMatchObject(body)
})

test('a document in YAML names its kind', async () => {
  const bytes = await admin.bytes('/api/v1', 'application/yaml')
  expect(bytes?.toString()).toMatch(/^kind: APIResourceList$/m)
})
