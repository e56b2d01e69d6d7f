/** Every bound of the store in one place. */
export const limits = {
  /**
   * Bytes of one object as JSON. A request body may have 3 MiB; protobuf grows when it becomes JSON and the server adds
   * metadata, hence one MiB of room.
   */
  valueBytesMax: 4 * 1024 * 1024,
  /** Bytes of one key: `/<namespace>/<name>` has at most 63 + 253 characters; the rest is room for kinds with freer names. */
  keyBytesMax: 1024,
  /** Entries of one page of `list`, also when the caller asks for more. */
  listPageMax: 10_000,
  /** Entries of one page when the caller names no limit. */
  listPageDefault: 1000,
  /** Events read from the log in one step. */
  logReadEvents: 1000,
  /** Events waiting for one watcher before it is sent back to reading the log at its own pace. */
  watchBufferEvents: 8192,
  /** First and longest pause between two attempts to read the log of a database that does not answer. */
  retryFirstMs: 50,
  retryMaxMs: 1000,
} as const
