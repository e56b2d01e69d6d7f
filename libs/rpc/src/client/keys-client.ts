import { StatusError } from '@ensign/apimachinery'
import { systemClock } from '@ensign/process'
import { Metadata } from '@grpc/grpc-js'
import { KeysServiceClient, type WatchResponse } from '../generated/ensign/keys/v1/keys.ts'
import { limits } from '../limits.ts'
import type { PublishedKeys } from '../published-keys.ts'
import { statusErrorFrom } from '../status-code.ts'
import { type RpcChannel, unusedCredentials } from './channel.ts'

export interface KeysFollower {
  /** Everything that is published; replaces what came before. */
  onKeys(keys: PublishedKeys): void
  /** The source is lost, for the time being; what is known stays true until told otherwise. */
  onLost(error: Error): void
}

/** Follows the published keys until the signal aborts, connecting again as often as it takes. */
export async function followKeys(channel: RpcChannel, follower: KeysFollower, signal: AbortSignal): Promise<void> {
  const client = new KeysServiceClient(channel.address, unusedCredentials, { channelOverride: channel.channel })
  while (!signal.aborted) {
    const deadline = systemClock.now() + limits.watchSeconds * 1000
    const stream = client.watch({}, new Metadata({ waitForReady: true }), { deadline })
    stream.on('error', () => {})
    const cancel = () => stream.cancel()
    signal.addEventListener('abort', cancel)
    try {
      for await (const message of stream) follower.onKeys(publishedKeys(message as WatchResponse))
      if (!signal.aborted) follower.onLost(new StatusError('ServiceUnavailable', 'the API server has ended the stream'))
    } catch (error) {
      // A stream that has lived its time is opened anew without a word.
      if (!signal.aborted && systemClock.now() < deadline) follower.onLost(statusErrorFrom(error))
    } finally {
      signal.removeEventListener('abort', cancel)
      stream.cancel()
    }
    if (!signal.aborted && systemClock.now() < deadline) await pause(signal)
  }
}

function publishedKeys({ issuers, jwksUri, keys }: WatchResponse): PublishedKeys {
  return { issuers, keys, ...(jwksUri && { jwksUri }) }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, limits.reconnectFirstMs)
    signal.addEventListener('abort', done)
  })
}
