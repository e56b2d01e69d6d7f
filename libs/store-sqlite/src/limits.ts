export const limits = {
  /**
   * Writes of one transaction. A group grows only while the one before it is being synced, so this bounds how long the
   * event loop is held: some 15 µs a write make 8 ms.
   */
  groupMax: 512,
  /** KiB of pages that SQLite keeps in memory: names are random, so that each write is about another page. */
  cacheKib: 8_192,
  /**
   * Pages of the -wal file, 16 MiB, at which they are copied into the database. That holds the event loop, and is the
   * cheaper the more writes of the same page it finds; reading this much at a start takes a tenth of a second.
   */
  walPagesMax: 4_000,
  /** Events forgotten in one step of a compaction, for the same reason: what they replaced is on any page. */
  compactStep: 1000,
  /** Milliseconds after a write found no space until it is tried whether there is some: one page, and one sync. */
  fullProbeMs: 1_000,
  /**
   * Revisions that one resource type can have: 2^44, five hundred years at a thousand writes a second. With 2^8 types the
   * place of an event (see `schema.ts`) stays a number that JavaScript holds exactly.
   */
  revisionsMax: 2 ** 44,
  resourceTypesMax: 2 ** 8,
} as const
