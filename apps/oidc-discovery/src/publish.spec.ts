import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, constants } from 'node:http2'
import { Agent, request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PublicKey } from '@ensign/keypair'
import { testKey } from '@ensign/keypair/testing'
import { ensurePki, type PlanePki } from '@ensign/pki'
import { optionsFrom, UserError } from '@ensign/process'
import { recordingLogger } from '@ensign/process/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { KeySource, Publication } from './key-source.ts'
import { flags, type Options } from './options.ts'
import { type OidcDiscovery, publish } from './publish.ts'

const rsa = testKey('RS256').publicKey
const ec = testKey('ES256').publicKey
const discovery = '/.well-known/openid-configuration'

let folder: string
let pki: PlanePki
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ensign-oidc-'))
  pki = ensurePki({ folder, nowMs: Date.now() })
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A key source that a test moves. */
function source(initial?: Publication) {
  const listeners = new Set<() => void>()
  let now = initial
  let problem: string | undefined
  const keys: KeySource = {
    current: () => now,
    problem: () => problem,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => listeners.clear(),
  }
  const publish = (publication: Publication) => {
    now = publication
    for (const listener of listeners) listener()
  }
  return {
    keys,
    publish,
    fail: (why: string) => {
      problem = why
    },
  }
}
const publication = (...keys: PublicKey[]): Publication => ({
  issuers: ['https://id.example'],
  jwksUri: undefined,
  keys,
})

let running: OidcDiscovery | undefined
const stop = async () => {
  await running?.close()
  running = undefined
}
afterEach(stop)

async function start(keys: KeySource, options: Partial<Options> = {}) {
  const { log, lines } = recordingLogger()
  const { clients, oidcDiscovery, authority } = pki
  const all = optionsFrom(flags, {
    'secure-port': 0,
    'tls-cert-file': oidcDiscovery.certificateFile,
    'tls-private-key-file': oidcDiscovery.privateKeyFile,
    'certificate-authority': authority.certificateFile,
    'client-certificate': clients.oidcDiscovery.certificateFile,
    'client-key': clients.oidcDiscovery.privateKeyFile,
    ...options,
  })
  running = await publish(all, log, keys)
  const { port } = running.address
  return { port, lines, get: getter(port) }
}

interface Reply {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

function getter(port: number) {
  return async (path: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Reply> => {
    const agent = new Agent({ ca: pki.authority.certificatePem, servername: 'localhost' })
    const sent = request({ host: '127.0.0.1', port, path, agent, ...options }).end()
    const [response] = await once(sent, 'response')
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk)
    agent.destroy()
    return { status: response.statusCode, headers: response.headers, body: String(Buffer.concat(chunks)) }
  }
}

describe('the documents', () => {
  test('are those of Kubernetes, byte for byte', async () => {
    const { get } = await start(source(publication(rsa, ec)).keys)
    const metadata = await get(discovery)
    expect(metadata.status).toBe(200)
    expect(metadata.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'public, max-age=3600',
    })
    expect(metadata.body).toBe(
      '{"issuer":"https://id.example","jwks_uri":"https://id.example/openid/v1/jwks","response_types_supported":["id_token"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["ES256","RS256"]}',
    )
    const jwks = await get('/openid/v1/jwks?x=y')
    expect(jwks.headers).toMatchObject({
      'content-type': 'application/jwk-set+json',
      'cache-control': 'public, max-age=3600',
    })
    expect(JSON.parse(jwks.body).keys.map((key: { kid: string }) => key.kid)).toEqual([rsa.kid, ec.kid])
  })

  test('do not depend on the host that was asked for', async () => {
    const { get } = await start(source(publication(rsa)).keys)
    const plain = await get(discovery)
    const forged = await get(discovery, { headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' } })
    expect(forged.body).toBe(plain.body)
  })

  test('lie under the path of the issuer as well', async () => {
    const { keys } = source({
      issuers: ['https://id.example/tenant', 'https://old.example/former/'],
      jwksUri: undefined,
      keys: [rsa],
    })
    const { get } = await start(keys)
    for (const path of [discovery, `/tenant${discovery}`]) {
      expect(JSON.parse((await get(path)).body)).toMatchObject({
        issuer: 'https://id.example/tenant',
        jwks_uri: 'https://id.example/tenant/openid/v1/jwks',
      })
    }
    expect(JSON.parse((await get(`/former${discovery}`)).body).issuer).toBe('https://old.example/former/')
    for (const path of ['/openid/v1/jwks', '/tenant/openid/v1/jwks', '/former/openid/v1/jwks']) {
      expect((await get(path)).status).toBe(200)
    }
  })

  test('name the addresses that the options name', async () => {
    const { get } = await start(source(publication(rsa)).keys, {
      issuer: 'https://other.example',
      'jwks-uri': 'https://cdn.example/keys.json',
      'cache-max-age': 60_000,
    })
    const { body, headers } = await get(discovery)
    expect(JSON.parse(body)).toMatchObject({
      issuer: 'https://other.example',
      jwks_uri: 'https://cdn.example/keys.json',
    })
    expect(headers['cache-control']).toBe('public, max-age=60')
    expect((await get('/keys.json')).headers['content-type']).toBe('application/jwk-set+json')
  })

  test('change with the keys, and their tags with them', async () => {
    const { keys, publish } = source(publication(rsa))
    const { get, lines } = await start(keys)
    const before = await get('/openid/v1/jwks')
    const etag = String(before.headers.etag)
    expect(etag).toMatch(/^"[\w-]+"$/)
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const reply = await get('/openid/v1/jwks', { headers: { 'if-none-match': tag } })
      expect([reply.status, reply.body, reply.headers.etag]).toEqual([304, '', etag])
      expect(reply.headers['cache-control']).toBe('public, max-age=3600')
    }
    publish(publication(rsa, ec))
    const after = await get('/openid/v1/jwks', { headers: { 'if-none-match': etag } })
    expect(after.status).toBe(200)
    expect(after.headers.etag).not.toBe(etag)
    expect(lines).toContainEqual(expect.objectContaining({ message: 'Publishing keys', keys: [rsa.kid, ec.kid] }))
  })

  test('come over HTTP/2 too', async () => {
    const { port } = await start(source(publication(rsa)).keys)
    const session = connect(`https://127.0.0.1:${port}`, { ca: pki.authority.certificatePem })
    const send = async (headers: Record<string, string>) => {
      const stream = session.request(headers).end()
      const [reply] = await once(stream, 'response')
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk)
      return { status: reply[constants.HTTP2_HEADER_STATUS], etag: reply.etag, body: String(Buffer.concat(chunks)) }
    }
    const whole = await send({ ':path': '/openid/v1/jwks' })
    expect(whole.status).toBe(200)
    expect(JSON.parse(whole.body).keys).toHaveLength(1)
    expect(await send({ ':path': '/openid/v1/jwks', ':method': 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect(await send({ ':path': '/openid/v1/jwks', 'if-none-match': String(whole.etag) })).toMatchObject({
      status: 304,
      body: '',
    })
    expect(await send({ ':path': '/' })).toMatchObject({ status: 404 })
    session.close()
  })
})

test('HEAD has the headers of GET, other methods are not allowed, other paths not found', async () => {
  const { get } = await start(source(publication(rsa)).keys)
  const [whole, head] = [await get(discovery), await get(discovery, { method: 'HEAD' })]
  expect(head).toMatchObject({ status: 200, body: '' })
  expect(head.headers['content-length']).toBe(whole.headers['content-length'])
  for (const path of [discovery, '/openid/v1/jwks', '/readyz']) {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const reply = await get(path, { method })
      expect([reply.status, reply.headers.allow]).toEqual([405, 'GET, HEAD'])
    }
  }
  for (const path of ['/', '/openid/v1/jwks/', '//openid/v1/jwks', '/api/v1/secrets']) {
    expect((await get(path)).status).toBe(404)
  }
})

describe('readiness', () => {
  test('waits for keys and says so', async () => {
    const { keys, publish, fail } = source()
    fail('not connected')
    const { get } = await start(keys)
    expect((await get('/livez')).status).toBe(200)
    expect(await get('/readyz')).toMatchObject({
      status: 503,
      body: '[-]keys failed: no keys received yet\n[-]apiserver failed: not connected\nreadyz check failed\n',
    })
    expect(await get(discovery)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1', 'cache-control': 'no-store' },
    })
    publish(publication(rsa))
    expect((await get(discovery)).status).toBe(200)
  })

  test('stays when the apiserver goes, and says so', async () => {
    const { keys, fail } = source(publication(rsa))
    const { get } = await start(keys)
    expect(await get('/readyz')).toMatchObject({ status: 200, body: 'ok\n' })
    fail('connection lost')
    expect(await get('/readyz')).toMatchObject({
      status: 200,
      body: '[+]keys ok: serving the last ones\n[-]apiserver failed: connection lost\nreadyz check passed\n',
    })
    expect((await get(discovery)).status).toBe(200)
  })

  test.each([
    ['http://id.example', 'issuer URL must use https scheme, got: http://id.example'],
    ['kubernetes/serviceaccount', 'issuer URL cannot be parsed, got: kubernetes/serviceaccount'],
  ])('lacks an issuer that can be discovered: %s', async (issuer, problem) => {
    const { get } = await start(source({ issuers: [issuer], jwksUri: undefined, keys: [rsa] }).keys)
    expect((await get('/readyz')).body).toContain(`[-]keys failed: ${problem}\n`)
  })
})

describe('the key cache', () => {
  test('lets a restart without the apiserver go on', async () => {
    const file = join(folder, 'cache.json')
    const first = source()
    const { get } = await start(first.keys, { 'key-cache-file': file })
    first.publish({ issuers: ['https://id.example'], jwksUri: 'https://id.example/jwks', keys: [rsa, ec] })
    const before = await get('/openid/v1/jwks')
    await stop()

    const second = source()
    const restarted = await start(second.keys, { 'key-cache-file': file })
    expect((await restarted.get('/openid/v1/jwks')).body).toBe(before.body)
    expect(JSON.parse((await restarted.get(discovery)).body).jwks_uri).toBe('https://id.example/jwks')
    second.publish(publication(ec))
    expect((await restarted.get('/openid/v1/jwks')).body).not.toBe(before.body)
  })

  test('is ignored when it is damaged', async () => {
    const file = join(folder, 'damaged.json')
    writeFileSync(file, '{"keys":')
    const { get, lines } = await start(source().keys, { 'key-cache-file': file })
    expect((await get('/readyz')).status).toBe(503)
    expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', message: 'Ignoring the key cache' }))
  })
})

test('a renewed certificate is shown without a restart', async () => {
  const copy = (name: string, pair: { certificateFile: string; privateKeyFile: string }) => {
    writeFileSync(join(folder, `${name}.key`), readFileSync(pair.privateKeyFile))
    writeFileSync(join(folder, `${name}.crt`), readFileSync(pair.certificateFile))
    return { 'tls-cert-file': join(folder, `${name}.crt`), 'tls-private-key-file': join(folder, `${name}.key`) }
  }
  const { lines } = await start(source(publication(rsa)).keys, copy('shown', pki.oidcDiscovery))
  copy('shown', pki.apiserver)
  await vi.waitFor(() =>
    expect(lines).toContainEqual(expect.objectContaining({ message: 'Showing another certificate' })),
  )
})

describe('says in one line', () => {
  const refusal = async (options: Partial<Options>) => {
    const error = await start(source(publication(rsa)).keys, options).catch((thrown: unknown) => thrown)
    return error instanceof UserError ? error.line : error
  }

  test('that its port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' && address ? address.port : 0
    expect(await refusal({ 'secure-port': port })).toBe(
      `port ${port} is in use; stop the program that listens there or choose another with --secure-port`,
    )
    taken.close()
  })

  test('what is wrong with its certificate', async () => {
    expect(await refusal({ 'tls-cert-file': undefined })).toBe(
      '--tls-cert-file and --tls-private-key-file are required; or --plain-http behind a proxy that ends TLS',
    )
    expect(await refusal({ 'tls-cert-file': join(folder, 'none') })).toMatch(/^cannot read .*none: ENOENT/)
    const { privateKeyFile } = pki.oidcDiscovery
    expect(await refusal({ 'tls-cert-file': privateKeyFile })).toMatch(/ are no certificate with its private key$/)
  })
})

test('plain HTTP is served when asked for', async () => {
  const { port } = await start(source(publication(rsa)).keys, { 'plain-http': true })
  const reply = await fetch(`http://127.0.0.1:${port}/openid/v1/jwks`)
  expect(reply.status).toBe(200)
  await reply.body?.cancel()
})
