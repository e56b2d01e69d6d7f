/** Every bound of the listeners. */
export const limits = {
  /** Bytes of all header fields of one request. Source: net/http DefaultMaxHeaderBytes is 1 MiB; 64 KiB holds the longest token 16 times. */
  headerBytesMax: 64 * 1024,
  /** Bytes of a path with its query. */
  urlBytesMax: 16 * 1024,
  /** Streams that one HTTP/2 connection may have open: 1,000 watchers of one informer-heavy client and some. */
  streamsPerConnectionMax: 2_000,
  /** Milliseconds to finish the TLS handshake. */
  handshakeTimeoutMs: 10_000,
  /** Milliseconds to send a whole request: a slow client holds nothing but its own socket. */
  requestTimeoutMs: 60_000,
  /** Milliseconds to send the header of a request. */
  headersTimeoutMs: 10_000,
  /** Milliseconds an idle HTTP/1.1 connection is kept. */
  keepAliveTimeoutMs: 90_000,
  /** Milliseconds that requests may take to end once the server is closing. */
  drainTimeoutMs: 1_000,
  /** Bytes above which an answer is compressed for a client that accepts gzip. Source: responsewriters/writers.go, defaultGzipThresholdBytes. */
  gzipThresholdBytes: 128 * 1024,
} as const
