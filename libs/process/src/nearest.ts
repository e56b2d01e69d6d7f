/** The known word that a mistyped one most likely meant, or undefined when none is close. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  // Two letters swapped, or a third of them wrong, is still a guess worth making; more is noise.
  let bestDistance = Math.min(Math.max(2, Math.floor(typed.length / 3)) + 1, typed.length)
  for (const word of known) {
    const distance = editDistance(typed, word)
    if (distance < bestDistance) [best, bestDistance] = [word, distance]
  }
  return best
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
