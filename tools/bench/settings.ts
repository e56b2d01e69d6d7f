/** How long and how hard everything is measured. Without the forms and the hundred thousand accounts a run stays under three minutes. */
export const settings = {
  /** Milliseconds before a rate is measured, for the compiler to see what is hot. */
  warmUpMs: 1_500,
  /** Milliseconds that a rate is measured. */
  measureMs: 3_000,
  /** Requests in flight, over so many connections. */
  inFlight: 32,
  connections: 4,
  /** Starts of a plane, of which the median counts. */
  coldStarts: 5,
  /** Milliseconds after the start at which the idle plane's memory is read. */
  idleMs: 3_000,
  /** Objects in the list that is read. */
  listSize: 500,
  /** Changes after each of which the list is read once. */
  changes: 100,
  /** ServiceAccounts that are made in one go, and the namespaces that share them. */
  accounts: 100_000,
  accountNamespaces: 1_000,
  /** Writes of which every watcher of all accounts must hear. */
  accountWrites: 100,
  watchers: 1_000,
  /** Connections that the watchers share. */
  watchConnections: 10,
  /** Writes per second while the lag of watchers is measured. */
  watchWriteRate: 100,
  /** Milliseconds after which a step that hangs is given up. */
  patienceMs: 20_000,
} as const
