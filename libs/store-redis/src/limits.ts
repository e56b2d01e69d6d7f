export const limits = {
  /** Writes of one call of commit.lua: at some 10 µs each, Redis answers nobody else for 3 ms. */
  groupMax: 256,
  /** Characters of JSON in one call, and so of what Redis must take in before it begins; a larger value goes alone. */
  groupCharactersMax: 4 * 1024 * 1024,
  /** Longest wait for the answer to one command, and for the first connection. */
  deadlineMs: 1500,
  /** A connection with an unanswered command that stays silent so long is given up: longer than the deadline, so that a
   * slow command alone does not cost the connection. */
  silenceMs: 3000,
  /** Between two looks at the server's settings and at whether our data are there: two small commands. */
  serverCheckMs: 2000,
  /** Pauses between two attempts to connect: short, because Redis restarts in a tenth of a second. */
  reconnectFirstMs: 50,
  reconnectMaxMs: 500,
  /** How long one XREAD waits; it returns when there is something, so this only bounds how long a dead peer goes unseen. */
  alarmBlockMs: 5000,
  /** Between two rings of the alarm, so that a stream of writes costs 500 wake-ups a second and not one per write. */
  alarmPauseMs: 2,
  /** Characters of a Redis error that are repeated in ours. */
  errorTextMax: 200,
} as const
