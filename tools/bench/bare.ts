import type { Answer } from './ask.ts'
import type { BareInput, BareReport } from './bare-server.ts'
import { startHelper } from './child.ts'
import { type Load, load } from './load.ts'
import type { Plane } from './plane.ts'

/** The rate of a bare `node:http2` server that answers with the same bytes, under the same certificate. */
export async function bareRate({ serving }: Plane, answer: Answer, request: Omit<Load, 'url'> = {}): Promise<number> {
  const path = '/same/bytes'
  const input: BareInput = { ...serving, answers: { [path]: answer } }
  await using server = startHelper<BareReport>('bare-server.ts', input)
  const { port } = await server.next()
  return await load({ ...request, url: `https://127.0.0.1:${port}${path}` })
}
