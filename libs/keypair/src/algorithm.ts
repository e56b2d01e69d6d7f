import type { KeyObject } from 'node:crypto'
import { KeyError } from './key-error.ts'
import { rsaBitsMin } from './limits.ts'

/**
 * What a key signs with. A key has exactly one, given by its type: a token cannot choose.
 * Source: kubernetes/kubernetes pkg/serviceaccount/openidmetadata.go, algorithmFromPublicKey.
 */
export type Algorithm = (typeof algorithms)[number]

export const algorithms = ['RS256', 'ES256', 'ES384', 'ES512'] as const

/** Digest of each algorithm (RFC 7518 §3.3 and §3.4), by OpenSSL's name. */
export const digests: Readonly<Record<Algorithm, string>> = {
  RS256: 'sha256',
  ES256: 'sha256',
  ES384: 'sha384',
  ES512: 'sha512',
}

const byCurve: Readonly<Record<string, Algorithm>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }

/**
 * The algorithm of a private or public key.
 * @throws KeyError for a key that Kubernetes does not know either, and for an RSA key that is too small.
 */
export function algorithmOf(key: KeyObject): Algorithm {
  if (key.asymmetricKeyType === 'rsa') {
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
    if (bits < rsaBitsMin) {
      throw new KeyError('weak', `the RSA key has ${bits} bits, at least ${rsaBitsMin} are needed`)
    }
    return 'RS256'
  }
  if (key.asymmetricKeyType === 'ec') {
    const algorithm = byCurve[key.asymmetricKeyDetails?.namedCurve ?? '']
    if (algorithm) return algorithm
    throw new KeyError('unsupported', `unknown ${key.type} key curve, must be 256, 384, or 521`)
  }
  throw new KeyError('unsupported', `unknown ${key.type} key type ${key.asymmetricKeyType}, must be RSA or ECDSA`)
}
