import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startTestPlane } from './plane.ts'

test('a test plane answers its administrator, its ServiceAccounts and nobody else, and leaves nothing behind', async () => {
  let folder: string
  {
    await using plane = await startTestPlane()
    folder = plane.place.folder
    const admin = plane.client()
    expect(await admin.post('/api/v1/namespaces', { metadata: { name: 'shop' } })).toMatchObject({ status: 201 })
    const account = { metadata: { name: 'till' } }
    expect(await admin.post('/api/v1/namespaces/shop/serviceaccounts', account)).toMatchObject({ status: 201 })
    const request = { spec: { audiences: [] } }
    const issued = await admin.post('/api/v1/namespaces/shop/serviceaccounts/till/token', request)
    expect(issued.status).toBe(201)
    const { token } = issued.body.status
    const review = { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1' }
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
    expect((await plane.client({ token }).post(path, review)).body.status.userInfo.username).toBe(
      'system:serviceaccount:shop:till',
    )
    expect((await plane.client({ token: `${token}x` }).get('/api')).status).toBe(401)
    expect((await plane.client('anonymous').get('/api/v1/secrets')).status).toBe(403)
  }
  expect(existsSync(folder)).toBe(false)
})
