import type { Timers } from '../timers.ts'

/** A clock that stands still until it is told otherwise. */
export class ManualTimers implements Timers {
  #now = 0
  readonly #pending = new Set<{ readonly due: number; readonly run: () => void }>()

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const entry = { due: this.#now + ms, run }
    this.#pending.add(entry)
    return () => this.#pending.delete(entry)
  }

  /** Lets time pass; what falls due runs in order. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const next = [...this.#pending].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0]
      if (!next) break
      this.#now = next.due
      this.#pending.delete(next)
      next.run()
    }
    this.#now = end
  }

  /** How long until the next one; undefined when nothing waits. */
  get next(): number | undefined {
    const dues = [...this.#pending].map(({ due }) => due)
    return dues.length > 0 ? Math.min(...dues) - this.#now : undefined
  }
}
