import type { KeyRing } from '@ensign/keypair'
import type { KeysServiceServer } from '../generated/ensign/keys/v1/keys.ts'
import type { OpenStreams } from './open-streams.ts'

/** Where the published keys come from. */
export interface KeySource {
  readonly ring: Pick<KeyRing, 'keys' | 'subscribe'>
  /** Byte for byte as in the `iss` claim; the first one signs. */
  readonly issuers: readonly string[]
  /** Where relying parties find the key set; absent when it follows from the issuer. */
  readonly jwksUri?: string | undefined
}

export function keysService(source: KeySource, streams: OpenStreams): KeysServiceServer {
  return {
    watch(call) {
      const send = () =>
        call.write({
          issuers: [...source.issuers],
          jwksUri: source.jwksUri ?? '',
          keys: source.ring.keys().map(({ kid, der, excludeFromDiscovery }) => ({
            keyId: kid,
            publicKey: der,
            excludeFromDiscovery,
          })),
        })
      streams.add(call, source.ring.subscribe(send))
      send()
    },
  }
}
