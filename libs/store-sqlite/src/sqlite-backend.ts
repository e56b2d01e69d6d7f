import {
  absent,
  type Backend,
  type Committed,
  type Entry,
  firstRevision,
  type LogEvent,
  type LogListener,
  type LogRead,
  type Revision,
  StoreError,
} from '@ensign/store'
import { type Database, storeErrorFrom } from './database.ts'
import type { GroupCommit } from './group-commit.ts'
import { limits } from './limits.ts'
import { placeOf } from './schema.ts'

interface LogRow {
  place: number
  key: string
  now: string | null
  was_place: number | null
  was: string | null
}

/** One resource type in the file. Nobody else writes to it, so the head is known without asking. */
export function createSqliteBackend(database: Database, group: GroupCommit, name: string): Backend {
  const resource = openResource(database, name)
  const listeners = new Set<LogListener>()
  /** Newest durable revision, and newest one written; they differ while a group is being synced. */
  let head = resource.head
  let written = resource.head
  /** What the file has as the newest: once for a group, not for each write. */
  let stored = resource.head
  let { compacted, forgotten } = resource

  /** Reading sees durable writes only: what is shown and then lost with the power would be a lie. */
  async function reading<T>(read: () => T): Promise<T> {
    await group.settled()
    if (group.broken) throw group.broken
    try {
      return read()
    } catch (error) {
      throw storeErrorFrom(error, database.path)
    }
  }

  function get(key: string): Entry | undefined {
    const row = database.get.get(resource.id, key) as { revision: Revision; json: string } | undefined
    return row && { key, revision: row.revision, json: row.json }
  }

  function range(prefix: string, after: string | undefined, limit: number): Entry[] {
    const entries: Entry[] = []
    const from = after !== undefined && Buffer.compare(Buffer.from(after), Buffer.from(prefix)) > 0 ? after : prefix
    for (const row of database.range.iterate(resource.id, from, limit + 1)) {
      const { key, revision, json } = row as unknown as Entry
      if (!key.startsWith(prefix) || entries.length === limit) break
      if (key !== after) entries.push({ key, revision, json })
    }
    return entries
  }

  /** Inside a transaction. */
  function write(key: string, expected: Revision, json: string | undefined): { outcome: Committed; event?: LogEvent } {
    const revision = (written + 1) as Revision
    let was: Entry | undefined
    if (expected === absent && json !== undefined) {
      // Whether there is something is seen while writing: one search less.
      if (database.insert.run(resource.id, key, revision).changes === 0) return lost(get(key))
    } else {
      was = get(key)
      if (!was || was.revision !== expected) return lost(was)
      if (json === undefined) database.remove.run(resource.id, key)
      else database.update.run(revision, resource.id, key)
    }
    const place = placeOf(resource.id, revision)
    database.append.run(place, key, was ? placeOf(resource.id, was.revision) : null, json ?? null)
    written = revision
    const event: LogEvent = {
      revision,
      key,
      ...(json !== undefined && { now: json }),
      ...(was && { was: was.json, wasRevision: was.revision }),
    }
    return { outcome: { ok: true, revision, ...(was && { was }) }, event }
  }

  /** One step of removing what nobody may read any more. Done twice it does no harm. */
  function forget(target: Revision): void {
    // Somebody else's compaction may have come this far meanwhile.
    if (forgotten >= target) return
    const upTo = Math.min(target, forgotten + limits.compactStep) as Revision
    const [from, to] = [placeOf(resource.id, forgotten), placeOf(resource.id, upTo)]
    database.forgetReplaced.run(from, to)
    database.forgetDeletions.run(from, to)
    database.setForgotten.run(upTo, resource.id)
    forgotten = upTo
  }

  return {
    get: (key) => reading(() => get(key)),
    range: (prefix, { after, limit }) => reading(() => ({ entries: range(prefix, after, limit), head })),

    commit(key, expected, json) {
      const { promise, resolve, reject } = Promise.withResolvers<Committed>()
      let done: ReturnType<typeof write> | undefined
      group.submit({
        apply() {
          done = write(key, expected, json)
          return done.event !== undefined
        },
        settle() {
          const count = written - stored
          if (count > 0) database.setHead.run(written, resource.id)
          stored = written
          return count
        },
        publish() {
          const { outcome, event } = done!
          if (event) {
            head = event.revision
            for (const listener of listeners) listener.heard([event])
          }
          resolve(outcome)
        },
        fail(error) {
          written = head
          stored = head
          reject(error)
        },
      })
      return promise
    },

    after: (since, limit) =>
      reading((): LogRead => {
        if (since < compacted) return { ok: false, reason: 'compacted', at: compacted, head }
        const rows = database.after.all(placeOf(resource.id, since), placeOf(resource.id, head), limit)
        const events = (rows as unknown as LogRow[]).map((row) => eventFrom(row, resource.id))
        return { ok: true, events, head, compacted }
      }),

    async compact(upTo) {
      const target = Math.max(compacted, Math.min(upTo, head)) as Revision
      await reading(() => {
        database.setCompacted.run(target, resource.id)
        compacted = target
      })
      while (forgotten < target) {
        await reading(() => forget(target))
        // Requests first: nobody waits for a compaction.
        await new Promise((resolve) => setImmediate(resolve))
      }
      return target
    },

    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    headNow: () => head,
  }
}

const lost = (current: Entry | undefined): { outcome: Committed } => ({
  outcome: { ok: false, reason: 'conflict', ...(current && { current }) },
})

interface ResourceRow {
  readonly id: number
  readonly head: Revision
  readonly compacted: Revision
  readonly forgotten: Revision
}

function openResource(database: Database, name: string): ResourceRow {
  const row = database.readResource.get(name) as unknown as ResourceRow | undefined
  if (row) return row
  const { count } = database.countResources.get() as { count: number }
  if (count >= limits.resourceTypesMax) {
    throw new StoreError('TooLarge', `the store file ${database.path} holds ${count} resource types, and no more fit`)
  }
  database.addResource.run(count, name, firstRevision, absent)
  return { id: count, head: firstRevision, compacted: absent, forgotten: absent }
}

function eventFrom(row: LogRow, resourceId: number): LogEvent {
  const revisionAt = (place: number) => (place - placeOf(resourceId, 0)) as Revision
  return {
    revision: revisionAt(row.place),
    key: row.key,
    ...(row.now !== null && { now: row.now }),
    ...(row.was !== null && { was: row.was, wasRevision: revisionAt(row.was_place as number) }),
  }
}
