/**
 * Connections at once. Each costs some 90 kB with TLS and HTTP/2, all 360 MB; relying parties fetch and leave. Nobody says who
 * he is here, so when there are too many, one of the address that has the most is closed.
 */
export const connectionLimits = {
  connectionsMax: 4_000,
  unidentifiedMax: 4_000,
  perAddressMax: 2_000,
  perUserMax: 2_000,
  openRequestsMax: 20_000,
  unsentBytesMax: 64 << 20,
  unsentBytesPerUserMax: 64 << 20,
} as const

/** Requests of one HTTP/2 connection that may be in the air. */
export const streamsPerConnectionMax = 100

/** Bytes of a request's headers. There is nothing to say in them but a validator. */
export const headerSizeBytesMax = 16 * 1024

/** Fields of a request's headers. */
export const headerFieldsMax = 100

/** Milliseconds that requests get to end when the service stops. */
export const drainMs = 1000
