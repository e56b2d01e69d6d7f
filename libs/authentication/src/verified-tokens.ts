import { verifiedTokenCharactersMax, verifiedTokensMax } from './limits.ts'

/**
 * Remembers by token what came of checking its signature, the one costly step, and shares a check that is under way.
 * Whether the token is still good is not remembered: that is asked on every request.
 */
export interface VerifiedTokens<T> {
  /** What is remembered, else the outcome of `verify`. */
  get(token: string, verify: () => Promise<T>): T | Promise<T>
  /** Forgets everything, what is being checked now included. */
  clear(): void
}

export function createVerifiedTokens<T extends object>(options: {
  /** Which outcomes to remember. */
  keep: (outcome: T) => boolean
  limit?: number
  charactersMax?: number
}): VerifiedTokens<T> {
  const { keep, limit = verifiedTokensMax, charactersMax = verifiedTokenCharactersMax } = options
  // Least recently used first: a Map keeps the order in which keys were set.
  const known = new Map<string, T>()
  let characters = 0
  const pending = new Map<string, { outcome: Promise<T> }>()

  const start = (token: string, verify: () => Promise<T>): Promise<T> => {
    const check = async (): Promise<T> => {
      try {
        const outcome = await verify()
        // Not if somebody cleared meanwhile: it may rest on a key that is gone.
        if (keep(outcome) && pending.get(token) === entry) remember(token, outcome)
        return outcome
      } finally {
        if (pending.get(token) === entry) pending.delete(token)
      }
    }
    // In a microtask, so that the entry is there when the check looks for it.
    const entry = { outcome: Promise.resolve().then(check) }
    pending.set(token, entry)
    return entry.outcome
  }
  const remember = (token: string, outcome: T) => {
    known.set(token, outcome)
    characters += token.length
    for (const oldest of known.keys()) {
      if (known.size <= limit && characters <= charactersMax) break
      known.delete(oldest)
      characters -= oldest.length
    }
  }

  return {
    get(token, verify) {
      const outcome = known.get(token)
      if (outcome !== undefined) {
        // Moving an entry costs more than finding it, and the order matters only once something may fall out.
        if (known.size > limit / 2 || characters > charactersMax / 2) {
          known.delete(token)
          known.set(token, outcome)
        }
        return outcome
      }
      return pending.get(token)?.outcome ?? start(token, verify)
    },
    clear() {
      known.clear()
      characters = 0
      pending.clear()
    },
  }
}
