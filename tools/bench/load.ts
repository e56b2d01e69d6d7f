/**
 * Requests as fast as they are answered, by h2load where the machine has it (Debian: nghttp2-client), else by a
 * generator of our own, which takes more of the machine for itself and so shows lower rates.
 */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import type { Headers } from './ask.ts'
import { startHelper } from './child.ts'
import type { GeneratorInput, GeneratorReport } from './load-generator.ts'
import { settings } from './settings.ts'

export interface Load {
  readonly url: string
  readonly token?: string
  /** File whose content is posted; without one it is GET. */
  readonly bodyFile?: string
  readonly headers?: Headers
}

/** Answers per second. Rejects when any answer was not a 2xx: a refusal is quick, and no figure. */
export async function load(request: Load): Promise<number> {
  return hasH2load() ? byH2load(request) : byGenerator(request)
}

let found: boolean | undefined
export function hasH2load(): boolean {
  found ??= spawnSync('h2load', ['--version'], { stdio: 'ignore' }).status === 0
  return found
}

async function byH2load({ url, token, bodyFile, headers = {} }: Load): Promise<number> {
  const { connections, inFlight, warmUpMs, measureMs } = settings
  const { stdout } = await promisify(execFile)('h2load', [
    `--clients=${connections}`,
    `--max-concurrent-streams=${inFlight / connections}`,
    '--threads=1',
    `--warm-up-time=${warmUpMs}ms`,
    `--duration=${measureMs}ms`,
    ...(token === undefined ? [] : ['--header', `authorization: Bearer ${token}`]),
    ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    ...(bodyFile === undefined ? [] : [`--data=${bodyFile}`, '--header', 'content-type: application/json']),
    url,
  ])
  const rate = /finished in [\d.]+\w+, ([\d.]+) req\/s/.exec(stdout)?.[1]
  const codes = /status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/.exec(stdout)?.slice(1).map(Number)
  const failed = Number(/(\d+) failed/.exec(stdout)?.[1])
  if (!rate || !codes) throw new Error(`h2load printed no result:\n${stdout}`)
  // Requests that the end of the time cut off count as nothing, neither here nor there.
  if (codes[0] === 0 || failed + (codes[1] ?? 0) + (codes[2] ?? 0) + (codes[3] ?? 0) > 0)
    throw new Error(`${url} was not answered as it should be: ${/status codes.*/.exec(stdout)?.[0]}, ${failed} failed`)
  return Number(rate)
}

async function byGenerator({ url, token, bodyFile, headers = {} }: Load): Promise<number> {
  const input: GeneratorInput = {
    url,
    token,
    bodyFile,
    headers,
    connections: settings.connections,
    streams: settings.inFlight / settings.connections,
    warmUpMs: settings.warmUpMs,
    measureMs: settings.measureMs,
  }
  await using generator = startHelper<GeneratorReport>('load-generator.ts', input)
  const { perSecond, problem } = await generator.next()
  if (problem !== undefined) throw new Error(`${url} was not answered as it should be: ${problem}`)
  return perSecond
}
