/** Watches and lists that go on after a restart, as long as the store remembers what happened. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane } from './plane.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const folder = mkdtempSync(join(tmpdir(), 'ensign-resume-'))
const start = () => startTestPlane({ place: { 'store-url': `sqlite:${join(folder, 'ensign.db')}` } })
/** Others write into the namespace too. */
const ours = 'labelSelector=of%3Dtest'
const made = async (admin: ApiClient, name: string) =>
  (await admin.post(maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { of: 'test' } } })).body
    .metadata

let first: { resourceVersion: string }
let last: { resourceVersion: string }
let token: string
beforeAll(async () => {
  await using plane = await start()
  const admin = plane.client()
  first = await made(admin, 'a')
  for (const name of ['b', 'c', 'd']) last = await made(admin, name)
  const { body } = await admin.get(`${maps}?limit=2&${ours}`)
  token = body.metadata.continue
  await admin.delete(`${maps}/b`)
  await admin.delete(`${maps}/d`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a watch of a second tells. */
async function events(admin: ApiClient, resourceVersion: string, query = ''): Promise<string[]> {
  const seen: string[] = []
  const path = `${maps}?watch=1&${ours}&resourceVersion=${resourceVersion}&timeoutSeconds=1${query}`
  for await (const { type, object } of admin.watch(path)) {
    seen.push(type === 'ERROR' ? `${type} ${object.code}` : `${type} ${object.metadata.name ?? ''}`)
  }
  return seen
}

test('a watch is resumed after a restart from a revision before it', async () => {
  await using plane = await start()
  const admin = plane.client()
  const since = first.resourceVersion
  expect(await events(admin, since)).toEqual(['ADDED b', 'ADDED c', 'ADDED d', 'DELETED b', 'DELETED d'])
  expect(await events(admin, last.resourceVersion)).toEqual(['DELETED b', 'DELETED d'])
  await made(admin, 'e')
  expect(await events(admin, last.resourceVersion)).toEqual(['DELETED b', 'DELETED d', 'ADDED e'])
})

test('pages of a list go on after a restart, at the revision of the first page', async () => {
  await using plane = await start()
  const { status, body } = await plane.client().get(`${maps}?limit=500&${ours}&continue=${token}`)
  expect({ status, names: body.items.map((i: { metadata: { name: string } }) => i.metadata.name) }).toEqual({
    status: 200,
    names: ['c', 'd'],
  })
})

test('sendInitialEvents closes them with a bookmark only for who allows bookmarks', async () => {
  await using plane = await start()
  const admin = plane.client()
  const query = '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan'
  const names = (await admin.get(`${maps}?${ours}`)).body.items.map(
    (i: { metadata: { name: string } }) => i.metadata.name,
  )
  const added = names.map((name: string) => `ADDED ${name}`)
  expect((await events(admin, '', `${query}&allowWatchBookmarks=true`)).slice(0, names.length + 1)).toEqual([
    ...added,
    'BOOKMARK ',
  ])
  expect(await events(admin, '', query)).toEqual(added)
})
