/**
 * Orders keys as their UTF-8 bytes, which is how Redis and SQLite do it. JavaScript compares UTF-16 units, and there the
 * surrogates (characters above U+FFFF) come before U+E000 to U+FFFF; everything else is the same.
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Moves the surrogates behind all other units. */
const rank = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)

/** Where `key` is, or belongs, in `sorted`: the index of the first key that is not less. */
export function lowerBound(sorted: readonly string[], key: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareKeys(sorted[middle]!, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}
