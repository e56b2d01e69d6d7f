/** Every bound of the watch cache and the registry, with its arithmetic. */
export const limits = {
  /**
   * Events of one resource type kept in memory to start watches from and to give consistent pages.
   * At 1 kB an event (two versions of one object, mostly shared with the index) some 10 MB.
   */
  historyEventsMax: 10_000,
  /** Objects whose parsed value and encoded bytes are kept; the others hold only their JSON text. At 3 kB each 15 MB. */
  materializedObjectsMax: 5_000,
  /** Bytes of a slab for what is kept of objects. One that is left with a single object of many wastes so much. */
  keptSlabBytes: 64 << 10,
  /** Bytes above which something kept lies alone: at most so much stays free at the end of a slab. */
  keptInSlabBytesMax: 8 << 10,
  /**
   * The newest events of one resource type that stay encoded, for watchers that are not up to date; of older ones this is
   * done again. At worst each holds one of Node's slabs of 8 KiB, together 4 MB.
   */
  encodedEventsMax: 512,
  /** Names of one namespace that are kept in one sorted block: an insertion moves at most so many, 4 kB of pointers. */
  nameBlockMax: 512,
  /** Objects read from the store at a time while the cache fills. */
  loadPageSize: 1_000,
  /** Bytes the transport may hold unsent for one watcher before its events wait in the backlog. */
  watchQueueBytesMax: 256 << 10,
  /** Events that may wait for one slow watcher before it is ended with 410. */
  watchBacklogEventsMax: 10_000,
  /** Milliseconds between two looks at a watcher that is behind: at first, so that an initial state goes on at once, and at one that reads nothing. */
  watchDrainIntervalMs: 1,
  watchDrainIntervalMsMax: 1_000,
  /** Milliseconds for which a watcher may read nothing while events wait: they keep objects alive that are long gone. */
  watchStalledMsMax: 120_000,
  /** Milliseconds between bookmarks of a watch that asked for them. Source: storage/cacher, bookmarkFrequency. */
  bookmarkIntervalMs: 60_000,
  /** Milliseconds to wait for the cache to reach a revision that a client names. Source: watch_cache.go, blockTimeout. */
  futureRevisionWaitMs: 3_000,
  /** Milliseconds that a read waits for the cache to reach the store's head before it is refused. */
  freshnessWaitMs: 5_000,
  /** Milliseconds until the watch on the store is tried again after it failed. */
  storeRetryMs: 200,
  /**
   * Times that a write is computed anew because the object changed meanwhile. Each time another write has won, so this
   * many may contend for one object. Source: apiserver pkg/storage/etcd3/store.go, GuaranteedUpdate, has no bound.
   */
  updateAttemptsMax: 1_000,
  /** Names tried for one generateName. Source: registry/generic/registry/store.go, maxNameGenerationCreateAttempts. */
  generateNameAttemptsMax: 8,
  /** Lists of one resource type kept until its next change, for clients that ask the same again. */
  keptListsMax: 16,
  /** Characters of what tells such lists apart: a namespace of 63 and a number. */
  keptListIdMax: 128,
  /** Bytes up to which a kept list's answer is kept too. */
  keptListBytesMax: 4 << 20,
  /** Bytes of all such answers of one resource type together: each list has many forms, and each limit is another list. */
  keptListsBytesMax: 32 << 20,
} as const
