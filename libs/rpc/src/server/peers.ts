import type { PeerConnection } from '@ensign/endpoints'
import type { Connections } from '@ensign/transport'
import type { ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js'
import { limits } from '../limits.ts'

export type AnyCall = ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>

/**
 * The connection of a call. gRPC has none to show, so one object stands for all calls with the same certificate from the
 * same address: the chain remembers identities by it.
 */
export class Peers {
  readonly #connections: Connections
  readonly #known = new Map<string, PeerConnection>()

  constructor(connections: Connections) {
    this.#connections = connections
  }

  of(call: AnyCall): PeerConnection {
    // Set only after the TLS layer has verified the chain against the client authority.
    const certificate = call.getAuthContext().sslPeerCertificate?.raw
    const address = call.getPeer()
    if (!certificate) return { address }
    const key = `${address} ${certificate.toString('base64')}`
    let peer = this.#known.get(key)
    if (!peer) {
      if (this.#known.size >= limits.peersMax) this.#known.clear()
      const colon = address.lastIndexOf(':')
      const from = { remoteAddress: address.slice(0, colon), remotePort: Number(address.slice(colon + 1)) }
      // Another connection may come from the same address and port, when this one is gone.
      const identify = (user: string) => this.#connections.find(from)?.identify(user) ?? true
      peer = { certificate, address, identify }
      this.#known.set(key, peer)
    }
    return peer
  }
}
