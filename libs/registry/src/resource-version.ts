/** `resourceVersion` of the API: the store's revision as text. */
import { StatusError } from '@ensign/apimachinery'
import type { Revision } from '@ensign/store'

export const resourceVersionOf = (revision: Revision): string => String(revision)

/** "0", any state will do, however old. */
export const anyRevision = 0 as Revision

/** Parses a resourceVersion; throws a StatusError without a reason (500) for anything but digits, as upstream. */
export function revisionOf(resourceVersion: string): Revision {
  const number = /^\d+$/.test(resourceVersion) ? Number(resourceVersion) : Number.NaN
  if (!Number.isSafeInteger(number)) {
    const shown = JSON.stringify(resourceVersion)
    throw new StatusError(
      'Unknown',
      `resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: invalid syntax`,
    )
  }
  return number as Revision
}
