/** Every bound of the listeners. */
export const limits = {
  /**
   * Bytes of the header of one request, its URL included. It holds the longest token, 500 groups to impersonate and a selector
   * of 3,000 names together. net/http's DefaultMaxHeaderBytes is 1 MiB, but HTTP/2 as Node has it takes at most eight
   * CONTINUATION frames of 16 KiB, and no single field of more than 64 KiB as it is encoded.
   */
  headerBytesMax: 128 * 1024,
  /** Fields of one header. */
  headerFieldsMax: 2_000,
  /** Bytes of a path with its query. */
  urlBytesMax: 96 * 1024,
  /** Streams that one HTTP/2 connection may have open: 1,000 watchers of one informer-heavy client and some. */
  streamsPerConnectionMax: 2_000,
  /** MiB that Node's HTTP/2 holds for one connection before it takes no more streams: what is queued for a slow reader counts. */
  sessionMemoryMibMax: 100,
  /**
   * Connections, at 90 kB each 900 MB in all and 180 MB before anybody has said who he is. Half of them may come from one
   * address, as behind a NAT or from a load generator, or belong to one user, as to the account of a DaemonSet. A request
   * that is open costs some 10 kB, a user's together 200 MB.
   */
  connections: {
    connectionsMax: 10_000,
    unidentifiedMax: 2_000,
    perAddressMax: 5_000,
    perUserMax: 5_000,
    openRequestsMax: 20_000,
    /** A list of 100,000 objects has 50 MB; a user who does not read has that and as much again at most. */
    unsentBytesMax: 512 << 20,
    unsentBytesPerUserMax: 64 << 20,
  },
  /** Bytes from which an answer is long: it is counted for its user until it is sent, and ended when nothing of it is read. */
  longAnswerBytes: 64 * 1024,
  /** Milliseconds in which nearly every long answer is read; only others are looked after. */
  longAnswerReadMs: 5_000,
  /** Milliseconds that requests may take to end once the server is closing. */
  drainTimeoutMs: 1_000,
  /** Bytes above which an answer is compressed for a client that accepts gzip. Source: responsewriters/writers.go, defaultGzipThresholdBytes. */
  gzipThresholdBytes: 128 * 1024,
} as const
