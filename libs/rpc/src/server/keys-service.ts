import type { KeysServiceServer } from '../generated/ensign/keys/v1/keys.ts'
import type { PublishedKeys } from '../published-keys.ts'
import type { OpenStreams } from './open-streams.ts'

/** Where the published keys come from. */
export interface KeySource {
  current(): PublishedKeys
  /** Calls back after each change. Returns how to stop that. */
  subscribe(listener: () => void): () => void
}

export function keysService(source: KeySource, streams: OpenStreams): KeysServiceServer {
  return {
    watch(call) {
      const send = () => {
        const { issuers, jwksUri, keys } = source.current()
        call.write({
          issuers: [...issuers],
          jwksUri: jwksUri ?? '',
          keys: keys.map(({ keyId, publicKey, excludeFromDiscovery = false }) => ({
            keyId,
            publicKey: Buffer.from(publicKey),
            excludeFromDiscovery,
          })),
        })
      }
      streams.add(call, source.subscribe(send))
      send()
    },
  }
}
