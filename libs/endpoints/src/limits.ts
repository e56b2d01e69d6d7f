/** Every bound on what a client may send, with its source. */
export const limits = {
  /** Bytes of a request body. Source: apiserver pkg/server/config.go, MaxRequestBodyBytes. */
  requestBodyBytesMax: 3 * 1024 * 1024,
  /** Bodies of one user that are on their way: each holds some 12 kB before its first byte. */
  bodiesPerUserMax: 1_000,
  /** Bytes of all bodies in memory, and of those of one user. A user's first body fits in any case. */
  bodyBytesMax: 256 << 20,
  bodyBytesPerUserMax: 64 << 20,
  /** Watches at once, and of one user: a thousand watchers, and as many again while they reconnect. */
  watchesMax: 20_000,
  watchesPerUserMax: 2_000,
  /** Objects of initial states that wait to be read, all users together and of one: 8 bytes each. */
  watchStateObjectsMax: 20_000_000,
  watchStateObjectsPerUserMax: 5_000_000,
  /** Bytes that transports may hold unsent for all watches, for those of a user, and the least and the most for one. */
  watchQueueBytesAllMax: 512 << 20,
  watchQueueBytesPerUserMax: 32 << 20,
  watchQueueBytesMin: 16 << 10,
  watchQueueBytesMax: 256 << 10,
  /** Bytes of an event that is not counted before the next one: 8 MB of 2,000 watches. */
  watchEventBytesShort: 4 << 10,
  /** Milliseconds between two looks at what all watches of a user hold, when it seems too much: 2,000 take 0.1 ms. */
  watchMeasureIntervalMs: 10,
  /** Objects of one list page when the client asks for more or for all: none, the watch cache holds them anyway. */
  listPageMax: Number.MAX_SAFE_INTEGER,
  /** Bytes of a field manager's name. Source: meta/v1/validation, FieldManagerMaxLength. */
  fieldManagerBytesMax: 128,
  /** Characters of a key or an anchor of YAML that an error repeats: names of Kubernetes have 253 and a prefix. */
  shownKeyMax: 512,
  /** Operations of one JSON patch. Source: endpoints/handlers/patch.go, maxJSONPatchOperations. */
  jsonPatchOperationsMax: 10_000,
  /** Seconds a watch lasts when the client names no time: this, and up to as much again. Source: server options, min-request-timeout. */
  watchTimeoutSecondsMin: 1_800,
  /** Runes of all warnings of one answer, and of each once that is passed. Source: filters/warning.go. */
  warningRunesMax: 4_096,
  warningRunesCut: 256,
  /** Header fields for the warnings of one answer: HTTP/2 clients made of Node's end a stream with more than 128 fields. */
  warningFieldsMax: 100,
  /** Users of the verb `impersonate` who are remembered as such. */
  legacyImpersonatorsMax: 1_000,
  /** Different Accept headers whose meaning is remembered, and characters of each; kubectl's have 120. Three times 256 kB. */
  acceptCacheSize: 256,
  acceptCachedLengthMax: 1_024,
  /** Requests in flight that read, and that change. Source: server options, max-requests-inflight and its mutating twin. */
  readsInFlightMax: 400,
  writesInFlightMax: 200,
  /** Requests of one user that wait for a place, and milliseconds that each waits. Source: KEP-1040, its queue lengths and limits. */
  waitingPerUserMax: 50,
  waitForPlaceMs: 5_000,
} as const
