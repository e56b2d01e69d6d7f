/** What the forms of an answer cost beside JSON: one object, a list that stays, and a list right after a change. */
import type { ClientHttp2Session } from 'node:http2'
import { ask, type Headers } from './ask.ts'
import { bareRate } from './bare.ts'
import type { Benchmark, Figure } from './figure.ts'
import { load } from './load.ts'
import { type Plane, startPlane } from './plane.ts'
import { openSession, over } from './session.ts'
import { settings } from './settings.ts'
import { account, accountsPath, fillList, populate } from './world.ts'

interface Form {
  readonly name: string
  /** Headers that ask for one object in this form; undefined where that is not asked for. */
  readonly one: Headers | undefined
  readonly list: Headers
}

const transformed = (kind: string): Headers => ({ accept: `application/json;as=${kind};g=meta.k8s.io;v=v1` })
const protobuf: Headers = { accept: 'application/vnd.kubernetes.protobuf' }

const forms: readonly Form[] = [
  { name: 'JSON', one: {}, list: {} },
  { name: 'protobuf', one: protobuf, list: protobuf },
  { name: 'Table', one: transformed('Table'), list: transformed('Table') },
  { name: 'metadata', one: transformed('PartialObjectMetadata'), list: transformed('PartialObjectMetadataList') },
  // As kubectl asks. Only what is longer than 128 KiB is compressed: one object is not, nor is this list as JSON.
  { name: 'Table in gzip', one: undefined, list: { ...transformed('Table'), 'accept-encoding': 'gzip' } },
]

export const representations: Benchmark = {
  name: 'forms',
  title: 'JSON, protobuf, Table, metadata alone, gzip',
  async run() {
    await using plane = await startPlane()
    const token = await populate(plane)
    await fillList(plane)
    const client = await openSession(plane)
    const figures: Figure[] = []
    for (const { name, one, list } of forms) {
      if (one) figures.push(await rate(plane, `GET one, ${name}`, `${accountsPath}/${account}`, token, one))
      figures.push(await rate(plane, `LIST ${settings.listSize}, ${name}`, accountsPath, token, list))
      figures.push(await afterChange(plane, client, name, token, list))
    }
    client.close()
    return figures
  },
}

async function rate(plane: Plane, name: string, path: string, token: string, headers: Headers): Promise<Figure> {
  const url = `${plane.server}${path}`
  const answer = await ask(url, { caPem: plane.caPem, token, headers })
  if (headers['accept-encoding'] !== answer.headers['content-encoding']) throw new Error(`${name} is not compressed`)
  const value = await load({ url, token, headers })
  const limit = await bareRate(plane, answer, { token, headers })
  return { name, value, unit: '/s', limits: [{ name: 'bare http2', value: limit }] }
}

/** Milliseconds for a list of which one object has just changed, so that nothing of the list before serves. */
async function afterChange(
  plane: Plane,
  client: ClientHttp2Session,
  form: string,
  token: string,
  headers: Headers,
): Promise<Figure> {
  const times: number[] = []
  for (let i = 0; i < settings.changes; i++) {
    const { status } = await plane.admin.patch(`${accountsPath}/${account}`, {
      metadata: { labels: { change: `${form}-${i}`.replaceAll(' ', '-') } },
    })
    if (status !== 200) throw new Error(`a write was answered with ${status}`)
    const from = performance.now()
    const answer = await over(client, accountsPath, { token, headers })
    times.push(performance.now() - from)
    if (answer.status !== 200) throw new Error(`a list was answered with ${answer.status}: ${answer.text}`)
  }
  const median = times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN
  return { name: `- after a change, ${form}`, value: median, unit: 'ms', limits: [] }
}
