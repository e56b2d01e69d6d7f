/** Two hundred namespaces at once, and what is left of them in the store itself. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { redisMissing, startRedisServer } from '@ensign/store-redis/testing'
import { expect, test } from 'vitest'
import { eventually, type PlaneFolder, planeFolder, up } from './harness.ts'

const names = Array.from({ length: 200 }, (_, i) => `many-${i}`)

/** Makes them, waits until each has what it needs, deletes them, waits until they are gone. */
async function comeAndGo(folder: PlaneFolder): Promise<void> {
  const admin = folder.client()
  const statuses = async (replies: Promise<{ status: number }>[]) =>
    new Set((await Promise.all(replies)).map(({ status }) => status))
  const namesOf = async (resource: string, field: 'name' | 'namespace') => {
    const { body } = await admin.get(`/api/v1/${resource}`)
    const found = new Set(body.items.map(({ metadata }: { metadata: Record<string, string> }) => metadata[field]))
    return names.filter((name) => found.has(name))
  }
  expect(await statuses(names.map((name) => admin.post('/api/v1/namespaces', { metadata: { name } })))).toEqual(
    new Set([201]),
  )
  for (const selector of [
    'serviceaccounts?fieldSelector=metadata.name%3Ddefault',
    'configmaps?fieldSelector=metadata.name%3Dkube-root-ca.crt',
  ]) {
    await eventually(
      () => namesOf(selector, 'namespace'),
      (served) => served.length === names.length,
      30_000,
    )
  }
  expect(await statuses(names.map((name) => admin.delete(`/api/v1/namespaces/${name}`)))).toEqual(new Set([200]))
  await eventually(
    () => namesOf('namespaces', 'name'),
    (left) => left.length === 0,
    30_000,
  )
}

test('two hundred namespaces at once all get what they need, and leave nothing behind in SQLite', async () => {
  using folder = await planeFolder()
  await using plane = await up(folder)
  await comeAndGo(folder)
  expect(await plane.stop('SIGINT')).toMatchObject({ code: 0 })
  using database = new DatabaseSync(join(folder.path, 'ensign.db'), { readOnly: true })
  const text = `SELECT json FROM version WHERE place = resource * ${2 ** 44} + revision`
  const objects = database.prepare(`SELECT key, (${text}) AS json FROM object`).all()
  expect(objects.length).toBeGreaterThan(0)
  expect(objects.filter(({ key, json }) => `${key} ${json}`.includes('many-'))).toEqual([])
}, 90_000)

/** Says of all objects of all types how many there are, and which of them or of their index entries are left. */
const leftInRedis = `
local objects, left = 0, ''
local function look(key, text)
  if string.find(text, 'many-', 1, true) then left = left .. ' ' .. key end
end
for _, hash in ipairs(redis.call('KEYS', '*:objects')) do
  local all = redis.call('HGETALL', hash)
  for i = 1, #all, 2 do
    objects = objects + 1
    look(hash .. all[i], all[i] .. all[i + 1])
  end
end
for _, index in ipairs(redis.call('KEYS', '*:index')) do
  for _, key in ipairs(redis.call('ZRANGE', index, 0, -1)) do look(index .. key, key) end
end
return objects .. ' objects, left:' .. left`

test('two hundred namespaces at once all get what they need, and leave nothing behind in Redis', async ({ skip }) => {
  const missing = await redisMissing()
  if (missing !== undefined) skip(missing)
  await using redis = await startRedisServer()
  using folder = await planeFolder()
  await using plane = await up(folder, '--store-url', redis.url)
  await comeAndGo(folder)
  expect(await plane.stop('SIGINT')).toMatchObject({ code: 0 })
  expect(await redis.command('EVAL', leftInRedis, '0')).toMatch(/\n[1-9]\d* objects, left:\r\n$/)
}, 90_000)
