/** Every bound of the gRPC side in one place. */
export const limits = {
  /** Bytes of a request: an object of 3 MiB, as REST has it, and what names it. */
  requestBytesMax: 3 * 1024 * 1024 + 64 * 1024,
  /** Bytes of an answer: a page of a list. Clients ask for pages of 500 objects. */
  answerBytesMax: 64 * 1024 * 1024,
  /** Calls, watches included, that one connection may have open. */
  streamsMax: 1000,
  /** MiB that Node's HTTP/2 holds for one connection before it takes no more streams. */
  sessionMemoryMibMax: 100,
  /** Requests of one user that are on their way, each of 3 MiB at most; milliseconds for each; and between two looks. */
  receivingPerUserMax: 256,
  receivingTimeoutMs: 10_000,
  receivingSweepMs: 1_000,
  /** Connections: each service of the plane has one or two, and each of their replicas. */
  connections: {
    connectionsMax: 1_000,
    unidentifiedMax: 200,
    perAddressMax: 500,
    perUserMax: 100,
    openRequestsMax: 100_000,
    unsentBytesMax: 512 << 20,
    unsentBytesPerUserMax: 64 << 20,
  },
  /** Bytes of a Status in trailing metadata. HTTP/2 peers accept some 8 KiB of headers without being asked. */
  statusBytesMax: 5 * 1024,
  /** Characters of a message, and of a name in its details, that are cut for the same reason. */
  statusMessageMax: 1024,
  statusNameMax: 253,
  /** Characters of a message where all else does not fit: in JSON none takes more than six bytes. */
  statusShortMessageMax: 256,
  /** Bytes of the message that gRPC sends beside it, percent-encoded. */
  grpcMessageBytesMax: 1024,
  /** Client certificates whose connection object is remembered. */
  peersMax: 1024,
  /** Longest wait for a single answer. */
  callDeadlineMs: 10_000,
  /** Seconds of one watch; then it is asked for again. Spread over half as much again, lest all watches end at once. */
  watchSeconds: 600,
  /** How much longer than that the client waits for the server to end it. */
  watchGraceMs: 15_000,
  /** How long a server that stops lets running calls finish. */
  drainMs: 1000,
  /** A peer that does not answer a ping is gone. Pings also keep idle connections open across NATs. */
  keepaliveMs: 10_000,
  keepaliveTimeoutMs: 3000,
  /** Pauses between attempts to connect. */
  reconnectFirstMs: 100,
  reconnectMaxMs: 1000,
  /** Attempts of a read, the first one included. */
  readAttempts: 4,
} as const
