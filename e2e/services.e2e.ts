/** Each service as a process of its own, ended without warning and started again. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type PlaneFolder, planeFolder } from './harness.ts'
import { type ServiceProcesses, services, startServices, tokenOfNew, untilReady } from './service-processes.ts'
import { tellStoryOnce } from './story.ts'
import { startTraffic } from './traffic.ts'

let folder: PlaneFolder
let processes: ServiceProcesses
beforeAll(async () => {
  folder = await planeFolder()
  processes = await startServices(folder)
})
afterAll(async () => {
  await processes?.[Symbol.asyncDispose]()
  folder?.[Symbol.dispose]()
})

tellStoryOnce(() => folder)

const stranger = () => folder.client('anonymous', folder.issuer)

test.each(services)('%s recovers from being killed', async (service) => {
  const token = await tokenOfNew(folder, `before-${service}`)
  const { body: keys } = await stranger().get('/openid/v1/jwks')
  await processes.kill(service)
  processes.start(service)
  await untilReady(folder)
  expect((await folder.client({ token }).get('/api')).status).toBe(200)
  // A namespace that gets its account shows that the controllers are at work again.
  await tokenOfNew(folder, `after-${service}`)
  const published = await eventually(
    () => stranger().get('/openid/v1/jwks'),
    ({ status }) => status === 200,
  )
  expect(published.body).toEqual(keys)
})

test('the apiserver is killed in the middle of writing: nothing acknowledged is lost', async () => {
  const traffic = startTraffic(folder)
  for (let round = 0; round < 3; round++) {
    await traffic.further(50)
    await processes.kill('apiserver')
    processes.start('apiserver')
  }
  await traffic.further(50)
  await traffic.stop()
  expect(traffic.unanswered.length).toBeGreaterThan(0)
  const { body } = await folder.client().get('/api/v1/namespaces/default/configmaps')
  const names = new Set(body.items.map((item: { metadata: { name: string } }) => item.metadata.name))
  expect(traffic.acknowledged.filter((name) => !names.has(name))).toEqual([])
})

test('two controller managers do the work once', async () => {
  await using second = processes.another('controller-manager')
  const admin = folder.client()
  for (let i = 0; i < 20; i++) await admin.post('/api/v1/namespaces', { metadata: { name: `twice-${i}` } })
  for (let i = 0; i < 20; i++) {
    const path = `/api/v1/namespaces/twice-${i}/serviceaccounts`
    await eventually(
      () => admin.get(path),
      ({ body }) => body.items?.length === 1,
    )
  }
  expect(second.output.stderr).not.toContain('"level":"error"')
})
