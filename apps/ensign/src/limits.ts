/** Milliseconds that a probe waits for its answer. A plane that is ready answers in one; an engine asks every ten seconds. */
export const probeMsMax = 5000
