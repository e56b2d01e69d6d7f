/** Webhooks are not called yet: whoever writes a configuration of them must not believe that they are. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestPlane, type TestPlane } from './plane.ts'

let plane: TestPlane
beforeAll(async () => {
  plane = await startTestPlane()
})
afterAll(() => plane[Symbol.asyncDispose]())

const webhook = {
  name: 'a.example.test',
  clientConfig: { url: 'https://127.0.0.1:9/' },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  failurePolicy: 'Fail',
}
const told = expect.stringContaining('calls no webhook yet')

test.each(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])(
  '%s: each write of webhooks answers with a Warning that none is called',
  async (kind) => {
    const admin = plane.client()
    const path = `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}s`
    const object = (name: string, webhooks: unknown[] = [webhook]) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      metadata: { name },
      webhooks,
    })
    const created = await admin.post(path, object('a'))
    expect(created).toMatchObject({ status: 201, headers: { warning: told } })
    const replaced = await admin.put(`${path}/a`, { ...created.body, webhooks: [{ ...webhook, timeoutSeconds: 3 }] })
    expect(replaced).toMatchObject({ status: 200, headers: { warning: told } })
    const patch = { webhooks: [{ ...webhook, timeoutSeconds: 4 }] }
    const patched = await admin.patch(`${path}/a`, patch, 'application/merge-patch+json')
    expect(patched).toMatchObject({ status: 200, headers: { warning: told } })
    const applied = await admin.patch(`${path}/b?fieldManager=me`, object('b'), 'application/apply-patch+yaml')
    expect(applied).toMatchObject({ status: 201, headers: { warning: told } })
    const empty = await admin.post(path, object('c', []))
    expect(empty.status).toBe(201)
    expect(empty.headers.warning).toBeUndefined()
  },
)
