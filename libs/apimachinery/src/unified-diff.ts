import { isObject } from './json-decode-scalar.ts'

/** Lines around a change that are shown with it. */
const context = 3
/** Pairs of lines that are compared at most; what is longer is shown as removed and added as a whole. */
const comparisonsMax = 4_000_000

interface Edit {
  readonly sign: ' ' | '-' | '+'
  readonly line: string
}

/**
 * What changed between two values, as a unified diff of their JSON with an indent of one, without the lines that name files.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/diff/diff.go, Diff
 */
export function unifiedDiff(before: unknown, after: unknown): string {
  const edits = editsBetween(linesOf(before), linesOf(inOrderOf(before, after)))
  return hunks(edits)
    .map(({ start, end }) => hunkText(edits, start, end))
    .join('')
}

/** The value with its members in the order of the other's: where a client wrote them is no difference. */
function inOrderOf(model: unknown, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item, i) => inOrderOf(Array.isArray(model) ? model[i] : undefined, item))
  if (!isObject(value) || !isObject(model)) return value
  const members = [...Object.keys(model).filter((name) => Object.hasOwn(value, name)), ...Object.keys(value)]
  return Object.fromEntries(members.map((name) => [name, inOrderOf(model[name], value[name])]))
}

const linesOf = (value: unknown): string[] => JSON.stringify(value ?? null, null, 1).split('\n')

function editsBetween(a: readonly string[], b: readonly string[]): Edit[] {
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const same = (line: string): Edit => ({ sign: ' ', line })
  return [
    ...a.slice(0, head).map(same),
    ...middleEdits(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ]
}

/** By the longest common subsequence; removals before additions. */
function middleEdits(a: readonly string[], b: readonly string[]): Edit[] {
  const removed = (line: string): Edit => ({ sign: '-', line })
  const added = (line: string): Edit => ({ sign: '+', line })
  if (a.length * b.length > comparisonsMax) return [...a.map(removed), ...b.map(added)]
  const width = b.length + 1
  /** `lengths[i * width + j]`: of the longest sequence that a from i and b from j have in common. */
  const lengths = new Uint16Array((a.length + 1) * width)
  const lengthAt = (i: number, j: number) => lengths[i * width + j] as number
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j] ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1))
    }
  }
  const edits: Edit[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]]
    if (left !== undefined && left === right) {
      edits.push({ sign: ' ', line: left })
      i++
      j++
    } else if (left !== undefined && (right === undefined || lengthAt(i + 1, j) >= lengthAt(i, j + 1))) {
      edits.push(removed(left))
      i++
    } else {
      edits.push(added(right as string))
      j++
    }
  }
  return edits
}

/** Where changes are, each with its context; those that touch are one. `end` is exclusive. */
function hunks(edits: readonly Edit[]): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = []
  for (const [at, { sign }] of edits.entries()) {
    if (sign === ' ') continue
    const start = Math.max(0, at - context)
    const end = Math.min(edits.length, at + context + 1)
    const last = found.at(-1)
    if (last && start <= last.end) last.end = end
    else found.push({ start, end })
  }
  return found
}

function hunkText(edits: readonly Edit[], start: number, end: number): string {
  const shown = edits.slice(start, end)
  const range = (other: '-' | '+') => {
    const skipped = edits.slice(0, start).filter(({ sign }) => sign !== other).length
    const count = shown.filter(({ sign }) => sign !== other).length
    if (count === 1) return `${skipped + 1}`
    // An empty range is told by the line before it.
    return `${count === 0 ? skipped : skipped + 1},${count}`
  }
  const lines = shown.map(({ sign, line }) => `${sign}${line}\n`).join('')
  return `@@ -${range('+')} +${range('-')} @@\n${lines}`
}
