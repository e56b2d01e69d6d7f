import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { RequestKey } from './certification-request.ts'

const nullParameters = Buffer.of(0x05, 0x00)

interface Pair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength })
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })

const withRsa = ({ publicKey, privateKey }: Pair, algorithm: string, digest: string): RequestKey => ({
  publicKey,
  signer: privateKey,
  algorithm,
  parameters: nullParameters,
  digest,
})
const withEc = ({ publicKey, privateKey }: Pair, algorithm: string, digest: string): RequestKey => ({
  publicKey,
  signer: privateKey,
  algorithm,
  digest,
})

/** Every kind of key and signature that a stranger may come with, and what Go's crypto/x509 finds wrong with it. */
export function requestKeys(): readonly { name: string; key: RequestKey; problem: string | undefined }[] {
  const [rsa2048, p256] = [rsa(2048), ec('P-256')]
  const ed25519 = generateKeyPairSync('ed25519')
  const ed448 = generateKeyPairSync('ed448')
  const x25519 = generateKeyPairSync('x25519')
  const sha256Ecdsa = '1.2.840.10045.4.3.2'
  const unsupportedCurve = 'x509: unsupported elliptic curve'
  const unimplemented = 'x509: cannot verify signature: algorithm unimplemented'
  const weak = 'crypto/rsa: 512-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)'
  const mismatch = 'x509: signature algorithm specifies an RSA public key, but have public key of type *ecdsa.PublicKey'
  return [
    { name: 'RSA 512', key: withRsa(rsa(512), '1.2.840.113549.1.1.11', 'sha256'), problem: weak },
    { name: 'RSA 1024', key: withRsa(rsa(1024), '1.2.840.113549.1.1.11', 'sha256'), problem: undefined },
    { name: 'RSA, SHA-256', key: withRsa(rsa2048, '1.2.840.113549.1.1.11', 'sha256'), problem: undefined },
    { name: 'RSA, SHA-384', key: withRsa(rsa2048, '1.2.840.113549.1.1.12', 'sha384'), problem: undefined },
    { name: 'RSA, SHA-512', key: withRsa(rsa2048, '1.2.840.113549.1.1.13', 'sha512'), problem: undefined },
    { name: 'RSA, SHA-1', key: withRsa(rsa2048, '1.2.840.113549.1.1.5', 'sha1'), problem: undefined },
    { name: 'RSA, SHA-1 by its other name', key: withRsa(rsa2048, '1.3.14.3.2.29', 'sha1'), problem: undefined },
    { name: 'RSA, SHA-224', key: withRsa(rsa2048, '1.2.840.113549.1.1.14', 'sha224'), problem: unimplemented },
    {
      name: 'RSA, MD5',
      key: withRsa(rsa2048, '1.2.840.113549.1.1.4', 'md5'),
      problem: 'x509: cannot verify signature: insecure algorithm MD5-RSA',
    },
    { name: 'P-224', key: withEc(ec('secp224r1'), sha256Ecdsa, 'sha256'), problem: undefined },
    { name: 'P-256', key: withEc(p256, sha256Ecdsa, 'sha256'), problem: undefined },
    { name: 'P-256, SHA-1', key: withEc(p256, '1.2.840.10045.4.1', 'sha1'), problem: undefined },
    { name: 'P-256, SHA-224', key: withEc(p256, '1.2.840.10045.4.3.1', 'sha224'), problem: unimplemented },
    { name: 'P-384', key: withEc(ec('P-384'), '1.2.840.10045.4.3.3', 'sha384'), problem: undefined },
    { name: 'P-521', key: withEc(ec('P-521'), '1.2.840.10045.4.3.4', 'sha512'), problem: undefined },
    { name: 'P-256 that calls itself RSA', key: withRsa(p256, '1.2.840.113549.1.1.11', 'sha256'), problem: mismatch },
    { name: 'secp256k1', key: withEc(ec('secp256k1'), sha256Ecdsa, 'sha256'), problem: unsupportedCurve },
    { name: 'brainpoolP256r1', key: withEc(ec('brainpoolP256r1'), sha256Ecdsa, 'sha256'), problem: unsupportedCurve },
    {
      name: 'Ed25519',
      key: { publicKey: ed25519.publicKey, signer: ed25519.privateKey, algorithm: '1.3.101.112', digest: null },
      problem: undefined,
    },
    {
      name: 'Ed448',
      key: { publicKey: ed448.publicKey, signer: ed448.privateKey, algorithm: '1.3.101.113', digest: null },
      problem: unimplemented,
    },
    {
      name: 'X25519, which cannot sign',
      key: { publicKey: x25519.publicKey, signer: p256.privateKey, algorithm: sha256Ecdsa, digest: 'sha256' },
      problem: unimplemented,
    },
    {
      name: 'DSA',
      key: {
        ...withEc(generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }), '', 'sha256'),
        algorithm: '2.16.840.1.101.3.4.3.2',
      },
      problem: unimplemented,
    },
  ]
}
