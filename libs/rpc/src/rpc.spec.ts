import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2'
import { connect as connectTcp } from 'node:net'
import { notFound, StatusError } from '@ensign/apimachinery'
import type { ApiRequest, ApiResponse, EventSink } from '@ensign/endpoints'
import { createKeyRing, generateKeyPair, parsePublicKeys } from '@ensign/keypair'
import { systemClock } from '@ensign/process'
import { credentials, Metadata } from '@grpc/grpc-js'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createChannel, type RpcChannel } from './client/channel.ts'
import { followKeys } from './client/keys-client.ts'
import { createObjectClient } from './client/object-client.ts'
import { HealthCheckResponse_ServingStatus, HealthClient } from './generated/grpc/health/v1/health.ts'
import { limits } from './limits.ts'
import type { PublishedKeys } from './published-keys.ts'
import { createGrpcServer, type GrpcServer } from './server/grpc-server.ts'
import { testPki } from './testing/test-pki.ts'

const pki = testPki(systemClock.now())
const accounts = { group: '', version: 'v1', resource: 'serviceaccounts' }
const body = (value: unknown) => Buffer.from(JSON.stringify(value))

/** What the server's handler answers, and what it was asked: a test sets the one and reads the other. */
let answer: (request: ApiRequest) => ApiResponse | Promise<ApiResponse>
let asked: ApiRequest[] = []
const ring = createKeyRing()
let server: GrpcServer
const channels: RpcChannel[] = []

async function start(port = 0): Promise<GrpcServer> {
  return createGrpcServer({
    host: '127.0.0.1',
    port,
    ...pki.server,
    async handler(request) {
      asked.push(request)
      return answer(request)
    },
    keys: { ring, issuers: ['https://a.example', 'https://b.example'], jwksUri: 'https://a.example/jwks' },
  })
}

function channelAs(commonName: string): RpcChannel {
  const channel = createChannel({
    address: `127.0.0.1:${server.port}`,
    tls: pki.client(commonName),
    userAgent: 'test/1',
  })
  channels.push(channel)
  return channel
}

beforeAll(async () => {
  server = await start()
})
afterEach(() => {
  asked = []
  for (const channel of channels.splice(0)) channel.close()
})
afterAll(() => server.close())

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const event = (type: 'ADDED' | 'DELETED' | 'ERROR', object: unknown) => ({
  type,
  object: body(object),
  frame: Buffer.of(),
})

describe('the Objects service', () => {
  test('asks the chain what a REST client would ask, as the user of the certificate', async () => {
    const client = createObjectClient(channelAs('system:tester'))
    answer = () => ({ status: 200, headers: {}, body: body({ metadata: { name: 'a' } }) })
    const target = { ...accounts, namespace: 'shop', name: 'a' }
    expect(await client.get(target)).toEqual({ metadata: { name: 'a' } })
    await client.list({ ...accounts, namespace: 'shop' }, { labelSelector: 'a in (b,c)', limit: 5, continueToken: 'x' })
    await client.create({ ...accounts, namespace: 'shop' }, { metadata: { name: 'a' } })
    await client.create({ ...target, subresource: 'token' }, {})
    await client.update(target, { metadata: { name: 'a' } })
    await client.patch(target, 'application/merge-patch+json', { x: null })
    await client.apply(target, { x: 1 }, { fieldManager: 'me', force: true })
    await client.delete(target, { preconditions: { uid: 'u' } })
    await client.deleteCollection({ ...accounts, namespace: 'shop' }, { fieldSelector: 'metadata.name=a' })
    await client.get({ group: 'coordination.k8s.io', version: 'v1', resource: 'leases', namespace: 'x', name: 'y' })
    const lines = asked.map(({ method, path, query }) => `${method} ${path}${query && `?${query}`}`)
    expect(lines).toEqual([
      'GET /api/v1/namespaces/shop/serviceaccounts/a',
      'GET /api/v1/namespaces/shop/serviceaccounts?labelSelector=a+in+%28b%2Cc%29&limit=5&continue=x',
      'POST /api/v1/namespaces/shop/serviceaccounts',
      'POST /api/v1/namespaces/shop/serviceaccounts/a/token',
      'PUT /api/v1/namespaces/shop/serviceaccounts/a',
      'PATCH /api/v1/namespaces/shop/serviceaccounts/a',
      'PATCH /api/v1/namespaces/shop/serviceaccounts/a?fieldManager=me&force=true',
      'DELETE /api/v1/namespaces/shop/serviceaccounts/a',
      'DELETE /api/v1/namespaces/shop/serviceaccounts?fieldSelector=metadata.name%3Da',
      'GET /apis/coordination.k8s.io/v1/namespaces/x/leases/y',
    ])
    const bodies = await Promise.all(asked.map(async (request) => Buffer.from(await request.body()).toString()))
    expect(bodies).toEqual([
      '',
      '',
      '{"metadata":{"name":"a"}}',
      '{}',
      '{"metadata":{"name":"a"}}',
      '{"x":null}',
      '{"x":1}',
      '{"preconditions":{"uid":"u"}}',
      '',
      '',
    ])
    expect(asked[5]?.headers).toMatchObject({
      'content-type': 'application/merge-patch+json',
      accept: 'application/json',
    })
    expect(asked[0]?.headers['user-agent']).toMatch(/^test\/1 /)
    for (const { peer } of asked) {
      expect(peer).toBe(asked[0]?.peer)
      expect(new X509Certificate(peer.certificate!).subject).toBe('CN=system:tester')
    }
  })

  test('asks for metadata alone when no more is wanted', async () => {
    const client = createObjectClient(channelAs('t'))
    const watching = new AbortController()
    answer = () => ({ status: 200, headers: {}, body: body({ metadata: {}, items: null }) })
    await client.get({ ...accounts, namespace: 'shop', name: 'a' }, { metadataOnly: true })
    expect(await client.list(accounts, { metadataOnly: true })).toEqual({ metadata: {}, items: [] })
    const options = { metadataOnly: true, resourceVersion: '5', signal: watching.signal }
    await collect(client.watch(accounts, options)).catch(() => undefined)
    const form = (as: string) => `application/json;as=${as};g=meta.k8s.io;v=v1`
    expect(asked.map(({ headers }) => headers['accept'])).toEqual([
      form('PartialObjectMetadata'),
      form('PartialObjectMetadataList'),
      form('PartialObjectMetadata'),
    ])
  })

  test('a refusal arrives as the StatusError that it was, causes and all', async () => {
    const client = createObjectClient(channelAs('t'))
    const refusal = notFound({ group: '', resource: 'serviceaccounts' }, 'a')
    answer = () => ({ status: 404, headers: {}, body: body(refusal.status) })
    const error = await client.get({ ...accounts, namespace: 'shop', name: 'a' }).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(StatusError)
    expect((error as StatusError).status).toEqual(refusal.status)
  })

  test('a refusal too large for metadata keeps its reason and the start of its message', async () => {
    const client = createObjectClient(channelAs('t'))
    const causes = Array.from({ length: 500 }, (_, i) => ({ field: `f${i}`, message: 'is wrong' }))
    const refusal = new StatusError('Invalid', 'x'.repeat(10_000), { kind: 'Thing', causes })
    answer = () => ({ status: 422, headers: {}, body: body(refusal.status) })
    const error = (await client.create(accounts, {}).catch((e: unknown) => e)) as StatusError
    expect(error).toMatchObject({ reason: 'Invalid', code: 422, status: { details: { kind: 'Thing' } } })
    expect(error.message.length).toBeLessThan(2000)
  })

  test.each([
    ['a name of 100 kB', 'x'.repeat(100_000), 'configmaps "x" not found'],
    ['a name of 100 kB in another script', '名'.repeat(33_000), 'y'],
    ['a name of 100 kB of control characters', '\u0001'.repeat(100_000), 'y'],
    ['a name with half a character', '\ud800'.repeat(2_000), '\ud800'.repeat(2_000)],
    ['a message of 100 kB in another script', 'x', '名'.repeat(33_000)],
    ['a message of 100 kB of control characters', 'x', '\u0001'.repeat(100_000)],
  ])('a refusal with %s fits into metadata, and the connection goes on', async (_title, name, message) => {
    const client = createObjectClient(channelAs('t'))
    const watching = new AbortController()
    answer = () => ({
      status: 200,
      headers: {},
      events: { start: (sink) => sink.send(event('ADDED', { metadata: { name: 'a' } })), stop: () => {} },
    })
    const watch = client.watch(accounts, { resourceVersion: '1', signal: watching.signal })[Symbol.asyncIterator]()
    await watch.next()
    const refusal = new StatusError('NotFound', message, { name, kind: name, group: name })
    answer = () => ({ status: 404, headers: {}, body: body(refusal.status) })
    const error = (await client.get({ ...accounts, name: 'a' }).catch((e: unknown) => e)) as StatusError
    expect(error).toMatchObject({ reason: 'NotFound', code: 404 })
    const ended = watch.next()
    expect(
      await Promise.race([ended.then(() => 'ended'), client.get({ ...accounts, name: 'a' }).catch(() => 'on')]),
    ).toBe('on')
    watching.abort()
    await ended.catch(() => {})
  })

  test('an answer in plain text is a Status too', async () => {
    const client = createObjectClient(channelAs('t'))
    answer = () => ({ status: 404, headers: {}, body: Buffer.from('404 page not found\n') })
    await expect(client.get({ ...accounts, resource: 'nothing', name: 'a' })).rejects.toMatchObject({
      reason: 'NotFound',
      message: '404 page not found',
    })
  })

  test('a name that would be another path is refused before it is asked', async () => {
    const client = createObjectClient(channelAs('t'))
    answer = () => ({ status: 200, headers: {}, body: body({}) })
    for (const target of [
      { ...accounts, namespace: 'shop', name: 'a/token' },
      { ...accounts, namespace: 'shop', name: 'a', resource: '' },
      { ...accounts, namespace: 'shop', subresource: 'token' },
    ]) {
      await expect(client.get(target)).rejects.toMatchObject({ reason: 'BadRequest' })
    }
    expect(asked).toEqual([])
  })

  test('discovery is what the aggregated documents say', async () => {
    const client = createObjectClient(channelAs('t'))
    const resource = {
      resource: 'leases',
      scope: 'Namespaced',
      responseKind: { kind: 'Lease' },
      verbs: ['get', 'list'],
    }
    const versions = [{ version: 'v1', resources: [resource] }]
    const groups: Record<string, object[]> = {
      '/api': [{ metadata: {}, versions: [{ version: 'v1' }] }],
      '/apis': [{ metadata: { name: 'coordination.k8s.io' }, versions }],
    }
    answer = ({ path }) => ({ status: 200, headers: {}, body: body({ items: groups[path] }) })
    expect(await client.discover()).toEqual([
      {
        group: 'coordination.k8s.io',
        version: 'v1',
        resource: 'leases',
        kind: 'Lease',
        namespaced: true,
        verbs: ['get', 'list'],
      },
    ])
  })

  test('a watch delivers events in order, ends with its stream, and stops it when given up', async () => {
    const client = createObjectClient(channelAs('t'))
    const stopped: string[] = []
    const eventStream = (deliver: (sink: EventSink) => void) => () => ({
      status: 200,
      headers: {},
      events: { start: deliver, stop: () => stopped.push('stop') },
    })
    answer = eventStream((sink) => {
      sink.send(event('ADDED', { metadata: { name: 'a' } }))
      sink.send(event('DELETED', { metadata: { name: 'a' } }))
      sink.end()
    })
    const seen: string[] = []
    const { signal } = new AbortController()
    for await (const { type } of client.watch(accounts, { resourceVersion: '7', signal })) seen.push(type)
    expect(seen).toEqual(['ADDED', 'DELETED'])
    expect(asked[0]?.query).toMatch(/^watch=true&resourceVersion=7&allowWatchBookmarks=true&timeoutSeconds=\d+$/)
    expect(stopped.length).toBeGreaterThan(0)

    answer = eventStream((sink) => sink.send(event('ERROR', new StatusError('Expired', 'too old').status)))
    const expired = collect(client.watch(accounts, { resourceVersion: '1', signal }))
    await expect(expired).rejects.toMatchObject({ reason: 'Expired', message: 'too old' })

    stopped.length = 0
    const abort = new AbortController()
    const gaveUp = new Promise<void>((resolve) => {
      answer = () => ({
        status: 200,
        headers: {},
        events: { start: (sink) => sink.send(event('ADDED', { metadata: {} })), stop: resolve },
      })
    })
    for await (const _ of client.watch(accounts, { resourceVersion: '1', signal: abort.signal })) abort.abort()
    await gaveUp
    expect(await collect(client.watch(accounts, { resourceVersion: '1', signal: abort.signal }))).toEqual([])
  })

  test('a watch that is refused says why', async () => {
    const client = createObjectClient(channelAs('t'))
    answer = () => ({ status: 410, headers: {}, body: body(new StatusError('Expired', 'too old').status) })
    const { signal } = new AbortController()
    const watch = collect(client.watch(accounts, { resourceVersion: '1', signal }))
    await expect(watch).rejects.toMatchObject({ reason: 'Expired', code: 410 })
  })
})

describe('the gRPC listener', () => {
  test('lets nobody in without a certificate of the plane', async () => {
    const stranger = testPki(systemClock.now()).client('system:masters')
    const authorityPem = pki.client('x').authorityPem
    const channel = createChannel({
      address: `127.0.0.1:${server.port}`,
      tls: { ...stranger, authorityPem },
      userAgent: 'test/1',
    })
    channels.push(channel)
    answer = () => ({ status: 200, headers: {}, body: body({}) })
    const health = new HealthClient(channel.address, credentials.createInsecure(), { channelOverride: channel.channel })
    const refused = new Promise((_, reject) => health.check({ service: '' }, (error) => reject(error)))
    await expect(refused).rejects.toMatchObject({ code: 14 })
    expect(asked).toEqual([])
  })

  test('answers the standard health check', async () => {
    const channel = channelAs('t')
    const health = new HealthClient(channel.address, credentials.createInsecure(), { channelOverride: channel.channel })
    const check = (service: string) =>
      new Promise((resolve, reject) =>
        health.check({ service }, new Metadata({ waitForReady: true }), (error, reply) =>
          error ? reject(error) : resolve(reply.status),
        ),
      )
    expect(await check('')).toBe(HealthCheckResponse_ServingStatus.NOT_SERVING)
    server.setServing(true)
    expect(await check('')).toBe(HealthCheckResponse_ServingStatus.SERVING)
    expect(await check('ensign.objects.v1.ObjectsService')).toBe(HealthCheckResponse_ServingStatus.SERVING)
    await expect(check('unknown')).rejects.toMatchObject({ code: 5 })
  })

  test('says that its port is in use', async () => {
    await expect(start(server.port)).rejects.toThrow(`cannot listen for gRPC on 127.0.0.1:${server.port}`)
  })

  test('calls wait for a server that comes back, within their deadline', async () => {
    const { port } = server
    const client = createObjectClient(channelAs('t'))
    answer = () => ({ status: 200, headers: {}, body: body({ metadata: { name: 'a' } }) })
    await client.get({ ...accounts, name: 'a' })
    await server.close()
    const waiting = client.get({ ...accounts, name: 'a' })
    server = await start(port)
    expect(await waiting).toEqual({ metadata: { name: 'a' } })
  })
})

test('keys are told at once, after each change, and again after the server was gone', async () => {
  const abort = new AbortController()
  const heard: PublishedKeys[] = []
  let lost = 0
  let next = Promise.withResolvers<void>()
  const change = async () => {
    await next.promise
    next = Promise.withResolvers<void>()
  }
  const following = followKeys(
    channelAs('system:oidc-discovery'),
    {
      onKeys(published) {
        heard.push(published)
        next.resolve()
      },
      onLost() {
        lost++
      },
    },
    abort.signal,
  )
  await change()
  const [key] = parsePublicKeys(Buffer.from((await generateKeyPair('ES256')).publicPem))
  if (!key) throw new Error('no key')
  ring.replace([key])
  await change()
  const published = { issuers: ['https://a.example', 'https://b.example'], jwksUri: 'https://a.example/jwks' }
  const keys = [{ keyId: key.kid, publicKey: key.der, excludeFromDiscovery: false }]
  expect(heard).toEqual([
    { ...published, keys: [] },
    { ...published, keys },
  ])
  const { port } = server
  await server.close()
  server = await start(port)
  await change()
  expect(heard.at(-1)).toEqual({ ...published, keys })
  expect(lost).toBeGreaterThan(0)
  abort.abort()
  await following
})

describe('the listener', () => {
  test('closes a connection that never says anything', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'performance'] })
    try {
      const watched = await start()
      const socket = connectTcp(watched.port, '127.0.0.1')
      const closed = once(socket, 'close')
      socket.on('error', () => {})
      await once(socket, 'connect')
      for (let i = 0; i < 100; i++) {
        await new Promise((resolve) => setImmediate(resolve))
        await vi.advanceTimersByTimeAsync(1_000)
      }
      await closed
      await watched.close()
    } finally {
      vi.useRealTimers()
    }
  })

  test('ends a call whose request does not come', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'performance'] })
    try {
      const watched = await start()
      const session = sender(watched.port)
      const stream = begun(session)
      const answered = once(stream, 'response')
      await once(session, 'remoteSettings')
      for (let ms = 0; ms <= 2 * limits.receivingTimeoutMs; ms += 1_000) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        await vi.advanceTimersByTimeAsync(1_000)
      }
      expect((await answered)[0]['grpc-status']).toBe('4')
      session.destroy()
      await watched.close()
    } finally {
      vi.useRealTimers()
    }
  })

  function sender(port: number): ClientHttp2Session {
    const { certificatePem, privateKeyPem, authorityPem } = pki.client('sender')
    const tls = { ca: authorityPem, cert: certificatePem, key: privateKeyPem }
    return connectHttp2(`https://localhost:${port}`, tls).on('error', () => {})
  }

  /** A call of which only the beginning of a message of 1,000 bytes is sent. */
  function begun(session: ClientHttp2Session): ClientHttp2Stream {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/ensign.objects.v1.ObjectsService/Create',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    stream.on('error', () => {})
    stream.write(Buffer.from([0, 0, 0, 3, 0xe8, 1]))
    return stream
  }

  test('refuses requests beyond what a user may have on their way, and goes on with those of others', async () => {
    const session = sender(server.port)
    const statuses = await Promise.all(
      Array.from({ length: limits.receivingPerUserMax + 10 }, async () => {
        const stream = begun(session)
        return await Promise.race([
          once(stream, 'response').then(([head]) => head['grpc-status']),
          new Promise((resolve) => setTimeout(resolve, 1_000, 'waits')),
        ])
      }),
    )
    expect(statuses.filter((status) => status === 'waits')).toHaveLength(limits.receivingPerUserMax)
    expect(statuses.filter((status) => status === '8')).toHaveLength(10)
    answer = () => ({ status: 200, headers: {}, body: body({ metadata: { name: 'a' } }) })
    expect(await createObjectClient(channelAs('t')).get({ ...accounts, name: 'a' })).toBeDefined()
    session.destroy()
  })
})
