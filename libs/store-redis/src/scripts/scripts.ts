import { absent, type Committed, type Entry, type LogEvent, parseRevision, type Revision } from '@ensign/store'
import { defineScript } from './define-script.ts'

/** `head` and `mark` tell where the database is: the newest revision, and the write that had it. */
export interface Place {
  readonly head: Revision
  readonly mark: string
}

/** The database has forgotten what it has shown; `head` is what it counts now. */
export type Lost = { readonly outcome: 'lost'; readonly head: Revision }

export const commit = defineScript({
  file: new URL('./commit.lua', import.meta.url),
  keys: ['objects', 'index', 'log', 'state'],
  args: ['served', 'mark'],
  each: ['key', 'expected', 'json'],
  reply: (reply): { readonly outcome: 'done'; readonly writes: readonly WriteReply[] } | Lost => {
    const [word, ...rest] = tagged(reply)
    if (word === 'lost') return lost(rest)
    if (word !== 'done' || rest.length % 4 !== 0) return misshapen()
    const writes: WriteReply[] = []
    for (let i = 0; i < rest.length; i += 4) {
      const outcome = rest[i]
      if (outcome !== 'ok' && outcome !== 'conflict') return misshapen()
      writes.push({ outcome, revision: count(rest[i + 1]), was: [count(rest[i + 2]), text(rest[i + 3])] })
    }
    return { outcome: 'done', writes }
  },
})

export const after = defineScript({
  file: new URL('./after.lua', import.meta.url),
  keys: ['log', 'state'],
  args: ['since', 'limit', 'served', 'mark'],
  reply: (reply) => {
    const [word, ...rest] = tagged(reply)
    if (word === 'lost') return lost(rest)
    const place = { head: count(rest[0]), mark: text(rest[1]), compacted: count(rest[2]) }
    if (word === 'compacted') return { outcome: 'compacted' as const, ...place }
    if (word === 'ok') return { outcome: 'ok' as const, ...place, events: list(rest[3]).map(eventFrom) }
    return misshapen()
  },
})

export const range = defineScript({
  file: new URL('./range.lua', import.meta.url),
  keys: ['objects', 'index', 'state'],
  args: ['min', 'max', 'limit', 'served'],
  reply: (reply) => {
    const [word, ...rest] = tagged(reply)
    if (word === 'lost') return lost(rest)
    if (word !== 'ok') return misshapen()
    const flat = list(rest[2])
    const entries: Entry[] = []
    for (let i = 0; i < flat.length; i += 2) entries.push(entryFrom(text(flat[i]), text(flat[i + 1])))
    return { outcome: 'ok' as const, head: count(rest[0]), mark: text(rest[1]), entries }
  },
})

export const compact = defineScript({
  file: new URL('./compact.lua', import.meta.url),
  keys: ['log', 'state'],
  args: ['upTo'],
  reply: count,
})

export const lift = defineScript({
  file: new URL('./lift.lua', import.meta.url),
  keys: ['log', 'state'],
  args: ['served', 'mark'],
  reply: count,
})

/** Revision and value; revision 0 means that there is none. */
type Stored = readonly [revision: Revision, json: string]

/** What became of one write of a call. */
export interface WriteReply {
  readonly outcome: 'ok' | 'conflict'
  readonly revision: Revision
  readonly was: Stored
}

export function committedFrom(key: string, reply: WriteReply): Committed {
  const [revision, json] = reply.was
  const there = revision !== absent && { key, revision, json }
  return reply.outcome === 'ok'
    ? { ok: true, revision: reply.revision, ...(there && { was: there }) }
    : { ok: false, reason: 'conflict', ...(there && { current: there }) }
}

/** A value of the hash `objects`: `<revision> <json>`. */
export function entryFrom(key: string, value: string): Entry {
  const blank = value.indexOf(' ')
  return { key, revision: parseRevision(value.slice(0, blank)), json: value.slice(blank + 1) }
}

/** A stream entry: id, then names and values in the order in which commit.lua adds them. */
function eventFrom(entry: unknown): LogEvent {
  const [id, fields] = list(entry)
  const [, key, , now, , was, , at] = list(fields).map(text)
  const wasRevision = parseRevision(at ?? '')
  return {
    revision: parseRevision(text(id).slice(0, -'-0'.length)),
    key: text(key),
    ...(now !== '' && { now: text(now) }),
    ...(wasRevision !== absent && { was: text(was), wasRevision }),
  }
}

function lost(rest: readonly unknown[]): Lost {
  return { outcome: 'lost', head: count(rest[0]) }
}

function tagged(reply: unknown): readonly [string, ...unknown[]] {
  const [word, ...rest] = list(reply)
  return [text(word), ...rest]
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : misshapen()
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : misshapen()
}

function count(value: unknown): Revision {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? (value as Revision) : misshapen()
}

/** Without the reply: it may hold Secrets. */
function misshapen(): never {
  throw new TypeError('a script answered in a shape that its header does not have')
}
