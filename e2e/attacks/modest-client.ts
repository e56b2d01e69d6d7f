/**
 * The program beside the attacks: a client that asks 50 times a second for what it may have, half of it over one connection,
 * some of it over new ones, and keeps a watch. Prints how long it waited, and what went wrong, as JSON.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { ClientHttp2Session } from 'node:http2'
import { type Asked, ask, session, type Target } from './target.ts'

const requestsPerSecond = 50
/** Every so many requests one has a connection of its own. */
const newConnectionEvery = 25
const patienceMs = 20_000

const [address = '', caFile = '', tokenFile = '', namespace = '', seconds = '0'] = process.argv.slice(2)
const { hostname: host, port } = new URL(address)
const caPem = readFileSync(caFile, 'utf8')
const token = readFileSync(tokenFile, 'utf8')
const target: Target = { host, port: Number(port), caPem, token, namespace }
const maps = `/api/v1/namespaces/${namespace}/configmaps`

export interface Experience {
  readonly requests: number
  readonly failures: readonly string[]
  readonly medianMs: number
  readonly p99Ms: number
  readonly longestMs: number
  /** Objects that it made and its watch has not told. */
  readonly untold: number
}

const run = `${Date.now()}`
const made = new Set<string>()
const told = new Set<string>()
const failures: string[] = []
const waitedMs: number[] = []
const kept = session(target)
await once(kept, 'connect')
follow()
const running = new Set<Promise<void>>()
for (let i = 0, beganMs = performance.now(); i < Number(seconds) * requestsPerSecond; i++) {
  const due = beganMs + (i * 1_000) / requestsPerSecond
  const waitMs = due - performance.now()
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
  const one = request(i)
  running.add(one)
  void one.finally(() => running.delete(one))
}
await Promise.all(running)
const deadline = performance.now() + patienceMs
const untold = () => [...made].filter((name) => !told.has(name))
while (untold().length > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50))
waitedMs.sort((a, b) => a - b)
const at = (part: number) => Math.round(waitedMs[Math.floor((waitedMs.length - 1) * part)] ?? 0)
const experience: Experience = {
  requests: waitedMs.length,
  failures: failures.slice(0, 20),
  medianMs: at(0.5),
  p99Ms: at(0.99),
  longestMs: at(1),
  untold: untold().length,
}
process.stdout.write(`${JSON.stringify(experience)}\n`, () => process.exit(0))

function askedBy(i: number): { asked: Asked; wanted: string } {
  const name = `modest-${run}-${i - (i % 5)}`
  switch (i % 5) {
    case 0:
      return { asked: post(maps, { metadata: { name } }), wanted: '201' }
    case 1:
      return { asked: { path: `${maps}?limit=100` }, wanted: '200' }
    case 2:
      return { asked: post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {}), wanted: '201' }
    case 3:
      return { asked: { path: `/api/v1/namespaces/${namespace}/serviceaccounts/modest` }, wanted: '200' }
    default:
      return {
        asked: post(`/api/v1/namespaces/${namespace}/serviceaccounts/modest/token`, { spec: {} }),
        wanted: '201',
      }
  }
}

function post(path: string, body: unknown): Asked {
  return { method: 'POST', path, contentType: 'application/json', body: JSON.stringify(body) }
}

async function request(i: number): Promise<void> {
  const { asked, wanted } = askedBy(i)
  const isNew = i % newConnectionEvery === 0
  const over = isNew ? session(target) : kept
  const beganMs = performance.now()
  const status = await Promise.race([
    answerOf(over, asked),
    new Promise<string>((resolve) => setTimeout(resolve, patienceMs, 'no answer').unref()),
  ])
  waitedMs.push(performance.now() - beganMs)
  if (isNew) over.destroy()
  if (status !== wanted) failures.push(`${asked.method ?? 'GET'} ${asked.path}: ${status}`)
  else if (i % 5 === 0) made.add(`modest-${run}-${i}`)
}

async function answerOf(over: ClientHttp2Session, asked: Asked): Promise<string> {
  const stream = ask(over, { ...asked, token })
  let status = 'reset'
  stream.on('response', (head) => {
    status = String(head[':status'])
  })
  stream.resume()
  await new Promise((resolve) => stream.once('close', resolve))
  return status
}

function follow(): void {
  const stream = ask(kept, { path: `${maps}?watch=1`, token })
  let pending = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (pending + text).split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines) told.add(JSON.parse(line).object.metadata.name)
  })
  stream.on('close', () => failures.push('the watch ended'))
}
