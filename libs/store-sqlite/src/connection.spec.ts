import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { firstRevision, type LogEvent, type Store } from '@ensign/store'
import { backendSuite, record, revision, storeSuite } from '@ensign/store/testing'
import { describe, expect, test } from 'vitest'
import { createSqliteConnection } from './connection.ts'
import { openDatabase } from './database.ts'
import { GroupCommit } from './group-commit.ts'
import { limits } from './limits.ts'
import { createSqliteBackend } from './sqlite-backend.ts'
import { schema1File } from './testing/schema-1-file.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

backendSuite('SQLite', async () => {
  const folder = temporaryFolder()
  const database = openDatabase(folder.file('store.db'))
  const group = new GroupCommit(database)
  return {
    ...createSqliteBackend(database, group, 'core/things'),
    async [Symbol.asyncDispose]() {
      await group.close()
      database.close()
      folder.remove()
    },
  }
})

storeSuite('SQLite', async () => {
  const folder = temporaryFolder()
  const path = folder.file('store.db')
  let connection = createSqliteConnection({ path })
  return {
    connection,
    async reopen() {
      await connection.close()
      connection = createSqliteConnection({ path })
      return connection
    },
    async [Symbol.asyncDispose]() {
      await connection.close()
      folder.remove()
    },
  }
})

const holder = process.platform === 'linux' ? ` (pid ${process.pid})` : ''

/** A copy of a store as a process leaves it that is killed: its log is not yet in the file. */
async function killedStore(path: string, write: (store: Store) => Promise<void>): Promise<string> {
  const connection = createSqliteConnection({ path })
  await write(connection.store('core/things'))
  const copy = `${path}.killed`
  for (const suffix of ['', '-wal']) copyFileSync(`${path}${suffix}`, `${copy}${suffix}`)
  await connection.close()
  return copy
}

describe('a SQLite store file', () => {
  const inFolder = async (run: (path: string) => Promise<void>) => {
    const folder = temporaryFolder()
    try {
      await run(folder.file('store.db'))
    } finally {
      folder.remove()
    }
  }

  test('is readable for its owner only, and so is its log', () =>
    inFolder(async (path) => {
      writeFileSync(path, '')
      chmodSync(path, 0o644)
      const connection = createSqliteConnection({ path })
      await connection.store('core/things').create('/a', '1')
      for (const file of [path, `${path}-wal`, `${path}-head`]) expect(statSync(file).mode & 0o777).toBe(0o600)
      await connection.close()
    }))

  test('belongs to one process; the second is told the process where the system tells it', () =>
    inFolder(async (path) => {
      const script = fileURLToPath(new URL('./testing/write-and-tell.ts', import.meta.url))
      const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
      const exited = once(child, 'close')
      await once(child.stdout, 'data')
      const pid = process.platform === 'linux' ? ` (pid ${child.pid})` : ''
      expect(() => createSqliteConnection({ path })).toThrow(`is in use by another process${pid}; stop it`)
      child.kill('SIGKILL')
      await exited
    }))

  test('belongs to one process; the second is told the name of the file', () =>
    inFolder(async (path) => {
      const connection = createSqliteConnection({ path })
      expect(() => createSqliteConnection({ path })).toThrow(
        `the store file ${path} is in use by another process${holder}; stop it, or name another file`,
      )
      await connection.store('core/things').create('/a', '1')
      await connection.close()
      await createSqliteConnection({ path }).close()
    }))

  test('that is none of ours is left alone', () =>
    inFolder(async (path) => {
      writeFileSync(path, 'no database, whatever its name says; '.repeat(100))
      expect(() => createSqliteConnection({ path })).toThrow(`the store file ${path} is damaged or no SQLite database`)
      const other = `${path}.other`
      const foreign = new DatabaseSync(other)
      foreign.exec('CREATE TABLE recipes (name TEXT)')
      foreign.close()
      expect(() => createSqliteConnection({ path: other })).toThrow('is a SQLite database of another program')
    }))

  test('of a newer release is left alone', () =>
    inFolder(async (path) => {
      await createSqliteConnection({ path }).close()
      const newer = new DatabaseSync(path)
      newer.exec('PRAGMA user_version = 99')
      newer.close()
      expect(() => createSqliteConnection({ path })).toThrow(
        'was written by a newer release (schema 99, this one reads 2)',
      )
    }))

  test('of an older release is brought up to date, with its objects and its history', () =>
    inFolder(async (path) => {
      schema1File(path)
      for (let opened = 1; opened <= 2; opened++) {
        const connection = createSqliteConnection({ path })
        const store = connection.store('core/things')
        expect(await store.list('')).toEqual({
          entries: [
            { key: '/kept', revision: 2, json: '"kept"' },
            { key: '/new', revision: 7, json: '"new 2"' },
            { key: '/old', revision: 5, json: '"old 2"' },
          ],
          head: 8,
        })
        const abort = new AbortController()
        const history = record(store, revision(4), abort.signal)
        await history.until(revision(8))
        expect(history.events).toEqual([
          { revision: 5, key: '/old', now: '"old 2"', was: '"old"', wasRevision: 3 },
          { revision: 6, key: '/new', now: '"new"' },
          { revision: 7, key: '/new', now: '"new 2"', was: '"new"', wasRevision: 6 },
          { revision: 8, key: '/gone', was: '"gone"', wasRevision: 4 },
        ])
        abort.abort()
        await history.ended
        await expect(record(store, revision(3), new AbortController().signal).ended).rejects.toMatchObject({
          code: 'Compacted',
          compacted: 4,
        })
        expect((await connection.store('core/others').list('')).entries).toEqual([
          { key: '/old', revision: 2, json: '"other"' },
        ])
        await connection.close()
      }
      expect(versionsIn(path)).toBe(8)
    }))

  test('holds each object once when its history is forgotten, and what a later event replaced until that is', () =>
    inFolder(async (path) => {
      const first = createSqliteConnection({ path })
      const store = first.store('core/things')
      await store.create('/gone', '"gone"')
      await store.create('/kept', '"kept"')
      await store.create('/kept 2', '"kept 2"')
      await store.delete('/gone', revision(2))
      await store.update('/kept', '"changed"', revision(3))
      await store.compact(revision(4))
      await first.close()
      expect(versionsIn(path)).toBe(5)
      const second = createSqliteConnection({ path })
      const again = second.store('core/things')
      const abort = new AbortController()
      const history = record(again, revision(4), abort.signal)
      await history.until(revision(6))
      abort.abort()
      await history.ended
      expect(history.events).toEqual([
        { revision: 5, key: '/gone', was: '"gone"', wasRevision: 2 },
        { revision: 6, key: '/kept', now: '"changed"', was: '"kept"', wasRevision: 3 },
      ])
      await Promise.all([again.compact(revision(6)), again.compact(revision(5))])
      expect((await again.list('')).entries).toEqual([
        { key: '/kept', revision: 6, json: '"changed"' },
        { key: '/kept 2', revision: 4, json: '"kept 2"' },
      ])
      await second.close()
      expect(versionsIn(path)).toBe(2)
    }))

  test('is refused when a page of it is damaged, not served in part', () =>
    inFolder(async (path) => {
      const connection = createSqliteConnection({ path })
      const store = connection.store('core/things')
      const text = JSON.stringify('x'.repeat(500))
      await Promise.all(Array.from({ length: 500 }, (_, i) => store.create(`/${i}`, text)))
      await connection.close()
      const whole = readFileSync(path)
      const refused = /^the store file \S+ is damaged/
      for (let page = 1; page < whole.length / 4096; page += 7) {
        const bytes = Buffer.from(whole)
        bytes.fill(0xff, page * 4096, page * 4096 + 64)
        writeFileSync(path, bytes)
        expect(() => createSqliteConnection({ path }), `page ${page}`).toThrow(refused)
      }
      writeFileSync(path, whole.subarray(0, whole.length / 2))
      expect(() => createSqliteConnection({ path })).toThrow(refused)
      writeFileSync(path, whole)
      await createSqliteConnection({ path }).close()
    }))

  test('is refused when its tables contradict each other', () =>
    inFolder(async (path) => {
      const damage = async (sql: string) => {
        const connection = createSqliteConnection({ path })
        await connection.store('core/things').create(`/${sql}`, '1')
        await connection.close()
        const file = new DatabaseSync(path)
        file.exec(sql)
        file.close()
        return expect(() => createSqliteConnection({ path }))
      }
      const reset = () => writeFileSync(path, '')
      ;(await damage('UPDATE resource SET head = 1')).toThrow(
        'damaged: the counter of core/things is behind its objects',
      )
      reset()
      ;(await damage('DELETE FROM version')).toThrow('damaged: 1 objects are without their text')
    }))

  test('is refused when its log is damaged before the end, where SQLite forgets the rest without a word', () =>
    inFolder(async (path) => {
      const copy = await killedStore(path, async (store) => {
        for (let i = 0; i < 20; i++) await store.create(`/${i}`, '1')
      })
      const log = readFileSync(`${copy}-wal`)
      const damaged = Buffer.from(log)
      damaged[Math.floor(log.length / 2)]! ^= 1
      writeFileSync(`${copy}-wal`, damaged)
      expect(() => createSqliteConnection({ path: copy })).toThrow(/^the log \S+-wal is damaged: \d+ transactions/)
      // What was being written when the process ended was acknowledged to nobody.
      writeFileSync(`${copy}-wal`, log.subarray(0, log.length - 100))
      const connection = createSqliteConnection({ path: copy })
      expect((await connection.store('core/things').list('')).entries).toHaveLength(19)
      await connection.close()
    }))

  test('is refused when its log was cut off or removed, or an older file put in its place; not when it is new', () =>
    inFolder(async (path) => {
      const copy = await killedStore(path, async (store) => {
        for (let i = 0; i < 20; i++) await store.create(`/${i}`, '1')
      })
      copyFileSync(`${path}-head`, `${copy}-head`)
      const log = readFileSync(`${copy}-wal`)
      const lacks = /^the store file \S+ lacks (\d+) writes that it had acknowledged: .* or remove \S+-head to go on/
      writeFileSync(`${copy}-wal`, log.subarray(0, log.length / 2))
      expect(() => createSqliteConnection({ path: copy })).toThrow(lacks)
      rmSync(`${copy}-wal`, { force: true })
      expect(() => createSqliteConnection({ path: copy })).toThrow(lacks)
      rmSync(`${copy}-head`)
      await createSqliteConnection({ path: copy }).close()

      copyFileSync(path, `${path}.backup`)
      const connection = createSqliteConnection({ path })
      await connection.store('core/things').create('/later', '1')
      await connection.close()
      copyFileSync(`${path}.backup`, path)
      expect(() => createSqliteConnection({ path })).toThrow(lacks)
      rmSync(path)
      await createSqliteConnection({ path }).close()
    }))

  test('that can grow no more refuses writes as Full and says so, serves reads, and recovers when there is space', () =>
    inFolder(async (path) => {
      const connection = createSqliteConnection({ path, pagesMax: 100 })
      const store = connection.store('core/things')
      const text = JSON.stringify('x'.repeat(10_000))
      const keys: string[] = []
      const fill = async () => {
        for (;;) {
          const key = `/${keys.length}`
          await store.create(key, text)
          keys.push(key)
        }
      }
      await expect(fill()).rejects.toMatchObject({
        code: 'Full',
        message: `the store file ${path} cannot grow: its disk is full`,
      })
      expect(connection.state()).toMatchObject({
        available: false,
        reason: expect.stringContaining('its disk is full'),
      })
      const { entries, head } = await store.list('')
      expect(entries.map(({ key }) => key)).toEqual(keys.toSorted())
      // Removing history frees pages, and is allowed.
      for (const { key, revision } of entries.slice(0, 10)) {
        const deleted = await store.delete(key, revision).catch((error: unknown) => error)
        if (!(deleted as { ok?: boolean }).ok) expect(deleted).toMatchObject({ code: 'Full' })
      }
      await store.compact(head)
      await store.compact(await store.head())
      await expect.poll(() => connection.state().available, { timeout: 5_000 }).toBe(true)
      expect(await store.create('/again', '1')).toMatchObject({ ok: true })
      await connection.close()
      await createSqliteConnection({ path }).close()
    }))

  test('in a folder that does not exist is one clear error', () =>
    inFolder(async (path) => {
      expect(() => createSqliteConnection({ path: `${path}/nowhere/x.db` })).toThrow(
        `cannot open the store file ${path}/nowhere/x.db`,
      )
    }))

  test('keeps its counter when the whole log is compacted', () =>
    inFolder(async (path) => {
      const first = createSqliteConnection({ path })
      const store = first.store('core/things')
      await Promise.all(Array.from({ length: 3 * limits.compactStep }, (_, i) => store.create(`/${i}`, '1')))
      const head = store.headNow()!
      await store.compact(head)
      await first.close()
      const second = createSqliteConnection({ path })
      expect(await second.store('core/things').create('/new', '1')).toMatchObject({ ok: true, revision: head + 1 })
      await second.close()
    }))

  test(
    'loses nothing acknowledged when its process is killed in the middle of writing',
    () =>
      inFolder(async (path) => {
        const acknowledged = new Map<string, number>()
        for (let round = 1; round <= 3; round++) {
          const script = fileURLToPath(new URL('./testing/write-and-tell.ts', import.meta.url))
          const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
          let output = ''
          let lines = 0
          child.stdout.setEncoding('utf8').on('data', (text: string) => {
            output += text
            lines += text.split('\n').length - 1
            if (lines > 200 * round) child.kill('SIGKILL')
          })
          const [code, signal] = await once(child, 'close')
          expect([code, signal]).toEqual([null, 'SIGKILL'])
          // The last line may be cut.
          for (const line of output.split('\n').slice(0, -1)) {
            const [key, at] = line.split(' ')
            acknowledged.set(key!, Number(at))
          }
          const connection = createSqliteConnection({ path })
          await expectAllThere(connection.store('core/things'), acknowledged)
          await connection.close()
        }
      }),
    30_000,
  )
})

/** How many texts and deletions a closed file holds, of all resource types. */
function versionsIn(path: string): number {
  const file = new DatabaseSync(path)
  const { count } = file.prepare('SELECT count(*) AS count FROM version').get() as { count: number }
  file.close()
  return count
}

/** Every acknowledged write is an object and an event, and the log is without holes. */
async function expectAllThere(store: Store, acknowledged: ReadonlyMap<string, number>): Promise<void> {
  const abort = new AbortController()
  const history = record(store, firstRevision, abort.signal)
  const head = await store.head()
  await history.until(head)
  abort.abort()
  await history.ended
  const events = new Map<number, LogEvent>(history.events.map((event) => [event.revision, event]))
  expect(events.size).toBe(head - firstRevision)
  for (const [key, at] of acknowledged) {
    expect(events.get(at)?.key).toBe(key)
    expect(await store.get(key)).toMatchObject({ revision: revision(at) })
  }
}
