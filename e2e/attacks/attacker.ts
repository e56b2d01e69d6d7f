/**
 * The program that attacks: every attack of the table at its own pace, for so many seconds. Only against this machine.
 * Prints what came of each attack as JSON.
 */
import { readFileSync } from 'node:fs'
import { type Attack, attacks, createShared } from './table.ts'
import type { Held, Target } from './target.ts'

const [address = '', caFile = '', tokenFile = '', namespace = '', seconds = '0', only = ''] = process.argv.slice(2)
const { hostname: host, port } = new URL(address)
if (host !== '127.0.0.1') throw new Error('attacks are for a plane on this machine')
const target: Target = {
  host,
  port: Number(port),
  caPem: readFileSync(caFile, 'utf8'),
  token: readFileSync(tokenFile, 'utf8'),
  namespace,
}

export interface Outcome {
  readonly hits: number
  /** Answers by status, and other ends. */
  readonly ends: Record<string, number>
}

const shared = createShared(target)
const outcomes = attacks.filter(({ name }) => only === '' || name === only).map(start)
setTimeout(() => {
  const entries = outcomes.map((stop) => stop())
  shared.close()
  process.stdout.write(`${JSON.stringify(Object.fromEntries(entries))}\n`, () => process.exit(0))
}, Number(seconds) * 1_000)

function start({ name, perSecond, heldMax = 0, hit }: Attack): () => [string, Outcome] {
  const held: Held[] = []
  const ends: Record<string, number> = {}
  let hits = 0
  const timer = setInterval(() => {
    hit(target, hits++, shared)
      .then((end) => {
        if (end === undefined) return
        if (typeof end === 'string') {
          ends[end] = (ends[end] ?? 0) + 1
          return
        }
        held.push(end)
        if (held.length > heldMax) held.shift()?.destroy()
      })
      .catch((error: Error) => {
        ends[error.message] = (ends[error.message] ?? 0) + 1
      })
  }, 1_000 / perSecond)
  return () => {
    clearInterval(timer)
    for (const one of held) one.destroy()
    return [name, { hits, ends }]
  }
}
