import { limits } from './limits.ts'

/** A set of names in order, in blocks, so that an insertion among very many moves few. */
export class SortedNames {
  /** None of them is empty, but for the only one. */
  readonly #blocks: string[][] = [[]]
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The name must not be there yet. */
  add(name: string): void {
    const at = this.#blockOf(name)
    const block = this.#blocks[at] as string[]
    block.splice(lowerBound(block, name), 0, name)
    this.#size++
    if (block.length > limits.nameBlockMax) this.#blocks.splice(at + 1, 0, block.splice(block.length >>> 1))
  }

  /** The name must be there. */
  delete(name: string): void {
    const at = this.#blockOf(name)
    const block = this.#blocks[at] as string[]
    block.splice(lowerBound(block, name), 1)
    this.#size--
    if (block.length === 0 && this.#blocks.length > 1) this.#blocks.splice(at, 1)
  }

  /** The names above `after`, or all. */
  *above(after: string | undefined): Generator<string> {
    let at = after === undefined ? 0 : this.#blockOf(after)
    let skip = 0
    if (after !== undefined) {
      const first = this.#blocks[at] as string[]
      skip = lowerBound(first, after)
      if (first[skip] === after) skip++
    }
    for (; at < this.#blocks.length; at++, skip = 0) {
      const block = this.#blocks[at] as string[]
      for (let i = skip; i < block.length; i++) yield block[i] as string
    }
  }

  /** How many names are above this one. */
  countAbove(name: string): number {
    const at = this.#blockOf(name)
    const block = this.#blocks[at] as string[]
    const position = lowerBound(block, name)
    let count = block.length - position - (block[position] === name ? 1 : 0)
    for (let i = at + 1; i < this.#blocks.length; i++) count += (this.#blocks[i] as string[]).length
    return count
  }

  /** Index of the block where a name is or would be: the first that ends with it or later, else the last. */
  #blockOf(name: string): number {
    let low = 0
    let high = this.#blocks.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (((this.#blocks[middle] as string[]).at(-1) as string) < name) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Position of the first element not below `value`. */
export function lowerBound(
  sorted: readonly string[],
  value: string,
  keyOf: (element: string) => string = (element) => element,
): number {
  const wanted = keyOf(value)
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keyOf(sorted[middle] as string) < wanted) low = middle + 1
    else high = middle
  }
  return low
}
