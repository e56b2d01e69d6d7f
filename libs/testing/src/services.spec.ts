/** Addresses and ports of services, through the whole plane. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

let plane: TestPlane
let admin: ApiClient
const path = '/api/v1/namespaces/default/services'

beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
})
afterAll(async () => {
  await plane[Symbol.asyncDispose]()
})

const service = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { ports: [{ port: 80 }], ...spec },
})

test('services made at once have addresses and ports of their own', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `many-${i}`)
  const made = await Promise.all(names.map((name) => admin.post(path, service(name, { type: 'NodePort' }))))
  const specs = made.map(({ body }) => body.spec)
  expect(new Set(specs.map((spec) => spec.clusterIP)).size).toBe(names.length)
  expect(new Set(specs.map((spec) => spec.ports[0].nodePort)).size).toBe(names.length)
})

test('an address that was asked for is given once, and again when it is free', async () => {
  const wanted = { clusterIP: '10.96.0.77' }
  expect(await admin.post(`${path}?dryRun=All`, service('tried', wanted))).toMatchObject({ status: 201 })
  expect(await admin.post(path, service('first', wanted))).toMatchObject({ status: 201 })
  expect(await admin.post(path, service('second', wanted))).toMatchObject({
    status: 422,
    body: {
      message:
        'Service "second" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.77"]: failed to allocate IP 10.96.0.77: provided IP is already allocated',
    },
  })
  await admin.delete(`${path}/first`)
  expect(await admin.post(path, service('second', wanted))).toMatchObject({ status: 201 })
})

test('a port outside of the range is refused', async () => {
  const spec = { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }
  expect(await admin.post(path, service('low', spec))).toMatchObject({
    status: 422,
    body: {
      message:
        'Service "low" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    },
  })
})
