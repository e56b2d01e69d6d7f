/** The keys that relying parties may verify with, as oidc-discovery follows them over gRPC. */
import type { KeyRing } from '@ensign/keypair'
import type { KeySource } from '@ensign/rpc'

export function publishedKeySource(ring: KeyRing, issuers: readonly string[], jwksUri: string | undefined): KeySource {
  return {
    current: () => ({
      issuers,
      ...(jwksUri !== undefined && { jwksUri }),
      keys: ring
        .keys()
        .map(({ kid, der, excludeFromDiscovery }) => ({ keyId: kid, publicKey: der, excludeFromDiscovery })),
    }),
    subscribe: (listener) => ring.subscribe(listener),
  }
}
