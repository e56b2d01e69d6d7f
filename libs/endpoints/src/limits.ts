/** Every bound on what a client may send, with its source. */
export const limits = {
  /** Bytes of a request body. Source: apiserver pkg/server/config.go, MaxRequestBodyBytes. */
  requestBodyBytesMax: 3 * 1024 * 1024,
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
