/** Making objects, on each backend beside what the backend can do by itself. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { type RedisServer, redisMissing, startRedisServer } from '@ensign/store-redis/testing'
import { type Answer, ask } from './ask.ts'
import { bareRate } from './bare.ts'
import type { Benchmark, Figure } from './figure.ts'
import { load } from './load.ts'
import { type Plane, startPlane } from './plane.ts'
import { settings } from './settings.ts'
import { namespace, populate } from './world.ts'

export const creates: Benchmark = {
  name: 'creates',
  title: 'create ConfigMap: memory, SQLite, Redis',
  async run() {
    const figures = [await onMemory(), await onSqlite()]
    const missing = await redisMissing()
    if (missing === undefined) figures.push(await onRedis())
    else process.stderr.write(`  no figure for Redis: ${missing}\n`)
    return figures
  },
}

const path = `/api/v1/namespaces/${namespace}/configmaps`
const data = { key: 'value', other: 'x'.repeat(64) }
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'made-' }, data }

async function onMemory(): Promise<Figure> {
  await using plane = await startPlane({ storeUrl: 'memory:' })
  const { value, token, bodyFile, answer } = await rate(plane)
  const limit = await bareRate(plane, answer, { token, bodyFile })
  return { name: 'create ConfigMap, memory', value, unit: '/s', limits: [{ name: 'bare http2', value: limit }] }
}

async function onSqlite(): Promise<Figure> {
  await using plane = await startPlane()
  const { value, answer } = await rate(plane)
  const file = (name: string) => join(dirname(plane.folder), name)
  const limits = [
    { name: 'bare SQLite', value: sqliteRate(file('a.db'), answer.body, (row) => String(row).padStart(9, '0')) },
    // Names that come in no order, as those that the plane gives: nearly every row is on another page.
    { name: '- any order', value: sqliteRate(file('b.db'), answer.body, () => randomUUID()) },
  ]
  return { name: 'create ConfigMap, SQLite', value, unit: '/s', limits, goal: { shareOfLimit: 0.09 } }
}

async function onRedis(): Promise<Figure> {
  await using redis = await startRedisServer()
  await using plane = await startPlane({ storeUrl: redis.url })
  const { value, answer } = await rate(plane)
  const limits = [{ name: 'redis SET', value: await redisRate(redis, answer.body.length) }]
  return { name: 'create ConfigMap, Redis', value, unit: '/s', limits, goal: { shareOfLimit: 0.27 } }
}

async function rate(plane: Plane): Promise<{ value: number; token: string; bodyFile: string; answer: Answer }> {
  const token = await populate(plane)
  const bodyFile = join(dirname(plane.folder), 'body.json')
  const post = JSON.stringify(object)
  writeFileSync(bodyFile, post)
  const url = `${plane.server}${path}`
  const answer = await ask(url, { caPem: plane.caPem, token, post })
  return { value: await load({ url, token, bodyFile }), token, bodyFile, answer }
}

/** Rows per second that reach the disk in transactions as large as there are requests in flight. */
function sqliteRate(file: string, json: string, nameOf: (row: number) => string): number {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  database.exec('CREATE TABLE object (key TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID')
  const insert = database.prepare('INSERT INTO object VALUES (?, ?)')
  const from = performance.now()
  let rows = 0
  while (performance.now() - from < settings.measureMs) {
    database.exec('BEGIN')
    for (let i = 0; i < settings.inFlight; i++) insert.run(`${namespace}/made-${nameOf(rows++)}`, json)
    database.exec('COMMIT')
  }
  const perSecond = (rows * 1000) / (performance.now() - from)
  database.close()
  return perSecond
}

/** SETs per second of values of this size, each in the append-only file before it is answered. */
async function redisRate({ port }: RedisServer, sizeBytes: number): Promise<number> {
  const args = ['-p', String(port), '-c', String(settings.inFlight), '-n', '60000', '-r', '1000000']
  const { stdout } = await promisify(execFile)('redis-benchmark', [...args, '-t', 'set', '-d', `${sizeBytes}`, '--csv'])
  const result = /^"SET","([\d.]+)"/m.exec(stdout)?.[1]
  if (!result) throw new Error(`redis-benchmark printed no result:\n${stdout}`)
  return Number(result)
}
