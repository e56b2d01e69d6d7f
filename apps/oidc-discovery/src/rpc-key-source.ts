import { publicKeyFromDer } from '@ensign/keypair'
import { errorMessage, type Logger } from '@ensign/process'
import { createChannel, followKeys, type PublishedKeys } from '@ensign/rpc'
import type { KeySource, Publication } from './key-source.ts'

/** Follows what an apiserver publishes, over gRPC. Keeps the last of it while the apiserver is away. */
export function rpcKeySource(
  options: {
    /** `host:port` */
    address: string
    tls: { authorityPem: string; certificatePem: string; privateKeyPem: string }
  },
  log: Logger,
): KeySource {
  const { address } = options
  const stopping = new AbortController()
  const channel = createChannel({ ...options, userAgent: 'oidc-discovery' })
  const listeners = new Set<() => void>()
  let current: Publication | undefined
  let problem: string | undefined = `no answer from ${address} yet`

  const onKeys = ({ issuers, jwksUri, keys }: PublishedKeys) => {
    try {
      current = {
        issuers,
        jwksUri,
        keys: keys.map(({ publicKey, keyId: kid, excludeFromDiscovery = false }) =>
          publicKeyFromDer(publicKey, { kid, excludeFromDiscovery }),
        ),
      }
    } catch (error) {
      problem = `${address} sent a key that cannot be used: ${errorMessage(error)}`
      return log.error('Keeping the keys before: cannot use those that were sent', { error: errorMessage(error) })
    }
    if (problem !== undefined) log.info('Following the apiserver', { apiserver: address })
    problem = undefined
    for (const listener of listeners) listener()
  }
  const onLost = (error: Error) => {
    if (problem === undefined) log.warn('Lost the apiserver, going on with the last keys', { error: error.message })
    problem = `${address}: ${error.message}`
  }
  const followed = followKeys(channel, { onKeys, onLost }, stopping.signal)
  followed.catch((error: unknown) => log.error('No longer following the apiserver', { error: errorMessage(error) }))

  return {
    current: () => current,
    problem: () => problem,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      stopping.abort()
      channel.close()
    },
  }
}
