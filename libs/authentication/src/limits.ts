/**
 * Verified tokens kept in memory, each with its text (1.1 kB), claims and user (some 2 kB): 12 MB when full. A token
 * that falls out costs one signature check when it comes back.
 */
export const verifiedTokensMax = 4096

/**
 * Characters of all of them together: whoever may ask for tokens may ask for them with so many audiences that each has 32 kB,
 * and its claims as much again. Usual tokens reach half of it.
 */
export const verifiedTokenCharactersMax = 10 * 1024 * 1024

/** Audiences of one token. A token of 32 kB cannot name more that matter. */
export const audiencesMax = 256
