import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { type Algorithm, algorithmOf } from './algorithm.ts'
import { KeyError } from './key-error.ts'

/** A key that verifies tokens, and what relying parties are told about it. */
export interface PublicKey {
  /** See `keyId`; an external signer may name its keys otherwise. */
  readonly kid: string
  readonly algorithm: Algorithm
  readonly key: KeyObject
  /** DER SubjectPublicKeyInfo, as it travels between the services. */
  readonly der: Buffer
  /** Verifies tokens but is not published. Source: k8s.io/externaljwt api.proto, Key.exclude_from_oidc_discovery. */
  readonly excludeFromDiscovery: boolean
}

/**
 * Key id: base64url(SHA-256(DER SubjectPublicKeyInfo)), without padding.
 * Not the RFC 7638 thumbprint: clients may hold ids that kube-apiserver derived.
 * Source: kubernetes/kubernetes pkg/serviceaccount/jwt.go, keyIDFromPublicKey.
 */
export function keyId(der: Buffer): string {
  return createHash('sha256').update(der).digest('base64url')
}

/** @throws KeyError when the key is of a type or size that signs nothing here. */
export function publicKeyFrom(
  key: KeyObject,
  options: { kid?: string; excludeFromDiscovery?: boolean } = {},
): PublicKey {
  const algorithm = algorithmOf(key)
  // Through a JWK, because a key read from a compressed point would keep that form, and with it another id.
  const plain = createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' })
  const der = plain.export({ type: 'spki', format: 'der' })
  const { kid = keyId(der), excludeFromDiscovery = false } = options
  return { kid, algorithm, key: plain, der, excludeFromDiscovery }
}

/** A key as the services send it to each other. */
export function publicKeyFromDer(
  der: Uint8Array,
  options: { kid?: string; excludeFromDiscovery?: boolean } = {},
): PublicKey {
  let key: KeyObject
  try {
    key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new KeyError('unreadable', 'the key is no DER SubjectPublicKeyInfo', cause)
  }
  return publicKeyFrom(key, options)
}
