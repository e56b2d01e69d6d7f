/**
 * Signing tokens. Node's own callback form of `sign` runs in the thread pool, as jose's does through WebCrypto; of the
 * two it takes half the processor time per ES256 token (RS256: the same), and jose need not be loaded before the first
 * token is issued. Verifying stays with jose: see `verify.ts`.
 */
import { sign } from 'node:crypto'
import { type Algorithm, digests } from './algorithm.ts'
import { type JsonValue, sortedJson } from './canonical-json.ts'
import { joseSignature } from './ecdsa-signature.ts'
import { type PrivateKey, parsePrivateKey } from './pem.ts'
import type { PublicKey } from './public-key.ts'

export type Claims = { readonly [claim: string]: JsonValue | undefined }

/** Turns claims into a token. A local key is one, an external signer another. */
export interface Signer {
  readonly kid: string
  readonly algorithm: Algorithm
  readonly publicKey: PublicKey
  /** The token in compact form (RFC 7515 §7.1), with the claims in alphabetical order. */
  sign(claims: Claims): Promise<string>
}

/**
 * A signer for the first private key of a PEM text. The header has `alg` and `kid` and nothing else.
 * Source: kubernetes/kubernetes pkg/serviceaccount/jwt.go, signerFromRSAPrivateKey and signerFromECDSAPrivateKey.
 * @throws KeyError
 */
export function createSigner(privateKey: string | Buffer | PrivateKey): Signer {
  const { key, kid, algorithm, publicKey } = isPem(privateKey) ? parsePrivateKey(privateKey) : privateKey
  const header = base64url(JSON.stringify({ alg: algorithm, kid }))
  const digest = digests[algorithm]
  return {
    kid,
    algorithm,
    publicKey,
    sign(claims) {
      const input = `${header}.${base64url(sortedJson(claims))}`
      return new Promise((resolve, reject) => {
        sign(digest, Buffer.from(input, 'latin1'), key, (error, signature) => {
          if (error) reject(error)
          else resolve(`${input}.${joseSignature(signature, algorithm).toString('base64url')}`)
        })
      })
    },
  }
}

function isPem(value: string | Buffer | PrivateKey): value is string | Buffer {
  return typeof value === 'string' || Buffer.isBuffer(value)
}

function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url')
}
