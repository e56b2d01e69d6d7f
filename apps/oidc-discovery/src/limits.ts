/** Connections at once. Each costs some 40 kB with TLS; relying parties fetch and leave. */
export const connectionsMax = 10_000

/** Requests of one HTTP/2 connection that may be in the air. */
export const streamsPerConnectionMax = 100

/** Bytes of a request's headers. There is nothing to say in them but a validator. */
export const headerSizeBytesMax = 16 * 1024

/** Milliseconds for a client to finish its TLS handshake or its headers. */
export const patienceMs = 10_000

/** Milliseconds that an idle connection is kept. Longer than the 60 s after which load balancers give up theirs. */
export const idleMs = 65_000

/** Milliseconds that requests get to end when the service stops. */
export const drainMs = 1000
