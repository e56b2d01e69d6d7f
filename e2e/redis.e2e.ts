/** A plane on Redis, and Redis going away under it. */
import { redisMissing, startRedisServer } from '@ensign/store-redis/testing'
import { beforeAll, expect, test } from 'vitest'
import { build, eventually, planeFolder, up } from './harness.ts'

beforeAll(build)

const missing = redisMissing()

test('requests fail with 503 while Redis is away, then go on, and nothing acknowledged is lost', async ({ skip }) => {
  if (missing !== undefined) skip(missing)
  await using redis = await startRedisServer()
  using folder = planeFolder()
  await using plane = await up(folder, ['--port', '0', '--store-url', redis.url])
  const admin = folder.client()
  const create = (name: string) => admin.post('/api/v1/namespaces/default/configmaps', { metadata: { name } })
  const acknowledged: string[] = []
  for (let i = 0; i < 50; i++) if ((await create(`before-${i}`)).status === 201) acknowledged.push(`before-${i}`)
  expect(acknowledged).toHaveLength(50)

  await redis.stop('SIGKILL')
  const refused = await eventually(
    () => create('meanwhile'),
    ({ status }) => status !== 201,
  )
  expect(refused).toMatchObject({ status: 503, body: { kind: 'Status', reason: 'ServiceUnavailable' } })
  await redis.start()

  await eventually(
    () => create('after'),
    ({ status }) => status === 201,
    15_000,
  )
  const { body } = await admin.get('/api/v1/namespaces/default/configmaps')
  const names = body.items.map((item: { metadata: { name: string } }) => item.metadata.name)
  for (const name of [...acknowledged, 'after']) expect(names).toContain(name)
  expect(await plane.stop('SIGINT')).toMatchObject({ code: 0 })
})
