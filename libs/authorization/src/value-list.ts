/** Lists of values in a rule: short ones are searched from the start, long ones by a set that is made once for each list. */
import { limits } from './limits.ts'

const sets = new WeakMap<readonly string[], ReadonlySet<string>>()
const patterns = new WeakMap<readonly string[], readonly string[]>()

export function holds(list: readonly string[], value: string): boolean {
  return list.length <= limits.scannedMax ? list.includes(value) : madeOnce(sets, list, () => new Set(list)).has(value)
}

/** Those that end with a `*` and stand for more than themselves; of a short list all. */
export function patternsOf(list: readonly string[]): readonly string[] {
  if (list.length <= limits.scannedMax) return list
  return madeOnce(patterns, list, () => list.filter((value) => value.endsWith('*')))
}

function madeOnce<T extends object>(all: WeakMap<readonly string[], T>, list: readonly string[], make: () => T): T {
  const known = all.get(list)
  if (known) return known
  const made = make()
  all.set(list, made)
  return made
}
