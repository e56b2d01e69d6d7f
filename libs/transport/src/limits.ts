/** What connections may cost, whatever is served on them. */
export const limits = {
  /** Milliseconds to finish the TLS handshake. */
  handshakeTimeoutMs: 10_000,
  /** Milliseconds to send the header of a request, on HTTP/1.1 from the first byte or from the handshake. */
  headersTimeoutMs: 10_000,
  /** Milliseconds to send a whole request. Source: kube-apiserver's --request-timeout. */
  requestTimeoutMs: 60_000,
  /** Milliseconds from the first packet to the first request: a handshake and a header. */
  firstRequestTimeoutMs: 20_000,
  /** Milliseconds that a connection without requests is kept. Source: apiserver pkg/server/secure_serving.go, IdleTimeout. */
  idleTimeoutMs: 90_000,
  /** Milliseconds that an HTTP/2 peer has to leave when it is told to. */
  goAwayMs: 5_000,
  /** Milliseconds of silence after which TCP asks whether the peer is still there. */
  keepAliveProbeMs: 60_000,
  /** Milliseconds for which a peer may read nothing of what is to be sent. */
  unreadTimeoutMs: 60_000,
  /** Milliseconds between two looks at all connections: 10,000 of them take 1 ms. */
  sweepMs: 1_000,
  /** Resets of streams by the peer that are taken at once, and per second after that (CVE-2023-44487). */
  streamResetBurst: 2_000,
  streamResetsPerSecond: 100,
} as const

/** The same, as a port may have them otherwise. */
export type Timeouts = { readonly [name in keyof typeof limits]: number }

/** How many connections one port keeps. */
export interface ConnectionLimits {
  /** In all. One with TLS and HTTP/2 costs some 90 kB. */
  readonly connectionsMax: number
  /** In all, of those on which nobody has authenticated. */
  readonly unidentifiedMax: number
  /** From one address, which may be that of many users behind a NAT. */
  readonly perAddressMax: number
  /** Of one user. */
  readonly perUserMax: number
  /** Requests of one user, watches included, that have no complete answer; before it is known, of one address. */
  readonly openRequestsMax: number
  /** Bytes of long answers that are not sent yet: in all, and of one user. The first one of a user may have any length. */
  readonly unsentBytesMax: number
  readonly unsentBytesPerUserMax: number
}
