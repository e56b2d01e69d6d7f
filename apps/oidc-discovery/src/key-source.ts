import type { PublicKey } from '@ensign/keypair'

/** What there is to publish. */
export interface Publication {
  /** The first one signs. */
  readonly issuers: readonly string[]
  /** When it does not follow from the issuer. */
  readonly jwksUri: string | undefined
  readonly keys: readonly PublicKey[]
}

/**
 * Where publications come from: the apiserver in production, a constant in a test.
 * (The idea is SPIRE's, support/oidc-discovery-provider/jwks_source.go.)
 */
export interface KeySource {
  /** The last publication, kept when its origin is gone; undefined before the first. */
  current(): Publication | undefined
  /** Why the last publication may be outdated, for people; undefined when it is not. */
  problem(): string | undefined
  /** Calls back after each change. Returns how to stop that. */
  subscribe(listener: () => void): () => void
  close(): void
}
