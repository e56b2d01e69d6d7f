import {
  type Backend,
  compareKeys,
  firstRevision,
  type LogEvent,
  type LogListener,
  type Revision,
  StoreError,
} from '@ensign/store'
import type { Alarm } from './alarm.ts'
import type { HistoryLoss, Link } from './link.ts'
import { after, commit, committedFrom, compact, entryFrom, lift, type Place, range } from './scripts/scripts.ts'
import { eventOf, type Write, WriteGroup } from './write-group.ts'

/** The keys of one resource type. One hash tag, so that a cluster keeps them on one node, where a script can reach them. */
export function keysOf(prefix: string, resource: string) {
  const tag = `{${prefix}:${resource}}`
  return { objects: `${tag}:objects`, index: `${tag}:index`, log: `${tag}:log`, state: `${tag}:state` } as const
}

/**
 * One resource type in Redis. Any number of processes may have it open.
 *
 * The backend remembers the newest place it has ever shown to anybody and has it checked with each reading: a database that
 * came back without a part of its past (a failover, a restored backup, another server under the same name) is found out by
 * the first script that runs on it, and no number of the lost past is given out again.
 */
export function createRedisBackend(options: {
  readonly link: Link
  readonly alarm: Alarm
  readonly prefix: string
  readonly resource: string
  readonly onHistoryLost?: (loss: HistoryLoss) => void
}): Backend {
  const { link, alarm, resource } = options
  const keys = keysOf(options.prefix, resource)
  const listeners = new Set<LogListener>()
  let newest: Place = { head: firstRevision, mark: '' }

  const ring = (events: readonly LogEvent[]) => {
    for (const listener of listeners) listener.heard(events)
  }
  // Whatever happened while the connection was down, or was lost.
  link.onStale(() => ring([]))

  function shown(head: Revision, mark: string): void {
    if (head > newest.head) newest = { head, mark }
  }

  /** Makes the loss safe for everybody, then tells the caller. */
  async function lost(found: Revision): Promise<never> {
    const served = newest.head
    const lifted = await link.run(lift, keys, { served, mark: link.mark() })
    if (newest.head <= served) {
      newest = { head: firstRevision, mark: '' }
      options.onHistoryLost?.({ resource, served, found, lifted })
      ring([])
      link.lookAgain()
    }
    throw new StoreError(
      'HistoryLost',
      `Redis lost a part of the history of ${resource}: it was at ${served}, now at ${found}`,
    )
  }

  const writes = new WriteGroup((group) => {
    send(group).catch((error: unknown) => {
      for (const write of group) write.reject(error)
    })
  })

  /** Answers all of them, or throws: then nobody knows what became of any. */
  async function send(group: readonly Write[]): Promise<void> {
    const mark = link.mark()
    const rows = group.map(({ key, expected, json = '' }) => ({ key, expected, json }))
    const reply = await link.run(commit, keys, { served: newest.head, mark }, rows)
    if (reply.outcome === 'lost') return lost(reply.head)
    if (reply.writes.length !== group.length) {
      throw new StoreError('Misused', `commit.lua told ${reply.writes.length} outcomes of ${group.length} writes`)
    }
    const outcomes = group.map(({ key }, i) => committedFrom(key, reply.writes[i]!))
    const events: LogEvent[] = []
    for (const [i, outcome] of outcomes.entries()) if (outcome.ok) events.push(eventOf(group[i]!, outcome))
    const last = events.at(-1)
    if (last) {
      shown(last.revision, mark)
      ring(events)
    }
    for (const [i, write] of group.entries()) write.resolve(outcomes[i]!)
  }

  return {
    async get(key) {
      const value = await link.get(keys.objects, key)
      return value === null ? undefined : entryFrom(key, value)
    },

    async range(prefix, { after: behind, limit }) {
      const reply = await link.run(range, keys, {
        min: behind !== undefined && compareKeys(behind, prefix) >= 0 ? `(${behind}` : `[${prefix}`,
        // The byte 0xff is in no UTF-8 text, so this is above every key with the prefix.
        max: Buffer.concat([Buffer.from(`(${prefix}`), Buffer.of(0xff)]),
        limit,
        served: newest.head,
      })
      if (reply.outcome === 'lost') return lost(reply.head)
      shown(reply.head, reply.mark)
      return { entries: reply.entries, head: reply.head }
    },

    commit: (key, expected, json) => writes.add(key, expected, json),

    async after(since, limit) {
      const reply = await link.run(after, keys, { since, limit, served: newest.head, mark: newest.mark })
      if (reply.outcome === 'lost') return lost(reply.head)
      const { head, compacted } = reply
      shown(head, reply.mark)
      return reply.outcome === 'ok'
        ? { ok: true, events: reply.events, head, compacted }
        : { ok: false, reason: 'compacted', at: compacted, head }
    },

    compact: (upTo) => link.run(compact, keys, { upTo }),

    listen(listener) {
      listeners.add(listener)
      // A turn of the alarm that began before the end still rings for those who listened then.
      const ring = () => {
        if (listeners.has(listener)) listener.heard([])
      }
      const stop = alarm.add({ log: keys.log, seen: listener.seen, ring })
      return () => {
        stop()
        listeners.delete(listener)
      }
    },
  }
}
