/** Clients at work while something goes wrong, and what they were told. */
import type { ApiReply } from '@ensign/testing'
import { eventually, type PlaneFolder } from './harness.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'
const writers = 4

export interface Traffic {
  /** Writes that were answered with 201, in the order of the answers. */
  readonly acknowledged: string[]
  /** All other answers to writes. */
  readonly refused: ApiReply[]
  /** Writes without an answer: nobody could be asked, or nobody has answered. */
  readonly unanswered: Error[]
  /** What the watch has told. */
  readonly watched: Set<string>
  /** Each end of the watch: the Status of its last event, or how the connection ended. */
  readonly watchEnds: unknown[]
  /** Waits until so many further writes are acknowledged. */
  further(writes: number): Promise<void>
  /** Stops writing, and waits until the watch has told all that was acknowledged. */
  stop(): Promise<void>
}

/** Some writers that make objects one after the other, and a watch of them that begins again when it ends. */
export function startTraffic(folder: PlaneFolder): Traffic {
  const client = folder.client()
  let writing = true
  let watching = true
  const traffic: Traffic = {
    acknowledged: [],
    refused: [],
    unanswered: [],
    watched: new Set(),
    watchEnds: [],
    async further(writes) {
      const goal = traffic.acknowledged.length + writes
      await eventually(
        async () => traffic.acknowledged.length,
        (count) => count >= goal,
        30_000,
      )
    },
    async stop() {
      writing = false
      await Promise.all(running)
      await eventually(
        async () => traffic.acknowledged.filter((name) => !traffic.watched.has(name)),
        (missing) => missing.length === 0,
      )
      watching = false
      client.close()
      await watch
    },
  }
  const running = Array.from({ length: writers }, async (_, writer) => {
    for (let i = 0; writing; i++) {
      const name = `w${writer}-${i}`
      try {
        const reply = await client.post(configMaps, { metadata: { name } })
        if (reply.status === 201) traffic.acknowledged.push(name)
        else traffic.refused.push(reply)
      } catch (error) {
        traffic.unanswered.push(error as Error)
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })
  const listAndWatch = async () => {
    const { status, body } = await client.get(configMaps)
    if (status !== 200) return
    for (const { metadata } of body.items) traffic.watched.add(metadata.name)
    const from = `resourceVersion=${body.metadata.resourceVersion}`
    for await (const { type, object } of client.watch(`${configMaps}?watch=true&${from}`)) {
      if (type === 'ERROR') traffic.watchEnds.push(object)
      else traffic.watched.add(object.metadata.name)
    }
    traffic.watchEnds.push('closed')
  }
  const watch = (async () => {
    while (watching) {
      await listAndWatch().catch((error: Error) => watching && traffic.watchEnds.push(error.message))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  return traffic
}
