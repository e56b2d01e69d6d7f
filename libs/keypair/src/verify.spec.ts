import { createHmac, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseJsonObject, parseJws } from './jws.ts'
import { createKeyRing } from './key-ring.ts'
import { tokenLengthMax } from './limits.ts'
import { publicKeyFrom } from './public-key.ts'
import { createSigner } from './signer.ts'
import { testKey } from './testing/index.ts'
import { verifyJws } from './verify.ts'

const rsa = testKey('RS256')
const ec = testKey('ES256')
const ring = createKeyRing([rsa.publicKey, ec.publicKey])

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const outcome = async (token: string, keys = ring) => {
  const jws = parseJws(token)
  return jws && (await verifyJws(jws, keys))
}
function signedWith(header: Record<string, unknown>, signature: (input: string) => Buffer): string {
  const input = `${encode(header)}.${encode({ sub: 'x' })}`
  return `${input}.${signature(input).toString('base64url')}`
}

describe('a key verifies with its own algorithm only', () => {
  const publicPem = String(rsa.publicKey.key.export({ type: 'spki', format: 'pem' }))
  const hmac = (key: string | Buffer) => (input: string) => createHmac('sha256', key).update(input).digest()
  test.each([
    ['HS256 with the public key as the secret', { alg: 'HS256', kid: rsa.kid }, hmac(publicPem)],
    ['HS256 with the DER as the secret', { alg: 'HS256', kid: rsa.kid }, hmac(rsa.publicKey.der)],
    ['RS512 by the right key', { alg: 'RS512', kid: rsa.kid }, (i: string) => sign('sha512', Buffer.from(i), rsa.key)],
    ['RS256 by the right key, called PS256', { alg: 'PS256' }, (i: string) => sign('sha256', Buffer.from(i), rsa.key)],
    ['ES256 in DER', { alg: 'ES256', kid: ec.kid }, (i: string) => sign('sha256', Buffer.from(i), ec.key)],
    ['ES256 of zeros', { alg: 'ES256', kid: ec.kid }, () => Buffer.alloc(64)],
    [
      'a header that names another algorithm',
      { alg: 'ES256', kid: rsa.kid },
      (i: string) => sign('sha256', Buffer.from(i), rsa.key),
    ],
    ['none, with a made-up signature', { alg: 'none' }, () => Buffer.from('x')],
  ])('not %s', async (_, header, signature) => {
    expect(await outcome(signedWith(header, signature))).toEqual({ ok: false, reason: 'signature' })
  })
})

describe('which keys are tried', () => {
  const rs256 = (header: object) =>
    signedWith({ alg: 'RS256', ...header }, (i) => sign('sha256', Buffer.from(i), rsa.key))

  test('the one with the id of the token', async () => {
    expect(await outcome(rs256({ kid: rsa.kid }))).toEqual({ ok: true, key: rsa.publicKey })
    expect(await outcome(rs256({ kid: ec.kid }))).toEqual({ ok: false, reason: 'signature' })
    expect(await outcome(rs256({ kid: 'unknown' }))).toEqual({ ok: false, reason: 'no-key' })
  })

  test('all in order when the token names none', async () => {
    expect(await outcome(rs256({}))).toEqual({ ok: true, key: rsa.publicKey })
    expect(await outcome(rs256({ kid: '' }))).toEqual({ ok: true, key: rsa.publicKey })
    expect(await outcome(rs256({}), createKeyRing([ec.publicKey]))).toEqual({ ok: false, reason: 'signature' })
  })

  test('those that are in the ring now', async () => {
    const keys = createKeyRing([ec.publicKey])
    let changes = 0
    const stop = keys.subscribe(() => changes++)
    const token = await createSigner(rsa).sign({})
    expect(await outcome(token, keys)).toEqual({ ok: false, reason: 'no-key' })
    keys.replace([ec.publicKey, rsa.publicKey, ec.publicKey])
    expect(keys.keys()).toEqual([ec.publicKey, rsa.publicKey])
    expect(await outcome(token, keys)).toMatchObject({ ok: true })
    keys.replace([ec.publicKey, rsa.publicKey])
    expect(changes).toBe(1)
    stop()
    keys.replace([])
    expect(changes).toBe(1)
  })

  test('two keys under one id are both tried', async () => {
    const other = publicKeyFrom(ec.publicKey.key, { kid: 'shared' })
    const mine = publicKeyFrom(rsa.publicKey.key, { kid: 'shared' })
    expect(await outcome(rs256({ kid: 'shared' }), createKeyRing([other, mine]))).toEqual({ ok: true, key: mine })
  })
})

test('an empty signature is a JWS that nothing verifies', async () => {
  const token = `${encode({ alg: 'RS256' })}.${encode({})}.`
  expect(await outcome(token, createKeyRing([rsa.publicKey]))).toMatchObject({ ok: false })
})

describe('not a JWS', () => {
  const header = encode({ alg: 'RS256' })
  const payload = encode({})
  test.each([
    ['empty', ''],
    ['two parts', `${header}.${payload}`],
    ['four parts', `${header}.${payload}.AA.AA`],
    ['padding', `${header}.${payload}.AA==`],
    ['plain base64', `${header}.${payload}.+/`],
    ['a blank', `${header}.${payload}.AA `],
    ['a line break', `${header}.${payload}.AA\n`],
    ['bits left over', `${header}.${payload}.AB`],
    ['a length that no bytes have', `${header}.${payload}.A`],
    ['a header that is no object', `${encode(['RS256'])}.${payload}.AA`],
    ['a header without alg', `${encode({})}.${payload}.AA`],
    ['a header with crit', `${encode({ alg: 'RS256', crit: ['b64'], b64: false })}.${payload}.AA`],
    ['a kid that is no text', `${encode({ alg: 'RS256', kid: 1 })}.${payload}.AA`],
    ['the JSON form', JSON.stringify({ protected: header, payload, signature: 'AA' })],
    ['a flood', `${header}.${'A'.repeat(tokenLengthMax)}.AA`],
  ])('%s', (_, token) => {
    expect(parseJws(token)).toBeUndefined()
  })
})

test('claims are a JSON object in UTF-8', () => {
  expect(parseJsonObject(Buffer.from('{"a":1}'))).toEqual({ a: 1 })
  for (const text of ['[]', 'null', '"a"', '{', '']) expect(parseJsonObject(Buffer.from(text))).toBeUndefined()
  expect(parseJsonObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeUndefined()
})
