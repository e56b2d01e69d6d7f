import { isIP } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import { Channel, credentials } from '@grpc/grpc-js'
import { limits } from '../limits.ts'

export interface ChannelOptions {
  /** `host:port` of the API server's gRPC listener. */
  readonly address: string
  readonly tls: {
    /** Authorities of the server's certificate. */
    readonly authorityPem: string
    readonly certificatePem: string
    readonly privateKeyPem: string
  }
  /** Program and version, `controller-manager/1.2.3`. */
  readonly userAgent: string
}

/** A connection to the API server that comes back by itself. All clients of a process share one. */
export interface RpcChannel {
  readonly address: string
  readonly channel: Channel
  /** Calls without an answer; `close` cancels them, which a gRPC channel by itself does not. */
  readonly pending: Set<{ cancel(): void }>
  close(): void
}

/** Reads are repeated while the server cannot be reached; a write is not, because it may have happened. */
const serviceConfig = JSON.stringify({
  methodConfig: [
    {
      name: ['Get', 'List', 'Discover'].map((method) => ({ service: 'ensign.objects.v1.ObjectsService', method })),
      retryPolicy: {
        maxAttempts: limits.readAttempts,
        initialBackoff: `${limits.reconnectFirstMs / 1000}s`,
        maxBackoff: `${limits.reconnectMaxMs / 1000}s`,
        backoffMultiplier: 2,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
})

export function createChannel({ address, tls, userAgent }: ChannelOptions): RpcChannel {
  const host = hostOf(address)
  const secure = credentials.createSsl(
    Buffer.from(tls.authorityPem),
    Buffer.from(tls.privateKeyPem),
    Buffer.from(tls.certificatePem),
    { checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate) },
  )
  const channel = new Channel(address, secure, {
    'grpc.primary_user_agent': userAgent,
    'grpc.service_config': serviceConfig,
    'grpc.max_send_message_length': limits.requestBytesMax,
    'grpc.max_receive_message_length': limits.answerBytesMax,
    'grpc.keepalive_time_ms': limits.keepaliveMs,
    'grpc.keepalive_timeout_ms': limits.keepaliveTimeoutMs,
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.initial_reconnect_backoff_ms': limits.reconnectFirstMs,
    'grpc.max_reconnect_backoff_ms': limits.reconnectMaxMs,
    // The name that TLS asks for (SNI) may not be an IP address, RFC 6066 §3. The certificate is checked against `host`.
    ...(isIP(host) && { 'grpc.ssl_target_name_override': 'localhost' }),
    // Traffic inside of the plane: no proxy from the environment, no connection shared with another identity.
    'grpc.enable_http_proxy': 0,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_channelz': 0,
  })
  const pending = new Set<{ cancel(): void }>()
  return {
    address,
    channel,
    pending,
    close() {
      for (const call of pending) call.cancel()
      channel.close()
    },
  }
}

/** What the generated clients want beside the channel; unused, because the channel has both. */
export const unusedCredentials = credentials.createInsecure()

/** `host:port` or `[v6]:port` without the port. */
function hostOf(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}
