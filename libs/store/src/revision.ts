/**
 * A point in the history of one resource type: positive, growing by one with every write. What the API calls
 * resourceVersion is this number as text; inside the store it is always a revision.
 */
export type Revision = number & { readonly __brand: 'Revision' }

/** As the expected revision of a write: the key must not exist. */
export const absent = 0 as Revision

/**
 * The revision of a resource type that nobody has written yet. One, as in etcd, and not zero: a list of nothing must carry
 * a resourceVersion to watch from, and the API gives "0" another meaning ("any version will do").
 */
export const firstRevision = 1 as Revision

/**
 * Reads a decimal revision as a database hands it out.
 *
 * @throws RangeError when it is none or beyond what a number holds exactly (2^53 - 1: 9 million years at 30 writes a second).
 */
export function parseRevision(text: string): Revision {
  const value = Number(text)
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(value))
    throw new RangeError(`not a revision: ${text.slice(0, 32)}`)
  return value as Revision
}
