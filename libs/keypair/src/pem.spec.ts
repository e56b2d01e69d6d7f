import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { KeyError } from './key-error.ts'
import { parsePrivateKey, parsePublicKeys } from './pem.ts'
import { testKeyPems } from './testing/index.ts'

/** The P-256 key of the fixtures, as openssl wrote it with the command above each. */
const written = {
  // openssl req -x509 -subj /CN=test -days 36500
  certificate: `-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUTRW9OClCaynG5ScjHc908/zX6h4wCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjIwNTA2NTNaGA8yMTI2MTAyOTA1MDY1
M1owDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABH/N
zidw9sRdQYPL7m/bS3tYBzM1e+nvE7rPbjx70VRFx/FEzRu9m36HLN/tue659LNp
XW6pCyStikYjKIWI5a2jUzBRMB0GA1UdDgQWBBTOjRaxyTOOt/45eZmuRb7uP7WG
hjAfBgNVHSMEGDAWgBTOjRaxyTOOt/45eZmuRb7uP7WGhjAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0gAMEUCIF+vU9ki8sDSUkrCsbe0vUd72/NjDxEQC51X
INiSoR5mAiEAgU8UfHkWnuNQzeRNv7LwlaxcX6j1k2moU02oQ+Xn8mo=
-----END CERTIFICATE-----
`,
  // openssl ec -conv_form compressed -pubout
  compressed: `-----BEGIN PUBLIC KEY-----
MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADf83OJ3D2xF1Bg8vub9tLe1gHMzV7
6e8Tus9uPHvRVEU=
-----END PUBLIC KEY-----
`,
  // openssl ecparam -name prime256v1 -genkey
  withParameters: `-----BEGIN EC PARAMETERS-----
BggqhkjOPQMBBw==
-----END EC PARAMETERS-----
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49
AwEHoUQDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72b
focs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==
-----END EC PRIVATE KEY-----
`,
}

function refusal(read: () => unknown): { code: string; message: string } {
  try {
    read()
  } catch (error) {
    if (error instanceof KeyError) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('was accepted')
}

const rsa = createPrivateKey(testKeyPems.RS256)
const ec = createPrivateKey(testKeyPems.ES256)
const rsaKid = parsePrivateKey(testKeyPems.RS256).kid
const ecKid = parsePrivateKey(testKeyPems.ES256).kid

describe('a private key is read from', () => {
  test.each([
    ['PKCS#8', rsa.export({ type: 'pkcs8', format: 'pem' }), rsaKid],
    ['PKCS#1', rsa.export({ type: 'pkcs1', format: 'pem' }), rsaKid],
    ['SEC 1', ec.export({ type: 'sec1', format: 'pem' }), ecKid],
    ['PKCS#8 of an EC key', ec.export({ type: 'pkcs8', format: 'pem' }), ecKid],
    ['Windows line ends and a preamble', `Bag Attributes\r\n${testKeyPems.ES256.replaceAll('\n', '\r\n')}`, ecKid],
  ])('%s', (_, pem, kid) => {
    expect(parsePrivateKey(String(pem)).kid).toBe(kid)
    expect(parsePublicKeys(String(pem)).map((key) => key.kid)).toEqual([kid])
  })

  test('what "openssl ecparam -genkey" writes, parameters first', () => {
    expect(parsePrivateKey(written.withParameters).kid).toBe(ecKid)
    expect(parsePublicKeys(written.withParameters).map((key) => key.kid)).toEqual([ecKid])
  })
})

describe('a public key is read from', () => {
  test('SubjectPublicKeyInfo, PKCS#1 and several in one file, in order and each once', () => {
    const publicRsa = createPublicKey(rsa)
    const pem = [
      createPublicKey(ec).export({ type: 'spki', format: 'pem' }),
      publicRsa.export({ type: 'pkcs1', format: 'pem' }),
      publicRsa.export({ type: 'spki', format: 'pem' }),
      testKeyPems.ES512,
    ].join('some text\n')
    expect(parsePublicKeys(pem).map((key) => key.algorithm)).toEqual(['ES256', 'RS256', 'ES512'])
  })

  test('a certificate, under either name', () => {
    expect(parsePublicKeys(written.certificate).map((key) => key.kid)).toEqual([ecKid])
    const old = written.certificate.replaceAll('CERTIFICATE', 'X509 CERTIFICATE')
    expect(parsePublicKeys(old).map((key) => key.kid)).toEqual([ecKid])
  })

  test('a compressed point, with the id of the plain one', () => {
    expect(parsePublicKeys(written.compressed).map((key) => key.kid)).toEqual([ecKid])
  })

  test('a bundle that also has a key of another type', () => {
    const ed = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })
    expect(parsePublicKeys(`${ed}${testKeyPems.ES256}`).map((key) => key.kid)).toEqual([ecKid])
    expect(refusal(() => parsePublicKeys(String(ed)))).toEqual({
      code: 'unsupported',
      message:
        'data does not contain any valid RSA or ECDSA public keys: unknown public key type ed25519, must be RSA or ECDSA',
    })
  })
})

describe('refused with the reason', () => {
  const publicPem = String(createPublicKey(ec).export({ type: 'spki', format: 'pem' }))

  test('nothing to be found', () => {
    expect(refusal(() => parsePrivateKey(publicPem))).toEqual({
      code: 'no-key',
      message: 'data does not contain a valid RSA or ECDSA private key',
    })
    expect(refusal(() => parsePublicKeys(''))).toEqual({
      code: 'no-key',
      message: 'data does not contain any valid RSA or ECDSA public keys',
    })
  })

  test('a damaged block, by its position', () => {
    const damaged = testKeyPems.RS256.replace(/\nM/, '\nX')
    expect(refusal(() => parsePrivateKey(damaged)).message).toBe(
      'PEM block 1 (PRIVATE KEY) is damaged or of an unknown kind',
    )
    expect(refusal(() => parsePublicKeys(testKeyPems.ES256 + damaged)).message).toBe(
      'PEM block 2 (PRIVATE KEY) is damaged or of an unknown kind',
    )
  })

  test('an encrypted key', () => {
    const cipher = { cipher: 'aes-128-cbc', passphrase: 'x' }
    const pkcs8 = ec.export({ type: 'pkcs8', format: 'pem', ...cipher })
    const sec1 = ec.export({ type: 'sec1', format: 'pem', ...cipher })
    for (const pem of [pkcs8, sec1]) {
      expect(refusal(() => parsePrivateKey(String(pem)))).toMatchObject({ code: 'encrypted' })
      expect(refusal(() => parsePublicKeys(String(pem)))).toMatchObject({ code: 'encrypted' })
    }
  })

  test('an RSA key that is too small, and a curve that nobody signs with', () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
    expect(refusal(() => parsePrivateKey(String(small.export({ type: 'pkcs8', format: 'pem' }))))).toEqual({
      code: 'weak',
      message: 'the RSA key has 1024 bits, at least 2048 are needed',
    })
    const koblitz = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey
    expect(refusal(() => parsePrivateKey(String(koblitz.export({ type: 'sec1', format: 'pem' }))))).toEqual({
      code: 'unsupported',
      message: 'unknown private key curve, must be 256, 384, or 521',
    })
  })
})
