import { decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { algorithms } from './algorithm.ts'
import { generateKeyPair } from './generate.ts'
import { parseJws } from './jws.ts'
import { createKeyRing } from './key-ring.ts'
import { parsePublicKeys } from './pem.ts'
import { createSigner } from './signer.ts'
import { testKeyPems } from './testing/index.ts'
import { verifyJws } from './verify.ts'

describe.each(algorithms)('%s', (algorithm) => {
  test('a generated key signs what its public half, and jose, verify', async () => {
    const { privatePem, publicPem } = await generateKeyPair(algorithm)
    const signer = createSigner(privatePem)
    const token = await signer.sign({ sub: 'someone', aud: ['x'] })
    const [publicKey] = parsePublicKeys(publicPem)
    if (!publicKey) throw new Error('no public key')
    expect(signer).toMatchObject({ algorithm, kid: publicKey.kid })
    expect((await jwtVerify(token, publicKey.key)).payload).toEqual({ sub: 'someone', aud: ['x'] })
    const jws = parseJws(token)
    expect(jws && (await verifyJws(jws, createKeyRing([publicKey])))).toMatchObject({ ok: true })
  })
})

test('the header has alg and kid, the claims are alphabetical at every level', async () => {
  const signer = createSigner(testKeyPems.ES256)
  const token = await signer.sign({
    sub: 'é"',
    aud: ['b', 'a'],
    'kubernetes.io': { serviceaccount: { uid: 'u', name: 'n' }, namespace: 'ns', pod: undefined },
    exp: 1,
  })
  const [header = '', payload = ''] = token.split('.')
  expect(Buffer.from(header, 'base64url').toString()).toBe(`{"alg":"ES256","kid":"${signer.kid}"}`)
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', kid: signer.kid })
  expect(Buffer.from(payload, 'base64url').toString()).toBe(
    '{"aud":["b","a"],"exp":1,"kubernetes.io":{"namespace":"ns","serviceaccount":{"name":"n","uid":"u"}},"sub":"é\\""}',
  )
})
